// JSON of the records of upgrades.
#pragma once

#include "messages/upgrades.hpp"
#include "runtime/ledger/ledger_tables.hpp"

#include <caf/expected.hpp>

namespace muster {

// Its number is in the key.
std::string encode(const upgrade& what);

// An invalid record is store_failed with a context that names table and key.
caf::expected<upgrade> decode_upgrade(const stored_record& record);

}  // namespace muster
