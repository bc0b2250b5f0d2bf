// How layers of desired state, their history and secrets look to people.
#pragma once

#include <boost/json/object.hpp>

#include <string>
#include <string_view>

#include "tools/muster/views.hpp"

namespace muster::cli {

const list_view& state_layers_view();
const list_view& state_history_view();
const list_view& secrets_view();

std::string state_layer_text(const boost::json::object& layer, const view_style& style);
std::string node_state_text(const boost::json::object& shown, const view_style& style);
// "tenant of t: set, revision 7, for 3 nodes"
std::string change_text(const boost::json::object& done, std::string_view what);
// What a dry run would change, for whom.
std::string preview_text(const boost::json::object& would, const view_style& style);

}  // namespace muster::cli
