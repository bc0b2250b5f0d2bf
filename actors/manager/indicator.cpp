// The rules of each form.
#include "actors/manager/indicator.hpp"

#include "actors/manager/network_address.hpp"

#include <algorithm>
#include <array>

namespace muster {

namespace {

constexpr size_t longest_custom = 256;  // bytes
constexpr size_t longest_domain = 253;
constexpr size_t longest_label = 63;

constexpr std::string_view empty_file_hashes[]{
  "d41d8cd98f00b204e9800998ecf8427e",                                  // MD5
  "da39a3ee5e6b4b0d3255bfef95601890afd80709",                          // SHA-1
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",  // SHA-256
  "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b",
  "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
  "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
  "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a",  // SHA3-256
  "0c63a75b845e4f7d01107d852e4c2485c51a50aaaa94fc61995e71bbee983a2ac3713831264adb47fb6bd1e058d5f004",
  "a69f73cca23a9ac5c8b567dc185a756e97c982164fe25859e0d1dcc1475c80a6"
  "15b2123af1f5f94c11e3e9402c3ac558f500199d95b6d3e301758586281dcd26",
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }
char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lower(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(), to_lower);
  return out;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view white = " \t\r\n\v\f";
  const auto first = text.find_first_not_of(white);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(white) - first + 1);
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

bool is_port(std::string_view text) {
  return text.size() <= 6 && text.starts_with(':') && all_digits(text.substr(1));
}

// The address in "[a]:p", "[a]", "a:p" with IPv4, or "a"; empty when something else stands there.
std::string_view bare_address(std::string_view text) {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return {};
    const auto rest = text.substr(end + 1);
    return rest.empty() || is_port(rest) ? text.substr(1, end - 1) : std::string_view{};
  }
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || text.find('.') > colon || !is_port(text.substr(colon))) return text;
  return text.substr(0, colon);
}

bool identifies_nobody(const network_address& address) {
  static const auto nobody = [] {
    std::array ranges{*parse_network_range("0.0.0.0/8"),       *parse_network_range("127.0.0.0/8"),
                      *parse_network_range("224.0.0.0/4"),     *parse_network_range("::/127"),
                      *parse_network_range("255.255.255.255"), *parse_network_range("ff00::/8")};
    return ranges;
  }();
  return std::any_of(nobody.begin(), nobody.end(),
                     [&](const network_range& range) { return range.contains(address); });
}

// "sha256:", "SHA-256=", "0x" and the like off the front of lower-case text.
std::string_view without_algorithm(std::string_view hash) {
  if (const auto end = hash.find_first_of(":="); end != std::string_view::npos) {
    std::string name{hash.substr(0, end)};
    std::erase_if(name, [](char c) { return c == '-' || c == '_'; });
    constexpr std::string_view known[]{"md5",    "sha1",    "sha256",  "sha384",
                                       "sha512", "sha3256", "sha3384", "sha3512"};
    if (std::find(std::begin(known), std::end(known), name) == std::end(known)) return {};
    hash = trim(hash.substr(end + 1));
  }
  if (hash.starts_with("0x")) hash.remove_prefix(2);
  return hash;
}

}  // namespace

std::optional<std::string> normal_source_ip(std::string_view text) {
  auto bare = bare_address(trim(text));
  if (const auto zone = bare.find('%'); zone != std::string_view::npos) bare = bare.substr(0, zone);
  const auto address = parse_network_address(bare);
  if (!address || identifies_nobody(*address)) return std::nullopt;
  return to_string(*address);
}

std::optional<std::string> normal_file_hash(std::string_view text) {
  constexpr size_t lengths[]{32, 40, 64, 96, 128};
  constexpr size_t longest_text = 256;  // bytes: the longest hash with all that may stand around it
  if (text.size() > longest_text) return std::nullopt;
  const auto lowered = lower(trim(text));
  const auto hash = without_algorithm(lowered);
  const auto hexadecimal =
    std::all_of(hash.begin(), hash.end(), [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
  if (!hexadecimal || std::find(std::begin(lengths), std::end(lengths), hash.size()) == std::end(lengths)
      || hash.find_first_not_of('0') == std::string_view::npos
      || std::find(std::begin(empty_file_hashes), std::end(empty_file_hashes), hash)
           != std::end(empty_file_hashes))
    return std::nullopt;
  return std::string{hash};
}

std::optional<std::string> normal_technique(std::string_view text) {
  constexpr std::string_view page = "/techniques/";
  text = trim(text);
  if (const auto at = text.rfind(page); at != std::string_view::npos) {
    text.remove_prefix(at + page.size());
    text = text.substr(0, text.find_first_of("?#"));
    if (text.ends_with('/')) text.remove_suffix(1);
  }
  constexpr size_t whole = 5, part = 9;  // bytes of "T1110" and "T1110.001"
  if (text.size() != whole && text.size() != part) return std::nullopt;
  if (to_lower(text[0]) != 't' || !all_digits(text.substr(1, whole - 1))) return std::nullopt;
  auto technique = 'T' + std::string{text.substr(1, whole - 1)};
  if (text.size() == whole) return technique;
  if ((text[whole] != '.' && text[whole] != '/') || !all_digits(text.substr(whole + 1))) return std::nullopt;
  return technique.append(1, '.').append(text.substr(whole + 1));
}

std::string parent_technique(std::string_view technique) {
  return std::string{technique.substr(0, technique.find('.'))};
}

std::optional<std::string> normal_domain(std::string_view text) {
  text = trim(text);
  if (text.ends_with('.')) text.remove_suffix(1);
  if (text.empty() || text.size() > longest_domain) return std::nullopt;
  auto domain = lower(text);
  std::string_view rest = domain, label;
  for (bool more = true; more;) {
    const auto end = rest.find('.');
    more = end != std::string_view::npos;
    label = rest.substr(0, end);
    if (label.empty() || label.size() > longest_label || label.front() == '-' || label.back() == '-')
      return std::nullopt;
    for (char c : label)
      if (!is_lower(c) && !is_digit(c) && c != '-' && c != '_') return std::nullopt;
    if (more) rest.remove_prefix(end + 1);
  }
  if (all_digits(label)) return std::nullopt;  // no top-level domain is a number
  return domain;
}

std::optional<std::string> normal_custom(std::string_view text) {
  text = trim(text);
  if (text.empty() || text.size() > longest_custom) return std::nullopt;
  if (std::any_of(text.begin(), text.end(), is_control)) return std::nullopt;
  return std::string{text};
}

}  // namespace muster
