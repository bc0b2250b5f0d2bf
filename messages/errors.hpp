// Every way in which a request to an actor can fail. The HTTP edge maps each to
// a status in one table (runtime/ingress/problems.cpp).
#pragma once

#include <caf/error.hpp>
#include <caf/make_message.hpp>
#include <caf/message.hpp>

#include <cstdint>
#include <string>

namespace muster {

enum class fleet_error : uint8_t {
  agent_unknown = 1,  // no such agent, or it was removed
  fleet_full,         // limits.agents is reached
  store_full,         // limits.store_bytes is reached or the disk is full
  store_failed,       // the ledger could not commit; the context says why
  record_missing,     // the archive has no such record
  cursor_invalid,     // a page cursor that this manager did not give out
  shutting_down,      // the manager stops and takes no more work
  policy_conflict,    // the layer is not at the revision that the writer expected
  policy_unknown,     // no such layer, emergency or rollout
  policy_refused,     // the context says why
  event_refused,      // an event or a key of theirs; the context says why
};

std::string to_string(fleet_error code);

}  // namespace muster

CAF_ERROR_CODE_ENUM(muster::fleet_error, "fleet")
