// When each agent's heartbeat is due. Every agent beats once per interval at a phase of its own, so the order
// within an interval never changes: turn and phase are computed from a seed, and a million agents cost no
// memory here. The schedule is open loop: it goes on whether or not answers come.
#pragma once

#include "tools/muster-sim/request.hpp"

#include <chrono>
#include <cstdint>

namespace muster::sim {

class beat_schedule {
 public:
  // At least one agent; an interval of 1 ms to 24 h.
  beat_schedule(uint32_t agents, std::chrono::nanoseconds interval, uint64_t seed, time_point start);

  // When the next turn is, and whose. Then on to the one after it.
  time_point next_due() const { return next_due_; }
  uint32_t take();

  // From now on the schedule passes `times` as fast as it was made for; above 0.
  void set_speed(double times, time_point now);

 private:
  void compute_due();
  time_point real(time_point planned) const;

  uint32_t agents_;
  std::chrono::nanoseconds interval_;
  uint64_t seed_;
  time_point round_start_;
  uint32_t turn_ = 0;    // within the round
  uint64_t stride_ = 1;  // shares no factor with agents_: turn * stride_ visits each agent once
  uint32_t agent_ = 0;
  time_point planned_;   // the next turn, were the speed 1
  time_point next_due_;  // and as it is
  double speed_ = 1;
  time_point real_base_;  // since when it is
  time_point planned_base_;
};

}  // namespace muster::sim
