// A running manager: its threads, its listeners, its signals and its end.
#pragma once

#include "tools/musterd/command_line.hpp"

namespace muster {

// Runs until SIGTERM or SIGINT. Returns the exit code: 0 after a clean end, 1 if
// it could not start.
int run_daemon(const command_line& line, configuration settings);

}  // namespace muster
