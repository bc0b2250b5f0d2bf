// Wakes agents at their deadlines. CAF's own clock would do, but a timer that is pending there takes 208
// bytes and one here 16: of a million agents each has one.
#pragma once

#include "actors/ports/listening_clock.hpp"
#include "messages/interfaces.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace muster {

struct alarm {
  listening_time deadline{};
  agent_actor who;
};

// The alarms that are set, the earliest first. Shared by all threads. An agent that ended stays in memory
// until its alarm has come, as it would with a timer of CAF's.
class alarm_board {
 public:
  // True if no other is due before it: then somebody has to tell the alarm clock.
  bool set(listening_time deadline, agent_actor who);

  std::optional<listening_time> next() const;
  // What is due, at most `limit`, the earliest first.
  std::vector<alarm> take_due(listening_time now, size_t limit);

 private:
  mutable std::mutex lock_;
  std::vector<alarm> heap_;  // guarded by lock_
};

// The one who rings: is told of a deadline before which nothing rang yet, and tells each agent its own.
using alarm_clock_actor = caf::typed_actor<caf::reacts_to<liveness_check_due>>;

struct alarm_clock_state {
  static inline const char* name = "muster.alarm_clock";

  explicit alarm_clock_state(alarm_clock_actor::pointer actor) : self(actor) {}
  alarm_clock_actor::behavior_type make_behavior(std::shared_ptr<alarm_board> board,
                                                 std::shared_ptr<const listening_clock> listening);

  alarm_clock_actor::pointer self;

 private:
  void look(listening_time because);
  void arm();

  std::shared_ptr<alarm_board> board_;
  std::shared_ptr<const listening_clock> listening_;
  listening_time armed_for_{0};  // deadline of the nearest pending timer; zero for none
};

alarm_clock_actor::behavior_type alarm_clock(alarm_clock_actor::stateful_pointer<alarm_clock_state> self,
                                             std::shared_ptr<alarm_board> board,
                                             std::shared_ptr<const listening_clock> listening);

}  // namespace muster
