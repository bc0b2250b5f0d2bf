// Desired state as nodes of the plexd dialect read it, for the steward.
#pragma once

#include "actors/ports/state_writer.hpp"
#include "runtime/wire/state_document.hpp"

namespace muster {

class plexd_state_writer final : public state_writer {
 public:
  std::string layer(const desired_state& what) const override { return state_json::write_layer(what); }
  std::string node(const desired_state& what) const override { return state_json::write_node_state(what); }
  std::string entries(const desired_state& what) const override { return state_json::write_entries(what); }
  std::string secret_refs(const desired_state& what) const override {
    return state_json::write_secret_refs(what);
  }
  std::string peer(const mesh_peer& what) const override { return state_json::write_peer(what); }
  std::string session(const relay_session& what) const override { return state_json::write_session(what); }
};

}  // namespace muster
