// What policies name, in the forms in which sightings have it too.
#include "runtime/wire/policy_normal_form.hpp"

#include "actors/manager/indicator.hpp"
#include "actors/manager/network_address.hpp"
#include "runtime/json/tree.hpp"
#include "runtime/wire/policy_tree.hpp"

#include <algorithm>

namespace muster::policy_json {

namespace {

using normal_form = std::optional<std::string> (*)(std::string_view);

constexpr size_t hash_digits[]{32, 40, 64, 96, 128};  // MD5, SHA-1, SHA-2 and SHA-3

// A range of one address is written as that address.
std::optional<std::string> normal_range(std::string_view text) {
  const auto range = parse_network_range(text);
  return range ? std::optional{to_string(*range)} : std::nullopt;
}

// Unlike in what agents report, white space is not passed over.
std::optional<std::string> domain_as_written(std::string_view text) {
  return text.find_first_of(" \t\r\n\v\f") == text.npos ? normal_domain(text) : std::nullopt;
}

std::string lower(std::string_view text) {
  std::string result{text};
  for (auto& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

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
  {"domains", &policy_lists::domains, domain_as_written, "a domain"},
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
  const auto address = parse_network_address(text);
  return address ? std::optional{to_string(*address)} : std::nullopt;
}

std::string normalise(policy_document& what, const threshold_names& names) {
  if (auto problem = normalise(what.blocklist, "$.blocklist"); !problem.empty()) return problem;
  if (auto problem = normalise(what.allowlist, "$.allowlist"); !problem.empty()) return problem;
  return threshold_problem(what, names);
}

}  // namespace muster::policy_json
