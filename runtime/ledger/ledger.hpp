// The writer: gathers what it is asked while the disk is busy, commits it as one
// transaction and answers then. Reads and writes files, so production spawns it
// detached; it behaves the same under a test scheduler.
#pragma once

#include "messages/interfaces.hpp"
#include "runtime/ledger/ledger_batch.hpp"
#include "runtime/ledger/store.hpp"

#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <deque>
#include <functional>
#include <variant>

namespace muster {

struct ledger_options {
  size_t batch_requests = 10'000;         // at most in one transaction
  size_t batch_bytes = size_t{64} << 20;  // of JSON after which a transaction takes no more
  std::chrono::milliseconds purge_interval = std::chrono::minutes{1};
  std::chrono::milliseconds purge_pause{50};  // before the next transaction while there is more to purge
  size_t purge_batch = 1'000;                 // records of each table in one transaction
  retention_limits retention;
  std::function<utc_time()> now_utc = [] {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  };
  std::function<void(const caf::error&)> purge_failed = [](const caf::error&) {
  };  // nobody else would hear of it
};

struct ledger_state {
  static inline const char* name = "muster.ledger";

  using request =
    std::variant<record_agent, forget_agent, record_changes, record_threats, record_standings, record_audit,
                 record_pattern, record_policy, record_events, record_token, record_node, record_binaries,
                 record_work, forget_run, record_state, record_node_reports, record_node_entries,
                 record_upgrade, record_notifications, record_sensors>;
  struct pending_request {
    request what;
    caf::typed_response_promise<committed> promise;
  };

  explicit ledger_state(ledger_actor::pointer actor) : self(actor) {}
  ledger_actor::behavior_type make_behavior(std::shared_ptr<store> where, ledger_options options);

  caf::typed_response_promise<committed> keep(request what);
  void commit();
  void purge();
  void close(const caf::error& reason);

  ledger_actor::pointer self;
  std::shared_ptr<store> ledger_store;
  ledger_options limits;
  record_encoder encoder;
  std::deque<pending_request> pending;
  uint64_t reports_purged = 0;  // where purging of nodes' reports goes on
};

ledger_actor::behavior_type ledger(ledger_actor::stateful_pointer<ledger_state> self,
                                   std::shared_ptr<store> where, ledger_options options);

}  // namespace muster
