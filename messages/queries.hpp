// What operators ask: lists and counts from the fleet's columns, history from
// the archive. Pages run on a cursor, never on an offset.
#pragma once

#include "messages/agents.hpp"
#include "messages/ledger.hpp"

#include <array>

namespace muster {

constexpr uint32_t max_page = 1000;

// Operator to fleet: agents in slot order. Answered by `agent_page`. Empty filters match all.
struct list_agents {
  caf::optional<agent_status> status;
  caf::optional<dialect> speaks;
  std::string tenant;
  std::string label;     // "key" or "key=value"
  std::string text;      // part of the id or of the host name, ignoring ASCII case
  std::string hostname;  // the whole host name
  std::string machine_id;
  bool contested_only = false;
  uint32_t from_slot = 0;
  uint32_t limit = 100;  // 1 to max_page
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, list_agents& x) {
  return f(caf::meta::type_name("list_agents"), x.status, x.speaks, x.tenant, x.label, x.text, x.hostname,
           x.machine_id, x.contested_only, x.from_slot, x.limit);
}

struct agent_row {
  agent_id id{};
  dialect speaks = dialect::panguard;
  std::string tenant;
  std::string hostname;
  std::string organization;
  std::string machine_id;
  std::map<std::string, std::string> labels;
  agent_status status = agent_status::online;
  bool busy = false;
  bool contested = false;
  bool disrupted = false;  // silent with many others
  bool flapping = false;
  utc_time last_seen{};  // up to a second old in lists
  utc_time changed_at{};
  utc_time registered_at{};
  utc_time enrolled_at{};
  uint64_t last_change = 0;
  uint32_t policy_profile = 0;
  uint64_t policy_version = 0;       // that it should have; 0 while that is not known
  uint64_t policy_acknowledged = 0;  // that it last said it has; 0 if it never did
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, agent_row& x) {
  return f(caf::meta::type_name("agent_row"), x.id, x.speaks, x.tenant, x.hostname, x.organization,
           x.machine_id, x.labels, x.status, x.busy, x.contested, x.disrupted, x.flapping, x.last_seen,
           x.changed_at, x.registered_at, x.enrolled_at, x.last_change, x.policy_profile, x.policy_version,
           x.policy_acknowledged);
}

struct agent_page {
  std::vector<agent_row> agents;
  caf::optional<uint32_t> next_slot;  // where the next page starts; none after the last
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, agent_page& x) {
  return f(caf::meta::type_name("agent_page"), x.agents, x.next_slot);
}

// Operator to fleet, passed on to the agent: everything known of one agent.
struct show_agent {
  agent_id id{};
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, show_agent& x) {
  return f(caf::meta::type_name("show_agent"), x.id);
}

// Fleet to agent: complete this row and answer the operator with `agent_details`.
struct describe_agent {
  agent_row row;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, describe_agent& x) {
  return f(caf::meta::type_name("describe_agent"), x.row);
}
struct agent_details {
  agent_row row;
  heartbeat_report report;
  uint64_t heartbeats = 0;  // since the manager started
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, agent_details& x) {
  return f(caf::meta::type_name("agent_details"), x.row, x.report, x.heartbeats);
}

// Operator to fleet: how many agents are in which state. Answered by `fleet_counts`.
struct count_agents {};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, count_agents&) {
  return f(caf::meta::type_name("count_agents"));
}
struct disruption_row {
  std::string group;  // "fleet", "tenant NAME" or "tenant NAME, LABEL=VALUE"
  utc_time began_at{};
  uint32_t before = 0;  // were online before it
  uint32_t worst = 0;   // were silent at the worst moment
  uint32_t silent = 0;  // still are
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, disruption_row& x) {
  return f(caf::meta::type_name("disruption_row"), x.group, x.began_at, x.before, x.worst, x.silent);
}
struct fleet_counts {
  std::array<uint64_t, agent_status_count> by_status{};  // index is agent_status
  std::array<uint64_t, 3> by_dialect{};                  // index is dialect
  uint64_t contested = 0;
  uint64_t respawned = 0;    // agent actors replaced after a failure, since start
  uint64_t enrolled = 0;     // first registrations since start
  uint64_t reconnected = 0;  // registrations of known identities since start
  uint64_t transitions = 0;  // state changes since start
  uint64_t contests = 0;     // identities that became contested since start
  uint64_t removed = 0;
  std::chrono::nanoseconds deaf{};  // listening time lost since start
  uint64_t flapping = 0;
  uint64_t held = 0;                        // losses that entail nothing yet
  uint64_t disruptions_begun = 0;           // since start
  std::vector<disruption_row> disruptions;  // under way, by their begin

