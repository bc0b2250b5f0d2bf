// Requests become records.
#include "runtime/ledger/ledger_batch.hpp"

#include "runtime/ledger/event_records.hpp"
#include "runtime/ledger/node_records.hpp"
#include "runtime/ledger/notification_records.hpp"
#include "runtime/ledger/policy_records.hpp"
#include "runtime/ledger/report_rings.hpp"
#include "runtime/ledger/schedule_records.hpp"
#include "runtime/ledger/sensor_records.hpp"
#include "runtime/ledger/steward_records.hpp"
#include "runtime/ledger/upgrade_records.hpp"
#include "runtime/ledger/work_records.hpp"

#include <algorithm>

namespace muster {

namespace {

// Events of one stream, so that a lower limit takes effect in steps.
constexpr size_t trimmed_at_once = 1'000;

// Executions of a run.
constexpr size_t forgotten_at_once = 5'000;

}  // namespace

uint64_t ledger_batch::apply(const record_agent& request) {
  const auto& record = request.record;
  writing_.put(ledger_table::agents, raw(record.id), encoder_.agent(record));
  last_serial_ = std::max<uint64_t>(last_serial_, serial_of(record.id));
  if (const auto& node = request.node) {
    writing_.put(ledger_table::nodes, raw(record.id), encode(node->facts));
    count_use(node->token);
  }
  append(request.audit);
  return 0;
}

uint64_t ledger_batch::apply(const forget_agent& request) {
  writing_.remove(ledger_table::agents, raw(request.id));
  if (const auto stored = writing_.get(ledger_table::nodes, raw(request.id));
      stored && !request.tenant.empty())
    if (const auto node = decode_node(*stored))
      writing_.put(ledger_table::addresses, raw(request.id),
                   encode(left_address{request.tenant, node->mesh_address, request.left_at}));
  writing_.remove(ledger_table::nodes, raw(request.id));
  forget_reports(writing_, request.id);
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

uint64_t ledger_batch::apply(const record_state& request) {
  for (const auto& each : request.layers)
    writing_.put(ledger_table::state_layers, each.layer.number, encode(each));
  for (const auto number : request.removed_layers) writing_.remove(ledger_table::state_layers, number);
  for (const auto& each : request.secrets) writing_.put(ledger_table::secrets, each.number, encode(each));
  for (const auto number : request.removed_secrets) writing_.remove(ledger_table::secrets, number);
  if (request.revision)
    writing_.put(ledger_table::state_history, request.revision->revision, encode(*request.revision));
  record_cursor oldest{writing_, ledger_table::state_history};
  for (size_t left = trimmed_at_once; left > 0 && oldest.first(); --left) {
    const auto key = oldest.record().key;
    if (key >= request.history_from) break;
    writing_.remove(ledger_table::state_history, key);
  }
  append(request.audit);
  return request.revision ? request.revision->revision : 0;
}

void ledger_batch::trim(const event_trim& what) {
  record_cursor oldest{writing_, ledger_table::events};
  for (size_t left = trimmed_at_once; left > 0 && oldest.seek(event_key(what.stream, 0)); --left) {
    const auto key = oldest.record().key;
    if (key >= event_key(what.stream, what.before)) break;
    writing_.remove(ledger_table::events, key);
  }
}

uint64_t ledger_batch::apply(const record_token& request) {
  for (const auto& digest : request.over) writing_.remove(ledger_table::tokens, digest.high);
  auto token = request.token;
  if (const auto stored = stored_token(token.digest)) token.used = std::max(token.used, stored->used);
  put(token);
  append(request.audit);
  return 0;
}

uint64_t ledger_batch::apply(const record_work& request) {
  for (const auto& each : request.runs) {
    writing_.put(ledger_table::runs, each.number, encode(each));
    if (each.number > writing_.number(meta_number::last_run))
      writing_.set(meta_number::last_run, each.number);
  }
  for (const auto& each : request.executions)
    writing_.put(ledger_table::executions, execution_key(each.run, slot_of(each.node)), encode(each));
  for (const auto& each : request.outputs)
    writing_.put(ledger_table::outputs, execution_key(each.run, slot_of(each.node)), encode(each));
  append(request.audit);
  return 0;
}

uint64_t ledger_batch::apply(const record_node& request) {
  if (!writing_.get(ledger_table::nodes, raw(request.facts.id))) return 0;
  writing_.put(ledger_table::nodes, raw(request.facts.id), encode(request.facts));
  append(request.audit);
  return 0;
}

uint64_t ledger_batch::apply(const record_binaries& request) {
  writing_.put(ledger_table::binaries, binaries_key, encode(request.binaries));
  append(request.audit);
  return 0;
}

// Here and not by whoever enrols: several may be under way with one token.
void ledger_batch::count_use(const token_digest& digest) {
  auto token = stored_token(digest);
  if (!token) return;
  ++token->used;
  put(*token);
}

// Nothing if there is none that can be read.
std::optional<bootstrap_token> ledger_batch::stored_token(const token_digest& digest) {
  const auto record = writing_.get(ledger_table::tokens, digest.high);
  if (!record) return std::nullopt;
  auto token = decode_token(*record);
  if (!token) return std::nullopt;
  return std::move(*token);
}

void ledger_batch::put(const bootstrap_token& token) {
  writing_.put(ledger_table::tokens, token.digest.high, encode(token));
}

// The run itself goes last, so that what is left of it is still found.
uint64_t ledger_batch::apply(const forget_run& request) {
  auto left = remove_executions(ledger_table::outputs, request.number, forgotten_at_once);
  if (left > 0) left = remove_executions(ledger_table::executions, request.number, left);
  if (left == 0) return 1;
  writing_.remove(ledger_table::runs, request.number);
  return 0;
}

// A report may come in after its node was removed.
uint64_t ledger_batch::apply(const record_node_reports& request) {
  if (!writing_.get(ledger_table::agents, raw(request.id))) return 0;
  append_report(writing_, request);
  put_values(writing_, request.id, value_kind::metrics, request.latest);
  return 0;
}

uint64_t ledger_batch::apply(const record_node_entries& request) {
  if (!writing_.get(ledger_table::agents, raw(request.id))) return 0;
  remove_values(writing_, request.id, request.deleted);
  return put_values(writing_, request.id, value_kind::entries, request.entries);
}

uint64_t ledger_batch::apply(const record_sensors& request) {
  for (const auto& each : request.keys) writing_.put(ledger_table::sensor_keys, each.number, encode(each));
  for (const auto& each : request.registries)
    writing_.put(ledger_table::registries, raw(each.id), encode(each));
  for (const auto id : request.removed_registries) writing_.remove(ledger_table::registries, raw(id));
  for (const auto& each : request.sensors) writing_.put(ledger_table::sensors, each.number, encode(each));
  for (const auto& each : request.schedules) writing_.put(ledger_table::schedules, each.number, encode(each));
  for (const auto number : request.removed_schedules) writing_.remove(ledger_table::schedules, number);
  for (const auto& each : request.scans.jobs) writing_.put(ledger_table::scans, raw(each.id), encode(each));
  for (const auto id : request.scans.forgotten) {
    writing_.remove(ledger_table::scans, raw(id));
    writing_.remove(ledger_table::findings, raw(id));
  }
  if (request.findings) writing_.put(ledger_table::findings, raw(request.found), *request.findings);
  append(request.audit);
  return 0;
}

uint64_t ledger_batch::apply(const record_upgrade& request) {
  for (const auto number : request.forgotten) writing_.remove(ledger_table::upgrades, number);
  writing_.put(ledger_table::upgrades, request.what.number, encode(request.what));
  append(request.audit);
  return 0;
}

uint64_t ledger_batch::apply(const record_notifications& request) {
  const auto put = [this](ledger_table into, uint64_t key, const auto& what) {
    writing_.put(into, key, encode(what));
  };
  const auto remove = [this](ledger_table from, const std::vector<uint64_t>& keys) {
    for (const auto key : keys) writing_.remove(from, key);
  };
  for (const auto& each : request.notices) put(ledger_table::notices, each.number, each);
  for (const auto& each : request.deliveries) put(ledger_table::deliveries, each.id, each);
  for (const auto& each : request.channels) put(ledger_table::channels, each.number, each);
  for (const auto& each : request.silences) put(ledger_table::silences, each.number, each);
  if (request.routes) put(ledger_table::routes, routes_key, *request.routes);
  remove(ledger_table::notices, request.removed_notices);
  remove(ledger_table::deliveries, request.removed_deliveries);
  remove(ledger_table::channels, request.removed_channels);
  remove(ledger_table::silences, request.removed_silences);
  append(request.audit);
  return 0;
}

// Returns how many more it could have removed.
size_t ledger_batch::remove_executions(ledger_table from, uint64_t run, size_t limit) {
  record_cursor first{writing_, from};
  while (limit > 0 && first.seek(execution_key(run, 0)) && run_of(first.record().key) == run) {
    writing_.remove(from, first.record().key);
    --limit;
  }
  return limit;
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
