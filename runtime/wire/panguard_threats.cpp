// The Panguard dialect: what its operators read of threats.
#include "runtime/wire/names.hpp"
#include "runtime/wire/panguard.hpp"
#include "runtime/wire/timestamp.hpp"

#include <fmt/format.h>

#include <set>

namespace muster::panguard {

std::string write_threats(const threat_page& page) {
  std::string rows;
  for (const auto& row : page.threats)
    rows += fmt::format(
      R"({}{{"id":"{}","originalThreat":{},"sourceAgentId":"{}","sourceHostname":{},"receivedAt":"{}"}})",
      rows.empty() ? "" : ",", threat_name(row.report, row.position),
      row.what.event.empty() ? "null" : row.what.event, to_string(row.reporter), json::quote(row.hostname),
      to_rfc3339(row.received_at));
  return fmt::format(R"({{"ok":true,"data":[{}],"next_cursor":{}}})", rows,
                     page.next == 0 ? "null" : json::quote(write_cursor(page.next)));
}

std::string write_summary(const threat_page& of_today, const correlation_counts& counts) {
  uint64_t critical = 0, high = 0, suspicious = 0;
  std::set<std::string> attackers;
  std::set<agent_id> agents;
  for (const auto& row : of_today.threats) {
    critical += row.what.severity == "critical";
    high += row.what.severity == "high";
    suspicious += row.what.conclusion == "suspicious";
    agents.insert(row.reporter);
    for (const auto& seen : row.what.sightings)
      if (seen.kind == "source_ip") attackers.insert(seen.value);
  }
  return fmt::format(
    R"({{"ok":true,"data":{{"totalThreats":{},"criticalCount":{},"highCount":{},"suspiciousCount":{},)"
    R"("uniqueAttackers":{},"affectedAgents":{},"correlatedGroups":{},"complete":{}}}}})",
    of_today.threats.size(), critical, high, suspicious, attackers.size(), agents.size(),
    counts.open_patterns, of_today.next == 0);
}

std::string write_overview(const fleet_counts& fleet, const correlation_counts& counts, uint64_t policy,
                           std::chrono::milliseconds up) {
  const auto status = [&](agent_status s) { return fleet.by_status[static_cast<size_t>(s)]; };
  return fmt::format(
    R"({{"ok":true,"data":{{"totalAgents":{},"onlineAgents":{},"staleAgents":{},"offlineAgents":{},)"
    R"("openPatterns":{},"activePolicyVersion":{},"uptimeMs":{}}}}})",
    fleet.total(), status(agent_status::online), status(agent_status::stale),
    status(agent_status::offline) + status(agent_status::departed), counts.open_patterns, policy, up.count());
}

}  // namespace muster::panguard
