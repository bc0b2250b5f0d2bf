// The steps of a scenario as one loop goes through them: when each begins, whom it is for, and which of its
// agents are due for what it makes them do. Agents have their numbers in the whole fleet here.
#pragma once

#include "tools/muster-sim/choice.hpp"
#include "tools/muster-sim/request.hpp"
#include "tools/muster-sim/scenario.hpp"

#include <optional>
#include <string>
#include <vector>

namespace muster::sim {

class step_book {
 public:
  step_book(const scenario& of, uint64_t run);

  // From when `at` counts. Before, no step begins.
  void begin(time_point at) { begun_ = at; }

  // The next step that has begun by now, by its number from 1. What it makes agents do follows by itself from
  // then on.
  struct begun {
    uint8_t number;
    time_point at;
  };
  std::optional<begun> take_begun(time_point now);
  const step& of(uint8_t number) const { return of_.steps[number - 1u]; }
  const choice& who(uint8_t number) const { return who_[number - 1u]; }
  // What worms and scans let agents see, as members of an event's `metadata`.
  const std::string& shows(uint8_t number) const { return shows_[number - 1u]; }

  // Single agents that are due because a step makes each of its agents do something at a moment of its own.
  struct turn {
    time_point due;
    uint32_t agent;
    uint8_t number;
  };
  std::optional<turn> take_turn(time_point now);
  time_point next_turn() const;

  // Agents that turn silent (or loud) by now because they flap.
  struct toggle {
    uint8_t number;
    bool silent;
  };
  std::optional<toggle> take_toggle(time_point now);
  void end_flapping() { flaps_.clear(); }

  // How many times as fast as usual agents beat.
  double speed(time_point now) const;
  // By how much the agent's clock is ahead.
  std::chrono::milliseconds skew(uint32_t agent) const;

 private:
  struct burst {
    uint8_t number;
    time_point from;
    uint32_t next = 0;  // rank
  };
  struct flap {
    uint8_t number;
    time_point next;
    uint32_t toggles = 0;
  };
  time_point due_of(const burst& which) const;

  const scenario& of_;
  std::optional<time_point> begun_;
  size_t next_ = 0;
  std::vector<choice> who_;
  std::vector<std::string> shows_;
  std::vector<burst> bursts_;
  std::vector<flap> flaps_;
  std::vector<begun> ramps_;
  std::vector<uint8_t> skews_;
};

}  // namespace muster::sim
