// The words of scenarios: names of dialects and steps, as files have them.
#pragma once

#include "tools/muster-sim/scenario.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace muster::sim {

constexpr size_t step_kinds = 13;
constexpr size_t dialects = 3;
std::string_view to_string(step_kind kind);
std::string_view to_string(dialect speaks);
// "silence of 30% at 30s"
std::string text_of(const step& what);

}  // namespace muster::sim
