// Between the fleet and the event loops, which hold a table of all agents by
// slot so that a heartbeat needs to ask nobody but its agent; and the loops'
// own clocks.
#pragma once

#include "messages/agents.hpp"
#include "messages/interfaces.hpp"

namespace muster {

// What a loop must know of one slot. An empty handle says that the slot is free.
struct slot_entry {
  agent_id id{};
  dialect speaks = dialect::panguard;
  agent_tokens tokens;
  agent_actor agent;
  uint32_t profile = 0;     // of policy
  std::string tenant = {};  // of a node, else empty
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, slot_entry& x) {
  return f(caf::meta::type_name("slot_entry"), x.id, x.speaks, x.tokens, x.agent, x.profile, x.tenant);
}

// Fleet to every loop: these slots have changed. Answered by `slots_published`;
// the fleet answers nobody about a token before every loop knows it.
struct publish_slots {
  std::vector<slot_entry> slots;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, publish_slots& x) {
  return f(caf::meta::type_name("publish_slots"), x.slots);
}
struct slots_published {};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, slots_published&) {
  return f(caf::meta::type_name("slots_published"));
}

// Loop to fleet, once a second: who was heard and when, so that lists and
// checkpoints know it without asking a million actors.
struct beat {
  agent_id id{};
  utc_time at{};
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, beat& x) {
  return f(caf::meta::type_name("beat"), x.id, x.at);
}
struct beats_heard {
  std::vector<beat> beats;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, beats_heard& x) {
  return f(caf::meta::type_name("beats_heard"), x.beats);
}

// A loop to itself: prove that you hear. A late one stops the listening clock.
struct pulse_due {};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, pulse_due&) {
  return f(caf::meta::type_name("pulse_due"));
}

// A loop to itself: answer who has waited too long, close who is too slow.
struct sweep_due {};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, sweep_due&) {
  return f(caf::meta::type_name("sweep_due"));
}

// A loop to itself: the next streams may be sent what has changed.
struct push_due {};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, push_due&) {
  return f(caf::meta::type_name("push_due"));
}

// Main to fleet: these loops exist. Said once, before any of them listens.
struct attach_loops {
  std::vector<ingress_actor> loops;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, attach_loops& x) {
  return f(caf::meta::type_name("attach_loops"), x.loops);
}

// Main to fleet: the registrar wants to hear how nodes do, the dispatcher who is no more. Said once,
// before any loop listens.
struct attach_registrar {
  registrar_actor nodes;
  dispatcher_actor work;         // may be none
  steward_actor states;          // hears of new policy; may be none
  coordinator_actor scans = {};  // hears how sensors do; may be none
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, attach_registrar& x) {
  return f(caf::meta::type_name("attach_registrar"), x.nodes, x.work, x.states, x.scans);
}

// The fleet to itself: write the changes that have gathered.
struct flush_due {};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, flush_due&) {
  return f(caf::meta::type_name("flush_due"));
}

// The fleet to itself, and main to it before the end: write the standings.
// Answered by `committed`.
struct checkpoint_due {};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, checkpoint_due&) {
  return f(caf::meta::type_name("checkpoint_due"));
}
struct close_fleet {};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, close_fleet&) {
  return f(caf::meta::type_name("close_fleet"));
}

}  // namespace muster
