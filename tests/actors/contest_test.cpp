// The decision whether two holders of one identity are alive.
#include "actors/manager/contest.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(contest_suite)

BOOST_AUTO_TEST_CASE(an_old_token_beside_a_living_holder_begins_a_contest_once) {
  contest both;
  BOOST_TEST(!both.open());
  BOOST_TEST(both.superseded_used(100s, 50s, 90s));
  BOOST_TEST(both.open());
  BOOST_TEST(!both.superseded_used(110s, 50s, 90s));
  BOOST_TEST(both.open());
}

BOOST_AUTO_TEST_CASE(an_old_token_of_a_silent_identity_is_no_contest) {
  contest both;
  BOOST_TEST(!both.superseded_used(140s, 50s, 90s));
  BOOST_TEST(!both.open());
  BOOST_TEST(both.superseded_used(140s - 1ns, 50s, 90s));
}

BOOST_AUTO_TEST_CASE(the_current_token_ends_a_contest_after_a_quiet_stale_period) {
  contest both;
  BOOST_TEST(both.superseded_used(100s, 90s, 90s));
  BOOST_TEST(!both.current_used(190s - 1ns, 90s));
  BOOST_TEST(both.open());
  BOOST_TEST(both.current_used(190s, 90s));
  BOOST_TEST(!both.open());
}

BOOST_AUTO_TEST_CASE(each_use_of_the_old_token_prolongs_the_contest) {
  contest both;
  BOOST_TEST(both.superseded_used(100s, 90s, 90s));
  BOOST_TEST(!both.superseded_used(180s, 170s, 90s));
  BOOST_TEST(!both.current_used(200s, 90s));
  BOOST_TEST(both.current_used(270s, 90s));
}

BOOST_AUTO_TEST_CASE(an_open_contest_is_prolonged_even_when_the_current_holder_is_silent) {
  contest both;
  BOOST_TEST(both.superseded_used(100s, 90s, 90s));
  BOOST_TEST(!both.superseded_used(500s, 90s, 90s));
  BOOST_TEST(!both.current_used(501s, 90s));
  BOOST_TEST(both.open());
}

BOOST_AUTO_TEST_CASE(the_current_token_alone_begins_and_ends_nothing) {
  contest both;
  BOOST_TEST(!both.current_used(1000s, 90s));
  BOOST_TEST(!both.open());
}

BOOST_AUTO_TEST_CASE(a_contest_that_ended_can_begin_again) {
  contest both;
  BOOST_TEST(both.superseded_used(100s, 90s, 90s));
  BOOST_TEST(both.current_used(190s, 90s));
  BOOST_TEST(both.superseded_used(200s, 190s, 90s));
  BOOST_TEST(both.open());
}

BOOST_AUTO_TEST_SUITE_END()
