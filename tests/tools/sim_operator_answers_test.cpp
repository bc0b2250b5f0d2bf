// What the operator API says, as the manager writes it.
#include "tools/muster-sim/operator_answers.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace muster::sim;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view status =
  R"({"version":"0.1.0","started_at":"2026-11-22T22:43:31.048Z","uptime_seconds":45,"fleet":{"total":10,"online":4,)"
  R"("stale":3,"offline":2,"departed":1},"disruptions":[{"group":"tenant default","silent":3},{"group":"GROUP"}],)"
  R"("since_start":{"disruptions":2,"deaf_seconds":1.250}})";

std::string status_with(std::string_view group) {
  std::string out{status};
  return out.replace(out.find("GROUP"), 5, group);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sim_operator_answers)

BOOST_AUTO_TEST_CASE(times_have_the_one_form) {
  BOOST_TEST((read_time("1970-01-02T00:00:01.002Z").value().time_since_epoch() == 24h + 1s + 2ms));
  for (const auto* bad : {"", "1970-01-02T00:00:01Z", "1970-13-02T00:00:01.002Z", "1970-01-02 00:00:01.002Z",
                          "1970-01-02T00:0x:01.002Z", "1970-01-02T00:-1:01.002Z"})
    BOOST_TEST(!read_time(bad).has_value(), bad);
}

BOOST_AUTO_TEST_CASE(a_status_tells_the_fleet_the_start_and_deafness) {
  const auto read = read_status(status_with("fleet")).value();
  BOOST_TEST(read.fleet.online == 4);
  BOOST_TEST(read.fleet.stale == 3);
  BOOST_TEST(read.fleet.offline == 2);
  BOOST_TEST(read.fleet.departed == 1);
  BOOST_TEST(read.fleet.disruptions == 2);
  BOOST_TEST(read.deaf_seconds == 1.25);
  BOOST_TEST((read.started_at == read_time("2026-11-22T22:43:31.048Z")));
}

BOOST_AUTO_TEST_CASE(a_disruption_of_a_part_is_none_of_the_fleet) {
  BOOST_TEST(read_status(status_with("fleet")).value().is_disrupted);
  BOOST_TEST(!read_status(status_with("site=berlin")).value().is_disrupted);
}

BOOST_AUTO_TEST_CASE(what_is_no_status_is_nothing) {
  for (const auto* bad : {"", "[]", "{}", R"({"fleet":{},"since_start":{}})", R"({"started_at":5})"})
    BOOST_TEST(!read_status(bad).has_value(), bad);
}

BOOST_AUTO_TEST_CASE(news_of_agents_are_told_from_others) {
  const auto read = read_agent_news(
    R"({"type":"agent_stale","data":{"agentId":"ag-1","hostname":"web-1","status":"stale"},"timestamp":"2026-11-22T22:44:09.847Z"})");
  BOOST_TEST(read.value().host == "web-1");
  BOOST_TEST((read.value().word == agent_word::stale));
  BOOST_TEST(!read_agent_news("{}").has_value());
  BOOST_TEST(!read_agent_news(R"({"type":"policy_created","data":{},"timestamp":"2026-11-22T22:44:09.847Z"})")
                .has_value());
}

BOOST_AUTO_TEST_CASE(a_page_hands_over_its_agents_and_its_cursor) {
  std::vector<std::string> hosts;
  const auto end = read_agent_page(
    R"({"agents":[{"hostname":"a","changed_at":"2026-11-22T22:44:09.847Z"},{"hostname":"b","changed_at":null}],"next_cursor":"c2"})",
    [&](std::string_view host, calendar_time) { hosts.emplace_back(host); });
  BOOST_TEST(end.value().next_cursor == "c2");
  BOOST_TEST(hosts == std::vector<std::string>{"a"});
  const auto last = read_agent_page(R"({"agents":[],"next_cursor":null})", [](auto...) {});
  BOOST_TEST(last.value().next_cursor.empty());
  BOOST_TEST(!read_agent_page(R"({"title":"Bad Request"})", [](auto...) {}).has_value());
}

BOOST_AUTO_TEST_CASE(policy_counts_who_was_sent_it_and_who_has_it) {
  const auto read = read_policy_status(
    R"({"revision":3,"all":{"agents":9,"acknowledged":4,"delivered":2},"took":{"last_seconds":0.25}})");
  BOOST_TEST(read.value().revision == 3);
  BOOST_TEST(read.value().reached == 6);
  BOOST_TEST(read.value().last_ms == 250);
}

BOOST_AUTO_TEST_CASE(a_metric_is_found_by_its_whole_name) {
  constexpr std::string_view text = "# HELP b b\na_b 1\nb_total 2\nb 3.5\nb{x=\"y\"} 4\n";
  BOOST_TEST(read_metric(text, "b") == 3.5);
  BOOST_TEST(read_metric(text, "a_b") == 1);
  BOOST_TEST(read_metric(text, "c") == 0);
}

BOOST_AUTO_TEST_SUITE_END()
