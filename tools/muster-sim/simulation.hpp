// A whole run: event loops on threads, signals, progress and report.
#pragma once

#include "tools/muster-sim/options.hpp"

namespace muster::sim {

// Returns the exit status. Blocks SIGINT and SIGTERM and takes them itself, so no other thread may run yet.
int simulate(options wanted);

}  // namespace muster::sim
