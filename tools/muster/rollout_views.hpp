// How rollouts look to people.
#pragma once

#include <boost/json/object.hpp>

#include <string>

#include "tools/muster/views.hpp"

namespace muster::cli {

const list_view& rollouts_view();
std::string rollout_text(const boost::json::object& rollout, const view_style& style);

}  // namespace muster::cli
