// The rollout actor: timer, question, verdict.
#include "actors/manager/rollout.hpp"

#include "messages/type_ids.hpp"

#include <caf/all.hpp>

#include <algorithm>

namespace muster {

rollout_actor::behavior_type rollout_state::make_behavior(rollout_options options, rollout_ports ports,
                                                          policy_rollout what) {
  options_ = options;
  ports_ = std::move(ports);
  rollout_ = std::move(what);
  arm_timer();
  return {
    [this](const rollout_moved& moved) { follow(moved.now); },
    [this](const rollout_check_due& due) { check(due.generation); },
  };
}

// Told at every revision of policy. Nothing new must not put off its checks.
void rollout_state::follow(const policy_rollout& now) {
  if (now == rollout_) return;
  rollout_ = now;
  if (now.ended_at != utc_time{}) self->quit();
  else arm_timer();
}

void rollout_state::check(uint64_t generation) {
  if (generation != generation_) return;
  self
    ->request(ports_.fleet, options_.request_timeout,
              compare_cohorts{rollout_.scope, rollout_.stages[rollout_.stage], rollout_.started_at})
    .then(
      [this, generation](const rollout_health& health) {
        if (generation == generation_) judge(health);
      },
      [this](caf::error&) { arm_timer(); });  // nothing is known, so nothing is done
}

void rollout_state::judge(const rollout_health& health) {
  auto verdict = next_move(rollout_, health, ports_.utc_now());
  if (!verdict.move) return arm_timer();
  self
    ->request(ports_.policy, options_.request_timeout,
              move_rollout{rollout_.id, *verdict.move, rollout_.stage, "manager", std::move(verdict.reason)})
    .then([](const policy_written&) {},  // rollout_moved has come before
          [this](caf::error& failed) {
            ports_.tell("rollout_not_moved", self->system().render(failed));
            arm_timer();
          });
}

// The one place that arms the timer: for the next check, or the end of the stage if that is nearer.
void rollout_state::arm_timer() {
  ++generation_;
  if (rollout_.status != rollout_status::running) return;
  constexpr std::chrono::milliseconds least{1};
  const auto left = rollout_.every - stage_age(rollout_, ports_.utc_now());
  const auto wait =
    left.count() > 0 ? std::clamp(left, least, options_.check_interval) : options_.check_interval;
  self->delayed_send(self, wait, rollout_check_due{generation_});
}

rollout_actor::behavior_type rollout(rollout_actor::stateful_pointer<rollout_state> self,
                                     rollout_options options, rollout_ports ports, policy_rollout what) {
  return self->state.make_behavior(options, std::move(ports), std::move(what));
}

}  // namespace muster
