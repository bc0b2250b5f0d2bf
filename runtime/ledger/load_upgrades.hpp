// What the upgrader goes on from after a restart.
#pragma once

#include "actors/manager/restored_upgrades.hpp"
#include "runtime/ledger/store.hpp"

#include <caf/expected.hpp>

namespace muster {

// All upgrades that are kept, whether they are over or not.
caf::expected<restored_upgrades> load_upgrades(const store& from);

}  // namespace muster
