// Every typed actor of the manager on one page: what it is told, what it is
// asked, what it answers. The messages are explained where they are defined.
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

namespace muster {

struct agent_contested;
struct agent_departed;
struct agent_details;
struct agent_failed;
struct agent_page;
struct agent_record;
struct agent_reenrolled;
struct agent_came_back;
struct agent_went_offline;
struct agent_went_stale;
struct attach_loops;
struct audit_page;
struct beats_heard;
struct change_page;
struct checkpoint_due;
struct close_fleet;
struct commit_due;
struct committed;
struct count_agents;
struct deregister_agent;
struct describe_agent;
struct enrol_agent;
struct enrolment;
struct fleet_counts;
struct flush_due;
struct forget_agent;
struct heartbeat;
struct heartbeat_ack;
struct label_agent;
struct list_agents;
struct liveness_check_due;
struct publish_slots;
struct pulse_due;
struct purge_due;
struct read_agent;
struct read_audit;
struct read_history;
struct read_threats;
struct record_agent;
struct record_changes;
struct record_standings;
struct record_threats;
struct remove_agent;
struct report_threats;
struct retention_limits;
struct show_agent;
struct slots_published;
struct superseded_token_used;
struct sweep_due;
struct threat_page;
struct threats_accepted;
struct token_used;
struct audit_entry;
struct record_audit;

// clang-format off: one message a line

// One per enrolled agent: knows whether it is alive.
using agent_actor = caf::typed_actor<
  // An agent was heard: notes it and acknowledges.
  caf::replies_to<heartbeat>::with<heartbeat_ack>,
  // An agent reports threats: stores what is new, then answers.
  caf::replies_to<report_threats>::with<threats_accepted>,
  // An agent leaves: answers once that is durable.
  caf::replies_to<deregister_agent>::with<committed>,
  // An operator looks at it: completes the fleet's row.
  caf::replies_to<describe_agent>::with<agent_details>,
  // Registered again: a sign of life.
  caf::reacts_to<agent_reenrolled>,
  // Somebody showed the token before the current one.
  caf::reacts_to<superseded_token_used>,
  // Its own timer.
  caf::reacts_to<liveness_check_due>>;

// One per manager: knows who exists, in columns.
using fleet_actor = caf::typed_actor<
  // A host joins or comes back with a new registration.
  caf::replies_to<enrol_agent>::with<enrolment>,
  // A fresh token came into use.
  caf::reacts_to<token_used>,
  // An operator deletes an identity or labels it.
  caf::replies_to<remove_agent>::with<committed>, caf::replies_to<label_agent>::with<committed>,
  // Agents report how their state changed.
  caf::reacts_to<agent_went_stale>, caf::reacts_to<agent_went_offline>, caf::reacts_to<agent_came_back>,
  caf::replies_to<agent_departed>::with<committed>, caf::reacts_to<agent_contested>,
  caf::reacts_to<agent_failed>,
  // Loops: which there are, and whom they heard.
  caf::reacts_to<attach_loops>, caf::reacts_to<beats_heard>,
  // Operators look.
  caf::replies_to<list_agents>::with<agent_page>, caf::replies_to<show_agent>::with<agent_details>,
  caf::replies_to<count_agents>::with<fleet_counts>,
  // Its own timers, and the end.
  caf::reacts_to<flush_due>, caf::reacts_to<checkpoint_due>, caf::replies_to<close_fleet>::with<committed>>;

// One per manager: writes, one transaction per batch. Each is answered after its commit.
using ledger_actor = caf::typed_actor<
  caf::replies_to<record_agent>::with<committed>, caf::replies_to<forget_agent>::with<committed>,
  caf::replies_to<record_changes>::with<committed>, caf::replies_to<record_threats>::with<committed>,
  caf::replies_to<record_standings>::with<committed>, caf::replies_to<record_audit>::with<committed>,
  caf::reacts_to<retention_limits>,
  // Its own timers.
  caf::reacts_to<commit_due>, caf::reacts_to<purge_due>>;

// One per manager: reads what the ledger wrote, never in front of a commit.
using archive_actor = caf::typed_actor<
  caf::replies_to<read_agent>::with<agent_record>, caf::replies_to<read_history>::with<change_page>,
  caf::replies_to<read_audit>::with<audit_page>, caf::replies_to<read_threats>::with<threat_page>>;

// One per event loop: sessions, slots, admission.
using ingress_actor = caf::typed_actor<caf::replies_to<publish_slots>::with<slots_published>,
                                       caf::reacts_to<pulse_due>, caf::reacts_to<sweep_due>>;

// clang-format on

}  // namespace muster
