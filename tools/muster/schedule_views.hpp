// How schedules of scans look to people.
#pragma once

#include <boost/json/object.hpp>

#include <string>

#include "tools/muster/views.hpp"

namespace muster::cli {

const list_view& schedules_view();
std::string schedule_text(const boost::json::object& schedule, const view_style& style);

}  // namespace muster::cli
