// What agents shall do: documents in layers, merged per agent, each change a
// revision of the whole fleet; emergencies that patterns cause; staged rollouts.
#pragma once

#include "messages/correlation.hpp"
#include "messages/document.hpp"
#include "messages/ledger.hpp"

namespace muster {

// Each list sorted, each entry once and in its normal form.
struct policy_lists {
  std::vector<std::string> ips;
  std::vector<std::string> cidrs;
  std::vector<std::string> domains;
  std::vector<std::string> hashes;
  std::vector<std::string> processes;  // of the allowlist only

  bool operator==(const policy_lists&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, policy_lists& x) {
  return f(caf::meta::type_name("policy_lists"), x.ips, x.cidrs, x.domains, x.hashes, x.processes);
}

// A rule as its author wrote it; of two with the same id the later layer's wins.
struct policy_rule {
  std::string id;
  std::string body;  // JSON object, with the id in it

  bool operator==(const policy_rule&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, policy_rule& x) {
  return f(caf::meta::type_name("policy_rule"), x.id, x.body);
}

// One layer, or what several amount to. Absent members leave what is below as it is.
struct policy_document {
  caf::optional<double> auto_respond;     // 0 to 100: confidence from which an agent acts by itself
  caf::optional<double> notify_and_wait;  // 0 to 100: confidence from which it asks
  policy_lists blocklist;
  policy_lists allowlist;
  std::map<std::string, std::string> monitors;  // member to JSON
  std::map<std::string, std::string> alerting;
  std::map<std::string, std::string> response;
  std::vector<policy_rule> rules;

  bool operator==(const policy_document&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, policy_document& x) {
  return f(caf::meta::type_name("policy_document"), x.auto_respond, x.notify_and_wait, x.blocklist,
           x.allowlist, x.monitors, x.alerting, x.response, x.rules);
}

// Layers in the order in which they are merged; the built-in one is below all,
// emergencies are above all.
enum class policy_layer : uint8_t { fleet, organization, label, agent };
std::string to_string(policy_layer layer);
caf::optional<policy_layer> parse_policy_layer(const std::string& text);

// Which agents a layer is for. `tenant` is empty for all tenants, and must be for an agent's layer.
struct policy_scope {
  policy_layer layer = policy_layer::fleet;
  std::string tenant;
  std::string name;  // the organization, "key=value", or the agent's id; empty for the fleet

  auto operator<=>(const policy_scope&) const = default;
};
std::string to_string(const policy_scope& scope);  // "fleet", "label:env=prod", with "@tenant" behind it
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, policy_scope& x) {
  return f(caf::meta::type_name("policy_scope"), x.layer, x.tenant, x.name);
}

// Agents are spread over this many buckets by a hash of their id that never changes.
constexpr uint32_t policy_buckets = 10'000;
uint32_t policy_bucket(agent_id id);

// The band that holds a bucket, given the bounds of all bands, ascending, the last policy_buckets.
size_t policy_band(const std::vector<uint32_t>& bounds, uint32_t bucket);

// Revision at which a layer last changed for the buckets below `bound`, from the bound before on.
struct policy_mark {
  uint32_t bound = policy_buckets;
  uint64_t revision = 0;

  bool operator==(const policy_mark&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, policy_mark& x) {
  return f(caf::meta::type_name("policy_mark"), x.bound, x.revision);
}

struct stored_policy {
  policy_scope scope;
  caf::optional<policy_document> what;  // none while only its rollout exists
  uint64_t revision = 0;                // at which it was last written
  utc_time at{};
  std::string author;
  std::string reason;
  std::vector<policy_mark> marks;            // ascending, the last one's bound is policy_buckets
  caf::optional<policy_document> candidate;  // of a rollout under way
  uint32_t reach = 0;                        // buckets below this have the candidate

