// Words for people: what the manager's own actors make of what they know.
#pragma once

#include "messages/correlation.hpp"
#include "messages/heartbeat.hpp"
#include "messages/notifications.hpp"

#include <optional>

namespace muster {

// "2026-05-01T12:00:02.120Z"
std::string text_of(utc_time at);

struct noticed_agent {
  std::string hostname;
  dialect speaks = dialect::panguard;
  std::string tenant;
  std::map<std::string, std::string> labels;
};

// An agent that was lost, or is back or gone after that; nothing for what nobody needs to hear:
// stale is no loss, and who departed said so.
std::optional<notice> notice_of(const state_change& change, const noticed_agent& who);

// A pattern opened, became critical or ended; nothing while it only grows.
std::optional<notice> notice_of(const pattern_changed& change);

// An agent began to come and go, or no longer does.
notice flapping_notice(agent_id id, const noticed_agent& who, bool flaps, utc_time at);

struct noticed_disruption {
  std::string group;   // as disruption_row has it
  std::string tenant;  // empty: several
  uint32_t before = 0;
  uint32_t worst = 0;
  uint32_t silent = 0;
  utc_time began_at{};
};
notice disruption_notice(const noticed_disruption& what, bool ended, utc_time at);

// What resolves `open` if a restart has forgotten what it is about, so that nothing else ever will.
std::optional<notice> forgotten_notice(const notice& open);

notice emergency_notice(const std::string& cause, const std::string& kind, const std::string& value,
                        const std::string& tenant, const std::string& reason, utc_time at);

// `what` is "policy" or "upgrade", `name` tells it apart, `why` is a sentence or empty.
notice halt_notice(const std::string& what, const std::string& name, const std::string& tenant,
                   const std::string& why, utc_time at);

}  // namespace muster
