// Where a command's words go, how they may look there, and the time.
#pragma once

#include <chrono>
#include <functional>
#include <iosfwd>

#include "messages/time.hpp"

namespace muster::cli {

struct console {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  bool in_is_terminal = false;
  bool out_is_terminal = false;  // then times are relative
  bool colour = false;
  utc_time now{};
  // Waits as long, and returns the time it is then. Only a watch needs it.
  std::function<utc_time(std::chrono::milliseconds)> pause;
};

}  // namespace muster::cli
