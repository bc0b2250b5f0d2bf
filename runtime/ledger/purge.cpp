// Retention.
#include "runtime/ledger/purge.hpp"

#include "runtime/ledger/node_records.hpp"
#include "runtime/ledger/record_decoder.hpp"
#include "runtime/ledger/store_errors.hpp"
#include "runtime/ledger/transactions.hpp"

#include <algorithm>

namespace muster {

namespace {

struct purgeable {
  ledger_table table;
  std::optional<meta_number>
    purged;  // where the ledger numbers the table's records itself, or the fleet does
  std::chrono::milliseconds retention_limits::*keep;
};
constexpr purgeable purgeables[]{
  {ledger_table::threats, meta_number::threats_purged, &retention_limits::threats},
  {ledger_table::changes, meta_number::changes_purged, &retention_limits::history},
  {ledger_table::audit, meta_number::audit_purged, &retention_limits::history},
  {ledger_table::policies, std::nullopt, &retention_limits::policies},
};

// Whether it stopped for the limit.
caf::expected<bool> purge_table(write_transaction& writing, const purgeable& of, utc_time before,
                                size_t limit) {
  record_decoder decoder;
  record_cursor oldest{writing, of.table};
  uint64_t last = 0;
  size_t deleted = 0;
  while (deleted < limit && oldest.first()) {
    auto received = decoder.time_of(oldest.record());
    if (!received) return received.error();
    if (*received >= before) break;
    last = oldest.record().key;
    writing.remove(of.table, last);
    ++deleted;
  }
  if (of.purged && last > writing.number(*of.purged)) writing.set(*of.purged, last);
  return deleted == limit;
}

// The same for patterns, whose keys are not counted. One that has not ended is
// passed over, however old it is.
caf::expected<bool> purge_patterns(write_transaction& writing, utc_time before, size_t limit) {
  record_decoder decoder;
  record_cursor at{writing, ledger_table::patterns};
  size_t deleted = 0;
  for (bool more = at.first(); more && deleted < limit;) {
    const auto key = at.record().key;
    auto opened = decoder.time_of(at.record());
    if (!opened) return opened.error();
    if (*opened >= before) break;
    auto open = decoder.is_open(at.record());
    if (!open) return open.error();
    if (!*open) {
      writing.remove(ledger_table::patterns, key);
      ++deleted;
    }
    more = at.seek(key + 1);
  }
  return deleted == limit;
}

// Of these there are few.
caf::expected<bool> purge_addresses(write_transaction& writing, utc_time before, size_t limit) {
  record_cursor at{writing, ledger_table::addresses};
  size_t deleted = 0;
  for (bool more = at.first(); more && deleted < limit;) {
    const auto key = at.record().key;
    auto address = decode_address(at.record());
    if (!address) return address.error();
    if (address->left_at < before) {
      writing.remove(ledger_table::addresses, key);
      ++deleted;
    }
    more = at.seek(key + 1);
  }
  return deleted == limit;
}

caf::expected<bool> purge_once(store& from, const retention_limits& keep, utc_time now, size_t limit) {
  write_transaction writing{from};
  auto more = false;
  for (const auto& each : purgeables) {
    auto stopped = purge_table(writing, each, now - keep.*each.keep, limit);
    if (!stopped) return stopped.error();
    more = more || *stopped;
  }
  for (auto stopped : {purge_patterns(writing, now - keep.patterns, limit),
                       purge_addresses(writing, now - keep.addresses, limit)}) {
    if (!stopped) return stopped.error();
    more = more || *stopped;
  }
  if (auto error = writing.commit()) return error;
  return more;
}

}  // namespace

caf::expected<bool> purge_expired(store& from, const retention_limits& keep, utc_time now, size_t limit) {
  for (;; limit /= 10) {
    auto more = purge_once(from, keep, now, std::max<size_t>(limit, 1));
    if (more || limit <= 1 || more.error() != fleet_error::store_full) return more;
  }
}

}  // namespace muster
