// The operator API: registries, keys, sensors and scans, as JSON both ways.
// docs/sensors.md shows them.
#pragma once

#include "messages/scan_work.hpp"
#include "messages/sensors.hpp"
#include "runtime/json/document.hpp"

#include <string>

namespace muster::operator_api {

// Bodies of requests. Problems stay in `from`.
make_registry read_registry(json::object_reader& from);
make_sensor_key read_sensor_key(json::object_reader& from);
make_scan read_scan(json::object_reader& from);
scan_job read_job(json::object_reader& from);         // the members of a scan that a schedule has, too
bind_sensor read_binding(json::object_reader& from);  // all but the sensor, which the path names

std::string write_registry(const registry_row& row);
std::string write_registry(const scan_registry& made);  // that has no sensors yet
std::string write_registries(const registry_list& all);

// With the key's text, which is shown this once. `registry` is a name; empty: any.
std::string write_made_key(const sensor_key_made& made, const std::string& registry);
std::string write_sensor_keys(const sensor_key_list& all, utc_time now);

std::string write_sensor(const sensor_row& row);
std::string write_sensors(const sensor_list& all);

std::string write_scan(const scan_row& row);
std::string write_scan_job(const scan_job& job);  // without the names of its registry and sensor
std::string write_scans(const scan_page& page);

}  // namespace muster::operator_api
