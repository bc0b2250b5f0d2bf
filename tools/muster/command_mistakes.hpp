// What is wrong with a line that could be parsed; told before the manager is asked.
#pragma once

#include <string>

#include "tools/muster/command_line.hpp"

namespace muster::cli {

// Empty when there is nothing to complain about.
std::string mistake_in(const command_line& line);

}  // namespace muster::cli
