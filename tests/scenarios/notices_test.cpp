// What happens to agents, patterns, policy, rollouts, scans and keys reaches a channel.
#include "tests/scenarios/policy_scenario.hpp"
#include "tests/scenarios/sensor_scenario.hpp"
#include "tests/scenarios/told.hpp"

#include <algorithm>

namespace {

options with_losses() {
  auto with = with_a_channel();
  with.settings.liveness.profiles["panguard"].offline_after = 5min;
  return with;
}

boost::json::object told_of(const virtual_manager& manager, const std::string& label) {
  const auto sent = manager.sent();
  const auto found = std::ranges::find_if(
    sent, [&](const auto& each) { return std::string{body_of(each).at("event").as_string()} == label; });
  BOOST_REQUIRE_MESSAGE(found != sent.end(), label << " is not among " << told_by(manager));
  return body_of(*found);
}

std::string text(const boost::json::object& of, const char* member) {
  return std::string{of.at(member).as_string()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(notices_of_everything)

BOOST_AUTO_TEST_CASE(a_lost_agent_and_its_return) {
  virtual_manager manager{with_losses()};
  auto agent = manager.enrol("web-1");
  manager.advance(5min + 11s);
  BOOST_TEST(told_by(manager) == "Agent lost connection");
  agent.beat();
  manager.advance(5min);
  BOOST_TEST(told_by(manager) == "Agent lost connection; Agent recovered");
  BOOST_TEST(text(body_of(manager.sent()[1]), "status") == "resolved");
}

BOOST_AUTO_TEST_CASE(a_loss_that_a_restart_befell_in_its_grace) {
  auto with = with_losses();
  with.settings.liveness.profiles["panguard"].stale_after = std::nullopt;
  virtual_manager manager{with};
  std::vector<harness::simulated_agent> all;
  for (int i = 0; i < 60; ++i) {
    all.push_back(manager.enrol("web-" + std::to_string(i)));
    if (i > 0) all.back().beat_every(30s);
  }
  manager.advance(5min + 1s);
  BOOST_TEST(manager.counts().held == 1u);
  manager.crash();
  manager.advance(1min);
  BOOST_TEST(told_by(manager) == "Agent lost connection");
  manager.restart();
  manager.advance(10min);
  BOOST_TEST(told_by(manager) == "Agent lost connection", "and not again");
}

BOOST_AUTO_TEST_CASE(most_agents_lost_at_once_are_one_message) {
  auto with = with_losses();
  with.settings.liveness.profiles["panguard"].stale_after = std::nullopt;
  virtual_manager manager{with};
  std::vector<harness::simulated_agent> all;
  for (int i = 0; i < 100; ++i) all.push_back(manager.enrol("web-" + std::to_string(i)));
  for (size_t i = 60; i < all.size(); ++i) all[i].beat_every(30s);
  manager.advance(9min);
  BOOST_TEST(manager.counts().by_status[static_cast<size_t>(agent_status::offline)] == 60u);
  BOOST_TEST(told_by(manager) == "Disruption began");
  for (auto& each : all) each.beat_every(30s);
  manager.advance(10min);
  BOOST_TEST(told_by(manager) == "Disruption began; Disruption ended");
}

BOOST_AUTO_TEST_CASE(a_second_disruption_after_one_that_a_restart_befell) {
  virtual_manager manager{with_a_channel()};
  std::vector<harness::simulated_agent> all;
  for (int i = 0; i < 60; ++i) all.push_back(manager.enrol("web-" + std::to_string(i)));
  const auto everybody = [&](bool beats) {
    for (auto& each : all) beats ? each.beat_every(30s) : each.fall_silent();
  };
  manager.advance(2min);
  BOOST_TEST(told_by(manager) == "Disruption began");
  manager.crash();
  everybody(true);
  manager.advance(10min);
  BOOST_TEST(told_by(manager) == "Disruption began; Disruption ended");
  everybody(false);
  manager.advance(3min);
  BOOST_TEST(told_by(manager) == "Disruption began; Disruption ended; Disruption began");
}

BOOST_AUTO_TEST_CASE(a_pattern_its_emergency_and_its_end) {
  virtual_manager manager{with_a_channel()};
  auto first = manager.enrol("web-1"), second = manager.enrol("web-2");
  first.report(attack("203.0.113.9"));
  second.report(attack("203.0.113.9"));
  manager.advance(11s);
  BOOST_TEST(text(told_of(manager, "Pattern detected"), "value") == "203.0.113.9");
  const auto emergency = told_of(manager, "Emergency policy");
  BOOST_TEST(text(emergency, "severity") == "CRITICAL");
  BOOST_TEST(text(emergency, "value") == "203.0.113.9");
  manager.advance(10min);
  BOOST_TEST(text(told_of(manager, "Pattern ended"), "status") == "resolved");
}

BOOST_AUTO_TEST_CASE(a_rollout_that_halts_itself) {
  virtual_manager manager{with_a_channel()};
  std::vector<harness::simulated_agent> all;
  for (int i = 0; i < 20; ++i) all.push_back(manager.enrol("web-" + std::to_string(i)));
  const auto started =
    manager.operate("POST", "/operator/v1/rollouts",
                    R"({"stages":["50%","100%"],"every":"10m","gates":["silent_share<10%"],)"
                    R"("policy":{"thresholds":{"notify_and_wait":33}},"reason":"try"})");
  BOOST_REQUIRE_MESSAGE(started.status == 201, started.body);
  manager.advance(3min);
  const auto halted = told_of(manager, "Rollout halted");
  BOOST_TEST(text(halted, "severity") == "HIGH");
  BOOST_TEST(text(halted, "message").find("silent_share") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_sensor_its_registry_a_scan_and_a_key) {
  sensor_scenario other{with_a_channel()};
  const auto brief = other.make_key("prod", R"(,"ttl":"2d")");
  const auto one = other.join(brief, "probe-1");
  const auto id = other.scan(other.registry, "app:1", R"(,"max_attempts":1)");
  BOOST_TEST(other.claim(one) == id);
  other.manager.advance(3min);
  for (const auto* label : {"Sensor lost connection", "Registry error", "Job failed", "Key expiring"})
    told_of(other.manager, label);
  const auto lost = told_of(other.manager, "Sensor lost connection");
  BOOST_TEST(text(lost, "type") == "agent_disconnected");
  BOOST_TEST(text(lost, "sensorName") == "probe-1");
  BOOST_TEST(text(lost.at("registry").as_object(), "name") == "prod");
  other.beat(one);
  other.manager.advance(6min);
  told_of(other.manager, "Sensor recovered");
  told_of(other.manager, "Registry recovered");
}

BOOST_AUTO_TEST_SUITE_END()
