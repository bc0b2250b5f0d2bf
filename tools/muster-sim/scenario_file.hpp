// Reads a scenario from YAML. The README has the format.
#pragma once

#include "tools/muster-sim/scenario.hpp"

#include <string>
#include <variant>
#include <vector>

namespace muster::sim {

// Every mistake that was found, each with file, line and column.
using scenario_problems = std::vector<std::string>;

std::variant<scenario, scenario_problems> read_scenario_text(const std::string& text,
                                                             const std::string& file);
std::variant<scenario, scenario_problems> read_scenario_file(const std::string& path);

// The same with fleets (and counts of other clients) of `share` of the size, but at least one agent each.
scenario scaled(scenario of, double share);

}  // namespace muster::sim
