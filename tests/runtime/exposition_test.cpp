// The manager's metrics as Prometheus scrapes them.
#include "runtime/metrics/exposition.hpp"

#include <boost/test/unit_test.hpp>

#include <regex>
#include <set>
#include <sstream>

using namespace muster;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> lines_of(const metrics_snapshot& from) {
  std::vector<std::string> out;
  std::istringstream text{write_metrics(from)};
  for (std::string line; std::getline(text, line);) out.push_back(line);
  return out;
}

// The value of one series, "name" or "name{label=\"x\"}".
std::string value_of(const metrics_snapshot& from, const std::string& series) {
  for (const auto& line : lines_of(from))
    if (line.starts_with(series + " ")) return line.substr(series.size() + 1);
  return "absent";
}

metrics_snapshot two_loops() {
  metrics_snapshot from;
  from.loops.resize(2);
  for (auto& loop : from.loops) {
    loop.heartbeats = 10;
    loop.sessions.by_class = {0, 0, 5, 0, 2, 1};
    loop.refused_by_lane = {1, 2, 3, 4};
    loop.connections = {7, 1};
    loop.waiting = 3;
    loop.sessions.timed_out = 6;
    loop.sessions.streams = 9;
    loop.policies = {4, 5, 6};
    loop.dashboards = 2;
    loop.nodes = {3, 30, 300, 7, 8};
  }
  return from;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(exposition)

BOOST_AUTO_TEST_CASE(every_line_is_a_comment_or_a_sample) {
  const std::regex sample{R"([a-z_]+(\{[a-z_]+="[^"\\\n]*"(,[a-z_]+="[^"\\\n]*")*\})? [0-9.eE+-]+)"};
  for (const auto& line : lines_of(two_loops()))
    BOOST_TEST((line.starts_with("# HELP ") || line.starts_with("# TYPE ") || std::regex_match(line, sample)),
               line);
}

BOOST_AUTO_TEST_CASE(correlation_is_counted) {
  auto from = two_loops();
  from.correlation.windows = 4;
  from.correlation.patterns_opened = 3;
  from.correlation.windows_dropped = 2;
  BOOST_TEST(value_of(from, "muster_correlation_windows") == "4");
  BOOST_TEST(value_of(from, "muster_patterns_total") == "3");
  BOOST_TEST(value_of(from, "muster_correlation_windows_dropped_total") == "2");
}

BOOST_AUTO_TEST_CASE(policy_and_emergencies_are_counted) {
  auto from = two_loops();
  from.policy = {17, 3, 2, {1, 0, 4, 5, 6}, 9, 8, 7};
  BOOST_TEST(value_of(from, "muster_policy_revision") == "17");
  BOOST_TEST(value_of(from, "muster_policy_layers") == "3");
  BOOST_TEST(value_of(from, "muster_emergencies") == "2");
  BOOST_TEST(value_of(from, R"(muster_rollouts{status="running"})") == "1");
  BOOST_TEST(value_of(from, R"(muster_rollouts{status="halted"})") == "5");
  BOOST_TEST(value_of(from, "muster_emergencies_published_total") == "9");
  BOOST_TEST(value_of(from, "muster_emergencies_refused_total") == "8");
  BOOST_TEST(value_of(from, "muster_emergencies_revoked_total") == "7");
  BOOST_TEST(value_of(from, "muster_policy_streams") == "8");
  BOOST_TEST(value_of(from, "muster_policy_polls_waiting") == "10");
  BOOST_TEST(value_of(from, "muster_policy_pushes_total") == "12");
  BOOST_TEST(value_of(from, "muster_dashboard_streams") == "4");
  BOOST_TEST(value_of(from, "muster_node_streams") == "6");
  BOOST_TEST(value_of(from, "muster_node_streams_opened_total") == "60");
  BOOST_TEST(value_of(from, "muster_node_events_sent_total") == "600");
  BOOST_TEST(value_of(from, "muster_node_resyncs_total") == "14");
  BOOST_TEST(value_of(from, "muster_node_signatures_total") == "16");
}

BOOST_AUTO_TEST_CASE(no_series_is_given_twice) {
  std::set<std::string> seen;
  for (const auto& line : lines_of(two_loops()))
    if (!line.starts_with("#"))
      BOOST_TEST(seen.insert(line.substr(0, line.rfind(' '))).second, line << " again");
}

BOOST_AUTO_TEST_CASE(counters_end_in_total_and_others_do_not) {
  for (const auto& line : lines_of(two_loops())) {
    if (!line.starts_with("# TYPE ")) continue;
    const bool total = line.find("_total ") != std::string::npos;
    BOOST_TEST(total == line.ends_with(" counter"), line);
  }
}

BOOST_AUTO_TEST_CASE(the_fleet_is_told_by_status_and_dialect) {
  metrics_snapshot from;
  from.fleet.by_status = {1, 2, 3, 4};
  from.fleet.by_dialect = {5, 6, 7};
  from.fleet.enrolled = 1'000'000;
  from.fleet.contested = 8;
  from.fleet.flapping = 9;
  from.fleet.held = 10;
  from.fleet.disruptions_begun = 11;
  from.fleet.disruptions.resize(2);
  from.fleet.deaf = 1500ms;
  BOOST_TEST(value_of(from, R"(muster_agents{status="online"})") == "1");
  BOOST_TEST(value_of(from, R"(muster_agents{status="departed"})") == "4");
  BOOST_TEST(value_of(from, R"(muster_agents_by_dialect{dialect="plexd"})") == "7");
  BOOST_TEST(std::stod(value_of(from, "muster_enrolments_total")) == 1e6);
  BOOST_TEST(value_of(from, "muster_agents_contested") == "8");
  BOOST_TEST(value_of(from, "muster_agents_flapping") == "9");
  BOOST_TEST(value_of(from, "muster_losses_held") == "10");
  BOOST_TEST(value_of(from, "muster_disruptions_total") == "11");
  BOOST_TEST(value_of(from, "muster_disruptions") == "2");
  BOOST_TEST(value_of(from, "muster_deaf_seconds_total") == "1.5");
}

BOOST_AUTO_TEST_CASE(loops_are_added_up) {
  const auto from = two_loops();
  BOOST_TEST(value_of(from, "muster_heartbeats_total") == "20");
  BOOST_TEST(value_of(from, R"(muster_http_answers_total{class="2xx"})") == "10");
  BOOST_TEST(value_of(from, R"(muster_http_answers_total{class="5xx"})") == "2");
  BOOST_TEST(value_of(from, R"(muster_admission_refused_total{lane="registration"})") == "4");
  BOOST_TEST(value_of(from, R"(muster_connections{listener="fleet"})") == "14");
  BOOST_TEST(value_of(from, R"(muster_connections{listener="operator"})") == "2");
  BOOST_TEST(value_of(from, "muster_requests_waiting") == "6");
  BOOST_TEST(value_of(from, "muster_http_timeouts_total") == "12");
  BOOST_TEST(value_of(from, "muster_http_streams") == "18");
}

BOOST_AUTO_TEST_CASE(a_manager_without_loops_still_has_every_series) {
  BOOST_TEST(value_of({}, "muster_heartbeats_total") == "0");
  BOOST_TEST(value_of({}, R"(muster_admission_refused_total{lane="reads"})") == "0");
}

BOOST_AUTO_TEST_CASE(large_counts_lose_no_digit) {
  metrics_snapshot from;
  from.store_limit = 68'719'476'736;
  from.fleet.transitions = 123'456'789'012;
  BOOST_TEST(static_cast<uint64_t>(std::stod(value_of(from, "muster_store_limit_bytes")))
             == from.store_limit);
  BOOST_TEST(static_cast<uint64_t>(std::stod(value_of(from, "muster_state_changes_total")))
             == from.fleet.transitions);
}

BOOST_AUTO_TEST_CASE(the_version_is_a_label_and_memory_is_told) {
  BOOST_TEST(value_of({}, R"(muster_build_info{version=")" MUSTER_VERSION R"("})") == "1");
  BOOST_TEST(std::stod(value_of({}, "process_resident_memory_bytes")) > 0);
}

BOOST_AUTO_TEST_CASE(deliveries_are_counted_by_channel_and_outcome) {
  metrics_snapshot from;
  BOOST_TEST(write_metrics(from).find("muster_deliveries") == std::string::npos);
  channel_row row;
  row.what.name = "ops";
  row.delivered = 7;
  row.given_up = 2;
  row.pending = 3;
  from.notifications.channels = {row};
  from.notifications.silenced = 4;
  BOOST_TEST(value_of(from, "muster_deliveries_total{channel=\"ops\",outcome=\"delivered\"}") == "7");
  BOOST_TEST(value_of(from, "muster_deliveries_total{channel=\"ops\",outcome=\"gave_up\"}") == "2");
  BOOST_TEST(value_of(from, "muster_deliveries_pending{channel=\"ops\"}") == "3");
  BOOST_TEST(value_of(from, "muster_notices_silenced_total") == "4");
}

BOOST_AUTO_TEST_SUITE_END()
