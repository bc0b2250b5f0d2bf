// The Panguard dialect: what its agents and its operators read.
#include "runtime/wire/names.hpp"
#include "runtime/wire/panguard.hpp"
#include "runtime/wire/timestamp.hpp"

#include <fmt/format.h>

#include <charconv>
#include <iterator>

namespace muster::panguard {

namespace {

using json::quote;

constexpr std::string_view built_in_since = "2026-01-01T00:00:00.000Z";  // rules, and the built-in policy

double seconds(std::chrono::milliseconds span) { return static_cast<double>(span.count()) / 1000; }

// "30", "5.769": by hand, since every heartbeat's answer holds three of them.
void append_seconds(std::string& out, std::chrono::milliseconds span) {
  char digits[32];
  auto* end = std::to_chars(digits, digits + sizeof digits, span.count() / 1000).ptr;
  out.append(digits, end);
  const auto rest = static_cast<int>(span.count() % 1000);
  if (rest == 0) return;
  const char fraction[] = {'.', static_cast<char>('0' + rest / 100), static_cast<char>('0' + rest / 10 % 10),
                           static_cast<char>('0' + rest % 10)};
  out.append(fraction, sizeof fraction);
}

void write_row(std::string& out, const agent_row& row) {
  fmt::format_to(std::back_inserter(out),
                 R"({{"agentId":"{0}","id":"{0}","hostname":{1},"status":"{2}","lastHeartbeat":"{3}",)"
                 R"("lastSeen":"{3}","registeredAt":"{4}"}})",
                 to_string(row.id), quote(row.hostname), status_word(row.status), to_rfc3339(row.last_seen),
                 to_rfc3339(row.registered_at));
}

std::string policy_object(const policy_version& has) {
  const auto updated =
    has.changed_at == utc_time{} ? std::string{built_in_since} : to_rfc3339(has.changed_at);
  return fmt::format(R"({{"policyId":"pol-{0}","version":{0},"updatedAt":"{1}",{2}}})", has.version, updated,
                     has.policy->json);
}

std::string registration(agent_id id, const host_facts& host, agent_status status, utc_time registered_at,
                         utc_time last_heartbeat) {
  return fmt::format(
    R"({{"agentId":"{}","hostname":{},"organizationId":{},"platform":{{"os":{},"arch":{},"ip":{}}},"version":{},)"
    R"("registeredAt":"{}","lastHeartbeat":"{}","status":"{}"}})",
    to_string(id), quote(host.hostname), quote(host.organization), quote(host.os), quote(host.arch),
    quote(host.address), quote(host.version), to_rfc3339(registered_at), to_rfc3339(last_heartbeat),
    status_word(status));
}

}  // namespace

std::string_view status_word(agent_status status) {
  switch (status) {
    case agent_status::online: return "online";
    case agent_status::stale: return "stale";
    default: return "offline";
  }
}

std::string write_enrolment(const enrolment& welcome, const host_facts& host, const pace& keep) {
  return fmt::format(
    R"({{"ok":true,"agentId":"{}","token":"{}","reconnected":{},"intervalSeconds":{},"phaseSeconds":{},"data":{}}})",
    to_string(welcome.id), welcome.token, welcome.reconnected, seconds(keep.interval), seconds(keep.phase),
    registration(welcome.id, host, agent_status::online, welcome.registered_at, welcome.enrolled_at));
}

void write_ack(std::string& out, agent_id id, const heartbeat_ack& ack, const pace& keep) {
  if (ack.new_policy == 0) out += R"({"ok":true,"commands":[],"intervalSeconds":)";
  else
    out += fmt::format(
      R"({{"ok":true,"commands":[{{"command":"update_policy","version":{0}}}],"policyVersion":{0},"intervalSeconds":)",
      ack.new_policy);
  append_seconds(out, keep.interval);
  out += R"(,"phaseSeconds":)";
  append_seconds(out, keep.phase);
  out += R"(,"nextHeartbeatSeconds":)";
  append_seconds(out, keep.next);
  out.append(R"(,"data":{"agentId":")")
    .append(to_string(id))
    .append(R"(","status":")")
    .append(status_word(ack.status));
  out += "\"}}";
}

std::string write_ids(const std::vector<pattern_id>& patterns) {
  std::string ids;
  for (auto id : patterns) ids += fmt::format(R"({}"{}")", ids.empty() ? "" : ",", to_string(id));
  return "[" + ids + "]";
}

std::string write_accepted(const threats_accepted& accepted) {
  std::string threats;
  for (uint32_t stored = 0; stored < accepted.accepted.size(); ++stored)
    threats += fmt::format(R"({}{{"id":"{}","index":{}}})", stored == 0 ? "" : ",",
                           threat_name(accepted.report, stored), accepted.accepted[stored]);
  return fmt::format(
    R"({{"ok":true,"accepted":{0},"duplicates":{1},"patterns":{3},"data":{{"accepted":{0},"threats":[{2}],)"
    R"("patterns":{3}}}}})",
    accepted.accepted.size(), accepted.duplicates, threats, write_ids(accepted.patterns));
}

std::string write_departed(agent_id id) {
  return fmt::format(
    R"({{"ok":true,"agentId":"{0}","status":"offline","data":{{"agentId":"{0}","removed":true}}}})",
    to_string(id));
}

std::string write_policy(const policy_version& has) {
  const auto policy = policy_object(has);
  return fmt::format(R"({{"ok":true,"version":{},"data":{},"policy":{}}})", has.version, policy, policy);
}

std::string write_policy_event(const policy_version& has) {
  return fmt::format(R"({{"version":{},"policy":{}}})", has.version, policy_object(has));
}

std::string write_rules() {
  return fmt::format(
    R"({{"ok":true,"rules":[],"sigma":{{"count":0,"rules":[]}},"yara":{{"count":0,"rules":[]}},"updatedAt":"{}"}})",
    built_in_since);
}

std::string write_agents(const agent_page& page, uint64_t total) {
  std::string rows = "[";
  for (const auto& row : page.agents) {
    if (rows.size() > 1) rows += ",";
    write_row(rows, row);
  }
  rows += "]";
  auto out = fmt::format(R"({{"ok":true,"total":{},"agents":{},"data":{})", total, rows, rows);
  if (page.next_slot) out += fmt::format(R"(,"next_cursor":"{}")", write_cursor(*page.next_slot));
  return out + "}";
}

std::string write_agent(const agent_details& details, const agent_record& record) {
  return fmt::format(R"({{"ok":true,"data":{}}})",
                     registration(details.row.id, record.host, details.row.status, details.row.registered_at,
                                  details.row.last_seen));
}

std::string write_error(std::string_view what) { return R"({"ok":false,"error":)" + quote(what) + "}"; }

}  // namespace muster::panguard
