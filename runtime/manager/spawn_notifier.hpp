// Puts the notifier together, with the courier that sends for it.
#pragma once

#include "actors/manager/notifier.hpp"
#include "runtime/config/configuration.hpp"
#include "runtime/ledger/store.hpp"
#include "runtime/notify/parcel.hpp"

namespace muster {

// Of the ports the courier is made here. Throws when the store can't be read.
notifier_actor spawn_notifier(caf::actor_system& system, const store& where, const configuration& settings,
                              notifier_ports ports, std::shared_ptr<parcel_carrier> carrier);

}  // namespace muster
