// Counts the time in which the manager could hear.
#include "actors/ports/listening_clock.hpp"

#include <algorithm>

namespace muster {

size_t listening_clock::add_loop(monotonic_time now) {
  std::lock_guard guard{lock_};
  pulses_.push_back(now);
  note_oldest_pulse();
  return pulses_.size() - 1;
}

std::chrono::nanoseconds listening_clock::pulse(size_t loop, monotonic_time now, bool heard) {
  std::lock_guard guard{lock_};
  const auto gap_start = std::max(pulses_[loop], counted_until_);  // loops may have gone deaf together
  std::chrono::nanoseconds lost{0};
  if ((!heard || now - pulses_[loop] > tolerance_) && now > gap_start) {
    lost = now - gap_start;
    counted_until_ = now;
    deaf_ += lost.count();
  }
  pulses_[loop] = now;
  note_oldest_pulse();
  return lost;
}

// What was taken out already must not be waited for once more, when one of several
// deaf loops has woken up before the others.
void listening_clock::note_oldest_pulse() {
  const auto oldest = *std::min_element(pulses_.begin(), pulses_.end());
  oldest_pulse_ = std::max(oldest, counted_until_).time_since_epoch().count();
}

listening_time listening_clock::at(monotonic_time now) const {
  auto instant = now.time_since_epoch().count();
  int64_t deaf = 0;
  int64_t pulse = 0;
  do {  // both as of one moment, or a gap would count twice
    deaf = deaf_.load();
    pulse = oldest_pulse_.load();
  } while (deaf != deaf_.load());
  if (pulse != 0 && instant - pulse > tolerance_.count()) instant = pulse;
  return std::max(listening_time{instant - deaf}, starts_at_);
}

}  // namespace muster
