// JSON of channels, routes, silences and deliveries.
#pragma once

#include "messages/channels.hpp"
#include "runtime/json/document.hpp"

#include <string>

namespace muster::operator_api {

// What is wrong is kept in `from`.
channel_settings read_channel(json::object_reader& from);
std::vector<notice_route> read_routes(json::object_reader& from);
// With "until", or "for" from `now` on.
silence read_silence(json::object_reader& from, utc_time now);

std::string write_channel(const channel_row& what);
std::string write_channels(const channel_list& all);
std::string write_routes(const route_list& all);
std::string write_silence(const silence& what);
std::string write_silences(const silence_list& all);
std::string write_outcome(const delivery_outcome& how);
std::string write_deliveries(const delivery_list& all);

}  // namespace muster::operator_api
