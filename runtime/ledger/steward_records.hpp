// JSON of the records of layers, their history and secrets. What layers ask for and
// what secrets hold is sealed text here.
#pragma once

#include "messages/steward.hpp"
#include "runtime/ledger/ledger_tables.hpp"

#include <caf/expected.hpp>

namespace muster {

// Numbers, and the revision of a line of the history, are in the key.
std::string encode(const sealed_layer& what);
std::string encode(const state_revision& what);
std::string encode(const stored_secret& what);

// An invalid record is store_failed with a context that names table and key.
caf::expected<sealed_layer> decode_layer(const stored_record& record);
caf::expected<state_revision> decode_state_revision(const stored_record& record);
caf::expected<stored_secret> decode_secret(const stored_record& record);

}  // namespace muster
