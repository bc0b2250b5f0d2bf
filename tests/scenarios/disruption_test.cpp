// Many sensors lost at once, few of them, one that comes and goes: how they are shown, what follows for their
// registries and scans, and what people hear.
#include "messages/policy.hpp"
#include "tests/scenarios/sensor_scenario.hpp"
#include "tests/scenarios/told.hpp"

namespace {

std::vector<harness::simulated_agent> a_hundred_that_beat(virtual_manager& manager) {
  std::vector<harness::simulated_agent> out;
  for (int i = 0; i < 100; ++i) {
    out.push_back(manager.enrol("web-" + std::to_string(i)));
    out.back().beat_every(30s);
  }
  return out;
}

// Ten registries with as many sensors each, and a channel that hears everything.
struct crowd_scenario : sensor_scenario {
  static options many() {
    auto with = with_a_channel();
    with.settings.admission = {0, 0, 0, 0};
    return with;
  }

  crowd_scenario() : sensor_scenario(many()) {}

  void gather(size_t count) {
    for (size_t i = 0; i < 10; ++i) {
      places.push_back(make_registry("r" + std::to_string(i)));
      keys.push_back(make_key("r" + std::to_string(i)));
    }
    for (size_t i = 0; i < count; ++i) {
      const auto at = i * 10 / count;
      all.push_back(join(keys[at], "s" + std::to_string(i), "n" + std::to_string(i)));
    }
  }
  // Those from `first` on live, the others are silent.
  void pass_without(size_t first, std::chrono::seconds time) {
    for (auto left = time; left.count() > 0; left -= 15s) {
      for (auto i = first; i < all.size(); ++i) beat(all[i], i == scans);
      manager.advance(std::min<std::chrono::seconds>(left, 15s));
    }
  }
  uint64_t offline() { return manager.counts().by_status[static_cast<size_t>(agent_status::offline)]; }
  size_t in_error() {
    size_t out = 0;
    for (const auto& each : places) out += registry_status(each) == "ERROR" ? 1 : 0;
    return out;
  }

