// What a played scenario came to, for people.
#pragma once

#include "tools/muster-sim/run_report.hpp"

#include <string>

namespace muster::sim {

std::string run_text(const run_result& what);

}  // namespace muster::sim
