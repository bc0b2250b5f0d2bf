// What the ledger has of layers and secrets, joined with the nodes.
#include "runtime/manager/spawn_steward.hpp"

#include "messages/errors.hpp"
#include "messages/type_ids.hpp"
#include "runtime/ledger/load_steward.hpp"
#include "runtime/wire/plexd_state.hpp"

#include <caf/all.hpp>

#include <stdexcept>

namespace muster {

steward_actor spawn_steward(caf::actor_system& system, const store& from, steward_options options,
                            steward_ports ports, const restored_nodes& nodes, bool thread) {
  auto restored = load_steward(from, *ports.keys);
  if (!restored) throw std::runtime_error{system.render(restored.error())};
  restored->nodes = mesh_nodes_of(nodes);
  if (!ports.write) ports.write = std::make_shared<plexd_state_writer>();
  if (thread)
    return system.spawn<caf::detached>(muster::steward, std::move(options), std::move(ports),
                                       std::move(*restored));
  return system.spawn(muster::steward, std::move(options), std::move(ports), std::move(*restored));
}

}  // namespace muster
