// Agents that each need one request made for them (registration, departure): at a set pace, only so many at
// once, and those that were put off come again at their time.
#pragma once

#include "tools/muster-sim/request.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <queue>
#include <vector>

namespace muster::sim {

class paced_queue {
 public:
  // All of 0..agents-1, in this order. `per_second` above 0; at least one `at_once`.
  paced_queue(uint32_t agents, double per_second, uint32_t at_once, time_point start);

  // An agent whose turn it is. Each must be settled or put off later.
  std::optional<uint32_t> take(time_point now);
  void settle() { --open_; }
  void put_off(uint32_t agent, time_point until);

  // Another turn for an agent that had been settled.
  void add(uint32_t agent, time_point at) { later_.push({at, agent}); }

  // When `take` may next have one; the end of time while only an answer can bring one.
  time_point next_due() const;
  bool done() const { return next_ == agents_ && later_.empty() && open_ == 0; }

 private:
  struct turn {
    time_point at;
    uint32_t agent;
    bool operator>(const turn& other) const { return at > other.at; }
  };

  uint32_t agents_;
  std::chrono::nanoseconds gap_;
  uint32_t at_once_;
  time_point slot_;  // when the pace allows the next one
  uint32_t next_ = 0;
  uint32_t open_ = 0;
  std::priority_queue<turn, std::vector<turn>, std::greater<>> later_;
};

}  // namespace muster::sim
