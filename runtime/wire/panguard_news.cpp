// The Panguard dialect: what its dashboards are told as it happens.
#include "runtime/wire/panguard.hpp"
#include "runtime/wire/timestamp.hpp"

#include <fmt/format.h>

namespace muster::panguard {

namespace {

std::string message(std::string_view type, utc_time at, const std::string& data) {
  return fmt::format(R"({{"type":"{}","data":{{{}}},"timestamp":"{}"}})", type, data, to_rfc3339(at));
}

}  // namespace

std::string write_news(const agent_changed& change) {
  const auto status = status_word(change.status);
  return message(fmt::format("agent_{}", status), change.at,
                 fmt::format(R"("agentId":"{}","hostname":{},"status":"{}")", to_string(change.id),
                             json::quote(change.hostname), status));
}

std::string write_news(const threats_reported& report) {
  return message("threats_reported", report.at,
                 fmt::format(R"("agentId":"{}","count":{},"patterns":{})", to_string(report.reporter),
                             report.accepted, write_ids(report.patterns)));
}

std::string write_news(const pattern_changed& change) {
  const auto& what = change.whole;
  return message(
    what.open() ? "pattern_detected" : "pattern_ended", what.open() ? what.last_seen : what.ended_at,
    fmt::format(R"("patternId":"{}","kind":{},"value":{},"severity":{},"critical":{},"agentCount":{})",
                to_string(what.id), json::quote(what.kind), json::quote(what.value),
                json::quote(what.severity), what.critical, what.agent_count));
}

std::string write_policy_news(uint64_t revision, utc_time at) {
  return message(
    "policy_created", at,
    fmt::format(R"("policyId":"pol-{0}","version":{0},"updatedAt":"{1}")", revision, to_rfc3339(at)));
}

}  // namespace muster::panguard
