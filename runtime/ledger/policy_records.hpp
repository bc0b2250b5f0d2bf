// JSON of the records of policy. They are few and rare, so unlike the others they
// are written and read member by member from one list of names.
#pragma once

#include "messages/policy.hpp"
#include "runtime/ledger/ledger_tables.hpp"

#include <caf/expected.hpp>

namespace muster {

std::string encode(const policy_revision& what);
std::string encode(const policy_state& what);

// An invalid record is store_failed with a context that names table and key.
// Documents are taken as they are: what was once written must stay readable.
caf::expected<policy_revision> decode_revision(const stored_record& record);
caf::expected<policy_state> decode_state(const stored_record& record);

}  // namespace muster
