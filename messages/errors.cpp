// Names of error codes.
#include "messages/errors.hpp"

namespace muster {

std::string to_string(fleet_error code) {
  switch (code) {
    case fleet_error::agent_unknown: return "agent_unknown";
    case fleet_error::fleet_full: return "fleet_full";
    case fleet_error::store_full: return "store_full";
    case fleet_error::store_failed: return "store_failed";
    case fleet_error::record_missing: return "record_missing";
    case fleet_error::cursor_invalid: return "cursor_invalid";
    case fleet_error::shutting_down: return "shutting_down";
    case fleet_error::policy_conflict: return "policy_conflict";
    case fleet_error::policy_unknown: return "policy_unknown";
    case fleet_error::policy_refused: return "policy_refused";
    case fleet_error::event_refused: return "event_refused";
    case fleet_error::token_refused: return "token_refused";
    case fleet_error::token_busy: return "token_busy";
    case fleet_error::tokens_full: return "tokens_full";
    case fleet_error::token_unknown: return "token_unknown";
    case fleet_error::host_taken: return "host_taken";
    case fleet_error::addresses_exhausted: return "addresses_exhausted";
    case fleet_error::run_unknown: return "run_unknown";
    case fleet_error::run_refused: return "run_refused";
    case fleet_error::runs_full: return "runs_full";
    case fleet_error::execution_unknown: return "execution_unknown";
    case fleet_error::execution_foreign: return "execution_foreign";
    case fleet_error::artifact_refused: return "artifact_refused";
    case fleet_error::state_unknown: return "state_unknown";
    case fleet_error::state_refused: return "state_refused";
    case fleet_error::state_not_ready: return "state_not_ready";
    case fleet_error::upgrade_unknown: return "upgrade_unknown";
    case fleet_error::upgrade_refused: return "upgrade_refused";
    case fleet_error::upgrade_conflict: return "upgrade_conflict";
    case fleet_error::upgrades_full: return "upgrades_full";
    case fleet_error::sensor_unknown: return "sensor_unknown";
    case fleet_error::sensor_foreign: return "sensor_foreign";
    case fleet_error::sensor_key_unknown: return "sensor_key_unknown";
    case fleet_error::registry_unknown: return "registry_unknown";
    case fleet_error::scan_unknown: return "scan_unknown";
    case fleet_error::scan_foreign: return "scan_foreign";
    case fleet_error::scan_conflict: return "scan_conflict";
    case fleet_error::scan_refused: return "scan_refused";
    case fleet_error::scans_full: return "scans_full";
    case fleet_error::notice_unknown: return "notice_unknown";
    case fleet_error::notice_refused: return "notice_refused";
    case fleet_error::notice_conflict: return "notice_conflict";
    case fleet_error::schedule_unknown: return "schedule_unknown";
  }
  return "unknown_error";
}

}  // namespace muster
