// What a manager reads once at its start, before any actor lives.
#pragma once

#include "actors/manager/restored_fleet.hpp"
#include "messages/ledger.hpp"
#include "runtime/ledger/store.hpp"

namespace muster {

// Of the newest reports at most so many bytes are searched for event ids, so that
// a full ledger doesn't hold up the start: beyond, a repeated event is stored twice.
constexpr size_t recent_events_bytes = size_t{512} << 20;

// All agents: their standing from the last checkpoint plus all changes since. One
// that has none was last seen when it enrolled. Event ids are those of reports
// that `keep` still keeps at `now`.
caf::expected<restored_fleet> load_fleet(const store& from, utc_time now, const retention_limits& keep);

}  // namespace muster
