// JSON of the records of events. Payloads are kept as text, byte for byte, since they
// are what is signed.
#pragma once

#include "messages/events.hpp"
#include "runtime/ledger/ledger_tables.hpp"

#include <caf/expected.hpp>

namespace muster {

// Stream and sequence are in the key.
std::string encode(const logged_event& what);
std::string encode(const sealed_signing_keys& what);

// An invalid record is store_failed with a context that names table and key.
caf::expected<logged_event> decode_event(const stored_record& record);
caf::expected<sealed_signing_keys> decode_signing_keys(const stored_record& record);

}  // namespace muster
