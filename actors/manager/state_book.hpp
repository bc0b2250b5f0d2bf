// Knows every layer of desired state and what layers amount to for a node. A plain
// value that shares its layers: whoever changes it copies it first, and drops the copy
// if the change could not be made durable.
//
// The layer of a node is above those of labels, which are above that of its tenant;
// among labels the later name is above. Metadata and data are merged by key, policies
// by id, each block is taken as a whole from the topmost layer that has it.
#pragma once

#include "messages/steward.hpp"

#include <map>

namespace muster {

// Whom a scope may cover.
struct state_holder {
  agent_id id{};
  std::string tenant;
  std::map<std::string, std::string> labels;
};
bool covers(const state_scope& scope, const state_holder& whom);
// Every scope that covers it, from below.
std::vector<state_scope> scopes_of(const state_holder& whom);

class state_book {
 public:
  using layers_by_scope = std::map<state_scope, document<state_layer>>;

  explicit state_book(std::vector<state_layer> restored = {});

  const layers_by_scope& layers() const { return layers_; }
  const state_layer* find(const state_scope& scope) const;

  // Replaces the layer as a whole. What it has in common with the one before keeps its version.
  const state_layer& write(const state_scope& scope, desired_state what, uint64_t revision, utc_time at,
                           state_author by);
  void remove(const state_scope& scope) { layers_.erase(scope); }

  // Those that are for this node, from below.
  std::vector<document<state_layer>> layers_of(const state_holder& whom) const;

 private:
  layers_by_scope layers_;
};

// What these layers, from below, amount to: with versions, and with policies under the
// id "<id>@<revision>", since nodes look at nothing else to see that one has changed.
desired_state merge_state(const std::vector<document<state_layer>>& layers);

// Where the vault is told that a layer lies.
std::string layer_place(uint64_t number);

}  // namespace muster
