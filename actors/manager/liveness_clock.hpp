// Decides whether one agent is alive, from nothing but when it was heard last.
//
// All times are listening times: while the manager cannot hear, they stand
// still, so nobody becomes silent for that reason. Serves agents and collectors.
#pragma once

#include "messages/agents.hpp"

#include <chrono>
#include <optional>

namespace muster {

// How often an agent beats and after how much silence it changes state.
// Nothing stands for never.
struct liveness_profile {
  std::chrono::milliseconds interval{30'000};
  std::optional<std::chrono::milliseconds> stale_after = std::chrono::milliseconds{90'000};
  std::optional<std::chrono::milliseconds> offline_after;
};

class liveness_clock {
 public:
  // An agent that was online gets a full threshold from `now` on.
  liveness_clock(agent_status status, listening_time now) : heard_at_(now), status_(status) {}

  // The agent was heard. Returns the status that this ended, if it was another than online.
  std::optional<agent_status> heard(listening_time now);

  // Looks at the silence so far. Returns the status that begins now, if one does.
  std::optional<agent_status> check(const liveness_profile& profile, listening_time now);

  // The agent said goodbye. Silence means nothing until it is heard again.
  void depart() { status_ = agent_status::departed; }

  // When check() has to be called next; nothing while only a beat can change the state.
  std::optional<listening_time> deadline(const liveness_profile& profile) const;

  agent_status status() const { return status_; }
  listening_time heard_at() const { return heard_at_; }

 private:
  listening_time heard_at_;
  agent_status status_;
};

}  // namespace muster
