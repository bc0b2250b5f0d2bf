// What operators name: scopes, stages and gates.
#include "runtime/wire/operator_policy.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>

namespace muster::operator_api {

namespace {

constexpr size_t stage_limit = 32;
constexpr size_t name_limit = 321;  // bytes: a label's name, '=' and its value

// "2%", "0.5%": from 0 to 100.
caf::optional<double> read_percent(std::string_view text) {
  if (text.size() < 2 || text.size() > 16 || !text.ends_with('%')) return caf::none;
  if (text.find_first_not_of("0123456789.%") != std::string_view::npos) return caf::none;
  const std::string digits{text.substr(0, text.size() - 1)};
  char* end = nullptr;
  const auto value = std::strtod(digits.c_str(), &end);
  if (end != digits.c_str() + digits.size() || value < 0 || value > 100) return caf::none;
  return value;
}

}  // namespace

caf::optional<policy_scope> read_scope(std::string_view text, std::string_view tenant) {
  const auto cut = text.find(':');
  const auto layer = parse_policy_layer(std::string{text.substr(0, cut)});
  if (!layer) return caf::none;
  policy_scope scope{*layer, std::string{tenant}, {}};
  if (cut != std::string_view::npos) scope.name = text.substr(cut + 1);
  const bool named = !scope.name.empty() && scope.name.size() <= name_limit && scope.name[0] != '=';
  if ((scope.layer == policy_layer::fleet) == named) return caf::none;
  if (scope.layer == policy_layer::fleet && cut != std::string_view::npos) return caf::none;
  if (scope.layer == policy_layer::agent && (!tenant.empty() || !parse_agent_id(scope.name)))
    return caf::none;
  return scope;
}

caf::optional<uint32_t> read_stage(std::string_view text) {
  const auto percent = read_percent(text);
  if (!percent) return caf::none;
  const auto bound = static_cast<uint32_t>(std::lround(*percent * policy_buckets / 100));
  if (bound == 0) return caf::none;
  return bound;
}

std::string write_stage(uint32_t bound) { return fmt::format("{}%", bound * 100.0 / policy_buckets); }

std::vector<uint32_t> read_stages(json::object_reader& from) {
  std::vector<uint32_t> out;
  const auto fail = [&from](const std::string& what) {
    from.fail("stages", what);
    return std::vector<uint32_t>{};
  };
  for (const auto& text : read_texts(from, "stages", stage_limit)) {
    const auto bound = read_stage(text);
    if (!bound) return fail("'" + text + "' is not a percentage above 0%, at most 100%");
    if (!out.empty() && *bound <= out.back()) return fail("must ascend");
    out.push_back(*bound);
  }
  if (out.empty() || out.back() != policy_buckets) return fail("must end with 100%");
  return out;
}

std::vector<std::string> read_texts(json::object_reader& from, std::string_view member, size_t limit) {
  std::vector<std::string> out;
  const auto items = from.array(member, limit);
  if (!items) return out;
  for (const auto& item : *items) {
    std::string_view text;
    if (item.get(text) != simdjson::SUCCESS) from.fail(member, "must hold texts");
    out.emplace_back(text);
  }
  return out;
}

caf::optional<rollout_move> read_move(std::string_view word) {
  if (word == "pause") return rollout_move::pause;
  if (word == "resume") return rollout_move::resume;
  if (word == "abort") return rollout_move::abort;
  return caf::none;
}

caf::optional<rollout_gate> read_gate(std::string_view text) {
  const auto cut = text.find('<');
  if (cut == std::string_view::npos) return caf::none;
  const auto measure = parse_gate_measure(std::string{text.substr(0, cut)});
  auto limit = text.substr(cut + 1);
  const bool over_rest = limit.starts_with("rest+");
  if (over_rest) limit.remove_prefix(5);
  const auto percent = read_percent(limit);
  if (!measure || !percent) return caf::none;
  return rollout_gate{*measure, *percent, over_rest};
}

std::string write_gate(const rollout_gate& gate) {
  return fmt::format("{}<{}{}%", to_string(gate.measure), gate.over_rest ? "rest+" : "", gate.limit_percent);
}

}  // namespace muster::operator_api
