// The rollout actor between a fake fleet and a fake policy actor.
#include "actors/manager/rollout.hpp"

#include "tests/actors/fakes.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace muster;
using namespace muster::test;

struct policy_book_of_moves {
  std::vector<move_rollout> moves;
  bool refuses = false;
};

policy_actor::behavior_type fake_policy(policy_actor::pointer, std::shared_ptr<policy_book_of_moves> book) {
  return {
    [](const write_policy&) { return policy_written{}; },
    [](const read_policies&) { return policy_overview{}; },
    [](const explain_policy&) { return agent_policy{}; },
    [](const count_policy&) { return policy_counts{}; },
    [](const revoke_emergency&) { return policy_written{}; },
    [](const start_rollout&) { return policy_written{}; },
    [=](const move_rollout& x) -> caf::result<policy_written> {
      book->moves.push_back(x);
      if (book->refuses) return caf::make_error(fleet_error::store_full);
      return policy_written{};
    },
    [](const know_profiles&) { return profiles_known{}; },
    [](const agent_reprofiled&) { return policy_written{}; },
    [](const agent_forgotten&) {},
    [](const attach_policy&) {},
    [](const pattern_changed&) {},
    [](const emergency_check_due&) {},
  };
}

struct rollout_fixture : virtual_time_fixture {
  rollout_fixture() {
    what.id = 7;
    what.stages = {100, policy_buckets};
    what.every = 1min;
    what.gates = {{gate_measure::stale_share, 2, false}};
    what.started_at = what.stage_since = utc();
    subject = spawn(rollout, rollout_options{},
                    rollout_ports{spawn(fake_policy, policy), spawn(fake_fleet, fleet),
                                  [this] { return utc(); }, [](std::string_view, const std::string&) {}},
                    what);
    deliver();
  }
  utc_time utc() const {
    return noon + std::chrono::duration_cast<std::chrono::milliseconds>(sched.clock().now() - started);
  }

  std::shared_ptr<policy_book_of_moves> policy = std::make_shared<policy_book_of_moves>();
  std::shared_ptr<fleet_book> fleet = std::make_shared<fleet_book>();
  caf::actor_clock::time_point started = sched.clock().now();
  policy_rollout what;
  rollout_actor subject;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(rollout_actors, rollout_fixture)

BOOST_AUTO_TEST_CASE(it_does_not_ask_all_the_time_while_it_waits_past_the_end_of_its_stage) {
  fleet->health = {{10, 0, 0, 0, 0}, {90, 0, 0, 0, 0}, 1};
  advance(1min + 1s);
  BOOST_TEST(policy->moves.empty());
  const auto& timers = sched.clock().schedule();
  BOOST_REQUIRE(!timers.empty());
  BOOST_TEST((timers.begin()->first - sched.clock().now() > 100ms));
}

BOOST_AUTO_TEST_CASE(it_goes_on_at_the_end_of_its_stage_to_the_millisecond) {
  advance(1min - 1ms);
  BOOST_TEST(policy->moves.empty());
  advance(1ms);
  BOOST_TEST(policy->moves.size() == 1u);
  BOOST_TEST((policy->moves[0].move == rollout_move::advance));
  BOOST_TEST(*policy->moves[0].from_stage == 0u);
}

BOOST_AUTO_TEST_CASE(it_halts_at_the_first_check_that_finds_a_breach) {
  fleet->health = {{10, 5, 0, 0, 0}, {}};
  advance(5s);
  BOOST_TEST(policy->moves.size() == 1u);
  BOOST_TEST((policy->moves[0].move == rollout_move::halt));
}

BOOST_AUTO_TEST_CASE(news_that_change_nothing_do_not_put_off_its_checks) {
  fleet->health = {{10, 5, 0, 0, 0}, {}};
  for (int second = 0; second < 5; ++second) {  // each revision of policy is told, whatever it is of
    caf::anon_send(subject, rollout_moved{what});
    advance(1s);
  }
  BOOST_TEST(policy->moves.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_refused_move_is_tried_again) {
  policy->refuses = true;
  advance(1min);
  BOOST_TEST(policy->moves.size() == 1u);
  policy->refuses = false;
  advance(5s);
  BOOST_TEST(policy->moves.size() >= 2u);
}

BOOST_AUTO_TEST_CASE(a_paused_one_waits_and_an_ended_one_is_no_more) {
  what.status = rollout_status::paused;
  what.served = 30s;
  caf::anon_send(subject, rollout_moved{what});
  advance(1h);
  BOOST_TEST(policy->moves.empty());
  what.ended_at = utc();
  caf::anon_send(subject, rollout_moved{what});
  advance(1h);
  BOOST_TEST(policy->moves.empty());
  BOOST_TEST(pending_timers() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
