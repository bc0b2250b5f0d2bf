// Conversations with the policy actor: operators write and look, the fleet tells
// who is alike, loops hear which version each agent should have.
#pragma once

#include "messages/interfaces.hpp"
#include "messages/policy.hpp"

#include <array>

namespace muster {

// Operator to policy: replace, or delete, a layer. Answered by `policy_written` once durable
// and told to the loops, or by policy_conflict, policy_unknown or rollout_running.
struct write_policy {
  policy_scope scope;
  caf::optional<policy_document> what;  // none deletes the layer
  std::string action;                   // write, delete or rollback
  std::string author;
  std::string reason;
  caf::optional<uint64_t> expected;  // revision that the layer must have, 0 for no layer
  bool dry_run = false;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, write_policy& x) {
  return f(caf::meta::type_name("write_policy"), x.scope, x.what, x.action, x.author, x.reason, x.expected,
           x.dry_run);
}

// Agents for whom a write changed the document, or would: those of a profile within
// a band of buckets, or single ones.
struct policy_effect {
  caf::optional<uint32_t> profile;
  uint32_t from_bucket = 0;
  uint32_t to_bucket = policy_buckets;  // exclusive
  caf::optional<agent_id> agent;
  policy_document before;
  policy_document after;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, policy_effect& x) {
  return f(caf::meta::type_name("policy_effect"), x.profile, x.from_bucket, x.to_bucket, x.agent, x.before,
           x.after);
}
struct policy_written {
  uint64_t revision = 0;
  std::vector<policy_effect> effects;  // of a dry run
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, policy_written& x) {
  return f(caf::meta::type_name("policy_written"), x.revision, x.effects);
}

// Operator to fleet: who would be concerned? Answered by `affected_agents`, in the same order.
struct find_affected {
  std::vector<policy_effect> effects;
  uint32_t names = 10;  // at most, of each
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, find_affected& x) {
  return f(caf::meta::type_name("find_affected"), x.effects, x.names);
}
struct affected_group {
  uint64_t agents = 0;
  std::vector<agent_id> ids;           // the first of them
  std::vector<std::string> hostnames;  // of these
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, affected_group& x) {
  return f(caf::meta::type_name("affected_group"), x.agents, x.ids, x.hostnames);
}
struct affected_agents {
  std::vector<affected_group> groups;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, affected_agents& x) {
  return f(caf::meta::type_name("affected_agents"), x.groups);
}

// Operator to policy: everything there is. Answered by `policy_overview`.
struct read_policies {};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, read_policies&) {
  return f(caf::meta::type_name("read_policies"));
}
struct policy_overview {
  uint64_t revision = 0;
  utc_time at{};
  std::vector<stored_policy> layers;
  std::vector<emergency> emergencies;
  std::vector<policy_rollout> rollouts;
  policy_version fleet_wide;  // what an agent of no organization and without labels has
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, policy_overview& x) {
  return f(caf::meta::type_name("policy_overview"), x.revision, x.at, x.layers, x.emergencies, x.rollouts,
           x.fleet_wide);
}

// Metrics to policy. Answered by `policy_counts`.
struct count_policy {};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, count_policy&) {
  return f(caf::meta::type_name("count_policy"));
}
struct policy_counts {
  uint64_t revision = 0;
  uint64_t layers = 0;
  uint64_t emergencies = 0;                               // in force now
  std::array<uint64_t, rollout_status_count> rollouts{};  // kept now, index is rollout_status
  // Since the start:
  uint64_t emergencies_published = 0;
  uint64_t emergencies_refused = 0;  // never-block, allowlisted, too many
  uint64_t emergencies_revoked = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, policy_counts& x) {
  return f(caf::meta::type_name("policy_counts"), x.revision, x.layers, x.emergencies, x.rollouts,
           x.emergencies_published, x.emergencies_refused, x.emergencies_revoked);
}

// Operator to policy: what one agent should have and which layers it comes from. Answered by `agent_policy`.
struct explain_policy {
  agent_id id{};
  uint32_t profile = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, explain_policy& x) {
  return f(caf::meta::type_name("explain_policy"), x.id, x.profile);
}
struct agent_policy {
  policy_version has;
  std::vector<std::string> layers;  // from below, "built-in" first
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, agent_policy& x) {
  return f(caf::meta::type_name("agent_policy"), x.has, x.layers);
}

