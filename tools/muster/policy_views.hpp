// How layers of policy, revisions and progress look to people.
#pragma once

#include <boost/json/object.hpp>

#include <string>

#include "tools/muster/views.hpp"

namespace muster::cli {

const list_view& layers_view();
const list_view& revisions_view();

std::string layer_text(const boost::json::object& layer, const view_style& style);
std::string revision_text(const boost::json::object& revision, const view_style& style);
std::string effective_text(const boost::json::object& effective, const view_style& style);
std::string progress_text(const boost::json::object& progress, const view_style& style);
// What a dry run would change, for whom.
std::string effects_text(const boost::json::object& effects, const view_style& style);

}  // namespace muster::cli
