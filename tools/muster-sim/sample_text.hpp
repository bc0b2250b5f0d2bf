// A second of a run as people and programs read it.
#pragma once

#include "tools/muster-sim/json_writer.hpp"
#include "tools/muster-sim/timeline.hpp"

#include <string>
#include <vector>

namespace muster::sim {

void write_sample(json_writer& to, const sample& of);

// Lines without their ends, for a terminal. `last` is the step that began last, or nothing.
std::vector<std::string> live_view(const sample& of, uint32_t agents, const mark* last);

}  // namespace muster::sim
