// Desired state as operators write it and as nodes read it.
#pragma once

#include "messages/desired_state.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace muster::state_json {

// What was read, or what is wrong with it: "$.policies[1].rules[0].port: expected a number from 0 to 65535,
// …".
struct reading {
  std::optional<desired_state> value;
  std::string problem;
};

// JSON Schema, draft 7, of what operators write.
std::string_view state_schema();

// One layer. Checks everything that an operator can get wrong and brings values into
// their normal form: addresses and ranges in their shortest, lists sorted by their key.
reading read_state(std::string_view text);

// As operators write it: what read_state() gave is read back as it was.
std::string write_layer(const desired_state& what);

// As nodes read it: with signing keys and versions, and with the lists that plexd
// compares even when they are empty. Of a policy nodes look at nothing but the id, so
// whoever changes its rules changes that too.
std::string write_node_state(const desired_state& what);

// Parts of it, as events tell them. A peer has its id under both names and no psk.
std::string write_entries(const desired_state& what);      // {"metadata":{},"data":[]}
std::string write_secret_refs(const desired_state& what);  // {"secret_refs":[]}
std::string write_peer(const mesh_peer& what);
std::string write_session(const relay_session& what);

}  // namespace muster::state_json
