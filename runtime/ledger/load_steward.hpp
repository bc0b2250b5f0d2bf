// What the steward goes on from after a restart.
#pragma once

#include "actors/manager/restored_steward.hpp"
#include "actors/ports/vault.hpp"
#include "runtime/ledger/store.hpp"

namespace muster {

// All but the nodes, which load_nodes() has. Secrets stay sealed, layers do not: that the vault cannot open
// one is store_failed.
caf::expected<restored_steward> load_steward(const store& from, const vault& keys);

}  // namespace muster
