// One write transaction that holds many requests: what each of them writes.
#pragma once

#include "messages/channels.hpp"
#include "messages/events.hpp"
#include "messages/ledger.hpp"
#include "messages/node_reports.hpp"
#include "messages/policy.hpp"
#include "messages/scan_work.hpp"
#include "messages/steward.hpp"
#include "messages/upgrades.hpp"
#include "messages/work.hpp"
#include "runtime/ledger/record_encoder.hpp"
#include "runtime/ledger/transactions.hpp"

namespace muster {

class ledger_batch {
 public:
  ledger_batch(store& where, record_encoder& encoder) : writing_(where), encoder_(encoder) {}

  // Each returns the number that its `committed` will carry.
  uint64_t apply(const record_agent& request);
  uint64_t apply(const forget_agent& request);
  uint64_t apply(const record_changes& request);
  uint64_t apply(const record_threats& request);
  uint64_t apply(const record_standings& request);
  uint64_t apply(const record_audit& request);
  uint64_t apply(const record_pattern& request);
  uint64_t apply(const record_policy& request);
  uint64_t apply(const record_events& request);
  uint64_t apply(const record_token& request);
  uint64_t apply(const record_node& request);
  uint64_t apply(const record_binaries& request);
  uint64_t apply(const record_work& request);
  uint64_t apply(const forget_run& request);
  uint64_t apply(const record_state& request);
  uint64_t apply(const record_node_reports& request);
  uint64_t apply(const record_node_entries& request);
  uint64_t apply(const record_upgrade& request);
  uint64_t apply(const record_sensors& request);
  uint64_t apply(const record_notifications& request);

  size_t bytes() const { return writing_.bytes(); }

  // All of it is on disk, or none of it.
  caf::error commit();

 private:
  void put(const bootstrap_token& token);
  void count_use(const token_digest& digest);
  std::optional<bootstrap_token> stored_token(const token_digest& digest);
  void append(const std::vector<audit_entry>& entries);
  void trim(const event_trim& what);
  size_t remove_executions(ledger_table from, uint64_t run, size_t limit);
  uint64_t next(ledger_table table, meta_number purged, uint64_t& last);

  write_transaction writing_;
  record_encoder& encoder_;
  uint64_t last_audit_ = 0;   // 0 until the first is needed
  uint64_t last_threat_ = 0;  // the same
  uint64_t last_serial_ = 0;  // highest in this batch
};

}  // namespace muster
