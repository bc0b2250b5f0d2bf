// Whole lives of agents, against a whole manager on virtual time.
#include "tests/scenarios/scenario.hpp"

BOOST_AUTO_TEST_SUITE(lifecycle)

BOOST_AUTO_TEST_CASE(silent_agent_becomes_stale_after_three_missed_heartbeats) {
  virtual_manager manager;
  auto agent = manager.enrol("web-1");
  manager.advance(89'999ms);
  BOOST_TEST(manager.status(agent.id()) == agent_status::online);
  manager.advance(1ms);
  BOOST_TEST(manager.status(agent.id()) == agent_status::stale);
  BOOST_TEST(causes(manager.history(agent.id())) == "online>stale:silence");
}

BOOST_AUTO_TEST_CASE(beating_agent_stays_online_for_a_day) {
  virtual_manager manager;
  auto agent = manager.enrol("web-1");
  agent.beat_every(30s);
  manager.advance(24h);
  BOOST_TEST(manager.status(agent.id()) == agent_status::online);
  BOOST_TEST(manager.history(agent.id()).empty());
}

BOOST_AUTO_TEST_CASE(stale_agent_comes_back_with_its_next_beat_and_without_registering) {
  virtual_manager manager;
  auto agent = manager.enrol("web-1");
  manager.advance(200s);
  BOOST_TEST(agent.beat().status == 200u);
  BOOST_TEST(manager.status(agent.id()) == agent_status::online);
  BOOST_TEST(causes(manager.history(agent.id())) == "online>stale:silence stale>online:heartbeat");
  manager.advance(90s);
  BOOST_TEST(manager.status(agent.id()) == agent_status::stale);
}

BOOST_AUTO_TEST_CASE(stale_agent_is_flagged_and_never_removed) {
  virtual_manager manager;
  auto agent = manager.enrol("web-1");
  manager.advance(days{2});
  BOOST_TEST(manager.status(agent.id()) == agent_status::stale);
}

BOOST_AUTO_TEST_CASE(departed_agent_keeps_its_identity_and_resumes_it_by_registering) {
  virtual_manager manager;
  auto agent = manager.enrol("web-1");
  const auto id = agent.id();
  BOOST_TEST(agent.leave().status == 200u);
  BOOST_TEST(manager.status(id) == agent_status::departed);
  manager.advance(1h);
  BOOST_TEST(manager.status(id) == agent_status::departed);
  BOOST_TEST(agent.register_again().status == 200u);
  BOOST_TEST(agent.id() == id);
  BOOST_TEST(manager.agents().size() == 1u);
  BOOST_TEST(causes(manager.history(id)) == "online>departed:departure departed>online:registration");
}

BOOST_AUTO_TEST_CASE(agent_that_departed_long_ago_is_removed) {
  options with;
  with.settings.retention.departed = 24h;
  virtual_manager manager{with};
  auto agent = manager.enrol("web-1");
  agent.leave();
  manager.advance(23h);
  BOOST_TEST(manager.agents().size() == 1u);
  manager.advance(2h);
  BOOST_TEST(manager.agents().empty());
  BOOST_TEST(agent.beat().status == 401u);
}

BOOST_AUTO_TEST_CASE(same_host_and_organization_is_the_same_identity) {
  virtual_manager manager;
  auto first = manager.enrol("web-1", "acme");
  auto again = manager.enrol("web-1", "acme");
  auto other = manager.enrol("web-1", "umbrella");
  BOOST_TEST(first.id() == again.id());
  BOOST_TEST(first.id() != other.id());
  BOOST_TEST(manager.agents().size() == 2u);
}

BOOST_AUTO_TEST_CASE(old_token_is_valid_until_the_new_one_is_used) {
  virtual_manager manager;
  auto before = manager.enrol("web-1");
  auto after = manager.enrol("web-1");
  BOOST_TEST(before.beat().status == 200u);
  BOOST_TEST(after.beat().status == 200u);
  BOOST_TEST(before.beat().status == 401u);
  BOOST_TEST(after.beat().status == 200u);
}

BOOST_AUTO_TEST_CASE(two_live_holders_of_one_identity_are_contested_until_one_is_quiet) {
  virtual_manager manager;
  auto one = manager.enrol("web-1");
  one.beat();
  auto two = manager.enrol("web-1");
  two.beat();
  BOOST_TEST(!manager.details(one.id()).row.contested);
  manager.advance(30s);
  BOOST_TEST(one.beat().status == 401u);
  BOOST_TEST(manager.details(one.id()).row.contested);
  BOOST_TEST(manager.counts().contested == 1u);
  BOOST_TEST(manager.audit({"", "agent.contested"}).size() == 1u);
  two.beat_every(30s);
  manager.advance(89s);
  BOOST_TEST(manager.details(one.id()).row.contested);
  manager.advance(31s);
  BOOST_TEST(!manager.details(one.id()).row.contested);
  BOOST_TEST(manager.counts().contested == 0u);
}

BOOST_AUTO_TEST_CASE(restarted_agent_is_not_contested) {
  virtual_manager manager;
  auto agent = manager.enrol("web-1");
  agent.beat();
  manager.advance(10s);
  agent.register_again();
  manager.advance(30s);
  BOOST_TEST(agent.beat().status == 200u);
  BOOST_TEST(!manager.details(agent.id()).row.contested);
}

BOOST_AUTO_TEST_CASE(duplicate_gets_a_new_identity_only_while_the_old_one_is_online) {
  options with;
  with.settings.enrolment_panguard.on_duplicate = duplicate_policy::new_identity;
  virtual_manager manager{with};
  auto first = manager.enrol("clone");
  auto second = manager.enrol("clone");
  BOOST_TEST(first.id() != second.id());
  manager.advance(2min);
  auto third = manager.enrol("clone");
  BOOST_TEST((third.id() == first.id() || third.id() == second.id()));
  BOOST_TEST(manager.agents().size() == 2u);
}

BOOST_AUTO_TEST_CASE(forced_removal_deletes_identity_and_tokens) {
  virtual_manager manager;
  auto agent = manager.enrol("web-1");
  const auto id = agent.id();
  BOOST_TEST(manager.operate("DELETE", "/operator/v1/agents/" + to_string(id)).status == 204u);
  BOOST_TEST(agent.beat().status == 401u);
  BOOST_TEST(manager.operate("DELETE", "/operator/v1/agents/" + to_string(id)).status == 404u);
  BOOST_TEST(agent.register_again().status == 201u);
  BOOST_TEST(agent.id() != id);
  BOOST_TEST(slot_of(agent.id()) == slot_of(id));
}

BOOST_AUTO_TEST_CASE(events_are_stored_once_and_kept_for_a_day) {
  virtual_manager manager;
  auto agent = manager.enrol("web-1");
  const std::string event = R"({"event":{"id":"e1","severity":"high"},"verdict":{"conclusion":"malicious"}})";
  BOOST_TEST(agent.report(event).json().at("accepted").as_int64() == 1);
  BOOST_TEST(agent.report(event).json().at("duplicates").as_int64() == 1);
  BOOST_TEST(manager.threats().size() == 1u);
  manager.restart();
  BOOST_TEST(agent.report(event).json().at("duplicates").as_int64() == 1);
  manager.advance(23h);
  BOOST_TEST(manager.threats().size() == 1u);
  manager.advance(2h);
  BOOST_TEST(manager.threats().empty());
}

BOOST_AUTO_TEST_SUITE_END()
