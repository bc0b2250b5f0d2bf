// Upgrades of the nodes' own program: stage by stage nodes are asked to replace it, and
// an upgrade goes on only while they come back with the program that they should have.
#pragma once

#include "messages/policy_control.hpp"
#include "messages/work.hpp"

namespace muster {

// What a node is asked to do; "version" and "checksum" are its parameters.
inline constexpr const char* upgrade_action = "service.upgrade";

// "linux/amd64": what a node said when it registered; empty if it did not say both.
std::string platform_of(const std::map<std::string, std::string>& metadata);

struct upgrade_failure {
  agent_id node{};
  std::string hostname;
  std::string reason;

  bool operator==(const upgrade_failure&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, upgrade_failure& x) {
  return f(caf::meta::type_name("upgrade_failure"), x.node, x.hostname, x.reason);
}

// An operator to the upgrader. Answered by `upgrade` once it is durable, by upgrade_refused
// if it can't be meant so, upgrade_conflict if it can't be now, or upgrades_full.
struct start_upgrade {
  std::string version;                                           // 1 to 128 of A-Z a-z 0-9 . _ + -
  caf::optional<std::string> tenant;                             // of its nodes; any without one
  std::map<std::string, std::string> labels;                     // its nodes have all of them
  std::vector<uint32_t> stages;                                  // as those of a rollout
  std::chrono::milliseconds every{0};                            // how long a stage lasts at least
  std::chrono::milliseconds patience = std::chrono::minutes{5};  // for a node to come back
  uint32_t max_failed = 0;                                       // with one more it is halted
  std::map<std::string, std::string> checksums;  // SHA-256 in lower-case hexadecimals by platform
  std::string author;
  std::string reason;

  bool operator==(const start_upgrade&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, start_upgrade& x) {
  return f(caf::meta::type_name("start_upgrade"), x.version, x.tenant, x.labels, x.stages, x.every,
           x.patience, x.max_failed, x.checksums, x.author, x.reason);
}

struct upgrade_counts {
  uint64_t nodes = 0;  // that are meant, those of later stages among them
  uint64_t upgraded = 0;
  uint64_t waiting = 0;
  uint64_t failed = 0;

  bool operator==(const upgrade_counts&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, upgrade_counts& x) {
  return f(caf::meta::type_name("upgrade_counts"), x.nodes, x.upgraded, x.waiting, x.failed);
}

struct upgrade {
  uint64_t number = 0;  // from 1
  start_upgrade asked;  // with the checksums of all its platforms
  rollout_status status = rollout_status::running;
  uint32_t stage = 0;  // index into stages
  utc_time started_at{};
  utc_time stage_since{};                 // when this stage began, or went on
  std::chrono::milliseconds served{0};    // of this stage, when it was paused
  utc_time ended_at{};                    // zero while it is under way
  std::string outcome;                    // why it is paused, halted or aborted
  upgrade_counts counts;                  // as of the last look
  std::vector<upgrade_failure> failures;  // the first of them
  std::vector<uint64_t> runs;             // by which nodes were asked

  bool operator==(const upgrade&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, upgrade& x) {
  return f(caf::meta::type_name("upgrade"), x.number, x.asked, x.status, x.stage, x.started_at, x.stage_since,
           x.served, x.ended_at, x.outcome, x.counts, x.failures, x.runs);
}
constexpr bool under_way(rollout_status status) {
  return status == rollout_status::running || status == rollout_status::paused;
}

// Operators to the upgrader. Answered by `upgrade_list`, the newest first.
struct list_upgrades {};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, list_upgrades&) {
  return f(caf::meta::type_name("list_upgrades"));
}
struct upgrade_list {
  std::vector<upgrade> upgrades;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, upgrade_list& x) {
  return f(caf::meta::type_name("upgrade_list"), x.upgrades);
}

// Answered by `upgrade` or upgrade_unknown.
struct show_upgrade {
  uint64_t number = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, show_upgrade& x) {
  return f(caf::meta::type_name("show_upgrade"), x.number);
}

// An operator to the upgrader: pause, resume or abort. Answered by `upgrade` once that is
// durable, by upgrade_unknown, or by upgrade_conflict if it is not at a place to do so.
struct move_upgrade {
  uint64_t number = 0;
  rollout_move move = rollout_move::pause;
  std::string author;
  std::string reason;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, move_upgrade& x) {
  return f(caf::meta::type_name("move_upgrade"), x.number, x.move, x.author, x.reason);
}

// Upgrader to ledger: create or replace it, and delete those that are long over.
struct record_upgrade {
  upgrade what;
  std::vector<uint64_t> forgotten;
  std::vector<audit_entry> audit;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, record_upgrade& x) {
  return f(caf::meta::type_name("record_upgrade"), x.what, x.forgotten, x.audit);
}

// The upgrader to itself: look how the nodes do.
struct upgrade_check_due {};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, upgrade_check_due&) {
  return f(caf::meta::type_name("upgrade_check_due"));
}

}  // namespace muster
