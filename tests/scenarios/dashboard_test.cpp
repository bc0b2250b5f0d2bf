// What dashboards of the Panguard dialect hear while they listen, and that nobody
// says anything while none does.
#include "tests/scenarios/policy_scenario.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace {

using harness::event_stream;

constexpr const char* target = "/api/events/stream";

struct dashboard {
  // Of the unnamed messages, in order.
  std::vector<boost::json::object> news() const {
    std::vector<boost::json::object> out;
    for (const auto& one : stream.events())
      if (one.event == "message") out.push_back(boost::json::parse(one.data).as_object());
    return out;
  }
  // "agent_online agent_stale"
  std::string types() const {
    std::string out;
    for (const auto& one : news()) out += (out.empty() ? "" : " ") + std::string{one.at("type").as_string()};
    return out;
  }

  event_stream stream;
};

struct dashboard_scenario {
  dashboard open() { return {manager.open_operator_stream(target)}; }

  virtual_manager manager;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(dashboards, dashboard_scenario)

BOOST_AUTO_TEST_CASE(a_stream_begins_with_connected_and_shows_that_it_is_alive) {
  const auto seen = open();
  BOOST_TEST(seen.stream.status() == 200u);
  manager.advance(29s);
  BOOST_REQUIRE(seen.stream.events().size() == 1u);
  BOOST_TEST(seen.stream.events()[0].event == "connected");
  BOOST_TEST(seen.stream.text().find(": alive") == std::string::npos);
  manager.advance(2s);
  BOOST_TEST(seen.stream.text().find(": alive") != std::string::npos);
  BOOST_TEST(seen.stream.text().find("\nid:") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(it_wants_the_operators_token) {
  harness::request_options wrong;
  wrong.token = "wrong";
  BOOST_TEST(manager.open_operator_stream(target, wrong).status() == 401u);
  BOOST_TEST(manager.open_stream(target).status() == 404u);
  options shared;
  shared.settings.fleet_listener_operator_routes = true;
  virtual_manager other{shared};
  BOOST_TEST(other.open_stream(target).status() == 401u);
}

BOOST_AUTO_TEST_CASE(agents_that_come_fall_silent_and_leave_are_told) {
  const auto seen = open();
  auto agent = manager.enrol("web-1");
  manager.advance(100ms);
  BOOST_TEST(seen.types() == "agent_online");
  const auto came = seen.news().at(0);
  BOOST_TEST(came.at("data").at("agentId").as_string() == to_string(agent.id()));
  BOOST_TEST(came.at("data").at("hostname").as_string() == "web-1");
  BOOST_TEST(came.at("timestamp").as_string().ends_with("Z"));
  agent.register_again();
  manager.advance(2min);
  agent.beat();
  manager.advance(100ms);
  agent.leave();
  manager.advance(100ms);
  BOOST_TEST(seen.types() == "agent_online agent_stale agent_online agent_offline");
  manager.operate("DELETE", "/operator/v1/agents/" + to_string(agent.id()));
  manager.advance(100ms);
  BOOST_TEST(seen.news().size() == 4u, "it was offline already");
}

BOOST_AUTO_TEST_CASE(an_agent_that_is_removed_is_offline) {
  const auto agent = manager.enrol("web-1");
  const auto seen = open();
  manager.operate("DELETE", "/operator/v1/agents/" + to_string(agent.id()));
  manager.advance(100ms);
  BOOST_TEST(seen.types() == "agent_offline");
}

BOOST_AUTO_TEST_CASE(threats_patterns_and_policies_are_told) {
  auto first = manager.enrol("web-1"), second = manager.enrol("web-2");
  const auto seen = open();
  first.report(attack("203.0.113.9"));
  manager.advance(100ms);
  BOOST_TEST(seen.types() == "threats_reported");
  BOOST_TEST(seen.news().at(0).at("data").at("agentId").as_string() == to_string(first.id()));
  BOOST_TEST(seen.news().at(0).at("data").at("count").to_number<int>() == 1);
  const auto joined = second.report(attack("203.0.113.9")).json().at("patterns");
  manager.advance(100ms);
  std::map<std::string, boost::json::value> data;
  for (const auto& one : seen.news()) data[std::string{one.at("type").as_string()}] = one.at("data");
  BOOST_TEST(seen.news().size() == 4u);
  BOOST_TEST(data["threats_reported"].at("patterns") == joined);
  BOOST_TEST(data["pattern_detected"].at("value").as_string() == "203.0.113.9");
  BOOST_TEST(data["pattern_detected"].at("agentCount").to_number<int>() == 2);
  BOOST_TEST(data["policy_created"].at("version").to_number<int>() == 2);
  BOOST_TEST(data["policy_created"].at("policyId").as_string() == "pol-2");
  for (int i = 0; i < 6; ++i) {
    first.beat(), second.beat();
    manager.advance(1min);
  }
  BOOST_TEST(seen.news().back().at("type").as_string() == "pattern_ended");
  BOOST_TEST(seen.news().size() == 5u);
}

BOOST_AUTO_TEST_CASE(a_repeated_report_is_no_news) {
  auto agent = manager.enrol("web-1");
  const auto once = R"({"event":{"id":"e1"},"verdict":{"conclusion":"malicious"}})";
  agent.report(once);
  const auto seen = open();
  agent.report(once);
  manager.advance(100ms);
  BOOST_TEST(seen.types().empty());
}

BOOST_AUTO_TEST_CASE(everyone_hears_the_same_from_when_they_came) {
  const auto first = open();
  manager.enrol("web-1");
  manager.advance(100ms);
  auto second = open();
  manager.enrol("web-2");
  manager.advance(100ms);
  BOOST_TEST(first.news().size() == 2u);
  BOOST_REQUIRE(second.news().size() == 1u);
  BOOST_TEST(second.stream.events().back().data == first.stream.events().back().data);
  second.stream.close();
  manager.advance(3s);
  manager.enrol("web-3");
  manager.advance(100ms);
  BOOST_TEST(first.news().size() == 3u);
  BOOST_TEST(second.news().size() == 1u);
}

BOOST_AUTO_TEST_CASE(streams_of_a_manager_that_restarts_are_over_and_can_be_opened_anew) {
  const auto before = open();
  manager.restart();
  BOOST_TEST(!before.stream.open());
  const auto after = open();
  manager.enrol("web-1");
  manager.advance(100ms);
  BOOST_TEST(after.types() == "agent_online");
}

BOOST_AUTO_TEST_SUITE_END()
