// What the steward goes on from after a restart.
#pragma once

#include "actors/manager/restored_nodes.hpp"
#include "messages/steward.hpp"

#include <vector>

namespace muster {

struct restored_steward {
  std::vector<state_layer> layers;
  std::vector<stored_secret> secrets;
  std::vector<state_revision> history;  // ascending
  std::vector<mesh_node> nodes;         // as the registrar goes on from them
};

// As the registrar will tell of them.
inline std::vector<mesh_node> mesh_nodes_of(const restored_nodes& registered) {
  std::vector<mesh_node> out;
  for (const auto& each : registered.nodes) {
    const auto& facts = each.facts;
    out.push_back({facts.id, each.tenant, each.hostname, each.labels, each.status, facts.public_key,
                   facts.mesh_address, facts.endpoint, facts.key_generation, facts.metadata});
  }
  return out;
}

}  // namespace muster
