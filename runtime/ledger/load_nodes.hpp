// Reads what the registrar goes on from.
#pragma once

#include "actors/manager/restored_fleet.hpp"
#include "actors/manager/restored_nodes.hpp"
#include "runtime/ledger/store.hpp"

#include <caf/expected.hpp>

namespace muster {

// Nodes of agents that `fleet` knows, and all bootstrap tokens.
caf::expected<restored_nodes> load_nodes(const store& from, const restored_fleet& fleet);

}  // namespace muster
