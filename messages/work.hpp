// Actions on nodes: a run is an action that an operator starts on many of them, an
// execution is what becomes of it on one. Nodes are told by events and answer by
// themselves, so that an execution may be lost in any place between.
#pragma once

#include "messages/document.hpp"
#include "messages/ledger.hpp"

#include <map>
#include <optional>
#include <string_view>

namespace muster {

// Queued executions wait for their turn, sent ones for the node's acknowledgement,
// running ones for its result. The others are over.
enum class execution_status : uint8_t {
  queued,
  sent,
  running,
  succeeded,
  failed,
  timed_out,
  cancelled,
  expired,
};
constexpr size_t execution_status_count = 8;
std::string to_string(execution_status status);
caf::optional<execution_status> parse_execution_status(const std::string& text);
constexpr bool is_over(execution_status status) { return status >= execution_status::succeeded; }

// "x-<run>-<slot>", both hexadecimal: what a node calls an execution. Runs' numbers are
// never used again, so neither are these.
struct execution_place {
  uint64_t run = 0;
  uint32_t slot = 0;
};
std::string execution_name(uint64_t run, agent_id node);
std::optional<execution_place> parse_execution_name(std::string_view text);

struct run_record {
  uint64_t number = 0;  // from 1
  std::string action;
  std::map<std::string, std::string> parameters;
  std::string tenant;                         // of its nodes; empty for any
  std::map<std::string, std::string> labels;  // its nodes have all of them
  std::chrono::milliseconds timeout{};        // of each execution, from its acknowledgement
  uint32_t max_parallel = 0;
  std::string author;
  utc_time started_at{};
  utc_time cancelled_at{};  // zero unless it was
  utc_time ended_at{};      // zero while an execution is under way

  bool operator==(const run_record&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, run_record& x) {
  return f(caf::meta::type_name("run_record"), x.number, x.action, x.parameters, x.tenant, x.labels,
           x.timeout, x.max_parallel, x.author, x.started_at, x.cancelled_at, x.ended_at);
}

struct execution_record {
  uint64_t run = 0;
  agent_id node{};
  std::string tenant;
  std::string hostname;
  std::string checksum;  // of the hook that the action is; empty for a built-in one
  execution_status status = execution_status::queued;
  std::string reason;      // why it has this status, where that is not plain
  uint32_t postponed = 0;  // how often it was queued again
  utc_time sent_at{};      // for the last time
  utc_time acknowledged_at{};
  utc_time finished_at{};  // when it was over
  utc_time result_at{};    // when the node's result came, zero if it did not
  int32_t exit_code = 0;   // this and what follows as the node says
  std::chrono::milliseconds duration{};
  utc_time node_finished_at{};  // by the node's clock

  bool operator==(const execution_record&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, execution_record& x) {
  return f(caf::meta::type_name("execution_record"), x.run, x.node, x.tenant, x.hostname, x.checksum,
           x.status, x.reason, x.postponed, x.sent_at, x.acknowledged_at, x.finished_at, x.result_at,
           x.exit_code, x.duration, x.node_finished_at);
}

// What an execution printed.
struct execution_output {
  uint64_t run = 0;
  agent_id node{};
  std::string out;
  std::string err;

