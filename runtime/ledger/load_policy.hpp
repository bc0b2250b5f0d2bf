// What the policy actor goes on from after a restart.
#pragma once

#include "messages/policy.hpp"
#include "runtime/ledger/store.hpp"

#include <caf/expected.hpp>

namespace muster {

// The built-in document alone when nobody has ever written another.
caf::expected<policy_state> load_policy(const store& from);

}  // namespace muster
