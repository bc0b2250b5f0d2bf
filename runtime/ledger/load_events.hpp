// What the event log goes on from after a restart.
#pragma once

#include "actors/manager/restored_events.hpp"
#include "runtime/ledger/store.hpp"

namespace muster {

// Everything that is kept, and the keys still sealed: open_signing_keys() opens them.
// Nothing in either before the first start.
caf::expected<restored_events> load_events(const store& from);

}  // namespace muster
