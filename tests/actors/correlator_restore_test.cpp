// The correlator actor after a restart: what it goes on with, what it ends and
// what it makes up for.
#include "tests/actors/correlator_fixture.hpp"

using namespace muster;
using namespace muster::test;

namespace {

struct restore_suite : correlator_fixture {
  // Durable, though the correlator may never have heard of it.
  correlate_sightings reported(uint64_t agent, std::vector<key_sighting> keys) {
    durable.push_back(report_of(agent, std::move(keys)));
    return durable.back();
  }
  void restart() {
    crash();
    start({stored_open(), durable});
  }
  std::vector<correlate_sightings> durable;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(correlator_restore_suite, restore_suite)

BOOST_AUTO_TEST_CASE(an_open_pattern_goes_on_and_is_not_announced_again) {
  start();
  see(reported(1, {ip("a")}));
  const auto joined = see(reported(2, {ip("a")}));
  const auto before = stored();
  restart();
  BOOST_TEST(steps().size() == 1u);
  BOOST_TEST(counts().open_patterns == 1u);
  advance(2s);
  BOOST_TEST((stored() == before));
  BOOST_TEST((see(reported(3, {ip("a")})) == joined));
  // Whoever acts on patterns hears of it again, as of one that is known.
  BOOST_TEST(
    (steps() == steps_heard{pattern_step::opened, pattern_step::grew, pattern_step::became_critical}));
  BOOST_TEST(heard->back().whole.sightings == 3u);
}

BOOST_AUTO_TEST_CASE(a_pattern_that_ended_meanwhile_is_ended_at_once) {
  start();
  see(reported(1, {ip("a")}));
  see(reported(2, {ip("a")}));
  const auto last = utc();
  crash();
  advance(1h);
  start({stored_open(), {}});
  BOOST_TEST((steps() == steps_heard{pattern_step::opened, pattern_step::none}));
  BOOST_TEST((stored().begin()->second.ended_at == last + 300s));
  BOOST_TEST(counts().windows == 0u);
  BOOST_TEST(actions().back() == "pattern.ended");
}

BOOST_AUTO_TEST_CASE(a_restored_pattern_ends_when_nothing_comes) {
  start();
  see(reported(1, {ip("a")}));
  see(reported(2, {ip("a")}));
  crash();
  advance(100s);
  start({stored_open(), durable});
  advance(200s);
  BOOST_TEST(counts().windows == 1u);
  advance(1ms);
  BOOST_TEST(counts().windows == 0u);
  BOOST_TEST((stored().begin()->second.ended_at == noon + 300s));
}

BOOST_AUTO_TEST_CASE(a_pattern_that_a_crash_kept_from_being_noticed_is_announced) {
  start();
  see(reported(1, {ip("a")}));
  advance(10s);
  const auto at = reported(2, {ip("a")}).at;
  advance(1ms);
  restart();
  BOOST_TEST((steps() == steps_heard{pattern_step::opened}));
  BOOST_TEST((stored().begin()->second.opened_at == at));
  BOOST_TEST(actions() == words{"pattern.detected"});
}

BOOST_AUTO_TEST_CASE(a_pattern_made_up_for_looks_back_a_whole_window) {
  start();
  see(reported(1, {ip("a")}));
  advance(290s);
  reported(2, {ip("a")});
  crash();
  advance(60s);
  start({stored_open(), durable});
  BOOST_TEST((steps() == steps_heard{pattern_step::opened}));
  BOOST_TEST(heard->back().whole.agent_count == 2u);
}

BOOST_AUTO_TEST_CASE(a_pattern_that_ended_long_ago_is_not_announced_again) {
  start();
  see(reported(1, {ip("a")}));
  see(reported(2, {ip("a")}));
  advance(302s);
  BOOST_TEST(steps().size() == 2u);
  restart();
  BOOST_TEST(steps().size() == 2u);
}

BOOST_AUTO_TEST_CASE(growth_that_was_not_written_is_counted_again) {
  start();
  see(reported(1, {ip("a")}));
  see(reported(2, {ip("a")}));
  advance(10s);
  see(reported(2, {ip("a")}));
  restart();
  advance(2s);
  BOOST_TEST(stored().begin()->second.sightings == 3u);
  BOOST_TEST((stored().begin()->second.last_seen == noon + 10s));
}

BOOST_AUTO_TEST_CASE(growth_that_was_not_written_keeps_a_pattern_from_ending) {
  start();
  see(reported(1, {ip("a")}));
  see(reported(2, {ip("a")}));
  advance(200s);
  see(reported(1, {ip("a")}));
  crash();
  advance(150s);
  start({stored_open(), durable});
  BOOST_TEST(counts().open_patterns == 1u);
  BOOST_TEST(steps().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_lone_sighting_from_before_the_restart_makes_a_pattern_with_one_after) {
  start();
  see(reported(1, {ip("a")}));
  advance(299s);
  restart();
  advance(1s);
  BOOST_TEST(see(reported(2, {ip("a")})).size() == 1u);
}

BOOST_AUTO_TEST_CASE(of_two_open_patterns_with_one_key_the_older_is_ended) {
  start();
  see(reported(1, {ip("a")}));
  see(reported(2, {ip("a")}));
  auto twin = stored_open()[0];
  twin.opened_at = twin.last_seen = twin.opened_at + 1s;
  twin.id = make_pattern_id(twin.opened_at, twin.tenant, twin.kind, twin.value);
  crash();
  advance(2s);
  start({{twin, stored_open()[0]}, {}});
  BOOST_TEST(counts().open_patterns == 1u);
  BOOST_REQUIRE(stored().size() == 1u);
  BOOST_TEST(!stored().begin()->second.open());
}

BOOST_AUTO_TEST_SUITE_END()
