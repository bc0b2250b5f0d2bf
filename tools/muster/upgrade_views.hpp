// How upgrades of nodes look to people.
#pragma once

#include <boost/json/object.hpp>

#include <string>

#include "tools/muster/views.hpp"

namespace muster::cli {

const list_view& upgrades_view();
// With the nodes that failed below it.
std::string upgrade_text(const boost::json::object& upgrade, const view_style& style);

}  // namespace muster::cli
