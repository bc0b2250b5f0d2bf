// The dispatcher brings actions to nodes and gathers what comes of them. Everything is
// durable before a node is told and before it is answered, so that a restart in any
// place loses nothing. One write is under way at a time and takes along all that has
// changed, so that the answers of thousands cost a few transactions.
#pragma once

#include "actors/manager/action_run.hpp"
#include "actors/manager/restored_work.hpp"
#include "actors/ports/action_writer.hpp"
#include "actors/ports/calendar.hpp"
#include "actors/ports/journal.hpp"
#include "messages/events.hpp"
#include "messages/nodes.hpp"

#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <deque>
#include <map>
#include <memory>

namespace muster {

struct dispatcher_options {
  action_run_limits runs;
  size_t runs_at_once = 100;
  size_t nodes_per_run = 100'000;
  size_t kept_executions = 1'000'000;  // of all runs; the oldest that are over go first
  size_t parameters = 64;
  size_t parameter_bytes = 64 * 1024;  // names and values of a run
  uint32_t max_parallel = 10'000;
  std::chrono::milliseconds shortest_timeout = std::chrono::seconds{1};
  std::chrono::milliseconds longest_timeout = std::chrono::minutes{10};
  size_t output_bytes = size_t{1} << 20;                              // of each output
  std::chrono::milliseconds retention = std::chrono::hours{24 * 30};  // of runs that are over
  std::chrono::milliseconds purge_interval = std::chrono::hours{1};
  std::chrono::milliseconds retry_after = std::chrono::seconds{5};  // when the ledger has failed
  std::chrono::milliseconds nodes_patience = std::chrono::seconds{10};
  size_t events_at_once = 500;
};

struct dispatcher_ports {
  ledger_actor ledger;
  node_selector_actor nodes;
  event_appender_actor events;
  std::shared_ptr<const action_writer> writer;
  calendar utc_now;
  journal tell;
};

struct dispatcher_state {
  static inline const char* name = "muster.dispatcher";

  explicit dispatcher_state(dispatcher_actor::pointer actor) : self(actor) {}
  dispatcher_actor::behavior_type make_behavior(dispatcher_options options, dispatcher_ports ports,
                                                restored_work restored);

  // dispatcher.cpp
  caf::result<run_row> start(start_run& request);
  caf::result<run_row> cancel(const cancel_run& request);
  caf::result<committed> acknowledge(const execution_acknowledged& news);
  caf::result<committed> finish(execution_finished& news);
  void forget(const agent_forgotten& gone);
  void expire();

  // dispatcher_queries.cpp
  run_page list(const list_runs& wanted) const;
  caf::expected<run_row> run_of(const read_run& wanted) const;
  caf::expected<execution_page> executions(const read_executions& wanted) const;
  caf::expected<execution_record> execution(const read_execution& wanted) const;
  pending_actions pending(const pending_actions_of& wanted) const;

  // dispatcher_writes.cpp
  void write();
  void purge();

  dispatcher_actor::pointer self;

 private:
  using run_map = std::map<uint64_t, action_run>;
  using execution_key = std::pair<uint64_t, uint32_t>;  // run, slot
  struct outgoing {
    execution_key of;
    bool requests = true;  // or cancels
    std::string tenant;
    node_event event;
  };
  struct pending_write {
    record_work record;
    std::vector<outgoing> events;  // to be told then
    std::vector<std::function<void(const caf::error&)>> answers;
  };

  // dispatcher.cpp
  std::string problem_of(const start_run& request) const;
  std::string problem_of(const start_run& request, const node_selection& found) const;
  void begin_run(start_run& request, node_selection& found, caf::typed_response_promise<run_row> promise);
  void adopt(action_run&& what);
  caf::expected<run_map::iterator> run_with(const std::string& execution, agent_id node, uint32_t& slot);
  action_order order_of(const action_run& run, const execution_record& what) const;
  void move_on(action_run& run);
  void arm();
  work_time now() const { return {ports_.utc_now(), self->clock().now()}; }

  // dispatcher_writes.cpp
  caf::result<committed> when_written();
  void written(pending_write& what);
  void not_written(pending_write& what, const caf::error& why);
  void send_events();
  void not_sent(const std::vector<outgoing>& events, const std::string& why);
  void make_room(size_t executions);
  void drop(run_map::iterator run);
  void forget_next();

  dispatcher_options options_;
  dispatcher_ports ports_;
  run_map runs_;                  // by number
  std::set<uint64_t> under_way_;  // those that are not over
  size_t starting_ = 0;           // that are not in runs_ yet
  size_t executions_ = 0;         // of all runs
  uint64_t last_run_ = 0;
  std::optional<work_time::monotonic> armed_;

  // Since the last write began.
  std::set<uint64_t> changed_;
  std::map<execution_key, execution_output> outputs_;
  std::set<execution_key> lost_outputs_;  // could not be written; nodes repeat them
  std::vector<audit_entry> audit_;
  pending_write next_;  // events and answers only
  bool writing_ = false;
  std::set<uint64_t> in_write_;  // runs whose records are being written
  bool retry_pending_ = false;

  std::deque<outgoing> outbox_;
  bool appending_ = false;
  std::deque<uint64_t> forgetting_;
  bool forgets_ = false;
};

dispatcher_actor::behavior_type dispatcher(dispatcher_actor::stateful_pointer<dispatcher_state> self,
                                           dispatcher_options options, dispatcher_ports ports,
                                           restored_work restored);

}  // namespace muster
