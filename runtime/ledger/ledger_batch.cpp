// Requests become records.
#include "runtime/ledger/ledger_batch.hpp"

#include "runtime/ledger/event_records.hpp"
#include "runtime/ledger/policy_records.hpp"

#include <algorithm>

namespace muster {

namespace {

// Events of one stream, so that a lower limit takes effect in steps.
constexpr size_t trimmed_at_once = 1'000;

}  // namespace

uint64_t ledger_batch::apply(const record_agent& request) {
  const auto& record = request.record;
  writing_.put(ledger_table::agents, raw(record.id), encoder_.agent(record));
  last_serial_ = std::max<uint64_t>(last_serial_, serial_of(record.id));
  append(request.audit);
  return 0;
}

uint64_t ledger_batch::apply(const forget_agent& request) {
  writing_.remove(ledger_table::agents, raw(request.id));
  append(request.audit);
  return 0;
}

uint64_t ledger_batch::apply(const record_changes& request) {
  if (!request.changes.empty())
    writing_.append(ledger_table::changes, request.number, encoder_.changes(request.changes));
  append(request.audit);
  return 0;
}

uint64_t ledger_batch::apply(const record_threats& request) {
  if (request.report.threats.empty()) return 0;
  auto number = next(ledger_table::threats, meta_number::threats_purged, last_threat_);
  writing_.append(ledger_table::threats, number, encoder_.threats(request.report));
  return number;
}

uint64_t ledger_batch::apply(const record_standings& request) {
  for (const auto& block : request.blocks)
    writing_.put(ledger_table::standings, block.block, encoder_.standings(block));
  if (request.changes_until > 0) writing_.set(meta_number::changes_until, request.changes_until);
  return 0;
}

uint64_t ledger_batch::apply(const record_audit& request) {
  append(request.entries);
  return 0;
}

uint64_t ledger_batch::apply(const record_pattern& request) {
  writing_.put(ledger_table::patterns, raw(request.what.id), encoder_.patterns(request.what));
  append(request.audit);
  return 0;
}

uint64_t ledger_batch::apply(const record_policy& request) {
  writing_.append(ledger_table::policies, request.revision.revision, encode(request.revision));
  if (request.state) writing_.put(ledger_table::policy_state, policy_state_key, encode(*request.state));
  append(request.audit);
  return 0;
}

uint64_t ledger_batch::apply(const record_events& request) {
  for (const auto& each : request.events)
    writing_.put(ledger_table::events, event_key(each->stream, each->sequence), encode(*each));
  for (const auto& each : request.trims) trim(each);
  if (request.keys) writing_.put(ledger_table::signing_keys, signing_keys_key, encode(*request.keys));
  append(request.audit);
  return request.events.empty() ? 0 : request.events.back()->sequence;
}

void ledger_batch::trim(const event_trim& what) {
  record_cursor oldest{writing_, ledger_table::events};
  for (size_t left = trimmed_at_once; left > 0 && oldest.seek(event_key(what.stream, 0)); --left) {
    const auto key = oldest.record().key;
    if (key >= event_key(what.stream, what.before)) break;
    writing_.remove(ledger_table::events, key);
  }
}

void ledger_batch::append(const std::vector<audit_entry>& entries) {
  for (const auto& entry : entries) {
    auto number = next(ledger_table::audit, meta_number::audit_purged, last_audit_);
    writing_.append(ledger_table::audit, number, encoder_.audit(entry));
  }
}

// Numbers go on after a restart, and even when everything before was purged.
uint64_t ledger_batch::next(ledger_table table, meta_number purged, uint64_t& last) {
  if (last == 0) {
    record_cursor at{writing_, table};
    last = std::max(at.last() ? at.record().key : 0, writing_.number(purged));
  }
  return ++last;
}

caf::error ledger_batch::commit() {
  if (last_serial_ > writing_.number(meta_number::last_serial))
    writing_.set(meta_number::last_serial, last_serial_);
  return writing_.commit();
}

}  // namespace muster
