// What the coordinator goes on from after a restart.
#pragma once

#include "actors/manager/restored_fleet.hpp"
#include "actors/manager/restored_sensors.hpp"
#include "runtime/ledger/store.hpp"

namespace muster {

caf::expected<restored_sensors> load_sensors(const store& from, const restored_fleet& fleet);

}  // namespace muster
