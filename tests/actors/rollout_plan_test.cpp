// Gates and stages of a rollout.
#include "actors/manager/rollout_plan.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;
using namespace std::chrono_literals;

namespace {

const utc_time noon{std::chrono::hours{500'000}};

policy_rollout running() {
  policy_rollout out;
  out.id = 7;
  out.stages = {100, policy_buckets};
  out.every = 10min;
  out.gates = {{gate_measure::stale_share, 2.0, false}};
  out.started_at = out.stage_since = noon;
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rollout_plans)

BOOST_AUTO_TEST_CASE(a_stage_lasts_as_long_as_it_was_set_to) {
  const rollout_health well{{100, 1, 0, 0, 0}, {900, 0, 0, 0, 0}};
  BOOST_TEST(!next_move(running(), well, noon + 10min - 1ms).move);
  BOOST_TEST((*next_move(running(), well, noon + 10min).move == rollout_move::advance));
}

BOOST_AUTO_TEST_CASE(a_breached_gate_halts_at_once) {
  const auto verdict = next_move(running(), {{100, 2, 0, 0, 0}, {900, 0, 0, 0, 0}}, noon + 1s);
  BOOST_TEST((*verdict.move == rollout_move::halt));
  BOOST_TEST(verdict.reason == "stage 1: stale_share is 2.00%, the gate wants less than 2.00%");
}

BOOST_AUTO_TEST_CASE(nothing_moves_while_a_disruption_holds_losses) {
  const rollout_health held{{100, 50, 0, 0, 0}, {900, 0, 0, 0, 0}, 1};
  BOOST_TEST(!next_move(running(), held, noon + 1h).move);
}

BOOST_AUTO_TEST_CASE(each_measure_counts_its_own) {
  const rollout_health health{{100, 3, 4, 5, 6}, {100, 1, 1, 1, 1}};
  const auto at = [&](gate_measure measure, double limit) {
    return breach({measure, limit, false}, health).empty();
  };
  BOOST_TEST(at(gate_measure::stale_share, 3.5));
  BOOST_TEST(!at(gate_measure::stale_share, 3));
  BOOST_TEST(at(gate_measure::offline_share, 4.5));
  BOOST_TEST(!at(gate_measure::offline_share, 4));
  BOOST_TEST(at(gate_measure::silent_share, 7.5));
  BOOST_TEST(!at(gate_measure::silent_share, 7));
  BOOST_TEST(at(gate_measure::pattern_share, 5.5));
  BOOST_TEST(!at(gate_measure::pattern_share, 5));
  BOOST_TEST(at(gate_measure::error_share, 6.5));
  BOOST_TEST(!at(gate_measure::error_share, 6));
}

BOOST_AUTO_TEST_CASE(a_gate_over_the_rest_forgives_what_befalls_everyone) {
  const rollout_gate gate{gate_measure::silent_share, 2, true};
  BOOST_TEST(breach(gate, {{100, 50, 0, 0, 0}, {100, 50, 0, 0, 0}}).empty());
  BOOST_TEST(!breach(gate, {{100, 52, 0, 0, 0}, {100, 50, 0, 0, 0}}).empty());
}

BOOST_AUTO_TEST_CASE(a_stage_without_agents_breaches_nothing) {
  BOOST_TEST(breach({gate_measure::stale_share, 0, false}, {{0, 0, 0, 0, 0}, {5, 5, 0, 0, 0}}).empty());
}

BOOST_AUTO_TEST_CASE(a_paused_rollout_neither_goes_on_nor_halts) {
  auto paused = running();
  paused.status = rollout_status::paused;
  paused.served = 5min;
  BOOST_TEST(!next_move(paused, {{100, 90, 0, 0, 0}, {}}, noon + 1h).move);
  paused.status = rollout_status::running;
  paused.stage_since = noon + 2h;
  BOOST_TEST(!next_move(paused, {{100, 0, 0, 0, 0}, {}}, noon + 2h + 5min - 1ms).move);
  BOOST_TEST((*next_move(paused, {{100, 0, 0, 0, 0}, {}}, noon + 2h + 5min).move == rollout_move::advance));
}

BOOST_AUTO_TEST_SUITE_END()
