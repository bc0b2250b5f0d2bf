// Where a command's words go, and how they may look there.
#pragma once

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
};

}  // namespace muster::cli