  bool operator==(const stored_policy&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, stored_policy& x) {
  return f(caf::meta::type_name("stored_policy"), x.scope, x.what, x.revision, x.at, x.author, x.reason,
           x.marks, x.candidate, x.reach);
}

// A pattern's answer: a layer above all others, for some agents or a whole tenant, for a while.
struct emergency {
  pattern_id cause{};  // also its own id
  std::string tenant;
  std::string kind;
  std::string value;
  bool wide = false;             // for the whole tenant
  std::vector<agent_id> agents;  // ascending; for whom it is unless wide
  utc_time published_at{};
  utc_time expires_at{};
  uint64_t revision = 0;
  std::string reason;
  policy_document what;

  bool operator==(const emergency&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, emergency& x) {
  return f(caf::meta::type_name("emergency"), x.cause, x.tenant, x.kind, x.value, x.wide, x.agents,
           x.published_at, x.expires_at, x.revision, x.reason, x.what);
}

enum class rollout_status : uint8_t { running, paused, completed, halted, aborted };
constexpr size_t rollout_status_count = 5;
std::string to_string(rollout_status status);
caf::optional<rollout_status> parse_rollout_status(const std::string& text);

// What a gate compares: shares among the agents that have the candidate, in percent.
enum class gate_measure : uint8_t { stale_share, offline_share, silent_share, pattern_share, error_share };
std::string to_string(gate_measure measure);
caf::optional<gate_measure> parse_gate_measure(const std::string& text);

// Holds while the measure is below the limit; with `over_rest`, while it exceeds that of the
// other agents by less than the limit.
struct rollout_gate {
  gate_measure measure = gate_measure::stale_share;
  double limit_percent = 0;
  bool over_rest = false;

  bool operator==(const rollout_gate&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, rollout_gate& x) {
  return f(caf::meta::type_name("rollout_gate"), x.measure, x.limit_percent, x.over_rest);
}

// A document on its way to more and more agents of one scope.
struct policy_rollout {
  uint64_t id = 0;  // the revision that started it
  policy_scope scope;
  std::vector<uint32_t> stages;        // bounds of buckets, ascending, the last one policy_buckets
  std::chrono::milliseconds every{0};  // how long a stage lasts
  std::vector<rollout_gate> gates;
  rollout_status status = rollout_status::running;
  uint32_t stage = 0;  // index into stages
  utc_time started_at{};
  utc_time stage_since{};               // when this stage began
  std::chrono::milliseconds served{0};  // of this stage, when it was paused
  utc_time ended_at{};
  std::string author;
  std::string reason;   // why it was started
  std::string outcome;  // why it was halted or aborted

  bool operator==(const policy_rollout&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, policy_rollout& x) {
  return f(caf::meta::type_name("policy_rollout"), x.id, x.scope, x.stages, x.every, x.gates, x.status,
           x.stage, x.started_at, x.stage_since, x.served, x.ended_at, x.author, x.reason, x.outcome);
}

// Agents alike to the layers of an organization, a tenant and labels share a
// profile; the fleet numbers profiles from 0, anew at each start.
struct policy_profile {
  std::string tenant;
  std::string organization;
  std::map<std::string, std::string> labels;

  bool operator==(const policy_profile&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, policy_profile& x) {
  return f(caf::meta::type_name("policy_profile"), x.tenant, x.organization, x.labels);
}

// A merged document and how agents read it: computed once for all who have it.
struct effective_policy {
  policy_document what;
  std::string json;  // members of the dialect's policy object, without braces and version

  bool operator==(const effective_policy&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, effective_policy& x) {
  return f(caf::meta::type_name("effective_policy"), x.what, x.json);
}

// A document with the revision at which it last changed for its holder.
struct policy_version {
  uint64_t version = 0;
  document<effective_policy> policy;
  utc_time changed_at{};  // when that revision was made; zero for the built-in one
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, policy_version& x) {
  return f(caf::meta::type_name("policy_version"), x.version, x.policy, x.changed_at);
}

// An agent whose version is not that of its profile.
struct policy_special {
  agent_id id{};
  policy_version has;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, policy_special& x) {
  return f(caf::meta::type_name("policy_special"), x.id, x.has);
}

// Which version every agent should have.
struct policy_table {
  uint64_t revision = 0;
  utc_time at{};                 // of the revision
  std::vector<uint32_t> bounds;  // of bands of buckets, ascending, the last is policy_buckets
  std::vector<std::vector<policy_version>> of_profile;  // index is a profile, then a band
  std::vector<policy_special> specials;                 // ascending by id

