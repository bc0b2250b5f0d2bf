// How registries, keys, sensors and scans look to people.
#pragma once

#include <boost/json/object.hpp>

#include <string>

#include "tools/muster/views.hpp"

namespace muster::cli {

const list_view& registries_view();
std::string registry_text(const boost::json::object& registry, const view_style& style);

const list_view& sensor_keys_view();

const list_view& sensors_view();
// With what may be wrong below it.
std::string sensor_text(const boost::json::object& sensor, const view_style& style);

const list_view& scans_view();
std::string scan_text(const boost::json::object& scan, const view_style& style);

}  // namespace muster::cli
