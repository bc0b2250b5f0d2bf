// Walks by hand: yaml-cpp itself takes the last of two equal keys and forgets where values stood.
#include "tools/muster-sim/yaml_reader.hpp"

#include "runtime/config/did_you_mean.hpp"
#include "runtime/config/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace muster::sim {

namespace {

// The number before `unit`, which may be missing.
std::optional<double> number_with(std::string_view text, std::string_view unit, double worth) {
  const bool has_unit = text.ends_with(unit);
  if (has_unit) text.remove_suffix(unit.size());
  double value = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, bad] = std::from_chars(text.data(), end, value);
  if (text.empty() || bad != std::errc{} || stop != end || !std::isfinite(value)) return std::nullopt;
  return has_unit ? value * worth : value;
}

}  // namespace

std::optional<double> parse_share(std::string_view text) { return number_with(text, "%", 0.01); }
std::optional<double> parse_rate(std::string_view text) { return number_with(text, "/s", 1); }
std::optional<double> parse_factor(std::string_view text) { return number_with(text, "x", 1); }

void yaml_problems::add(const YAML::Mark& at, std::string_view what) {
  all.push_back(fmt::format("{}:{}:{}: {}", file, at.line + 1, at.column + 1, what));
}

yaml_reader::yaml_reader(const YAML::Node& from, std::string place, yaml_problems& problems)
  : from_(from), place_(std::move(place)), problems_(problems) {
  if (!from.IsMap()) {
    problems.add(from.Mark(), fmt::format("{} has to be `name: value` lines", place_));
    return;
  }
  for (const auto& pair : from) {
    if (!pair.first.IsScalar()) {
      problems.add(pair.first.Mark(), "a name has to be a word");
      continue;
    }
    const auto& name = pair.first.Scalar();
    const auto before = std::ranges::find(entries_, name, &entry::name);
    if (before != entries_.end())
      problems.add(pair.first.Mark(),
                   fmt::format("'{}' is given twice, first in line {}", name, before->at.line + 1));
    else entries_.push_back({name, pair.first.Mark(), pair.second, false});
  }
}

yaml_reader::~yaml_reader() {
  for (const auto& each : entries_) {
    if (each.asked) continue;
    const auto meant = closest_word(each.name, known_);
    problems_.add(each.at, fmt::format("{} has no '{}'{}", place_, each.name,
                                       meant ? fmt::format(", did you mean '{}'?", *meant) : ""));
  }
}

const YAML::Node* yaml_reader::find(std::string_view member) {
  known_.emplace_back(member);
  const auto found = std::ranges::find(entries_, member, &entry::name);
  if (found == entries_.end()) return nullptr;
  found->asked = true;
  return &found->value;
}

bool yaml_reader::has(std::string_view member) {
  return std::ranges::find(entries_, member, &entry::name) != entries_.end();
}

void yaml_reader::require(std::string_view member) {
  if (from_.IsMap() && !has(member))
    problems_.add(from_.Mark(), fmt::format("{} needs '{}'", place_, member));
}

void yaml_reader::fail(std::string_view member, std::string_view what) {
  const auto found = std::ranges::find(entries_, member, &entry::name);
  const auto at = found == entries_.end() ? from_.Mark() : found->value.Mark();
  problems_.add(at, fmt::format("{}: {}", member, what));
}

const std::string* yaml_reader::scalar(std::string_view member) {
  const auto* node = find(member);
  if (node == nullptr) return nullptr;
  if (node->IsScalar()) return &node->Scalar();
  fail(member, node->IsNull() ? "has no value" : "expects one value");
  return nullptr;
}

void yaml_reader::text(std::string_view member, std::string& into, size_t longest) {
  const auto* text = scalar(member);
  if (text == nullptr) return;
  if (text->size() > longest) return fail(member, fmt::format("has more than {} bytes", longest));
  into = *text;
}

void yaml_reader::flag(std::string_view member, bool& into) {
  const auto* text = scalar(member);
  if (text == nullptr) return;
  if (*text != "true" && *text != "false")
    return fail(member, fmt::format("'{}' is neither true nor false", *text));
  into = *text == "true";
}

void yaml_reader::number(std::string_view member, uint32_t& into, uint32_t low, uint32_t high) {
  const auto* text = scalar(member);
  if (text == nullptr) return;
  const auto value = parse_whole_number(*text);
  if (!value || *value < low || *value > high)
    return fail(member, fmt::format("'{}' is not a whole number from {} to {}", *text, low, high));
  into = static_cast<uint32_t>(*value);
}

void yaml_reader::number(std::string_view member, uint64_t& into) {
  const auto* text = scalar(member);
  if (text == nullptr) return;
  const auto value = parse_whole_number(*text);
  if (!value) return fail(member, fmt::format("'{}' is not a whole number", *text));
  into = *value;
}

void yaml_reader::duration(std::string_view member, std::chrono::milliseconds& into,
                           std::chrono::milliseconds low, std::chrono::milliseconds high) {
  const auto* text = scalar(member);
  if (text == nullptr) return;
  const auto value = *text == "0" ? std::chrono::milliseconds{0} : parse_duration(*text);
  if (!value) return fail(member, fmt::format("'{}' is not a duration like 500ms, 30s or 5m", *text));
  if (*value < low || *value > high)
    return fail(
      member, fmt::format("{} is not between {} and {}", *text, format_duration(low), format_duration(high)));
  into = *value;
}

void yaml_reader::share(std::string_view member, double& into) {
  const auto* text = scalar(member);
  if (text == nullptr) return;
  const auto value = parse_share(*text);
  if (!value || *value < 0 || *value > 1)
    return fail(member, fmt::format("'{}' is not a share like 30%, from 0% to 100%", *text));
  into = *value;
}

void yaml_reader::rate(std::string_view member, double& into, double low, double high) {
  const auto* text = scalar(member);
  if (text == nullptr) return;
  const auto value = parse_rate(*text);
  if (!value || *value < low || *value > high)
    return fail(member,
                fmt::format("'{}' is not a rate like 2000/s, from {} to {} a second", *text, low, high));
  into = *value;
}

void yaml_reader::factor(std::string_view member, double& into, double low, double high) {
  const auto* text = scalar(member);
  if (text == nullptr) return;
  const auto value = parse_factor(*text);
  if (!value || *value < low || *value > high)
    return fail(member, fmt::format("'{}' is not a factor like 2x, from {} to {}", *text, low, high));
  into = *value;
}

void yaml_reader::word(std::string_view member, size_t& into, const std::vector<std::string>& words) {
  const auto* text = scalar(member);
  if (text == nullptr) return;
  const auto found = std::ranges::find(words, *text);
  if (found != words.end()) {
    into = static_cast<size_t>(found - words.begin());
    return;
  }
  const auto meant = closest_word(*text, words);
  fail(member, meant ? fmt::format("unknown '{}', did you mean '{}'?", *text, *meant)
                     : fmt::format("'{}' is none of {}", *text, fmt::join(words, ", ")));
}

void yaml_reader::each(std::string_view member, size_t most,
                       const std::function<void(const YAML::Node&)>& take) {
  const auto* node = find(member);
  if (node == nullptr || node->IsNull()) return;
  if (!node->IsSequence()) return fail(member, "expects a list");
  if (node->size() > most)
    return fail(member, fmt::format("has {} elements, at most {} are allowed", node->size(), most));
  for (const auto& one : *node) take(one);
}

void yaml_reader::mapping(std::string_view member, const std::function<void(const YAML::Node&)>& take) {
  const auto* node = find(member);
  if (node != nullptr && !node->IsNull()) take(*node);
}

}  // namespace muster::sim
