// The two times of work that is written down and has deadlines.
#pragma once

#include "messages/time.hpp"

namespace muster {

// Records are written with the one, deadlines kept by the other.
struct work_time {
  using monotonic = std::chrono::steady_clock::time_point;
  utc_time at{};
  monotonic now{};
};

}  // namespace muster
