// Text to addresses and back, without the system's functions, whose headers are
// those of sockets.
#include "actors/manager/network_address.hpp"

#include <algorithm>
#include <charconv>

namespace muster {

namespace {

constexpr size_t mapped_prefix = 12;  // bytes in front of an IPv4 address
constexpr size_t groups = 8;          // of an IPv6 address

// A whole number of 1 to `digits` digits and at most `most`.
std::optional<unsigned> parse_number(std::string_view text, int base, size_t digits, unsigned most) {
  unsigned value = 0;
  if (text.empty() || text.size() > digits) return std::nullopt;
  auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (bad != std::errc{} || end != text.data() + text.size() || value > most) return std::nullopt;
  return value;
}

// Cuts off what stands before the first `separator`, or all.
std::string_view cut(std::string_view& text, char separator) {
  auto end = std::min(text.find(separator), text.size());
  auto part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

bool parse_ipv4(std::string_view text, uint8_t* into) {
  if (std::count(text.begin(), text.end(), '.') != 3) return false;
  for (int i = 0; i < 4; ++i) {
    auto part = cut(text, '.');
    auto value = parse_number(part, 10, 3, 255);
    if (!value || (part.size() > 1 && part[0] == '0')) return false;
    into[i] = static_cast<uint8_t>(*value);
  }
  return true;
}

// Reads groups separated by single colons; nothing when there is anything else
// or when they don't fit. The last may be an IPv4 address if `ends` is set.
std::optional<size_t> parse_groups(std::string_view text, bool ends, std::array<uint8_t, 16>& into) {
  size_t size = 0;
  if (text.empty()) return size;
  if (text.back() == ':') return std::nullopt;
  while (!text.empty()) {
    auto part = cut(text, ':');
    if (ends && text.empty() && part.find('.') != std::string_view::npos) {
      if (size > mapped_prefix || !parse_ipv4(part, into.data() + size)) return std::nullopt;
      return size + 4;
    }
    auto value = parse_number(part, 16, 4, 0xFFFF);
    if (!value || size + 2 > into.size()) return std::nullopt;
    into[size++] = static_cast<uint8_t>(*value >> 8);
    into[size++] = static_cast<uint8_t>(*value);
  }
  return size;
}

std::optional<network_address> parse_ipv6(std::string_view text) {
  network_address address;
  auto gap = text.find("::");
  if (gap == std::string_view::npos) {
    auto size = parse_groups(text, true, address.bytes);
    return size == address.bytes.size() ? std::optional{address} : std::nullopt;
  }
  std::array<uint8_t, 16> tail{};
  auto front = parse_groups(text.substr(0, gap), false, address.bytes);
  auto back = parse_groups(text.substr(gap + 2), true, tail);
  if (!front || !back || *front + *back > 2 * (groups - 1)) return std::nullopt;
  std::copy_n(tail.begin(), *back, address.bytes.end() - static_cast<std::ptrdiff_t>(*back));
  return address;
}

unsigned group(const network_address& address, size_t at) {
  return unsigned{address.bytes[2 * at]} << 8 | address.bytes[2 * at + 1];
}

// The longest run of two or more zero groups, the first of equals; empty when there is none.
std::pair<size_t, size_t> longest_gap(const network_address& address) {
  std::pair<size_t, size_t> best{groups, groups};
  for (size_t from = 0; from < groups; ++from) {
    auto to = from;
    while (to < groups && group(address, to) == 0) ++to;
    if (to - from >= 2 && to - from > best.second - best.first) best = {from, to};
    from = std::max(from, to);
  }
  return best;
}

bool same_bits(const network_address& a, const network_address& b, unsigned bits) {
  const auto whole = static_cast<std::ptrdiff_t>(bits / 8);
  if (!std::equal(a.bytes.begin(), a.bytes.begin() + whole, b.bytes.begin())) return false;
  const auto at = static_cast<size_t>(whole);
  return bits % 8 == 0 || (a.bytes[at] ^ b.bytes[at]) >> (8 - bits % 8) == 0;
}

}  // namespace

bool network_address::is_ipv4() const {
  static constexpr std::array<uint8_t, mapped_prefix> prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  return std::equal(prefix.begin(), prefix.end(), bytes.begin());
}

std::optional<network_address> parse_network_address(std::string_view text) {
  if (text.find(':') != std::string_view::npos) return parse_ipv6(text);
  network_address address;
  address.bytes[10] = address.bytes[11] = 0xFF;
  if (!parse_ipv4(text, address.bytes.data() + mapped_prefix)) return std::nullopt;
  return address;
}

std::string to_string(const network_address& address) {
  std::string text;
  if (address.is_ipv4()) {
    for (size_t i = mapped_prefix; i < address.bytes.size(); ++i) {
      if (!text.empty()) text += '.';
      text += std::to_string(address.bytes[i]);
    }
    return text;
  }
  const auto [from, to] = longest_gap(address);
  for (size_t i = 0; i < groups; ++i) {
    if (i == from) text += "::";
    if (i >= from && i < to) continue;
    if (!text.empty() && text.back() != ':') text += ':';
    std::array<char, 4> digits{};
    auto [end, bad] = std::to_chars(digits.data(), digits.data() + digits.size(), group(address, i), 16);
    text.append(digits.data(), end);
  }
  return text;
}

network_range::network_range(const network_address& first, unsigned prefix_bits)
  : first_(first), prefix_bits_(std::min(prefix_bits, 128u)) {
  for (auto bit = prefix_bits_; bit < 128; ++bit)
    first_.bytes[bit / 8] = static_cast<uint8_t>(first_.bytes[bit / 8] & ~(0x80u >> bit % 8));
}

bool network_range::contains(const network_address& address) const {
  return is_ipv4() == address.is_ipv4() && same_bits(first_, address, prefix_bits_);
}

bool network_range::contains(const network_range& other) const {
  return is_ipv4() == other.is_ipv4() && other.prefix_bits_ >= prefix_bits_
         && same_bits(first_, other.first_, prefix_bits_);
}

std::optional<network_range> parse_network_range(std::string_view text) {
  const auto slash = text.find('/');
  auto address = parse_network_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  if (slash == std::string_view::npos) return network_range{*address, 128};
  const auto dotted = text.find(':') == std::string_view::npos;
  auto length = parse_number(text.substr(slash + 1), 10, 3, dotted ? 32 : 128);
  if (!length) return std::nullopt;
  return network_range{*address, *length + (dotted ? 96 : 0)};
}

std::optional<std::vector<network_range>> parse_network_ranges(std::string_view text) {
  std::vector<network_range> ranges;
  for (bool more = !text.empty(); more;) {
    const auto cut = text.find(',');
    const auto range = parse_network_range(text.substr(0, cut));
    if (!range) return std::nullopt;
    ranges.push_back(*range);
    more = cut != std::string_view::npos;
    if (more) text.remove_prefix(cut + 1);
  }
  return ranges;
}

std::string to_string(const network_range& range) {
  auto text = to_string(range.first());
  const auto single = range.prefix_length() == (range.is_ipv4() ? 32u : 128u);
  return single ? text : text + '/' + std::to_string(range.prefix_length());
}

}  // namespace muster
