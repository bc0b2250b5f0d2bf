// The operator API: schedules of scans, as JSON both ways. docs/sensors.md shows them.
#pragma once

#include "messages/scan_schedules.hpp"
#include "runtime/json/document.hpp"

#include <string>

namespace muster::operator_api {

// The body of a request. Problems stay in `from`.
make_schedule read_schedule(json::object_reader& from);

std::string write_schedule(const schedule_row& row);
std::string write_schedules(const schedule_list& all);

}  // namespace muster::operator_api
