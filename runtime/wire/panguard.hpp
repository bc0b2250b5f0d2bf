// The Panguard dialect: JSON of its agents to messages and back, nothing else.
// docs/wire/panguard.md tells who sends what.
#pragma once

#include "messages/correlation.hpp"
#include "messages/enrolment.hpp"
#include "messages/heartbeat.hpp"
#include "messages/news.hpp"
#include "messages/policy.hpp"
#include "messages/queries.hpp"
#include "messages/threats.hpp"
#include "runtime/wire/reading.hpp"
#include "runtime/wire/sightings.hpp"

namespace muster::panguard {

// The pace that an answer asks an agent to keep.
struct pace {
  std::chrono::milliseconds interval{30'000};
  std::chrono::milliseconds phase{0};  // the agent's own place within the interval, stable
  std::chrono::milliseconds next{0};   // until that place comes round, half to one and a half intervals
};

reading<host_facts> read_registration(const json::element& body);
// `policy_claimed` becomes the version of its policy that the agent says it has, if it says so.
reading<heartbeat_report> read_report(const json::element& body, uint64_t* policy_claimed = nullptr);
// Takes {event,verdict}, {threats:[…]}, {events:[…]} and {agentId,threat,response,timestamp}.
reading<std::vector<threat>> read_threats(const json::element& body, agent_id reporter,
                                          const sighting_reader& sightings = {});

std::string write_enrolment(const enrolment& welcome, const host_facts& host, const pace& keep);
// Appends, since this is the answer given most.
void write_ack(std::string& out, agent_id id, const heartbeat_ack& ack, const pace& keep);
std::string write_accepted(const threats_accepted& accepted);
std::string write_ids(const std::vector<pattern_id>& patterns);
std::string write_departed(agent_id id);
std::string write_policy(const policy_version& has);
std::string write_policy_event(const policy_version& has);
std::string write_threats(const threat_page& page);
std::string write_summary(const threat_page& of_today, const correlation_counts& counts);
std::string write_overview(const fleet_counts& fleet, const correlation_counts& counts, uint64_t policy,
                           std::chrono::milliseconds up);
std::string write_rules();
std::string write_agents(const agent_page& page, uint64_t total);
std::string write_agent(const agent_details& details, const agent_record& record);
std::string write_error(std::string_view what);

// What GET /api/events/stream tells: {"type","data","timestamp"} each.
std::string write_news(const agent_changed& change);
std::string write_news(const threats_reported& report);
std::string write_news(const pattern_changed& change);  // that opened, became critical or ended
std::string write_policy_news(uint64_t revision, utc_time at);

// "online", "stale" or "offline": the dialect has no word of its own for departed.
std::string_view status_word(agent_status status);

}  // namespace muster::panguard
