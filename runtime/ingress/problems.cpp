// From error codes to HTTP.
#include "runtime/ingress/problems.hpp"

#include "messages/errors.hpp"

#include <caf/deep_to_string.hpp>
#include <caf/error.hpp>

namespace muster {

namespace {

std::string context_of(const caf::error& failed, std::string otherwise = "refused") {
  return failed.context().match_elements<std::string>() ? failed.context().get_as<std::string>(0) : otherwise;
}

}  // namespace

http_problem to_problem(const caf::error& failed) {
  if (failed.category() != caf::atom("fleet"))
    return {503, "the part of the manager that knows did not answer", 1};
  switch (static_cast<fleet_error>(failed.code())) {
    case fleet_error::agent_unknown: return {404, "no such agent"};
    case fleet_error::record_missing: return {404, "no such record"};
    case fleet_error::cursor_invalid: return {400, "the cursor is not one that this manager gave out"};
    case fleet_error::fleet_full: return {503, "the fleet is full: limits.agents is reached", 60};
    case fleet_error::store_full:
      return {507, "the store is full: limits.store_bytes is reached or the disk is full", 60};
    case fleet_error::store_failed: return {503, "the store could not write", 5};
    case fleet_error::shutting_down: return {503, "the manager is stopping", 5};
    case fleet_error::policy_conflict: return {412, "somebody else has changed this layer meanwhile"};
    case fleet_error::policy_unknown: return {404, "no such policy layer, emergency or rollout"};
    case fleet_error::policy_refused: return {409, context_of(failed)};
    case fleet_error::event_refused: return {400, context_of(failed)};
    case fleet_error::token_refused: return {401, context_of(failed)};
    case fleet_error::token_busy: return {503, "another host is enrolling with this token", 1};
    case fleet_error::tokens_full: return {409, "there are too many bootstrap tokens: revoke some"};
    case fleet_error::token_unknown: return {404, "no such bootstrap token"};
    case fleet_error::host_taken: return {409, "another node has this host name"};
    case fleet_error::addresses_exhausted: return {503, "no mesh address is free", 60};
    case fleet_error::run_unknown: return {404, "no such run"};
    case fleet_error::run_refused: return {400, context_of(failed)};
    case fleet_error::runs_full: return {503, "as many runs are under way or kept as there may be", 10};
    case fleet_error::execution_unknown: return {404, "no such execution"};
    case fleet_error::artifact_refused: return {409, context_of(failed)};
    case fleet_error::execution_foreign: return {403, "the execution is another node's"};
    case fleet_error::state_unknown: return {404, "no such layer of state, or no such secret"};
    case fleet_error::state_refused: return {409, context_of(failed)};
    case fleet_error::state_not_ready:
      return {503, "the keys that events are signed with are not known yet", 1};
    case fleet_error::upgrade_unknown: return {404, "no such upgrade"};
    case fleet_error::upgrade_refused: return {400, context_of(failed)};
    case fleet_error::upgrade_conflict: return {409, context_of(failed)};
    case fleet_error::upgrades_full: return {503, "as many upgrades are under way as there may be", 60};
    case fleet_error::sensor_unknown: return {404, "no such sensor"};
    case fleet_error::sensor_foreign: return {403, "the sensor is not of this key"};
    case fleet_error::sensor_key_unknown: return {404, "no such key"};
    case fleet_error::registry_unknown: return {404, "no such registry"};
    case fleet_error::scan_unknown: return {404, "no such scan"};
    case fleet_error::scan_foreign: return {403, context_of(failed, "the scan is another sensor's")};
    case fleet_error::scan_conflict: return {409, context_of(failed)};
    case fleet_error::scan_refused: return {400, context_of(failed)};
    case fleet_error::scans_full: return {503, context_of(failed), 60};
    case fleet_error::notice_unknown: return {404, "no such channel or silence"};
    case fleet_error::notice_refused: return {400, context_of(failed)};
    case fleet_error::notice_conflict: return {409, context_of(failed)};
    case fleet_error::schedule_unknown: return {404, "no such schedule"};
  }
  return {500, "unknown error"};
}

http::response answer_problem(http::service& door, const http_problem& what) {
  auto words = door.problem(what.status, what.detail);
  if (what.retry_after_seconds > 0) words.with("Retry-After", std::to_string(what.retry_after_seconds));
  return words;
}

}  // namespace muster
