// Whether a run was as its scenario expects.
#pragma once

#include "tools/muster-sim/observer.hpp"
#include "tools/muster-sim/report.hpp"
#include "tools/muster-sim/scenario.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace muster::sim {

// What can be expected, in the order in which it is explained. Times are in milliseconds.
std::vector<std::string> expectation_names();
bool is_expectation(std::string_view name);
bool is_time(std::string_view expectation);
// In a few words, for help and reports.
std::string_view meaning_of(std::string_view expectation);

// What the driver knows that stands in no other figure. Nothing: it did not happen.
struct driven_figures {
  std::optional<uint64_t> turned_away =
    std::nullopt;  // and were not counted as errors; else 429 and 503 are taken out
  std::optional<uint64_t> policy_reached = std::nullopt;  // agents that have the revision pushed last
  std::optional<double> policy_within_ms =
    std::nullopt;  // until the last of them had it; else the manager's word counts
};

using figures = std::map<std::string, double, std::less<>>;
figures figures_of(const outcome& what, const observation& seen, const driven_figures& driven);

enum class limit_kind : uint8_t { most, least, exact };
// A text that begins with `>=` names a minimum, with `==` an exact value, else a maximum.
limit_kind limit_kind_of(std::string_view text);

struct judgement {
  std::string name;
  std::string wanted;         // "at most 1000 ms"
  std::optional<double> got;  // none: nothing of the kind was measured, so it does not hold
  bool held = false;
};

std::vector<judgement> judge(const scenario& of, const figures& got);
bool all_held(const std::vector<judgement>& all);
// "12", "34.5 ms"
std::string figure_text(std::string_view name, double value);

}  // namespace muster::sim
