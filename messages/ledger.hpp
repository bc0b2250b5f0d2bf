// What the ledger is asked to write. Each is answered by `committed` after the
// transaction that holds it was synced, or by store_full or store_failed.
#pragma once

#include "messages/correlation.hpp"
#include "messages/document.hpp"
#include "messages/heartbeat.hpp"
#include "messages/nodes.hpp"

namespace muster {

// Something a person or an agent did that somebody may want to trace later.
struct audit_entry {
  utc_time at{};
  std::string actor;    // "operator", "agent", "manager", with an address where there is one
  std::string action;   // "agent.enrolled", "agent.removed", ...
  std::string subject;  // usually an agent's id
  std::string detail;

  bool operator==(const audit_entry&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, audit_entry& x) {
  return f(caf::meta::type_name("audit_entry"), x.at, x.actor, x.action, x.subject, x.detail);
}

// Create or replace an agent's record, with the audit entries that belong to it.
struct record_agent {
  agent_record record;
  std::vector<audit_entry> audit;
  document<node_enrolment> node = {};  // of a node that enrols, else none
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, record_agent& x) {
  return f(caf::meta::type_name("record_agent"), x.record, x.audit, x.node);
}

// Delete an agent's record and what else there is of it. If it was a node, its address is
// remembered for as long as it cools down.
struct forget_agent {
  agent_id id{};
  std::vector<audit_entry> audit;
  std::string tenant = {};  // of a node
  utc_time left_at{};
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, forget_agent& x) {
  return f(caf::meta::type_name("forget_agent"), x.id, x.audit, x.tenant, x.left_at);
}

// Create or replace a bootstrap token's record, whose count of uses never falls, and delete
// those that are long over.
struct record_token {
  bootstrap_token token;
  std::vector<token_digest> over;
  std::vector<audit_entry> audit;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, record_token& x) {
  return f(caf::meta::type_name("record_token"), x.token, x.over, x.audit);
}

// Replace a node's record; nothing if its agent has been deleted.
struct record_node {
  node_facts facts;
  std::vector<audit_entry> audit;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, record_node& x) {
  return f(caf::meta::type_name("record_node"), x.facts, x.audit);
}

// Replace all checksums that were declared good.
struct record_binaries {
  std::vector<known_binary> binaries;
  std::vector<audit_entry> audit;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, record_binaries& x) {
  return f(caf::meta::type_name("record_binaries"), x.binaries, x.audit);
}

// Append one record with a batch of state changes. The fleet numbers them,
// ascending, since each change names its agent's previous record.
struct record_changes {
  uint64_t number = 0;
  std::vector<state_change> changes;
  std::vector<audit_entry> audit;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, record_changes& x) {
  return f(caf::meta::type_name("record_changes"), x.number, x.changes, x.audit);
}

// Append one report of threats. An empty one writes nothing but is answered in
// its turn, after everything asked before it.
struct record_threats {
  threat_report report;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, record_threats& x) {
  return f(caf::meta::type_name("record_threats"), x.report);
}

// Create or replace a pattern's record.
struct record_pattern {
  pattern what;
  std::vector<audit_entry> audit;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, record_pattern& x) {
  return f(caf::meta::type_name("record_pattern"), x.what, x.audit);
}

// Append audit entries that belong to no other record.
struct record_audit {
  std::vector<audit_entry> entries;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, record_audit& x) {
  return f(caf::meta::type_name("record_audit"), x.entries);
}

// Standings of whole blocks of slots, so that a restart need not replay all
// changes: those up to and with `changes_until` are contained in what is stored
// after this; 0 leaves that point where it is.
constexpr uint32_t standings_per_block = 1024;
struct standings_block {
  uint32_t block = 0;  // slot / standings_per_block
  std::vector<agent_standing> standings;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, standings_block& x) {
  return f(caf::meta::type_name("standings_block"), x.block, x.standings);
}
struct record_standings {
  uint64_t changes_until = 0;
  std::vector<standings_block> blocks;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, record_standings& x) {
  return f(caf::meta::type_name("record_standings"), x.changes_until, x.blocks);
}

// The ledger's answer. `number` is that of the appended threat report, else 0.
struct committed {
  uint64_t number = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, committed& x) {
  return f(caf::meta::type_name("committed"), x.number);
}

// The ledger to itself: close the batch and sync it.
struct commit_due {};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, commit_due&) {
  return f(caf::meta::type_name("commit_due"));
}

// The ledger to itself: delete a small batch of what is past its retention.
struct purge_due {};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, purge_due&) {
  return f(caf::meta::type_name("purge_due"));
}

// How long records are kept, counted from when they were received. Told to the
// ledger whenever the configuration is reloaded.
struct retention_limits {
  std::chrono::milliseconds threats = std::chrono::hours{24};
  std::chrono::milliseconds history = std::chrono::hours{24 * 30};     // changes and audit
  std::chrono::milliseconds patterns = std::chrono::hours{24 * 30};    // counted from when they opened
  std::chrono::milliseconds policies = std::chrono::hours{24 * 3650};  // revisions
  std::chrono::milliseconds node_reports = std::chrono::hours{24 * 7};
  std::chrono::milliseconds addresses = std::chrono::hours{1};  // of nodes that were removed
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, retention_limits& x) {
  return f(caf::meta::type_name("retention_limits"), x.threats, x.history, x.patterns, x.policies,
           x.node_reports, x.addresses);
}

}  // namespace muster