// Operator to policy: end an emergency before its time. Answered by `policy_written`.
struct revoke_emergency {
  pattern_id cause{};
  std::string author;
  std::string reason;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, revoke_emergency& x) {
  return f(caf::meta::type_name("revoke_emergency"), x.cause, x.author, x.reason);
}

// Operator to policy: bring a document to more and more agents. Answered by `policy_written`,
// whose revision is the rollout's id.
struct start_rollout {
  policy_scope scope;
  policy_document what;
  std::vector<uint32_t> stages;
  std::chrono::milliseconds every{0};
  std::vector<rollout_gate> gates;
  std::string author;
  std::string reason;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, start_rollout& x) {
  return f(caf::meta::type_name("start_rollout"), x.scope, x.what, x.stages, x.every, x.gates, x.author,
           x.reason);
}

// Operator or rollout to policy: go on to a stage, or stop. Answered by `policy_written`.
enum class rollout_move : uint8_t { advance, pause, resume, halt, abort };
struct move_rollout {
  uint64_t id = 0;
  rollout_move move = rollout_move::advance;
  caf::optional<uint32_t> from_stage;  // nothing happens unless it is there
  std::string author;
  std::string reason;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, move_rollout& x) {
  return f(caf::meta::type_name("move_rollout"), x.id, x.move, x.from_stage, x.author, x.reason);
}

// Policy to rollout: where it stands now. Its timers follow from that.
struct rollout_moved {
  policy_rollout now;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, rollout_moved& x) {
  return f(caf::meta::type_name("rollout_moved"), x.now);
}

// A rollout to itself: look at the gates, and whether the stage has lasted long enough.
struct rollout_check_due {
  uint64_t generation = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, rollout_check_due& x) {
  return f(caf::meta::type_name("rollout_check_due"), x.generation);
}

// Rollout to fleet: how those with the candidate do beside the rest. Answered by `rollout_health`.
struct compare_cohorts {
  policy_scope scope;
  uint32_t bound = 0;  // buckets below it have the candidate
  utc_time since{};    // when the rollout began
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, compare_cohorts& x) {
  return f(caf::meta::type_name("compare_cohorts"), x.scope, x.bound, x.since);
}
struct cohort_health {
  uint64_t agents = 0;  // without those that departed
  uint64_t stale = 0;
  uint64_t offline = 0;
  uint64_t in_patterns = 0;  // reported something that belongs to a pattern since then
  uint64_t with_errors = 0;  // reported an error of their own since then
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, cohort_health& x) {
  return f(caf::meta::type_name("cohort_health"), x.agents, x.stale, x.offline, x.in_patterns, x.with_errors);
}
struct rollout_health {
  cohort_health staged;
  cohort_health rest;
  uint64_t held = 0;  // of both: silent with many others, and not counted as such
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, rollout_health& x) {
  return f(caf::meta::type_name("rollout_health"), x.staged, x.rest, x.held);
}

// Fleet to policy: profiles that are new, numbered one after the other from `first`.
// Answered by `profiles_known` when every loop knows them too.
struct know_profiles {
  uint32_t first = 0;
  std::vector<policy_profile> profiles;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, know_profiles& x) {
  return f(caf::meta::type_name("know_profiles"), x.first, x.profiles);
}
struct profiles_known {};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, profiles_known&) {
  return f(caf::meta::type_name("profiles_known"));
}

// Fleet to policy: an agent has other labels now, or another organization. Answered by `policy_written`.
struct agent_reprofiled {
  agent_id id{};
  uint32_t from = 0;
  uint32_t to = 0;
  std::string author;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, agent_reprofiled& x) {
  return f(caf::meta::type_name("agent_reprofiled"), x.id, x.from, x.to, x.author);
}

// Fleet to policy: an identity is no more.
struct agent_forgotten {
  agent_id id{};
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, agent_forgotten& x) {
  return f(caf::meta::type_name("agent_forgotten"), x.id);
}

