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
  agent_unknown = 1,    // no such agent, or it was removed
  fleet_full,           // limits.agents is reached
  store_full,           // limits.store_bytes is reached or the disk is full
  store_failed,         // the ledger could not commit; the context says why
  record_missing,       // the archive has no such record
  cursor_invalid,       // a page cursor that this manager did not give out
  shutting_down,        // the manager stops and takes no more work
  policy_conflict,      // the layer is not at the revision that the writer expected
  policy_unknown,       // no such layer, emergency or rollout
  policy_refused,       // the context says why
  event_refused,        // an event or a key of theirs; the context says why
  token_refused,        // a bootstrap token does not let this host in; the context says why
  token_busy,           // its last use may still become free
  tokens_full,          // there are too many bootstrap tokens
  token_unknown,        // no such bootstrap token
  host_taken,           // another node has this host name
  addresses_exhausted,  // the tenant's address pool is empty
  run_unknown,          // no such run of an action, or it is no longer kept
  run_refused,          // the context says why
  runs_full,            // as many are under way, or kept, as there may be
  execution_unknown,    // no such execution, or it is no longer kept
  execution_foreign,    // it is another node's
  artifact_refused,     // the context says why
  state_unknown,        // no such layer of state, or no such secret
  state_refused,        // desired state or a secret; the context says why
  state_not_ready,      // nothing can be signed yet, so no state is complete
  upgrade_unknown,      // no such upgrade, or it is no longer kept
  upgrade_refused,      // an upgrade can't be meant so; the context says why
  upgrade_conflict,     // it can't be so now; the context says why
  upgrades_full,        // as many are under way as there may be
  sensor_unknown,       // no such sensor
  sensor_foreign,       // it is not of the key's tenant or registry
  sensor_key_unknown,   // no such key of sensors, or it is no longer good
  registry_unknown,     // no such registry
  scan_unknown,         // no such scan, or it is no longer kept
  scan_foreign,         // it is another sensor's
  scan_conflict,        // it can't be so now; the context says why
  scan_refused,         // a scan, registry or key can't be meant so; the context says why
  scans_full,           // as many scans, sensors, keys or registries as there may be
  notice_unknown,       // no such channel or silence
  notice_refused,       // a channel, route or silence can't be meant so; the context says why
  notice_conflict,      // it can't be now; the context says why
  schedule_unknown,     // no such schedule of scans
};

std::string to_string(fleet_error code);

}  // namespace muster

CAF_ERROR_CODE_ENUM(muster::fleet_error, "fleet")