  // Nothing for a profile that this table does not know.
  const policy_version* of(agent_id id, uint32_t profile) const;
  // Nothing for an agent that has what its profile has.
  const policy_special* special(agent_id id) const;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, policy_table& x) {
  return f(caf::meta::type_name("policy_table"), x.revision, x.at, x.bounds, x.of_profile, x.specials);
}

// What was durable of all this; versions that do not follow from the layers' marks are listed.
struct policy_exception {
  policy_profile profile;
  uint32_t bound = policy_buckets;  // of the band
  uint64_t version = 0;

  bool operator==(const policy_exception&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, policy_exception& x) {
  return f(caf::meta::type_name("policy_exception"), x.profile, x.bound, x.version);
}
struct special_version {
  agent_id id{};
  uint64_t version = 0;

  bool operator==(const special_version&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, special_version& x) {
  return f(caf::meta::type_name("special_version"), x.id, x.version);
}
// When a revision was made.
struct revision_time {
  uint64_t revision = 0;
  utc_time at{};

  bool operator==(const revision_time&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, revision_time& x) {
  return f(caf::meta::type_name("revision_time"), x.revision, x.at);
}
struct policy_state {
  uint64_t revision = 1;  // of the whole fleet; 1 is the built-in document alone
  utc_time at{};
  std::vector<stored_policy> layers;
  std::vector<emergency> emergencies;
  std::vector<policy_rollout> rollouts;  // those that run or are paused, and the latest that ended
  std::vector<policy_exception> exceptions;
  std::vector<special_version> specials;
  std::vector<pattern_id> revoked;   // that must not cause an emergency again
  std::vector<revision_time> times;  // ascending; of the revisions that are somebody's version

  bool operator==(const policy_state&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, policy_state& x) {
  return f(caf::meta::type_name("policy_state"), x.revision, x.at, x.layers, x.emergencies, x.rollouts,
           x.exceptions, x.specials, x.revoked, x.times);
}

// One revision, for the history.
struct policy_revision {
  uint64_t revision = 0;
  utc_time at{};
  std::string
    action;  // write, delete, rollback, relabel, emergency, expiry, revocation, rollout.started, ...
  caf::optional<policy_scope> scope;
  std::string author;
  std::string reason;
  uint64_t previous = 0;                // the scope's revision before, 0 for none
  caf::optional<policy_document> what;  // the layer's document after it, none when it has none

  bool operator==(const policy_revision&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, policy_revision& x) {
  return f(caf::meta::type_name("policy_revision"), x.revision, x.at, x.action, x.scope, x.author, x.reason,
           x.previous, x.what);
}

// Policy to ledger: a revision and the state that it led to, in one transaction.
// Answered by `committed`.
struct record_policy {
  policy_revision revision;
  document<policy_state> state;
  std::vector<audit_entry> audit;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, record_policy& x) {
  return f(caf::meta::type_name("record_policy"), x.revision, x.state, x.audit);
}

// Operator to archive: revisions, newest first. Answered by `revision_page`.
struct read_revisions {
  caf::optional<policy_scope> scope;
  std::string action;
  uint64_t before = 0;  // only revisions below this; 0 starts at the newest
  uint32_t limit = 100;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, read_revisions& x) {
  return f(caf::meta::type_name("read_revisions"), x.scope, x.action, x.before, x.limit);
}
struct revision_page {
  std::vector<policy_revision> revisions;
  uint64_t next = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, revision_page& x) {
  return f(caf::meta::type_name("revision_page"), x.revisions, x.next);
}

// Operator to archive: one revision. Answered by `policy_revision`.
struct read_revision {
  uint64_t revision = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, read_revision& x) {
  return f(caf::meta::type_name("read_revision"), x.revision);
}

}  // namespace muster
