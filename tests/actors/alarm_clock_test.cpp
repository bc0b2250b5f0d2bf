// The alarm clock on virtual time: who is woken, and when.
#include "actors/manager/alarm_clock.hpp"

#include "actors/manager/agent.hpp"
#include "tests/actors/fakes.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;
using namespace muster::test;

namespace {

using woken = std::vector<std::pair<int, std::chrono::nanoseconds>>;  // who, and how long after the start

// An agent that only notes when it is woken.
agent_actor::behavior_type sleeper(agent_actor::pointer self, int number, std::shared_ptr<woken> seen,
                                   listening_time start) {
  return {
    [](const heartbeat&) { return heartbeat_ack{}; },
    [](report_threats&) { return threats_accepted{}; },
    [](const deregister_agent&) { return committed{}; },
    [](const describe_agent&) { return agent_details{}; },
    [](const agent_reenrolled&) {},
    [](const direct_agent&) {},
    [](const superseded_token_used&) {},
    [](const policy_acknowledged&) {},
    [self, number, seen, start](const liveness_check_due&) {
      seen->emplace_back(number, self->clock().now().time_since_epoch() - start);
    },
  };
}

struct clock_suite : virtual_time_fixture {
  clock_suite() { subject = spawn(alarm_clock, board, listening); }

  listening_time now() { return listening->at(sched.clock().now()); }
  void set(int number, std::chrono::nanoseconds after) {
    const auto deadline = now() + after;
    if (board->set(deadline, spawn(sleeper, number, seen, start)))
      self->send(subject, liveness_check_due{deadline});
  }

  std::shared_ptr<listening_clock> listening = std::make_shared<listening_clock>();
  std::shared_ptr<alarm_board> board = std::make_shared<alarm_board>();
  std::shared_ptr<woken> seen = std::make_shared<woken>();
  listening_time start = now();
  alarm_clock_actor subject;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(alarm_clock_suite, clock_suite)

BOOST_AUTO_TEST_CASE(each_is_woken_at_its_own_deadline) {
  set(1, 30s);
  set(2, 10s);
  set(3, 20s);
  advance(25s);
  BOOST_TEST((*seen == woken{{2, 10s}, {3, 20s}}));
  advance(5s);
  BOOST_TEST((*seen == woken{{2, 10s}, {3, 20s}, {1, 30s}}));
}

BOOST_AUTO_TEST_CASE(a_nearer_alarm_that_is_set_later_is_not_late) {
  set(1, 30s);
  advance(1s);
  set(2, 1s);
  advance(1s);
  BOOST_TEST((*seen == woken{{2, 2s}}));
}

BOOST_AUTO_TEST_CASE(more_than_a_turn_rings_are_all_rung_at_once) {
  for (int i = 0; i < 5'000; ++i) set(i, 10s);
  advance(10s);
  BOOST_TEST(seen->size() == 5'000u);
  BOOST_TEST((seen->back().second == 10s));
}

BOOST_AUTO_TEST_CASE(alarms_wait_while_listening_time_stands_still) {
  const auto loop = listening->add_loop(sched.clock().now());
  set(1, 5s);
  advance(20s);
  BOOST_TEST(seen->empty());
  listening->pulse(loop, sched.clock().now());  // tells of a gap of 20 seconds
  for (int i = 0; i < 20; ++i) {
    advance(250ms);
    listening->pulse(loop, sched.clock().now());
  }
  advance(20ms);
  BOOST_REQUIRE(seen->size() == 1u);
  BOOST_TEST((seen->front().second >= 25s));
  BOOST_TEST((seen->front().second <= 25s + 20ms));
}

BOOST_AUTO_TEST_SUITE_END()
