// Every typed actor of the manager on one page: what it is told, what it is
// asked, what it answers. The messages are explained where they are defined.
#pragma once

#include "messages/node_interfaces.hpp"
#include "messages/notification_interfaces.hpp"
#include "messages/sensor_interfaces.hpp"

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

namespace muster {

struct agent_changed;
struct agent_contested;
struct agent_departed;
struct agent_details;
struct agent_erred;
struct agent_failed;
struct agent_page;
struct agent_record;
struct agent_reenrolled;
struct agent_came_back;
struct agent_went_offline;
struct agent_went_stale;
struct attach_loops;
struct attach_registrar;
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
struct follow_news;
struct enrolment;
struct fleet_counts;
struct flush_due;
struct forget_agent;
struct heartbeat;
struct heartbeat_ack;
struct label_agent;
struct list_agents;
struct news_followed;
struct liveness_check_due;
struct loss_check_due;
struct publish_sensors;
struct publish_slots;
struct read_findings;
struct record_sensors;
struct scan_findings;
struct pulse_due;
struct push_due;
struct purge_due;
struct read_agent;
struct read_audit;
struct read_history;
struct read_revision;
struct read_revisions;
struct read_threats;
struct policy_revision;
struct record_policy;
struct revision_page;
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
struct correlate_sightings;
struct correlation_counts;
struct count_correlation;
struct describe_window;
struct joined_patterns;
struct note_sighting;
struct pattern;
struct pattern_changed;
struct pattern_flush_due;
struct pattern_page;
struct read_pattern;
struct read_patterns;
struct record_pattern;
struct record_policy;
struct retire_window;
struct sighting_verdict;
struct window_check_due;
struct window_contents;
struct address_owner;
struct affected_agents;
struct agent_forgotten;
struct agent_hostnames;
struct agent_policy;
struct agent_profiles;
struct agent_reprofiled;
struct attach_policy;
struct compare_cohorts;
struct count_policy;
struct count_policy_progress;
struct emergency_check_due;
struct explain_policy;
struct find_address;
struct find_affected;
struct find_hostnames;
struct find_profiles;
struct know_profiles;
struct move_rollout;
struct policies_noted;
struct policy_acknowledged;
struct policy_counts;
struct policy_overview;
struct policy_progress;
struct policy_written;
struct profiles_known;
struct publish_policy;
struct publish_profiles;
struct read_policies;
struct revoke_emergency;
struct rollout_check_due;
struct rollout_health;
struct rollout_moved;
struct start_rollout;
struct write_policy;
struct threat_page;
struct threats_accepted;
struct threats_reported;
struct token_used;
struct audit_entry;
struct record_audit;
struct record_notifications;

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
  // What the answer to its next heartbeat shall ask of it.
  caf::reacts_to<direct_agent>,
  // Somebody showed the token before the current one.
  caf::reacts_to<superseded_token_used>,
  // It showed which version of its policy it has.
  caf::reacts_to<policy_acknowledged>,
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
  // Loops: which there are, whom they heard, and which of them have listeners to news.
  caf::reacts_to<attach_loops>, caf::reacts_to<beats_heard>, caf::reacts_to<follow_news>,
  // Who wants to hear how nodes do.
  caf::reacts_to<attach_registrar>, caf::reacts_to<direct_agents>,
  // Operators look.
  caf::replies_to<list_agents>::with<agent_page>, caf::replies_to<show_agent>::with<agent_details>,
  caf::replies_to<count_agents>::with<fleet_counts>, caf::replies_to<find_hostnames>::with<agent_hostnames>,
  // Policy: what everyone should have, and what loops have seen of that.
  caf::replies_to<publish_policy>::with<profiles_known>,
  caf::replies_to<publish_profiles>::with<profiles_known>, caf::reacts_to<policies_noted>,
  // What gates of rollouts look at, and listeners to news.
  caf::reacts_to<pattern_changed>, caf::reacts_to<agent_erred>,
  // Policy, rollouts and operators ask who is who and how far everyone has come.
  caf::replies_to<find_profiles>::with<agent_profiles>, caf::replies_to<find_address>::with<address_owner>,
  caf::replies_to<compare_cohorts>::with<rollout_health>,
  caf::replies_to<find_affected>::with<affected_agents>,
  caf::replies_to<count_policy_progress>::with<policy_progress>,
  // Its own timers, and the end.
  caf::reacts_to<flush_due>, caf::reacts_to<checkpoint_due>, caf::reacts_to<loss_check_due>,
  caf::replies_to<close_fleet>::with<committed>>;

// One per manager: writes, one transaction per batch. Each is answered after its commit.
using ledger_actor = caf::typed_actor<
  caf::replies_to<record_agent>::with<committed>, caf::replies_to<forget_agent>::with<committed>,
  caf::replies_to<record_changes>::with<committed>, caf::replies_to<record_threats>::with<committed>,
  caf::replies_to<record_standings>::with<committed>, caf::replies_to<record_audit>::with<committed>,
  caf::replies_to<record_pattern>::with<committed>, caf::replies_to<record_policy>::with<committed>,
  caf::replies_to<record_events>::with<committed>, caf::replies_to<record_token>::with<committed>,
  caf::replies_to<record_node>::with<committed>, caf::replies_to<record_binaries>::with<committed>,
  caf::replies_to<record_work>::with<committed>, caf::replies_to<forget_run>::with<committed>,
  caf::replies_to<record_state>::with<committed>, caf::replies_to<record_node_reports>::with<committed>,
  caf::replies_to<record_node_entries>::with<committed>, caf::replies_to<record_upgrade>::with<committed>,
  caf::replies_to<record_sensors>::with<committed>, caf::replies_to<record_notifications>::with<committed>,
  caf::reacts_to<retention_limits>,
  // Its own timers.
  caf::reacts_to<commit_due>, caf::reacts_to<purge_due>>;

// One per manager: reads what the ledger wrote, never in front of a commit.
using archive_actor = caf::typed_actor<
  caf::replies_to<read_agent>::with<agent_record>, caf::replies_to<read_history>::with<change_page>,
  caf::replies_to<read_audit>::with<audit_page>, caf::replies_to<read_threats>::with<threat_page>,
  caf::replies_to<read_patterns>::with<pattern_page>, caf::replies_to<read_pattern>::with<pattern>,
  caf::replies_to<read_revisions>::with<revision_page>, caf::replies_to<read_revision>::with<policy_revision>,
  caf::replies_to<read_output>::with<execution_output>,
  caf::replies_to<read_node_reports>::with<node_report_page>,
  caf::replies_to<read_node_values>::with<node_value_page>,
  caf::replies_to<read_findings>::with<scan_findings>>;

// One per (tenant, kind, value) that was seen lately: knows who saw it.
using correlation_window_actor = caf::typed_actor<
  // An agent saw its key: says whether that is a pattern.
  caf::replies_to<note_sighting>::with<sighting_verdict>,
  // The correlator looks at it, or ends it.
  caf::replies_to<describe_window>::with<window_contents>,
  caf::replies_to<retire_window>::with<window_contents>>;

// Whoever wants to hear of patterns.
using pattern_listener_actor = caf::typed_actor<caf::reacts_to<pattern_changed>>;

// One per manager: knows which window a sighting belongs to.
using correlator_actor = caf::typed_actor<
  // An agent's report is durable: answered once its windows have judged it.
  caf::replies_to<correlate_sightings>::with<joined_patterns>,
  // Operators look.
  caf::replies_to<count_correlation>::with<correlation_counts>,
  // Its own timers.
  caf::reacts_to<window_check_due>, caf::reacts_to<pattern_flush_due>>;

// One per manager: knows every layer of policy and which version each agent should have.
using policy_actor = caf::typed_actor<
  // Operators write, look, and end what patterns have caused.
  caf::replies_to<write_policy>::with<policy_written>, caf::replies_to<read_policies>::with<policy_overview>,
  caf::replies_to<explain_policy>::with<agent_policy>, caf::replies_to<count_policy>::with<policy_counts>,
  caf::replies_to<revoke_emergency>::with<policy_written>,
  // Operators and rollouts themselves move rollouts on.
  caf::replies_to<start_rollout>::with<policy_written>, caf::replies_to<move_rollout>::with<policy_written>,
  // The fleet tells who is alike, who changed and who is no more.
  caf::replies_to<know_profiles>::with<profiles_known>,
  caf::replies_to<agent_reprofiled>::with<policy_written>, caf::reacts_to<agent_forgotten>,
  caf::reacts_to<attach_policy>,
  // The correlator tells of patterns.
  caf::reacts_to<pattern_changed>,
  // Its own timer.
  caf::reacts_to<emergency_check_due>>;

// One per rollout under way: looks at its gates and says when to go on and when to stop.
using rollout_actor = caf::typed_actor<caf::reacts_to<rollout_moved>, caf::reacts_to<rollout_check_due>>;

// One per event loop: sessions, slots, admission, which policy everyone should have,
// what listeners to news are told.
using ingress_actor =
  caf::typed_actor<caf::replies_to<publish_slots>::with<slots_published>,
                   caf::replies_to<publish_policy>::with<profiles_known>,
                   caf::replies_to<publish_profiles>::with<profiles_known>, caf::reacts_to<news_followed>,
                   caf::reacts_to<agent_changed>, caf::reacts_to<threats_reported>,
                   caf::reacts_to<pattern_changed>, caf::reacts_to<publish_signing>,
                   caf::reacts_to<publish_events>, caf::replies_to<publish_sensors>::with<slots_published>,
                   caf::reacts_to<pulse_due>, caf::reacts_to<push_due>, caf::reacts_to<sweep_due>>;

// clang-format on

}  // namespace muster
