// The clock that liveness runs on: monotonic time minus every span in which the
// manager could not hear. One instance serves all threads of a manager.
#pragma once

#include "messages/time.hpp"

#include <atomic>
#include <mutex>
#include <vector>

namespace muster {

// Each loop pulses at a steady pace. A pulse that comes late by more than the
// tolerance proves that its loop heard nothing meanwhile: a stopped process, a
// suspended machine, an overload. That whole span is taken out of everyone's
// listening time. Reading the clock inside such a gap, before the late pulse
// has told of it, sees time stand still since the pulse before.
class listening_clock {
 public:
  using monotonic_time = std::chrono::steady_clock::time_point;

  // Stands still until `starts_at`: a grace after a start.
  explicit listening_clock(std::chrono::nanoseconds late_tolerance = std::chrono::seconds{1},
                           monotonic_time starts_at = {})
    : tolerance_(late_tolerance), starts_at_(starts_at.time_since_epoch()) {}

  // A new loop that pulses from now on. Called before it runs; returns its number.
  size_t add_loop(monotonic_time now);

  // A loop proves that it hears; `heard` is false when it had to turn beats
  // away since its last pulse. Returns the span lost, if any.
  std::chrono::nanoseconds pulse(size_t loop, monotonic_time now, bool heard = true);

  listening_time at(monotonic_time now) const;

  // All that was taken out so far.
  std::chrono::nanoseconds deaf() const { return std::chrono::nanoseconds{deaf_.load()}; }

 private:
  void note_oldest_pulse();  // call with lock_ held

  std::chrono::nanoseconds tolerance_;
  listening_time starts_at_;
  std::atomic<int64_t> deaf_{0};          // taken out so far
  std::atomic<int64_t> oldest_pulse_{0};  // since when the loop furthest behind may be deaf; 0 before any
  std::mutex lock_;
  std::vector<monotonic_time> pulses_;  // guarded by lock_
  monotonic_time counted_until_{};      // guarded by lock_: gaps before this are taken out already
};

}  // namespace muster
