// Starts the steward where it has stopped.
#pragma once

#include "actors/manager/steward.hpp"
#include "runtime/ledger/store.hpp"

namespace muster {

// `nodes` are what the registrar goes on from. A port that writes state is made unless there is one. Throws
// std::runtime_error if the store cannot be read.
// With a `thread` of its own it holds up no loop, however large a state or a tenant is.
steward_actor spawn_steward(caf::actor_system& system, const store& from, steward_options options,
                            steward_ports ports, const restored_nodes& nodes, bool thread);

}  // namespace muster
