// Deletes what is past its retention, oldest first, in small transactions.
#pragma once

#include "messages/ledger.hpp"
#include "runtime/ledger/store.hpp"

namespace muster {

// One transaction that deletes at most `limit` records of each table. Stops at the
// first record that is still to be kept, since records are in order of time.
// Returns whether there is more to delete. A full store gets smaller transactions,
// which need less space of their own.
caf::expected<bool> purge_expired(store& from, const retention_limits& keep, utc_time now, size_t limit);

}  // namespace muster