  std::vector<std::string> places;
  std::vector<std::string> keys;
  std::vector<sensor> all;
  size_t scans = SIZE_MAX;  // the one that says it does
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(disruptions, crowd_scenario)

BOOST_AUTO_TEST_CASE(five_hundred_of_eight_hundred_are_one_disruption_and_one_message) {
  gather(800);
  const auto queued = scan(places[0], "app:1");
  const auto held = scan(places[1], "app:2");
  BOOST_TEST(claim(all[80]) == held);
  scans = 80;
  pass_without(500, 119s);
  BOOST_TEST(offline() == 0u);
  pass_without(500, 16s);
  BOOST_TEST(offline() == 500u, "states are true and on time");
  const auto counts = manager.counts();
  BOOST_REQUIRE(counts.disruptions.size() == 2u);
  BOOST_TEST(counts.disruptions[0].group == "fleet");
  BOOST_TEST(counts.disruptions[0].silent == 500u);
  BOOST_TEST(
    manager.operate("GET", "/operator/v1/agents?status=offline&limit=1").body.find(R"("disrupted":true)")
    != std::string::npos);
  pass_without(500, 120s);
  BOOST_TEST(status(all[0]) == "offline");
  BOOST_TEST(in_error() == 0u);
  BOOST_TEST(of_scan(queued, "status") == "queued");
  BOOST_TEST(of_scan(held, "status") == "claimed");
  BOOST_TEST(told_by(manager) == "Disruption began");
  const auto told = body_of(manager.sent()[0]);
  BOOST_TEST(std::string{told.at("message").as_string()}.find("500 of 800") != std::string::npos);
  pass_without(0, 60s);
  BOOST_TEST(offline() == 0u);
  BOOST_TEST(manager.counts().disruptions.empty());
  BOOST_TEST(manager.counts().held == 0u);
  BOOST_TEST(of_scan(held, "status") == "claimed");
  BOOST_TEST(in_error() == 0u);
  pass_without(0, 600s);
  BOOST_TEST(told_by(manager) == "Disruption began; Disruption ended");
}

BOOST_AUTO_TEST_CASE(who_stays_away_is_let_go_at_a_rate) {
  gather(100);
  pass_without(60, 135s);
  BOOST_REQUIRE(manager.counts().disruptions.size() == 2u);
  pass_without(60, 5 * 60s + 15s);
  BOOST_TEST(in_error() == 0u);
  pass_without(60, 120s);
  const auto released = 60 - manager.counts().held;
  BOOST_TEST(released >= 10u);
  BOOST_TEST(released <= 21u);
  BOOST_TEST(in_error() >= 1u);
  BOOST_TEST(in_error() <= 2u);
  pass_without(60, 3600s);
  BOOST_TEST(manager.counts().held == 0u);
  BOOST_TEST(in_error() == 6u);
}

BOOST_AUTO_TEST_CASE(twenty_of_eight_hundred_are_told_together) {
  gather(800);
  const auto waits = scan(places[0], "app:1");
  BOOST_TEST(claim(all[0]) == waits);
  pass_without(20, 135s);
  BOOST_TEST(offline() == 20u);
  BOOST_TEST(manager.counts().disruptions.empty());
  pass_without(20, 60s);
  BOOST_TEST(of_scan(waits, "status") == "queued");
  BOOST_REQUIRE(manager.sent().size() == 1u);
  BOOST_TEST(manager.sent()[0].body.find("20") != std::string::npos);
  BOOST_TEST(told_by(manager) == "Sensor lost connection");
}

BOOST_AUTO_TEST_CASE(a_flapping_sensor_says_so_once) {
  const auto one = join(key, "probe-1");
  for (int i = 0; i < 4; ++i) {
    beat(one);
    BOOST_TEST(status(one) == "online");
    manager.advance(125s);
    BOOST_TEST(status(one) == "offline", "its true state");
    BOOST_TEST(registry_status(registry) == "ERROR");
  }
  BOOST_TEST(manager.counts().flapping == 1u);
  manager.advance(10min);
  const auto heard = told_by(manager);
  BOOST_TEST(heard.find("Agent flapping") != std::string::npos);
  BOOST_TEST(heard.find("Agent flapping", heard.find("Agent flapping") + 1) == std::string::npos);
  const auto so_far = manager.sent().size();
  for (int i = 0; i < 3; ++i) {
    beat(one);
    manager.advance(125s);
  }
  BOOST_TEST(manager.sent().size() == so_far, "nothing more is told: " << told_by(manager));
  pass(3600s, {one});
  BOOST_TEST(manager.counts().flapping == 0u);
  BOOST_TEST(told_by(manager).find("Agent calm") != std::string::npos);
  BOOST_TEST(registry_status(registry) == "CONNECTED");
  const auto calm = manager.sent().size();
  manager.advance(200s);
  BOOST_TEST(manager.sent().size() > calm, "its next loss is news again");
}

BOOST_AUTO_TEST_CASE(a_restart_amid_a_disruption_leaves_no_registry_behind) {
  gather(100);
  pass_without(60, 150s);
  BOOST_TEST(in_error() == 0u);
  manager.crash();
  pass_without(60, 30s);
  BOOST_TEST(offline() == 60u);
  BOOST_TEST(in_error() == 6u, "nobody is left for them");
  pass_without(0, 30s);
  BOOST_TEST(in_error() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(after_a_start_silence_counts_for_nobody_for_a_while) {
  options with;
  with.settings.liveness.startup_grace = 5min;
  virtual_manager manager{with};
  const auto one = manager.enrol("web-1");
  manager.advance(5min + 89s);
  BOOST_TEST(manager.status(one.id()) == agent_status::online);
  manager.advance(2s);
  BOOST_TEST(manager.status(one.id()) == agent_status::stale);
}

BOOST_AUTO_TEST_CASE(a_rollout_does_not_advance_over_canaries_in_their_grace) {
  virtual_manager manager;
  auto all = a_hundred_that_beat(manager);
  const auto started =
    manager.operate("POST", "/operator/v1/rollouts",
                    R"({"stages":["20%","100%"],"every":"95s","gates":["silent_share<10%"],)"
                    R"("policy":{"thresholds":{"notify_and_wait":33}},"reason":"try"})");
  BOOST_REQUIRE_MESSAGE(started.status == 201, started.body);
  for (auto& each : all)
    if (policy_bucket(each.id()) < policy_buckets / 5) each.fall_silent();
  manager.advance(100s);
  const auto rollout = [&] {
    return manager.operate("GET", "/operator/v1/rollouts").json().at("rollouts").at(0);
  };
  BOOST_TEST(rollout().at("status").as_string() == "running");
  BOOST_TEST(rollout().at("stage").to_number<int>() == 1);
  manager.advance(60s);
  BOOST_TEST(rollout().at("status").as_string() == "halted");
}

BOOST_AUTO_TEST_CASE(a_rollout_waits_out_a_disruption) {
  virtual_manager manager;
  auto all = a_hundred_that_beat(manager);
  const auto started =
    manager.operate("POST", "/operator/v1/rollouts",
                    R"({"stages":["50%","100%"],"every":"4m","gates":["silent_share<10%"],)"
                    R"("policy":{"thresholds":{"notify_and_wait":33}},"reason":"try"})");
  BOOST_REQUIRE_MESSAGE(started.status == 201, started.body);
  const auto rollout = [&](const char* member) {
    const auto shown = manager.operate("GET", "/operator/v1/rollouts").json();
    return boost::json::serialize(shown.at("rollouts").at(0).at(member));
  };
  for (size_t i = 0; i < 80; ++i) all[i].fall_silent();
  manager.advance(5min);
  BOOST_TEST(manager.counts().disruptions.size() == 2u);
  BOOST_TEST(manager.counts().held == 80u);
  BOOST_TEST(rollout("status") == R"("running")");
  BOOST_TEST(rollout("stage") == "1", "it neither halts nor goes on");
  for (size_t i = 0; i < 80; ++i) all[i].beat_every(30s);
  manager.advance(10min);
  BOOST_TEST(rollout("status") == R"("completed")");
}
