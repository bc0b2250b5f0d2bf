// How many of those who wait are sent news in a turn.
#include "runtime/ingress/push_pace.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(push_pace_suite)

BOOST_AUTO_TEST_CASE(the_first_turn_has_one_step_however_long_nothing_was_sent) {
  push_pace pace;
  const push_pace::time_point start{10h};
  BOOST_TEST(pace.turn(50'000, start) == 500u);
  pace.rest();
  BOOST_TEST(pace.turn(50'000, start + 1h) == 500u);
}

BOOST_AUTO_TEST_CASE(a_late_turn_makes_up_for_what_it_lost_but_not_for_more_than_a_tenth_of_a_second) {
  push_pace pace;
  const push_pace::time_point start{10h};
  pace.turn(50'000, start);
  BOOST_TEST(pace.turn(50'000, start + 10ms) == 500u);
  BOOST_TEST(pace.turn(50'000, start + 40ms) == 1'500u);
  BOOST_TEST(pace.turn(50'000, start + 2s) == 5'000u);
}

BOOST_AUTO_TEST_CASE(a_slow_pace_gets_on_too) {
  push_pace pace;
  BOOST_TEST(pace.turn(1, push_pace::time_point{10h}) == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
