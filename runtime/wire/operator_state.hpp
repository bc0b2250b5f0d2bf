// The operator API: layers of desired state, their history and secrets as JSON.
// docs/nodes.md shows them.
#pragma once

#include "messages/steward.hpp"

#include <string>
#include <string_view>

namespace muster::operator_api {

std::string write_state_layers(const state_layers& all);
std::string write_state_layer(const state_layer& layer);  // with what it asks for
std::string write_state_written(const state_written& done);
// A dry run: whom it would concern, and what would be other in the layer, as a JSON patch.
std::string write_state_preview(const state_written& would, const desired_state& before,
                                const desired_state& after);
std::string write_state_history(const state_history& page);
std::string write_state_shown(const state_shown& what);
std::string write_secrets(const secret_list& all);

// "tenant", "label:KEY=VALUE" or "node:ID"; nothing for anything else. Without a tenant the default one is
// meant; a node's scope takes none.
caf::optional<state_scope> read_state_scope(std::string_view text, std::string_view tenant);

}  // namespace muster::operator_api
