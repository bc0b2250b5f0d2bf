// The operator listener: patterns, and what the Panguard dialect offers of threats.
#include "messages/errors.hpp"
#include "messages/type_ids.hpp"
#include "runtime/ingress/operator_asking.hpp"
#include "runtime/ingress/query_reader.hpp"
#include "runtime/wire/operator_api.hpp"
#include "runtime/wire/operator_policy.hpp"
#include "runtime/wire/panguard.hpp"

namespace muster {

namespace {

constexpr std::chrono::hours threats_shown{1};  // by GET /api/threats unless it says since when

}  // namespace

void operator_door::patterns(const http::request& from, http::reply to) {
  query_reader query{from,
                     {"status", "kind", "value", "tenant", "critical", "agent", "since", "limit", "cursor"}};
  read_patterns wanted;
  const auto status = query.text("status");
  if (status == "open" || status == "ended") wanted.open = status == "open";
  else if (!status.empty()) return to(problem(400, "query parameter 'status' must be open or ended"));
  wanted.kind = query.text("kind");
  wanted.value = query.text("value");
  wanted.tenant = query.text("tenant");
  wanted.critical_only = query.flag("critical");
  wanted.agent = query.agent();
  wanted.since = query.since();
  wanted.before = query.cursor();
  wanted.limit = query.limit();
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  pass_on(host_.ports().archive, std::move(wanted), std::move(to), from.if_none_match,
          operator_api::write_patterns);
}

void operator_door::pattern_of(const http::request& from, http::reply to) {
  const auto id = parse_pattern_id(from.parameters[0]);
  if (!id) return to(problem(404, "no such pattern"));
  ask<pattern>(host_.ports().archive, read_pattern{*id}, to,
               [this, to, known = from.if_none_match](const pattern& found) {
                 find_hostnames wanted;
                 for (const auto& one : found.agents) wanted.ids.push_back(one.id);
                 ask<agent_hostnames>(host_.ports().fleet, std::move(wanted), to,
                                      [to, known, found](const agent_hostnames& named) {
                                        answer(to, known,
                                               operator_api::write_pattern(found, named.hostnames));
                                      });
               });
}

// The events that show the pattern's key, from a window before it opened to its last one.
void operator_door::pattern_sightings(const http::request& from, http::reply to) {
  query_reader query{from, {"limit", "cursor"}};
  const auto id = parse_pattern_id(from.parameters[0]);
  if (!id) return to(problem(404, "no such pattern"));
  read_threats wanted;
  wanted.before = query.cursor();
  wanted.limit = query.limit();
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  ask<pattern>(host_.ports().archive, read_pattern{*id}, to,
               [this, to, wanted, known = from.if_none_match](const pattern& found) mutable {
                 wanted.kind = found.kind;
                 wanted.value = found.value;
                 wanted.tenant = found.tenant;
                 wanted.since = found.first_seen;
                 wanted.until = found.open() ? utc_time{} : found.last_seen;
                 pass_on(host_.ports().archive, std::move(wanted), to, known, operator_api::write_threats);
               });
}

void operator_door::panguard_threats(const http::request& from, http::reply to) {
  query_reader query{from, {"since", "limit", "cursor"}};
  read_threats wanted;
  wanted.since = query.text("since").empty() ? host_.utc_now() - threats_shown : query.since();
  wanted.before = query.cursor();
  wanted.limit = query.text("limit").empty() ? max_page : query.limit();
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  ask<threat_page>(host_.ports().archive, std::move(wanted), to,
                   [to](const threat_page& page) { to(http::answer_with(panguard::write_threats(page))); });
}

// Counts over the latest threats of a day, as many as one page holds.
void operator_door::panguard_summary(const http::request& from, http::reply to) {
  query_reader query{from, {}};
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  read_threats wanted;
  wanted.since = host_.utc_now() - std::chrono::hours{24};
  wanted.limit = max_page;
  ask<threat_page>(host_.ports().archive, std::move(wanted), to, [this, to](const threat_page& page) {
    ask<correlation_counts>(host_.ports().correlator, count_correlation{}, to,
                            [to, page](const correlation_counts& counts) {
                              to(http::answer_with(panguard::write_summary(page, counts)));
                            });
  });
}

void operator_door::panguard_overview(http::reply to) {
  ask<fleet_counts>(host_.ports().fleet, count_agents{}, to, [this, to](const fleet_counts& fleet) {
    ask<correlation_counts>(
      host_.ports().correlator, count_correlation{}, to, [this, to, fleet](const correlation_counts& counts) {
        const auto up = host_.utc_now() - board_->started_at();
        to(http::answer_with(panguard::write_overview(fleet, counts, host_.policies().revision(), up)));
      });
  });
}

}  // namespace muster
