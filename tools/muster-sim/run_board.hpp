// What the loops of a run, its main thread and its observer tell each other.
#pragma once

#include "tools/muster-sim/beat_record.hpp"

#include <atomic>
#include <cstdint>

namespace muster::sim {

class run_board {
 public:
  run_board(uint32_t agents, uint32_t loops, time_point start) : record(agents, start), loops_(loops) {}

  beat_record record;

  // Each loop says so once, when its agents have registered. The last one begins the scenario.
  void loop_is_ready(time_point now) {
    if (++ready_ == loops_) begun_.store(now.time_since_epoch().count(), std::memory_order_release);
  }
  bool has_begun() const { return begun_.load(std::memory_order_acquire) != 0; }
  time_point begun_at() const {
    return time_point{time_point::duration{begun_.load(std::memory_order_acquire)}};
  }

  // The main thread restarts the manager: what fails meanwhile is no agent's trouble.
  std::atomic<bool> restarting = false;

  // Whether agents may leave at the end.
  std::atomic<bool> may_depart = true;

  // The revision that was pushed last; 0: none.
  void push(uint32_t version, time_point at) {
    pushed_at_.store(at.time_since_epoch().count(), std::memory_order_relaxed);
    pushed_.store(version, std::memory_order_release);
  }
  uint32_t pushed() const { return pushed_.load(std::memory_order_acquire); }
  time_point pushed_at() const {
    return time_point{time_point::duration{pushed_at_.load(std::memory_order_relaxed)}};
  }

 private:
  uint32_t loops_;
  std::atomic<uint32_t> ready_ = 0;
  std::atomic<int64_t> begun_ = 0;
  std::atomic<uint32_t> pushed_ = 0;
  std::atomic<int64_t> pushed_at_ = 0;
};

}  // namespace muster::sim
