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
  }
  return "unknown_error";
}

}  // namespace muster
