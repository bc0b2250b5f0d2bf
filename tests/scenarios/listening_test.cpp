// The manager doubts itself: pauses, restarts and crashes make nobody stale who
// could not be heard.
#include "tests/scenarios/scenario.hpp"

BOOST_AUTO_TEST_SUITE(listening)

BOOST_AUTO_TEST_CASE(pause_makes_nobody_stale_whenever_the_deadline_is) {
  for (auto left : {1s, 5s, 89s}) {
    virtual_manager manager;
    auto agent = manager.enrol("web-1");
    manager.advance(90s - left);
    manager.pause(85s);
    BOOST_TEST(manager.status(agent.id()) == agent_status::online, "at once, " << left.count());
    manager.advance(left - 500ms);
    BOOST_TEST(manager.status(agent.id()) == agent_status::online, "before the deadline, " << left.count());
    manager.advance(1s);
    BOOST_TEST(manager.status(agent.id()) == agent_status::stale, "after the deadline, " << left.count());
    BOOST_TEST(manager.counts().deaf >= 84s);
  }
}

BOOST_AUTO_TEST_CASE(many_short_pauses_do_not_add_up) {
  virtual_manager manager;
  auto agent = manager.enrol("web-1");
  for (int i = 0; i < 100; ++i) {
    manager.pause(10s);
    manager.advance(500ms);
  }
  BOOST_TEST(manager.status(agent.id()) == agent_status::online);
}

BOOST_AUTO_TEST_CASE(restart_gives_online_agents_a_full_threshold) {
  virtual_manager manager;
  auto agent = manager.enrol("web-1");
  manager.advance(80s);
  manager.restart(1h);
  BOOST_TEST(manager.status(agent.id()) == agent_status::online);
  manager.advance(89s);
  BOOST_TEST(manager.status(agent.id()) == agent_status::online);
  manager.advance(2s);
  BOOST_TEST(manager.status(agent.id()) == agent_status::stale);
}

BOOST_AUTO_TEST_CASE(restart_restores_states_and_tokens) {
  virtual_manager manager;
  auto stale = manager.enrol("silent");
  auto gone = manager.enrol("gone");
  gone.leave();
  manager.advance(60s);
  auto online = manager.enrol("beating");
  manager.advance(40s);
  manager.restart();
  BOOST_TEST(manager.status(stale.id()) == agent_status::stale);
  BOOST_TEST(manager.status(gone.id()) == agent_status::departed);
  BOOST_TEST(manager.status(online.id()) == agent_status::online);
  manager.advance(1h);
  BOOST_TEST(manager.status(stale.id()) == agent_status::stale);
  BOOST_TEST(stale.beat().status == 200u);
  BOOST_TEST(manager.status(stale.id()) == agent_status::online);
  BOOST_TEST(causes(manager.history(stale.id())) == "online>stale:silence stale>online:heartbeat");
}

BOOST_AUTO_TEST_CASE(crash_loses_nothing_that_was_answered) {
  virtual_manager manager;
  auto agent = manager.enrol("web-1");
  agent.report(R"({"event":{"id":"e1"}})");
  manager.advance(100s);
  manager.crash();
  BOOST_TEST(manager.status(agent.id()) == agent_status::stale);
  BOOST_TEST(manager.threats().size() == 1u);
  BOOST_TEST(agent.beat().status == 200u);
  agent.leave();
  manager.crash();
  BOOST_TEST(manager.status(agent.id()) == agent_status::departed);
}

BOOST_AUTO_TEST_CASE(token_of_a_second_registration_survives_a_crash) {
  virtual_manager manager;
  auto before = manager.enrol("web-1");
  auto after = manager.enrol("web-1");
  manager.crash();
  BOOST_TEST(before.beat().status == 200u);
  BOOST_TEST(after.beat().status == 200u);
  manager.crash();
  BOOST_TEST(before.beat().status == 401u);
  BOOST_TEST(after.beat().status == 200u);
}

BOOST_AUTO_TEST_CASE(last_seen_is_checkpointed) {
  virtual_manager manager;
  auto agent = manager.enrol("web-1");
  agent.beat_every(30s);
  manager.advance(1h);
  const auto seen = manager.details(agent.id()).row.last_seen;
  manager.crash();
  BOOST_TEST((seen - manager.details(agent.id()).row.last_seen <= 2min));
  BOOST_TEST(
    (manager.details(agent.id()).row.last_seen > manager.details(agent.id()).row.registered_at + 50min));
}

BOOST_AUTO_TEST_SUITE_END()
