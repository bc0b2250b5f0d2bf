// Addresses with inet_pton, names and hashes letter by letter.
#include "runtime/wire/policy_normal_form.hpp"

#include "runtime/json/tree.hpp"
#include "runtime/wire/policy_tree.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace muster::policy_json {

namespace {

using normal_form = std::optional<std::string> (*)(std::string_view);

constexpr size_t longest_address = 64;  // more than any has
constexpr size_t longest_domain = 253;
constexpr size_t longest_label = 63;
constexpr size_t hash_digits[]{32, 40, 64, 96, 128};  // MD5, SHA-1, SHA-2 and SHA-3

struct address {
  int family = AF_INET;
  std::array<unsigned char, 16> bytes{};
  unsigned bits() const { return family == AF_INET ? 32 : 128; }
};

std::optional<address> parse_address(std::string_view text) {
  const std::string copy{text.substr(0, longest_address)};
  address result;
  if (inet_pton(AF_INET, copy.c_str(), result.bytes.data()) == 1) return result;
  result.family = AF_INET6;
  if (inet_pton(AF_INET6, copy.c_str(), result.bytes.data()) == 1) return result;
  return std::nullopt;
}

bool is_mapped(const address& of) {
  static constexpr std::array<unsigned char, 12> head{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  return of.family == AF_INET6 && std::equal(head.begin(), head.end(), of.bytes.begin());
}

// ::ffff:192.0.2.1 is 192.0.2.1.
address unmapped(const address& from) {
  address result;
  std::copy_n(from.bytes.begin() + 12, 4, result.bytes.begin());
  return result;
}

std::string to_text(const address& from) {
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(from.family, from.bytes.data(), text, sizeof text);
  return text;
}

// A range of one address is written as that address.
std::optional<std::string> normal_range(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == text.npos) return normal_address(text);
  auto base = parse_address(text.substr(0, slash));
  const auto digits = text.substr(slash + 1);
  unsigned prefix = 0;
  const auto [end, bad] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
  if (!base || bad != std::errc{} || end != digits.data() + digits.size() || prefix > base->bits())
    return std::nullopt;
  if (is_mapped(*base) && prefix >= 96) {
    base = unmapped(*base);
    prefix -= 96;
  }
  for (unsigned bit = prefix; bit < base->bits(); ++bit)
    base->bytes[bit / 8] = static_cast<unsigned char>(base->bytes[bit / 8] & ~(0x80u >> bit % 8));
  return prefix == base->bits() ? to_text(*base) : to_text(*base) + "/" + std::to_string(prefix);
}

std::string lower(std::string_view text) {
  std::string result{text};
  for (auto& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_label(std::string_view label) {
  const auto fits = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_'; };
  return !label.empty() && label.size() <= longest_label && label.front() != '-' && label.back() != '-'
         && std::all_of(label.begin(), label.end(), fits);
}

std::optional<std::string> normal_domain(std::string_view text) {
  auto name = lower(text);
  if (name.ends_with('.')) name.pop_back();
  if (name.size() > longest_domain) return std::nullopt;
  std::string_view rest = name;
  for (;;) {
    const auto dot = rest.find('.');
    const auto label = rest.substr(0, dot);
    if (!is_label(label)) return std::nullopt;
    if (dot == rest.npos) {  // the last label of an address is a number, of a domain never
      if (std::all_of(label.begin(), label.end(), is_digit)) return std::nullopt;
      return name;
    }
    rest.remove_prefix(dot + 1);
  }
}

std::optional<std::string> normal_hash(std::string_view text) {
  auto hash = lower(text);
  const auto is_hex = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); };
  const auto known = std::find(std::begin(hash_digits), std::end(hash_digits), hash.size());
  if (known == std::end(hash_digits) || !std::all_of(hash.begin(), hash.end(), is_hex)) return std::nullopt;
  return hash;
}

std::optional<std::string> normal_process(std::string_view text) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 32 || c == 127; };
  if (std::any_of(text.begin(), text.end(), is_control)) return std::nullopt;
  return std::string{text};
}

struct list_kind {
  const char* name;
  std::vector<std::string> policy_lists::*values;
  normal_form to_normal;
  const char* what;
};
constexpr list_kind list_kinds[]{
  {"ips", &policy_lists::ips, normal_address, "an IP address"},
  {"cidrs", &policy_lists::cidrs, normal_range, "a range of addresses like 10.0.0.0/8"},
  {"domains", &policy_lists::domains, normal_domain, "a domain"},
  {"hashes", &policy_lists::hashes, normal_hash, "the MD5, SHA-1, SHA-2 or SHA-3 of a file in hexadecimal"},
  {"processes", &policy_lists::processes, normal_process, "the name of a process"},
};

std::string normalise(policy_lists& lists, const std::string& path) {
  for (const auto& kind : list_kinds) {
    auto& values = lists.*kind.values;
    for (size_t i = 0; i < values.size(); ++i) {
      auto normal = kind.to_normal(values[i]);
      if (!normal)
        return json::element_path(json::member_path(path, kind.name), i) + ": " + json::shown(values[i])
               + " is not " + kind.what;
      values[i] = std::move(*normal);
    }
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
  }
  return {};
}

std::string threshold_problem(const policy_document& what, const threshold_names& names) {
  if (!what.auto_respond || !what.notify_and_wait || *what.notify_and_wait <= *what.auto_respond) return {};
  const auto number = [](double value) { return json::text_of(number_tree(value)); };
  return json::member_path("$.thresholds", names.notify_and_wait) + ": " + number(*what.notify_and_wait)
         + " is more than " + std::string{names.auto_respond} + ", " + number(*what.auto_respond);
}

}  // namespace

std::optional<std::string> normal_address(std::string_view text) {
  const auto parsed = parse_address(text);
  if (!parsed) return std::nullopt;
  return to_text(is_mapped(*parsed) ? unmapped(*parsed) : *parsed);
}

std::string normalise(policy_document& what, const threshold_names& names) {
  if (auto problem = normalise(what.blocklist, "$.blocklist"); !problem.empty()) return problem;
  if (auto problem = normalise(what.allowlist, "$.allowlist"); !problem.empty()) return problem;
  return threshold_problem(what, names);
}

}  // namespace muster::policy_json
