// What the dispatcher goes on from after a restart.
#pragma once

#include "actors/manager/restored_work.hpp"
#include "runtime/ledger/store.hpp"

namespace muster {

// All runs that are kept, whether they are over or not.
caf::expected<restored_work> load_work(const store& from);

}  // namespace muster