// Policy to fleet: the profiles of these agents. Answered by `agent_profiles`, in the same
// order; none for an agent that does not exist.
struct find_profiles {
  std::vector<agent_id> ids;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, find_profiles& x) {
  return f(caf::meta::type_name("find_profiles"), x.ids);
}
struct agent_profiles {
  std::vector<caf::optional<uint32_t>> profiles;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, agent_profiles& x) {
  return f(caf::meta::type_name("agent_profiles"), x.profiles);
}

// Policy to fleet: does an enrolled agent have this address? Answered by `address_owner`.
struct find_address {
  std::string address;  // in its normal form
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, find_address& x) {
  return f(caf::meta::type_name("find_address"), x.address);
}
struct address_owner {
  caf::optional<agent_id> id;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, address_owner& x) {
  return f(caf::meta::type_name("address_owner"), x.id);
}

// Policy to loops and fleet: this is what everyone should have. Answered by `profiles_known`.
struct publish_policy {
  document<policy_table> table;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, publish_policy& x) {
  return f(caf::meta::type_name("publish_policy"), x.table);
}
// Policy to loops and fleet: profiles that came up since the latest table. Answered by `profiles_known`.
struct publish_profiles {
  uint32_t first = 0;
  std::vector<std::vector<policy_version>> versions;  // by profile, then band
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, publish_profiles& x) {
  return f(caf::meta::type_name("publish_profiles"), x.first, x.versions);
}

// Main to policy: these exist. Said once, before any loop listens.
struct attach_policy {
  fleet_actor fleet;
  std::vector<ingress_actor> loops;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, attach_policy& x) {
  return f(caf::meta::type_name("attach_policy"), x.fleet, x.loops);
}

// Policy to itself: emergencies may have expired, or have waited for their turn.
struct emergency_check_due {
  uint64_t generation = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, emergency_check_due& x) {
  return f(caf::meta::type_name("emergency_check_due"), x.generation);
}

// Agent to fleet: it reported an error of its own, which gates of rollouts count.
struct agent_erred {
  agent_id id{};
  utc_time at{};
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, agent_erred& x) {
  return f(caf::meta::type_name("agent_erred"), x.id, x.at);
}

// Ingress to agent: it showed which version it has.
struct policy_acknowledged {
  uint64_t version = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, policy_acknowledged& x) {
  return f(caf::meta::type_name("policy_acknowledged"), x.version);
}

// Loop to fleet, once a second: who was sent a version and who acknowledged one.
struct policy_note {
  agent_id id{};
  uint64_t delivered = 0;     // 0: not since the last time
  uint64_t acknowledged = 0;  // 0: not since the last time
  utc_time at{};              // of the acknowledgement
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, policy_note& x) {
  return f(caf::meta::type_name("policy_note"), x.id, x.delivered, x.acknowledged, x.at);
}
struct policies_noted {
  std::vector<policy_note> notes;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, policies_noted& x) {
  return f(caf::meta::type_name("policies_noted"), x.notes);
}

// Operator to fleet: how far has everyone come? Answered by `policy_progress`.
struct count_policy_progress {
  std::string group_by;  // "tenant", "organization", "dialect" or a label's name
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, count_policy_progress& x) {
  return f(caf::meta::type_name("count_policy_progress"), x.group_by);
}
struct group_progress {
  std::string group;
  uint64_t agents = 0;        // without those that departed
  uint64_t acknowledged = 0;  // said that they have the version they should
  uint64_t delivered = 0;     // were sent it, have not said so yet
  uint64_t behind = 0;        // had an older one when they were last heard of
  uint64_t never_asked = 0;   // for any version
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, group_progress& x) {
  return f(caf::meta::type_name("group_progress"), x.group, x.agents, x.acknowledged, x.delivered, x.behind,
           x.never_asked);
}
struct policy_progress {
  uint64_t revision = 0;
  utc_time at{};
  group_progress all;
  std::vector<group_progress> groups;
  // How long after the revision those took that acknowledged it; zero counts if none did.
  uint64_t measured = 0;
  std::chrono::milliseconds p50{0};
  std::chrono::milliseconds p99{0};
  std::chrono::milliseconds last{0};
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, policy_progress& x) {
  return f(caf::meta::type_name("policy_progress"), x.revision, x.at, x.all, x.groups, x.measured, x.p50,
           x.p99, x.last);
}

}  // namespace muster