  uint64_t total() const {
    uint64_t sum = 0;
    for (auto count : by_status) sum += count;
    return sum;
  }
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, fleet_counts& x) {
  return f(caf::meta::type_name("fleet_counts"), x.by_status, x.by_dialect, x.contested, x.respawned,
           x.enrolled, x.reconnected, x.transitions, x.contests, x.removed, x.deaf, x.flapping, x.held,
           x.disruptions_begun, x.disruptions);
}

// Operator to fleet: what these agents are called. Answered by `agent_hostnames`, in the
// same order; empty for one that is no more.
struct find_hostnames {
  std::vector<agent_id> ids;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, find_hostnames& x) {
  return f(caf::meta::type_name("find_hostnames"), x.ids);
}
struct agent_hostnames {
  std::vector<std::string> hostnames;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, agent_hostnames& x) {
  return f(caf::meta::type_name("agent_hostnames"), x.hostnames);
}

// Operator to archive: an agent's latest state changes, newest first, from the
// change record numbered `from` on. Answered by `change_page`.
struct read_history {
  agent_id id{};
  uint64_t from = 0;
  uint32_t limit = 100;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, read_history& x) {
  return f(caf::meta::type_name("read_history"), x.id, x.from, x.limit);
}
struct change_page {
  std::vector<state_change> changes;
  uint64_t next = 0;  // `from` of the next page, 0 after the last
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, change_page& x) {
  return f(caf::meta::type_name("change_page"), x.changes, x.next);
}

// Operator to archive: one agent's record. Answered by `agent_record`.
struct read_agent {
  agent_id id{};
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, read_agent& x) {
  return f(caf::meta::type_name("read_agent"), x.id);
}

// Operator to archive: the audit, newest first. Answered by `audit_page`.
struct read_audit {
  std::string subject;  // empty for all
  std::string action;   // empty for all, else the whole word or a prefix that ends in '.'
  uint64_t before = 0;  // only entries numbered below this; 0 starts at the newest
  uint32_t limit = 100;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, read_audit& x) {
  return f(caf::meta::type_name("read_audit"), x.subject, x.action, x.before, x.limit);
}
struct audit_page {
  std::vector<audit_entry> entries;
  uint64_t next = 0;  // `before` of the next page, 0 after the last
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, audit_page& x) {
  return f(caf::meta::type_name("audit_page"), x.entries, x.next);
}

// Operator to archive: threats, newest report first. Answered by `threat_page`.
// A report is never split over two pages, so a page may exceed its limit by one report.
struct read_threats {
  caf::optional<agent_id> reporter;
  std::string severity;
  std::string conclusion;
  std::string kind;  // of a sighting that it must show, with `value`; empty for all
  std::string value;
  std::string tenant;   // of the reporter, as it is now; empty for all
  utc_time since{};     // received at or after
  utc_time until{};     // received at or before; zero for no end
  uint64_t before = 0;  // only reports numbered below this; 0 starts at the newest
  uint32_t limit = 100;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, read_threats& x) {
  return f(caf::meta::type_name("read_threats"), x.reporter, x.severity, x.conclusion, x.kind, x.value,
           x.tenant, x.since, x.until, x.before, x.limit);
}
struct threat_row {
  uint64_t report = 0;    // number of the report that holds it
  uint32_t position = 0;  // position within that report, from 0
  agent_id reporter{};
  std::string hostname;  // of the reporter; empty when it was removed
  utc_time received_at{};
  threat what;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, threat_row& x) {
  return f(caf::meta::type_name("threat_row"), x.report, x.position, x.reporter, x.hostname, x.received_at,
           x.what);
}
struct threat_page {
  std::vector<threat_row> threats;
  uint64_t next = 0;  // `before` of the next page, 0 after the last
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, threat_page& x) {
  return f(caf::meta::type_name("threat_page"), x.threats, x.next);
}

// Operator to archive: patterns, newest first. Answered by `pattern_page`.
struct read_patterns {
  std::string tenant;
  std::string kind;
  std::string value;
  caf::optional<bool> open;  // only open ones, or only ended ones
  bool critical_only = false;
  caf::optional<agent_id> agent;  // that takes part
  utc_time since{};               // opened at or after
  uint64_t before = 0;            // only ids below this; 0 starts at the newest
  uint32_t limit = 100;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, read_patterns& x) {
  return f(caf::meta::type_name("read_patterns"), x.tenant, x.kind, x.value, x.open, x.critical_only, x.agent,
           x.since, x.before, x.limit);
}
struct pattern_page {
  std::vector<pattern> patterns;
  uint64_t next = 0;  // `before` of the next page, 0 after the last
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, pattern_page& x) {
  return f(caf::meta::type_name("pattern_page"), x.patterns, x.next);
}

// Operator to archive: one pattern. Answered by `pattern`.
struct read_pattern {
  pattern_id id{};
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, read_pattern& x) {
  return f(caf::meta::type_name("read_pattern"), x.id);
}

}  // namespace muster
