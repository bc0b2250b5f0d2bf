// A random fleet in random order: whatever happens, the manager's word about each
// agent is what a simple reckoning of its beats says. Prints the seed that failed.
#include "tests/scenarios/scenario.hpp"

#include <random>

namespace {

// What must be true of one agent, reckoned from its beats alone.
struct expectation {
  std::chrono::milliseconds heard{0};
  bool departed = false;
};

struct seeded_fleet {
  explicit seeded_fleet(uint64_t seed) : manager(with_seed(seed)), random(seed) {}

  static options with_seed(uint64_t seed) {
    options with;
    with.seed = seed;
    return with;
  }

  void step() {
    const auto dice = random() % 100;
    if (agents.size() < 30 && (agents.empty() || dice < 15)) {
      agents.push_back(manager.enrol("host-" + std::to_string(agents.size())));
      expected.push_back({now, false});
      return;
    }
    const auto one = random() % agents.size();
    if (dice < 65) {
      BOOST_TEST(agents[one].beat().status == 200u);
      expected[one] = {now, false};
    } else if (dice < 72) {
      agents[one].register_again();
      expected[one] = {now, false};
    } else if (dice < 77) {
      agents[one].leave();
      expected[one].departed = true;
    } else if (dice < 98) {
      const auto span = std::chrono::milliseconds{random() % 40'000};
      manager.advance(span);
      now += span;
    } else {
      restart(dice == 98);
    }
  }

  // Listening starts anew for whoever was online.
  void restart(bool cleanly) {
    const auto before = states();
    if (cleanly) manager.restart();
    else manager.crash();
    for (size_t i = 0; i < agents.size(); ++i)
      if (before[i] == agent_status::online) expected[i].heard = now;
  }

  std::vector<agent_status> states() {
    std::vector<agent_status> all;
    for (auto& agent : agents) all.push_back(manager.status(agent.id()));
    return all;
  }

  void check() {
    const auto seen = states();
    fleet_counts counts;
    for (size_t i = 0; i < agents.size(); ++i) {
      const auto silence = now - expected[i].heard;
      const auto wanted = expected[i].departed ? agent_status::departed
                          : silence >= 90s     ? agent_status::stale
                                               : agent_status::online;
      BOOST_TEST(seen[i] == wanted, "agent " << i << " silent for " << silence.count() << " ms");
      ++counts.by_status[static_cast<size_t>(seen[i])];
    }
    BOOST_TEST((manager.counts().by_status == counts.by_status));
  }

  virtual_manager manager;
  std::mt19937_64 random;
  std::vector<muster::harness::simulated_agent> agents;
  std::vector<expectation> expected;
  std::chrono::milliseconds now{0};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(seeded)

BOOST_AUTO_TEST_CASE(manager_agrees_with_a_simple_reckoning_for_any_seed) {
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    BOOST_TEST_INFO_SCOPE("seed " << seed);
    seeded_fleet fleet{seed};
    for (int i = 0; i < 150; ++i) {
      fleet.step();
      if (i % 5 == 0) fleet.check();
    }
    fleet.check();
  }
}

BOOST_AUTO_TEST_CASE(same_seed_gives_the_same_tokens) {
  options with;
  with.seed = 7;
  virtual_manager one{with};
  virtual_manager two{with};
  BOOST_TEST(one.enrol("a").token() == two.enrol("a").token());
}

BOOST_AUTO_TEST_SUITE_END()
