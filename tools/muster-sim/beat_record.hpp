// When each agent was last heard from, as far as the simulator can know it: the truth that the manager's word
// is held against. 12 bytes an agent. The loop that has an agent writes its place, one observer reads all of
// them.
#pragma once

#include "tools/muster-sim/request.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <vector>

namespace muster::sim {

// Milliseconds after the run's start, at least 1; 0 is never. Exact for 49 days.
using run_time = uint32_t;

class beat_record {
 public:
  // Agents are numbered through the whole fleet, over all its parts.
  beat_record(uint32_t agents, time_point start) : start_(start), places_(agents) {}

  uint32_t size() const { return static_cast<uint32_t>(places_.size()); }
  time_point start() const { return start_; }
  run_time since_start(time_point at) const {
    const auto span = std::chrono::duration_cast<std::chrono::milliseconds>(at - start_).count();
    return span < 1 ? 1 : static_cast<run_time>(span);
  }

  // Something that counts as a sign of life (registration, beat, report) went out to the manager.
  void sent(uint32_t agent, time_point at) { put(places_[agent].sent, since_start(at)); }
  // The manager answered well what went out at `sent_at`: it was heard between the two.
  void answered(uint32_t agent, time_point sent_at, time_point at) {
    put(places_[agent].heard_after, since_start(sent_at));
    put(places_[agent].heard_before, since_start(at));
  }

  // The agent takes its leave: nothing is expected of it, and nothing of the manager, until it comes back.
  void leaves(uint32_t agent) { places_[agent].reset(); }

  run_time last_sent(uint32_t agent) const { return get(places_[agent].sent); }
  run_time heard_after(uint32_t agent) const { return get(places_[agent].heard_after); }
  run_time heard_before(uint32_t agent) const { return get(places_[agent].heard_before); }

 private:
  struct place {
    std::atomic<run_time> sent{0};
    std::atomic<run_time> heard_after{0};
    std::atomic<run_time> heard_before{0};

    void reset() {
      put(heard_before, 0);  // first, since it tells whether the others count
      put(heard_after, 0);
      put(sent, 0);
    }
  };
  static void put(std::atomic<run_time>& to, run_time what) { to.store(what, std::memory_order_relaxed); }
  static run_time get(const std::atomic<run_time>& from) { return from.load(std::memory_order_relaxed); }

  time_point start_;
  std::vector<place> places_;
};

}  // namespace muster::sim
