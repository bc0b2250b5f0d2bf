// Decides when a rollout goes on and when it must stop. A plain value: the time
// and the health of both groups come in, the next move comes out.
#pragma once

#include "messages/policy_control.hpp"

namespace muster {

struct rollout_verdict {
  caf::optional<rollout_move> move;  // none: wait
  std::string reason;
};

// Why the gate does not hold, or nothing. A group without agents has a share of zero.
std::string breach(const rollout_gate& gate, const rollout_health& health);

// What to do at `now`, given how everyone does. Nothing while it is not clear what the silence of some means.
rollout_verdict next_move(const policy_rollout& rollout, const rollout_health& health, utc_time now);

// How long its stage has lasted, without the time it was paused.
std::chrono::milliseconds stage_age(const policy_rollout& rollout, utc_time now);

}  // namespace muster
