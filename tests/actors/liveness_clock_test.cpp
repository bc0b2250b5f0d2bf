// The decision who is alive, without any actor.
#include "actors/manager/liveness_clock.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;
using namespace std::chrono_literals;

namespace {

const liveness_profile only_stale{30s, 90s, std::nullopt};
const liveness_profile both{30s, 90s, 300s};
const liveness_profile only_offline{30s, std::nullopt, 300s};
const liveness_profile never{30s, std::nullopt, std::nullopt};

bool is(const std::optional<agent_status>& got, agent_status wanted) { return got && *got == wanted; }

}  // namespace

BOOST_AUTO_TEST_SUITE(liveness_clock_suite)

BOOST_AUTO_TEST_CASE(an_agent_stays_online_until_its_threshold_is_reached) {
  liveness_clock clock{agent_status::online, 10s};
  BOOST_TEST(!clock.check(only_stale, 100s - 1ns));
  BOOST_TEST((clock.status() == agent_status::online));
}

BOOST_AUTO_TEST_CASE(an_agent_is_stale_at_exactly_its_threshold) {
  liveness_clock clock{agent_status::online, 10s};
  BOOST_TEST(is(clock.check(only_stale, 100s), agent_status::stale));
  BOOST_TEST((clock.status() == agent_status::stale));
}

BOOST_AUTO_TEST_CASE(a_state_begins_only_once) {
  liveness_clock clock{agent_status::online, 0s};
  BOOST_TEST(is(clock.check(only_stale, 90s), agent_status::stale));
  BOOST_TEST(!clock.check(only_stale, 91s));
  BOOST_TEST(!clock.check(only_stale, 1000h));
}

BOOST_AUTO_TEST_CASE(a_stale_agent_becomes_offline_counted_from_its_last_beat) {
  liveness_clock clock{agent_status::online, 0s};
  BOOST_TEST(is(clock.check(both, 90s), agent_status::stale));
  BOOST_TEST(!clock.check(both, 300s - 1ns));
  BOOST_TEST(is(clock.check(both, 300s), agent_status::offline));
}

BOOST_AUTO_TEST_CASE(a_late_look_skips_stale_and_finds_offline) {
  liveness_clock clock{agent_status::online, 0s};
  BOOST_TEST(is(clock.check(both, 301s), agent_status::offline));
}

BOOST_AUTO_TEST_CASE(a_profile_without_stale_goes_straight_to_offline) {
  liveness_clock clock{agent_status::online, 0s};
  BOOST_TEST(!clock.check(only_offline, 299s));
  BOOST_TEST(is(clock.check(only_offline, 300s), agent_status::offline));
}

BOOST_AUTO_TEST_CASE(a_profile_without_thresholds_never_ends_anything) {
  liveness_clock clock{agent_status::online, 0s};
  BOOST_TEST(!clock.check(never, 100'000h));
  BOOST_TEST(!clock.deadline(never));
}

BOOST_AUTO_TEST_CASE(a_beat_restarts_the_silence) {
  liveness_clock clock{agent_status::online, 0s};
  BOOST_TEST(!clock.heard(89s));
  BOOST_TEST(!clock.check(only_stale, 178s));
  BOOST_TEST(is(clock.check(only_stale, 179s), agent_status::stale));
}

BOOST_AUTO_TEST_CASE(a_beat_ends_each_state_but_online_and_tells_which) {
  for (auto before : {agent_status::stale, agent_status::offline, agent_status::departed}) {
    liveness_clock clock{before, 0s};
    BOOST_TEST(is(clock.heard(1s), before));
    BOOST_TEST((clock.status() == agent_status::online));
    BOOST_TEST(!clock.heard(2s));
  }
}

BOOST_AUTO_TEST_CASE(a_beat_from_the_past_does_not_shorten_the_present) {
  liveness_clock clock{agent_status::online, 50s};
  BOOST_TEST(!clock.heard(20s));
  BOOST_TEST((clock.heard_at() == 50s));
  BOOST_TEST(!clock.check(only_stale, 139s));
}

BOOST_AUTO_TEST_CASE(silence_means_nothing_after_a_goodbye) {
  liveness_clock clock{agent_status::online, 0s};
  clock.depart();
  BOOST_TEST(!clock.check(both, 1000h));
  BOOST_TEST(!clock.deadline(both));
  BOOST_TEST((clock.status() == agent_status::departed));
}

BOOST_AUTO_TEST_CASE(an_offline_agent_waits_for_nothing_but_a_beat) {
  liveness_clock clock{agent_status::offline, 0s};
  BOOST_TEST(!clock.deadline(both));
  BOOST_TEST(!clock.check(both, 1000h));
}

BOOST_AUTO_TEST_CASE(the_deadline_is_the_next_threshold) {
  liveness_clock clock{agent_status::online, 10s};
  BOOST_TEST((clock.deadline(both) == listening_time{100s}));
  BOOST_TEST((clock.deadline(only_offline) == listening_time{310s}));
  BOOST_TEST(is(clock.check(both, 100s), agent_status::stale));
  BOOST_TEST((clock.deadline(both) == listening_time{310s}));
  BOOST_TEST(!clock.deadline(only_stale));
}

BOOST_AUTO_TEST_CASE(a_restored_agent_gets_a_full_threshold) {
  liveness_clock online{agent_status::online, 1000s};
  BOOST_TEST((online.deadline(only_stale) == listening_time{1090s}));
  liveness_clock stale{agent_status::stale, 1000s};
  BOOST_TEST((stale.deadline(both) == listening_time{1300s}));
}

BOOST_AUTO_TEST_SUITE_END()
