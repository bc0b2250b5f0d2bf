// The decision who is within the window, without any actor.
#include "actors/manager/sliding_window.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;
using namespace std::chrono_literals;

namespace {

constexpr utc_time noon{1'700'000'000'000ms};
constexpr agent_id a{1}, b{2}, c{3};

}  // namespace

BOOST_AUTO_TEST_SUITE(sliding_window_suite)

BOOST_AUTO_TEST_CASE(two_agents_exactly_one_window_apart_are_both_within_it) {
  sliding_window window{5min};
  window.note(a, true, noon);
  window.note(b, true, noon + 300'000ms);
  BOOST_TEST(window.distinct() == 2u);
}

BOOST_AUTO_TEST_CASE(a_millisecond_more_leaves_the_second_alone) {
  sliding_window window{5min};
  window.note(a, true, noon);
  window.note(b, true, noon + 300'001ms);
  BOOST_TEST(window.distinct() == 1u);
  BOOST_TEST((window.agents().front().id == b));
}

BOOST_AUTO_TEST_CASE(an_agent_that_is_seen_again_counts_once_and_stays_longer) {
  sliding_window window{5min};
  window.note(a, true, noon);
  window.note(b, true, noon + 1min);
  window.note(a, true, noon + 4min);
  BOOST_TEST(window.distinct() == 2u);
  window.expire(noon + 6min + 1ms);
  BOOST_TEST(window.distinct() == 1u);
  BOOST_TEST((window.agents().front().id == a));
  window.expire(noon + 9min);
  BOOST_TEST(window.distinct() == 1u);
  window.expire(noon + 9min + 1ms);
  BOOST_TEST(window.distinct() == 0u);
}

BOOST_AUTO_TEST_CASE(an_overtaken_sighting_counts_as_just_now) {
  sliding_window window{5min};
  window.note(a, true, noon + 10s);
  window.note(b, true, noon);
  BOOST_TEST((window.now() == noon + 10s));
  BOOST_TEST((window.agents().back().last_seen == noon + 10s));
  window.expire(noon + 310s);
  BOOST_TEST(window.distinct() == 2u);
}

BOOST_AUTO_TEST_CASE(trust_is_that_of_the_last_sighting) {
  sliding_window window{5min};
  window.note(a, true, noon);
  window.note(b, false, noon);
  BOOST_TEST(window.trusted() == 1u);
  window.note(b, true, noon + 1s);
  BOOST_TEST(window.trusted() == 2u);
  window.note(a, false, noon + 2s);
  BOOST_TEST(window.trusted() == 1u);
  window.expire(noon + 1h);
  BOOST_TEST(window.trusted() == 0u);
}

BOOST_AUTO_TEST_CASE(when_there_are_too_many_the_one_idle_longest_goes) {
  sliding_window window{5min, 2};
  window.note(a, true, noon);
  window.note(b, false, noon + 1s);
  window.note(a, true, noon + 2s);
  window.note(c, true, noon + 3s);
  BOOST_TEST(window.distinct() == 2u);
  BOOST_TEST(window.trusted() == 2u);
  BOOST_TEST(window.dropped() == 1u);
  BOOST_TEST((window.agents().front().id == a));
}

BOOST_AUTO_TEST_SUITE_END()
