// Gathering of state changes into numbered records.
#include "actors/manager/change_log.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;

namespace {

agent_id agent_at(uint32_t slot) { return make_agent_id(0, slot, slot + 1); }

state_change change_of(uint32_t slot, uint64_t previous = 0) {
  state_change change;
  change.id = agent_at(slot);
  change.to = agent_status::stale;
  change.previous = previous;
  return change;
}

audit_entry entry_named(const std::string& action) { return {{}, "manager", action, "", ""}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(change_log_suite)

BOOST_AUTO_TEST_CASE(changes_of_different_agents_share_a_record) {
  change_log log;
  BOOST_TEST(log.empty());
  BOOST_TEST(log.add(change_of(1)) == 1u);
  BOOST_TEST(log.add(change_of(2)) == 1u);
  BOOST_TEST(log.records() == 1u);
  BOOST_TEST(log.front().number == 1u);
  BOOST_TEST(log.front().changes.size() == 2u);
}

BOOST_AUTO_TEST_CASE(numbers_continue_after_the_last_one_of_the_store) {
  change_log log{41};
  BOOST_TEST(log.last() == 41u);
  BOOST_TEST(log.add(change_of(1, 41)) == 42u);
  BOOST_TEST(log.last() == 42u);
}

BOOST_AUTO_TEST_CASE(a_second_change_of_an_agent_begins_another_record) {
  change_log log;
  const auto first = log.add(change_of(1));
  const auto second = log.add(change_of(1, first));
  BOOST_TEST(second == first + 1);
  BOOST_TEST(log.records() == 2u);
  BOOST_TEST(log.add(change_of(2)) == second);
}

BOOST_AUTO_TEST_CASE(an_older_change_before_does_not_end_a_record) {
  change_log log;
  log.add(change_of(1));
  log.add(change_of(1, 1));
  BOOST_TEST(log.add(change_of(2, 1)) == 2u);
}

BOOST_AUTO_TEST_CASE(a_full_record_is_followed_by_another) {
  change_log log;
  for (uint32_t i = 0; i < change_log::changes_per_record; ++i) BOOST_REQUIRE(log.add(change_of(i)) == 1u);
  BOOST_TEST(log.add(change_of(9999)) == 2u);
  BOOST_TEST(log.front().changes.size() == change_log::changes_per_record);
}

BOOST_AUTO_TEST_CASE(a_record_that_is_being_written_takes_no_more) {
  change_log log;
  log.add(change_of(1));
  BOOST_TEST(log.front().number == 1u);
  BOOST_TEST(log.add(change_of(2)) == 2u);
  BOOST_TEST(log.front().changes.size() == 1u);
  log.pop();
  BOOST_TEST(log.add(change_of(3)) == 2u);
  BOOST_TEST(log.front().number == 2u);
  BOOST_TEST(log.front().changes.size() == 2u);
  log.pop();
  BOOST_TEST(log.empty());
  BOOST_TEST(log.add(change_of(4)) == 3u);
}

BOOST_AUTO_TEST_CASE(audit_entries_go_with_the_latest_change) {
  change_log log;
  log.add(change_of(1));
  log.add(entry_named("agent.contested"));
  log.add(change_of(1, 1));
  log.add(entry_named("agent.uncontested"));
  BOOST_TEST(log.front().audit.at(0).action == "agent.contested");
  log.pop();
  BOOST_TEST(log.front().audit.at(0).action == "agent.uncontested");
}

BOOST_AUTO_TEST_CASE(the_durable_change_is_found_behind_those_that_are_not) {
  change_log log{10};
  log.add(change_of(1, 7));   // 11
  log.add(change_of(2, 0));   // 11
  log.add(change_of(1, 11));  // 12
  log.add(change_of(1, 12));  // 13
  BOOST_TEST(log.durable_before(agent_at(1), 13) == 7u);
  BOOST_TEST(log.durable_before(agent_at(2), 11) == 0u);
  BOOST_TEST(log.durable_before(agent_at(3), 9) == 9u);
  log.front();
  log.pop();
  BOOST_TEST(log.durable_before(agent_at(1), 13) == 11u);
  BOOST_TEST(log.durable_before(agent_at(2), 11) == 11u);
}

BOOST_AUTO_TEST_SUITE_END()
