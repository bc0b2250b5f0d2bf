// Which agents the steps of a scenario are for, and when.
#include "tools/muster-sim/step_book.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <set>

using namespace std::chrono_literals;
using namespace muster::sim;

namespace {

const time_point start{100h};

scenario of(std::vector<step> steps, uint32_t agents = 1000) {
  scenario out;
  fleet_part part;
  part.agents = agents;
  out.fleet.push_back(part);
  out.steps = std::move(steps);
  return out;
}

step make(step_kind what, double share, std::chrono::milliseconds span = 0ms,
          std::chrono::milliseconds at = 0ms) {
  step out;
  out.what = what;
  out.share = share;
  out.span = span;
  out.at = at;
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sim_step_book)

BOOST_AUTO_TEST_CASE(a_choice_is_exactly_its_share_and_the_same_for_the_same_seed) {
  for (const uint32_t agents : {1u, 2u, 10u, 997u, 1000u, 65'536u}) {
    const choice some{agents, 0.3, 5}, again{agents, 0.3, 5}, other{agents, 0.3, 6};
    uint32_t chosen = 0, differences = 0;
    for (uint32_t agent = 0; agent < agents; ++agent) {
      chosen += some.has(agent) ? 1 : 0;
      BOOST_TEST(some.has(agent) == again.has(agent));
      differences += some.has(agent) != other.has(agent) ? 1 : 0;
    }
    BOOST_TEST(chosen == some.count());
    BOOST_TEST(chosen == static_cast<uint32_t>(std::ceil(0.3 * agents - 1e-9)));
    if (agents >= 997) BOOST_TEST(differences > agents / 10);
  }
}

BOOST_AUTO_TEST_CASE(a_step_for_nobody_makes_no_turn) {
  for (const auto kind : {step_kind::herd, step_kind::restart_agents, step_kind::worm, step_kind::scan}) {
    const auto what = of({make(kind, 0, 1s)});
    step_book book{what, 1};
    book.begin(start);
    BOOST_TEST(book.take_begun(start).has_value());
    BOOST_TEST(!book.take_turn(start + 1h).has_value());
    BOOST_TEST((book.next_turn() == time_point::max()));
  }
}

BOOST_AUTO_TEST_CASE(ranks_and_agents_belong_to_each_other) {
  const choice all{1000, 1, 9};
  std::set<uint32_t> seen;
  for (uint32_t rank = 0; rank < 1000; ++rank) {
    seen.insert(all.at(rank));
    BOOST_TEST(all.rank(all.at(rank)) == rank);
  }
  BOOST_TEST(seen.size() == 1000u);
  BOOST_TEST((choice{1000, 0, 9}.count()) == 0u);
}

BOOST_AUTO_TEST_CASE(no_step_begins_before_the_fleet_is_there_nor_before_its_time) {
  const auto what = of({make(step_kind::silence, 0.3, 0ms, 5s), make(step_kind::resume, 0, 0ms, 9s)});
  step_book steps{what, 1};
  BOOST_TEST(!steps.take_begun(start + 1h));
  steps.begin(start);
  BOOST_TEST(!steps.take_begun(start + 4'999ms));
  const auto first = steps.take_begun(start + 20s);
  BOOST_TEST_REQUIRE(first.has_value());
  BOOST_TEST(int{first->number} == 1);
  BOOST_TEST((first->at == start + 5s));
  BOOST_TEST(int{steps.take_begun(start + 20s)->number} == 2);
  BOOST_TEST(!steps.take_begun(start + 20s));
}

BOOST_AUTO_TEST_CASE(a_worm_reaches_each_of_its_hosts_once_within_its_span) {
  const auto what = of({make(step_kind::worm, 0.1, 10s)});
  step_book steps{what, 1};
  steps.begin(start);
  BOOST_TEST(steps.take_begun(start).has_value());
  std::set<uint32_t> seen;
  auto last = start;
  while (const auto turn = steps.take_turn(start + 10s)) {
    seen.insert(turn->agent);
    BOOST_TEST((turn->due >= last));
    last = turn->due;
  }
  BOOST_TEST(seen.size() == 100u);
  BOOST_TEST((last < start + 10s));
  BOOST_TEST((last >= start + 9s));
  BOOST_TEST((steps.next_turn() == time_point::max()));
  BOOST_TEST(steps.shows(1).size() == std::string{R"("sha256":"")"}.size() + 64);
  BOOST_TEST((step_book{what, 2}.shows(1)) != steps.shows(1));
}

BOOST_AUTO_TEST_CASE(who_flaps_is_silent_and_back_as_often_as_it_was_said) {
  auto flap = make(step_kind::flap, 0.5, 10s);
  flap.count = 2;
  const auto what = of({flap});
  step_book steps{what, 1};
  steps.begin(start);
  BOOST_TEST(steps.take_begun(start).has_value());
  std::vector<bool> silent;
  for (int second = 0; second < 100; second += 10)
    while (const auto toggle = steps.take_toggle(start + std::chrono::seconds{second}))
      silent.push_back(toggle->silent);
  BOOST_TEST((silent == std::vector<bool>{true, false, true, false}));
}

BOOST_AUTO_TEST_CASE(a_ramp_grows_evenly_from_the_rate_that_was) {
  auto up = make(step_kind::ramp, 0, 10s);
  up.rate = 3;
  auto down = make(step_kind::ramp, 0, 0ms, 20s);
  down.rate = 1;
  const auto what = of({up, down});
  step_book steps{what, 1};
  steps.begin(start);
  BOOST_TEST(steps.take_begun(start).has_value());
  BOOST_TEST(steps.speed(start) == 1);
  BOOST_TEST(steps.speed(start + 5s) == 2);
  BOOST_TEST(steps.speed(start + 15s) == 3);
  BOOST_TEST(steps.take_begun(start + 20s).has_value());
  BOOST_TEST(steps.speed(start + 20s) == 1);
}

BOOST_AUTO_TEST_CASE(clocks_are_off_by_no_more_than_was_said_and_only_some) {
  const auto what = of({make(step_kind::skew, 0.3, 1h)});
  step_book steps{what, 1};
  steps.begin(start);
  BOOST_TEST(steps.take_begun(start).has_value());
  int off = 0, ahead = 0;
  for (uint32_t agent = 0; agent < 1000; ++agent) {
    const auto skew = steps.skew(agent);
    BOOST_TEST((std::chrono::abs(skew) <= 1h));
    off += skew != 0ms ? 1 : 0;
    ahead += skew > 0ms ? 1 : 0;
  }
  BOOST_TEST(off == 300);
  BOOST_TEST(ahead > 100);
  BOOST_TEST(ahead < 200);
}

BOOST_AUTO_TEST_SUITE_END()
