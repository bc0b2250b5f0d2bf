// The conversation that happens most: an agent beats, the manager acknowledges;
// an agent that stops beating wakes up its own actor instead.
#pragma once

#include "messages/agents.hpp"

namespace muster {

// Ingress to agent: it was heard. Answered by heartbeat_ack. Stamped by the loop
// that received it, since an agent's own clock is never believed.
struct heartbeat {
  listening_time heard_at{};
  utc_time received_at{};
  heartbeat_report report;
  uint64_t policy_version = 0;  // that it should have; 0 while the loop does not know
  uint64_t policy_claimed = 0;  // that it says it has; 0 when it does not say
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, heartbeat& x) {
  return f(caf::meta::type_name("heartbeat"), x.heard_at, x.received_at, x.report, x.policy_version,
           x.policy_claimed);
}

// Agent to ingress: noted.
struct heartbeat_ack {
  agent_status status = agent_status::online;
  bool contested = false;
  uint64_t new_policy = 0;  // version that it should fetch; 0 when it has that
  uint8_t directives = 0;   // of agent_directive
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, heartbeat_ack& x) {
  return f(caf::meta::type_name("heartbeat_ack"), x.status, x.contested, x.new_policy, x.directives);
}

// What the answer to a heartbeat may ask of an agent, one bit each.
enum agent_directive : uint8_t {
  directive_reconcile = 1,    // look at the whole desired state; said once
  directive_rotate_keys = 2,  // make a new key pair; said until it has
};

// Anyone to agent: ask this of it from the next heartbeat on, or no longer.
struct direct_agent {
  uint8_t set = 0;
  uint8_t clear = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, direct_agent& x) {
  return f(caf::meta::type_name("direct_agent"), x.set, x.clear);
}

// Anyone to fleet: pass it on to all of these.
struct direct_agents {
  std::vector<agent_id> ids;
  direct_agent what;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, direct_agents& x) {
  return f(caf::meta::type_name("direct_agents"), x.ids, x.what);
}

// An agent to itself: look whether you have been silent for too long. `deadline`
// tells a wake-up that is still wanted from one that was overtaken.
struct liveness_check_due {
  listening_time deadline{};
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, liveness_check_due& x) {
  return f(caf::meta::type_name("liveness_check_due"), x.deadline);
}

// The fleet to itself: look at losses whose time may have come. `deadline` as above.
struct loss_check_due {
  listening_time deadline{};
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, loss_check_due& x) {
  return f(caf::meta::type_name("loss_check_due"), x.deadline);
}

// Ingress to agent: somebody showed the token that your current one replaced.
struct superseded_token_used {
  listening_time at{};
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, superseded_token_used& x) {
  return f(caf::meta::type_name("superseded_token_used"), x.at);
}

// Ingress to agent: it says goodbye. Answered by `committed` once that is durable.
struct deregister_agent {
  utc_time received_at{};
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, deregister_agent& x) {
  return f(caf::meta::type_name("deregister_agent"), x.received_at);
}

// Fleet to agent: it has registered again, which is a sign of life.
struct agent_reenrolled {
  utc_time at{};
  bool openly = false;  // this time without a credential
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, agent_reenrolled& x) {
  return f(caf::meta::type_name("agent_reenrolled"), x.at, x.openly);
}

// Why a state change happened.
enum class change_cause : uint8_t { silence, heartbeat, registration, departure, contest, contest_over };
std::string to_string(change_cause cause);
caf::optional<change_cause> parse_change_cause(const std::string& text);

// One step in the life of an agent; what history is made of.
struct state_change {
  agent_id id{};
  agent_status from = agent_status::online;
  agent_status to = agent_status::online;
  change_cause cause = change_cause::silence;
  utc_time at{};
  utc_time last_seen{};
  uint64_t previous = 0;  // number of the change record with the agent's change before this, 0 for none

  bool operator==(const state_change&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, state_change& x) {
  return f(caf::meta::type_name("state_change"), x.id, x.from, x.to, x.cause, x.at, x.last_seen, x.previous);
}

// Agent to fleet: silent for the profile's stale_after.
struct agent_went_stale {
  state_change change;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, agent_went_stale& x) {
  return f(caf::meta::type_name("agent_went_stale"), x.change);
}

// Agent to fleet: silent for the profile's offline_after.
struct agent_went_offline {
  state_change change;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, agent_went_offline& x) {
  return f(caf::meta::type_name("agent_went_offline"), x.change);
}

// Agent to fleet: heard again after it was stale, offline or departed.
struct agent_came_back {
  state_change change;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, agent_came_back& x) {
  return f(caf::meta::type_name("agent_came_back"), x.change);
}

// Agent to fleet: it left by itself. Answered by `committed`.
struct agent_departed {
  state_change change;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, agent_departed& x) {
  return f(caf::meta::type_name("agent_departed"), x.change);
}

// Agent to fleet: two holders of this identity are alive (cause contest), or
// one of them has been quiet for a whole stale period (cause contest_over).
struct agent_contested {
  state_change change;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, agent_contested& x) {
  return f(caf::meta::type_name("agent_contested"), x.change);
}

// Agent to fleet, last words: a handler threw. The fleet spawns a successor.
struct agent_failed {
  agent_id id{};
  std::string what;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, agent_failed& x) {
  return f(caf::meta::type_name("agent_failed"), x.id, x.what);
}

}  // namespace muster
