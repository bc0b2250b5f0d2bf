// What the notifier goes on from after a restart.
#pragma once

#include "actors/manager/restored_notifications.hpp"
#include "actors/ports/vault.hpp"
#include "runtime/ledger/store.hpp"

#include <caf/expected.hpp>

namespace muster {

caf::expected<restored_notifications> load_notifications(const store& from, const vault& keys);

}  // namespace muster
