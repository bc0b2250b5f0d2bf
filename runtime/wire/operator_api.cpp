// JSON of the operator API.
#include "runtime/wire/operator_api.hpp"

#include "runtime/wire/operator_json.hpp"

#include <fmt/format.h>

#include <iterator>

namespace muster::operator_api {

namespace {

using json::quote;

// An agent's members, without the braces.
std::string row_members(const agent_row& row) {
  return fmt::format(
    R"("id":"{}","dialect":"{}","hostname":{},"organization":{},"machine_id":{},"tenant":{},"labels":{},)"
    R"("status":"{}","busy":{},"contested":{},"disrupted":{},"flapping":{},"last_seen":{},"changed_at":{},"registered_at":{},"enrolled_at":{})",
    to_string(row.id), to_string(row.speaks), quote(row.hostname), quote(row.organization),
    quote(row.machine_id), quote(row.tenant), texts(row.labels), to_string(row.status), row.busy,
    row.contested, row.disrupted, row.flapping, time_or_null(row.last_seen), time_or_null(row.changed_at),
    time_or_null(row.registered_at), time_or_null(row.enrolled_at));
}

template <class Rows, class Write>
std::string write_list(std::string_view name, const Rows& rows, uint64_t next, Write write) {
  auto out = fmt::format(R"({{"{}":[)", name);
  bool first = true;
  for (const auto& row : rows) {
    if (!std::exchange(first, false)) out += ",";
    write(out, row);
  }
  return out + R"(],"next_cursor":)" + cursor(next) + "}";
}

template <class T>
void member(std::string& out, std::string_view name, const caf::optional<T>& value) {
  if (value) out += fmt::format(R"({}"{}":{})", out.size() > 1 ? "," : "", name, *value);
}

std::string write_report(const heartbeat_report& report) {
  std::string out = "{";
  member(out, "cpu_percent", report.cpu_percent);
  member(out, "memory_percent", report.memory_percent);
  member(out, "memory_megabytes", report.memory_megabytes);
  member(out, "events_processed", report.events_processed);
  member(out, "threats_detected", report.threats_detected);
  member(out, "actions_executed", report.actions_executed);
  if (report.uptime_milliseconds)
    member(out, "uptime_seconds",
           caf::optional<double>{static_cast<double>(*report.uptime_milliseconds) / 1000});
  if (!report.mode.empty())
    out += fmt::format(R"({}"mode":{})", out.size() > 1 ? "," : "", quote(report.mode));
  return out + "}";
}

std::string write_disruptions(const std::vector<disruption_row>& rows) {
  std::string out = "[";
  for (const auto& row : rows)
    out += fmt::format(R"({}{{"group":{},"began_at":{},"before":{},"worst":{},"silent":{}}})",
                       out.size() > 1 ? "," : "", quote(row.group), time_or_null(row.began_at), row.before,
                       row.worst, row.silent);
  return out + "]";
}

}  // namespace

std::string write_status(const fleet_counts& counts, const status_facts& facts) {
  auto status = [&](agent_status s) { return counts.by_status[static_cast<size_t>(s)]; };
  auto speaks = [&](dialect d) { return counts.by_dialect[static_cast<size_t>(d)]; };
  return fmt::format(
    R"({{"version":"{}","pid":{},"started_at":{},"uptime_seconds":{},"fleet":{{"total":{},"online":{},"stale":{},"offline":{},)"
    R"("departed":{},"contested":{},"flapping":{},"held":{},"by_dialect":{{"panguard":{},"harborguard":{},"plexd":{}}}}},)"
    R"("disruptions":{},)"
    R"("since_start":{{"enrolled":{},"reconnected":{},"removed":{},"state_changes":{},"contests":{},)"
    R"("disruptions":{},"agent_actors_respawned":{},"deaf_seconds":{:.3f}}},"listeners":{{"fleet":{},"operator":{}}},"loops":{},)"
    R"("store":{{"bytes":{},"limit_bytes":{}}}}})",
    MUSTER_VERSION, facts.process, time_or_null(facts.started_at),
    (facts.now - facts.started_at).count() / 1000, counts.total(), status(agent_status::online),
    status(agent_status::stale), status(agent_status::offline), status(agent_status::departed),
    counts.contested, counts.flapping, counts.held, speaks(dialect::panguard), speaks(dialect::harborguard),
    speaks(dialect::plexd), write_disruptions(counts.disruptions), counts.enrolled, counts.reconnected,
    counts.removed, counts.transitions, counts.contests, counts.disruptions_begun, counts.respawned,
    std::chrono::duration<double>(counts.deaf).count(), quote(facts.fleet_address),
    quote(facts.operator_address), facts.loops, facts.store_bytes, facts.store_limit);
}

std::string write_agents(const agent_page& page) {
  return write_list("agents", page.agents, page.next_slot ? *page.next_slot : 0,
                    [](std::string& out, const agent_row& row) { out += "{" + row_members(row) + "}"; });
}

std::string write_agent(const agent_details& details, const agent_record& record) {
  return fmt::format(
    R"({{{},"host":{{"os":{},"arch":{},"version":{},"address":{}}},"report":{},"heartbeats":{}}})",
    row_members(details.row), quote(record.host.os), quote(record.host.arch), quote(record.host.version),
    quote(record.host.address), write_report(details.report), details.heartbeats);
}

std::string write_history(const change_page& page) {
  return write_list("history", page.changes, page.next, [](std::string& out, const state_change& change) {
    fmt::format_to(std::back_inserter(out),
                   R"({{"at":{},"from":"{}","to":"{}","cause":"{}","last_seen":{}}})",
                   time_or_null(change.at), to_string(change.from), to_string(change.to),
                   to_string(change.cause), time_or_null(change.last_seen));
  });
}

std::string write_audit(const audit_page& page) {
  return write_list("audit", page.entries, page.next, [](std::string& out, const audit_entry& entry) {
    fmt::format_to(std::back_inserter(out), R"({{"at":{},"actor":{},"action":{},"subject":{},"detail":{}}})",
                   time_or_null(entry.at), quote(entry.actor), quote(entry.action), quote(entry.subject),
                   quote(entry.detail));
  });
}

std::string write_threats(const threat_page& page) {
  return write_list("threats", page.threats, page.next, [](std::string& out, const threat_row& row) {
    const auto& what = row.what;
    fmt::format_to(
      std::back_inserter(out),
      R"({{"id":"{}","agent_id":"{}","hostname":{},"received_at":{},"event_id":{},"severity":{},)"
      R"("category":{},"conclusion":{},"confidence":{},"action":{},"event":{}}})",
      threat_name(row.report, row.position), to_string(row.reporter), quote(row.hostname),
      time_or_null(row.received_at), quote(what.event_id), quote(what.severity), quote(what.category),
      quote(what.conclusion), what.confidence ? fmt::format("{}", *what.confidence) : "null",
      quote(what.action), what.event.empty() ? "null" : what.event);
  });
}

std::string write_problem(unsigned status, std::string_view title, std::string_view detail) {
  return fmt::format(R"({{"type":"about:blank","title":{},"status":{},"detail":{}}})", quote(title), status,
                     quote(detail));
}

}  // namespace muster::operator_api
