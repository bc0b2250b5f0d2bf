// How patterns look to people.
#pragma once

#include <boost/json/object.hpp>

#include <string>

#include "tools/muster/views.hpp"

namespace muster::cli {

const list_view& patterns_view();
std::string pattern_text(const boost::json::object& pattern, const view_style& style);

}  // namespace muster::cli