  bool operator==(const execution_output&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, execution_output& x) {
  return f(caf::meta::type_name("execution_output"), x.run, x.node, x.out, x.err);
}

// An operator to the dispatcher: run this on all these nodes. Answered by `run_row` once
// it is durable, or by run_refused and why, or runs_full.
struct start_run {
  std::string action;                             // 1 to 128 of A-Z a-z 0-9 . _ -
  std::map<std::string, std::string> parameters;  // names like those of variables
  caf::optional<std::string> tenant;
  std::map<std::string, std::string> labels;  // all of them
  std::vector<agent_id> nodes;                // exactly those if there are some
  std::chrono::milliseconds timeout = std::chrono::seconds{30};
  uint32_t max_parallel = 50;
  std::string author;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, start_run& x) {
  return f(caf::meta::type_name("start_run"), x.action, x.parameters, x.tenant, x.labels, x.nodes, x.timeout,
           x.max_parallel, x.author);
}
struct run_row {
  run_record run;
  std::vector<uint32_t> counts;  // of executions; index is execution_status
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, run_row& x) {
  return f(caf::meta::type_name("run_row"), x.run, x.counts);
}

// Operators to the dispatcher. The newest run first.
struct list_runs {
  bool under_way = false;  // only those
  std::string action;      // only those with it; empty for any
  uint64_t before = 0;     // a number; 0 for the newest
  uint32_t limit = 100;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, list_runs& x) {
  return f(caf::meta::type_name("list_runs"), x.under_way, x.action, x.before, x.limit);
}
struct run_page {
  std::vector<run_row> runs;
  uint64_t next = 0;  // for `before`; 0 at the end
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, run_page& x) {
  return f(caf::meta::type_name("run_page"), x.runs, x.next);
}

// Answered by `run_row` or run_unknown.
struct read_run {
  uint64_t number = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, read_run& x) {
  return f(caf::meta::type_name("read_run"), x.number);
}

// Ascending by the nodes' slots. Answered by `execution_page` or run_unknown.
struct read_executions {
  uint64_t run = 0;
  caf::optional<execution_status> status;
  uint64_t from = 0;  // the first slot
  uint32_t limit = 100;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, read_executions& x) {
  return f(caf::meta::type_name("read_executions"), x.run, x.status, x.from, x.limit);
}
struct execution_page {
  std::vector<execution_record> executions;
  uint64_t next = 0;  // for `from`; 0 at the end
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, execution_page& x) {
  return f(caf::meta::type_name("execution_page"), x.executions, x.next);
}

// Answered by `execution_record`, execution_unknown or run_unknown.
struct read_execution {
  uint64_t run = 0;
  agent_id node{};
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, read_execution& x) {
  return f(caf::meta::type_name("read_execution"), x.run, x.node);
}

// To the archive. Answered by `execution_output`, empty if the node sent none.
struct read_output {
  uint64_t run = 0;
  agent_id node{};
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, read_output& x) {
  return f(caf::meta::type_name("read_output"), x.run, x.node);
}

// An operator to the dispatcher: start no more of it and stop what was started. Answered
// by `run_row` once that is durable, or run_unknown. A run that is over stays as it is.
struct cancel_run {
  uint64_t number = 0;
  std::string author;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, cancel_run& x) {
  return f(caf::meta::type_name("cancel_run"), x.number, x.author);
}

// A node to the dispatcher: it will do it, or why not. Answered by `committed` once that
// is durable, also when it comes again, or by execution_unknown or execution_foreign.
struct execution_acknowledged {
  agent_id node{};
  std::string id;  // as execution_name() writes it
  bool accepted = true;
  std::string reason;  // of a rejection
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, execution_acknowledged& x) {
  return f(caf::meta::type_name("execution_acknowledged"), x.node, x.id, x.accepted, x.reason);
}

// A node to the dispatcher: what came of it. Answered as the acknowledgement is.
struct execution_finished {
  agent_id node{};
  std::string id;
  execution_status status = execution_status::succeeded;  // or failed, timed_out, cancelled
  std::string reason;                                     // empty for what the status says
  int32_t exit_code = 0;
  std::string out;
  std::string err;
  std::chrono::milliseconds duration{};
  utc_time at{};  // by the node's clock
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, execution_finished& x) {
  return f(caf::meta::type_name("execution_finished"), x.node, x.id, x.status, x.reason, x.exit_code, x.out,
           x.err, x.duration, x.at);
}

// Whoever answers a node: what was it told to do that it has not acknowledged? Each as
// the payload of its event was. Answered by `pending_actions`.
struct pending_actions_of {
  agent_id node{};
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, pending_actions_of& x) {
  return f(caf::meta::type_name("pending_actions_of"), x.node);
}
struct pending_actions {
  std::vector<std::string> json;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, pending_actions& x) {
  return f(caf::meta::type_name("pending_actions"), x.json);
}

// Dispatcher to ledger: create or replace these.
struct record_work {
  std::vector<run_record> runs;
  std::vector<execution_record> executions;
  std::vector<execution_output> outputs;
  std::vector<audit_entry> audit;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, record_work& x) {
  return f(caf::meta::type_name("record_work"), x.runs, x.executions, x.outputs, x.audit);
}

// Dispatcher to ledger: delete a run and all of its executions, some thousands at a time.
// Answered by `committed` with 1 while there are more, 0 when it is gone.
struct forget_run {
  uint64_t number = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, forget_run& x) {
  return f(caf::meta::type_name("forget_run"), x.number);
}

// The dispatcher to itself: an execution is due, what could not be written may be now,
// a run may be old enough to go.
struct execution_due {};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, execution_due&) {
  return f(caf::meta::type_name("execution_due"));
}
struct work_write_due {};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, work_write_due&) {
  return f(caf::meta::type_name("work_write_due"));
}
struct run_purge_due {};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, run_purge_due&) {
  return f(caf::meta::type_name("run_purge_due"));
}

}  // namespace muster
