// How channels, routes, silences and deliveries look to people.
#pragma once

#include <boost/json/object.hpp>

#include <string>

#include "tools/muster/views.hpp"

namespace muster::cli {

const list_view& channels_view();
const list_view& notice_routes_view();
const list_view& silences_view();
const list_view& pending_view();
const list_view& attempts_view();

std::string channel_text(const boost::json::object& channel, const view_style& style);

}  // namespace muster::cli
