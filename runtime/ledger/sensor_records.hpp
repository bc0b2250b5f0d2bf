// JSON of the records of sensors, their registries and keys, and of scans.
#pragma once

#include "messages/scan_work.hpp"
#include "runtime/ledger/ledger_tables.hpp"

#include <caf/expected.hpp>

namespace muster {

// Numbers and ids are in the keys.
std::string encode(const sensor_key& what);
std::string encode(const scan_registry& what);
std::string encode(const sensor_record& what);
std::string encode(const scan_job& what);

// An invalid record is store_failed with a context that names table and key.
caf::expected<sensor_key> decode_sensor_key(const stored_record& record);
caf::expected<scan_registry> decode_registry(const stored_record& record);
caf::expected<sensor_record> decode_sensor(const stored_record& record);
caf::expected<scan_job> decode_scan(const stored_record& record);

}  // namespace muster
