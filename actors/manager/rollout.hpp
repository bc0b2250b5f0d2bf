// The rollout actor watches one rollout: at each check it compares the agents
// that have the candidate with the rest, and tells the policy actor to go on or
// to take the candidate back. What is durable is the policy actor's.
#pragma once

#include "actors/manager/rollout_plan.hpp"
#include "actors/ports/calendar.hpp"
#include "actors/ports/journal.hpp"
#include "messages/policy_control.hpp"

#include <caf/typed_event_based_actor.hpp>

namespace muster {

struct rollout_options {
  std::chrono::milliseconds check_interval{5'000};    // of the gates
  std::chrono::milliseconds request_timeout{30'000};  // for fleet and policy
};

struct rollout_ports {
  policy_actor policy;
  fleet_actor fleet;
  calendar utc_now;
  journal tell;
};

struct rollout_state {
  static inline const char* name = "muster.rollout";

  explicit rollout_state(rollout_actor::pointer actor) : self(actor) {}
  rollout_actor::behavior_type make_behavior(rollout_options options, rollout_ports ports,
                                             policy_rollout what);

  void follow(const policy_rollout& now);
  void check(uint64_t generation);

  rollout_actor::pointer self;

 private:
  void judge(const rollout_health& health);
  void arm_timer();

  rollout_options options_;
  rollout_ports ports_;
  policy_rollout rollout_;
  uint64_t generation_ = 0;  // of the timer that counts
};

rollout_actor::behavior_type rollout(rollout_actor::stateful_pointer<rollout_state> self,
                                     rollout_options options, rollout_ports ports, policy_rollout what);

}  // namespace muster
