// How many of those who wait for news may have it now. Time that a late timer lost is made up, up to a
// tenth of a second of it.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace muster {

class push_pace {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::milliseconds step{10};  // between two turns while many wait
  static constexpr std::chrono::milliseconds most{100};

  // At least 1, so that a slow pace gets on too. `per_second` must be positive.
  size_t turn(double per_second, time_point now) {
    const time_point::duration due =
      last_ == time_point{} ? step : std::clamp<time_point::duration>(now - last_, step, most);
    last_ = now;
    return std::max<size_t>(1, static_cast<size_t>(per_second * std::chrono::duration<double>(due).count()));
  }

  // Nobody waits any more: the next turn is a first one.
  void rest() { last_ = {}; }

 private:
  time_point last_{};
};

}  // namespace muster
