// JSON of the records of schedules of scans.
#pragma once

#include "messages/scan_schedules.hpp"
#include "runtime/ledger/ledger_tables.hpp"

#include <caf/expected.hpp>

namespace muster {

// The number is in the key.
std::string encode(const scan_schedule& what);

// An invalid record is store_failed with a context that names table and key.
caf::expected<scan_schedule> decode_schedule(const stored_record& record);

}  // namespace muster
