// Knows all nodes, what layers and secrets make of each, and who sees whom. A plain
// value: a change is tried on a copy, compared with what was, and then takes its place.
#pragma once

#include "actors/manager/peer_visibility.hpp"
#include "actors/manager/secret_book.hpp"
#include "messages/nodes.hpp"

namespace muster {

// Peers have neither left nor been silent for long.
inline bool is_present(const mesh_node& node) {
  return node.status == agent_status::online || node.status == agent_status::stale;
}

class mesh_book {
 public:
  mesh_book(state_book layers, secret_book secrets)
    : layers_(std::move(layers)), secrets_(std::move(secrets)) {}

  const state_book& layers() const { return layers_; }
  const secret_book& secrets() const { return secrets_; }

  // Counts changes: a copy that has the same is equal.
  uint64_t version() const { return version_; }

  // Each of these brings what follows from it up to date.
  void place(mesh_node node);
  void remove(agent_id id);
  const state_layer& write(const state_scope& scope, desired_state what, uint64_t revision, utc_time at,
                           state_author by);
  void remove_layer(const state_scope& scope);
  void put(stored_secret what);
  void remove_secret(const std::string& name, const state_scope& scope);

  const mesh_node* find(agent_id id) const;
  state_holder holder(agent_id id) const;  // of a node that is there
  // What its layers and secrets amount to. Peers that are nodes are not in it.
  const document<desired_state>& state_of(agent_id id) const { return members_.at(id).has; }

  // Every node of the tenant has a place, whether it is present or not.
  const peer_visibility& visibility(const std::string& tenant) const;
  std::vector<agent_id> nodes_of(const std::string& tenant) const;
  std::vector<std::string> tenants() const;  // that have nodes
  std::vector<agent_id> covered_by(const state_scope& scope) const;
  // The only one in which the scope can cover nodes; empty if it is of a node that is not there.
  std::string tenant_of(const state_scope& scope) const;

 private:
  using made_from = std::pair<std::vector<uint64_t>, std::vector<secret_reference>>;
  struct member {
    mesh_node node;
    document<desired_state> has;
  };

  document<desired_state> make(const state_holder& whom);
  void refresh(const state_scope& scope);
  void drop_unused();

  uint64_t version_ = 0;
  state_book layers_;
  secret_book secrets_;
  std::map<agent_id, member> members_;
  std::map<std::string, std::set<agent_id>> tenants_;
  std::map<std::string, peer_visibility> visibility_;  // by tenant
  std::map<made_from, document<desired_state>> made_;  // one for all nodes that are alike
};

// Nodes of these for which `after` has another state.
struct state_effect {
  std::vector<agent_id> nodes;  // ascending
  document<desired_state> before;
  document<desired_state> after;
};
std::vector<state_effect> effects_between(const mesh_book& before, const mesh_book& after,
                                          const std::vector<agent_id>& of);

}  // namespace muster
