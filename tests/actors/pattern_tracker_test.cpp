// The decision what is a pattern, without any actor.
#include "actors/manager/pattern_tracker.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;
using namespace std::chrono_literals;

namespace {

constexpr utc_time noon{1'700'000'000'000ms};

struct tracker_suite {
  pattern_step note(uint64_t agent, std::chrono::milliseconds at, bool trusted = true) {
    return note_as(agent, at, {"source_ip", "203.0.113.9", 1, {}, {}}, trusted);
  }
  pattern_step note_as(uint64_t agent, std::chrono::milliseconds at, key_sighting what, bool trusted = true) {
    return tracker.note({agent_id{agent}, trusted, noon + at, ++reports, std::move(what)});
  }
  pattern_step replay(uint64_t report, uint64_t agent, std::chrono::milliseconds at) {
    return tracker.note({agent_id{agent}, true, noon + at, report, {"source_ip", "203.0.113.9", 1, {}, {}}});
  }
  const pattern& whole() const {
    BOOST_REQUIRE(tracker.open_pattern().has_value());
    return *tracker.open_pattern();
  }
  void with(pattern_options changed) { tracker = pattern_tracker{changed, key}; }

  pattern_key key{"north", "source_ip", "203.0.113.9"};
  pattern_options options;
  pattern_tracker tracker{options, key};
  uint64_t reports = 0;
};

using words = std::vector<std::string>;

}  // namespace

namespace muster {

std::ostream& operator<<(std::ostream& out, pattern_step step) { return out << static_cast<int>(step); }

}  // namespace muster

BOOST_FIXTURE_TEST_SUITE(pattern_tracker_suite, tracker_suite)

BOOST_AUTO_TEST_CASE(one_agent_alone_opens_nothing_however_often_it_sees_it) {
  for (int i = 0; i < 100; ++i) BOOST_TEST(note(1, i * 1s) == pattern_step::none);
  BOOST_TEST(!tracker.open_pattern());
  BOOST_TEST(!tracker.end(noon));
}

BOOST_AUTO_TEST_CASE(a_second_agent_exactly_one_window_later_opens_a_pattern) {
  note(1, 0ms);
  BOOST_TEST(note(2, 300'000ms) == pattern_step::opened);
  BOOST_TEST((whole().opened_at == noon + 300'000ms));
  BOOST_TEST((whole().first_seen == noon));
  BOOST_TEST((whole().last_seen == noon + 300'000ms));
  BOOST_TEST((whole().id == make_pattern_id(noon + 300'000ms, "north", "source_ip", "203.0.113.9")));
  BOOST_TEST(whole().tenant == "north");
  BOOST_TEST(whole().agent_count == 2u);
  BOOST_TEST(whole().last_report == 2u);
  BOOST_TEST(!whole().critical);
}

BOOST_AUTO_TEST_CASE(a_second_agent_a_millisecond_too_late_opens_nothing) {
  note(1, 0ms);
  BOOST_TEST(note(2, 300'001ms) == pattern_step::none);
}

BOOST_AUTO_TEST_CASE(a_third_agent_within_the_window_makes_it_critical_once) {
  note(1, 0s);
  note(2, 1s);
  BOOST_TEST(note(3, 300s) == pattern_step::became_critical);
  BOOST_TEST(whole().critical);
  BOOST_TEST(whole().severity == "critical");
  BOOST_TEST(note(4, 301s) == pattern_step::grew);
  BOOST_TEST(note(4, 600s) == pattern_step::joined);
  BOOST_TEST(whole().critical);
}

BOOST_AUTO_TEST_CASE(three_agents_that_are_never_within_one_window_are_not_critical) {
  note(1, 0s);
  note(2, 300s);
  BOOST_TEST(note(3, 301s) == pattern_step::grew);
  BOOST_TEST(note(4, 600s) == pattern_step::became_critical);
  BOOST_TEST(whole().agent_count == 4u);
}

BOOST_AUTO_TEST_CASE(a_pattern_may_open_critical) {
  options.thresholds = {3, 3};
  with(options);
  note(1, 0s);
  BOOST_TEST(note(2, 1s) == pattern_step::none);
  BOOST_TEST(note(3, 2s) == pattern_step::became_critical);
  BOOST_TEST((whole().opened_at == noon + 2s));
}

BOOST_AUTO_TEST_CASE(a_pattern_counts_what_the_window_held_when_it_opened) {
  note(1, 0s);
  note_as(1, 100s, {"source_ip", "203.0.113.9", 3, "high", {"T1110"}});
  note(1, 200s);
  note_as(2, 350s, {"source_ip", "203.0.113.9", 2, "low", {"T1078", "T1110"}}, false);
  BOOST_TEST(whole().sightings == 6u);
  BOOST_TEST((whole().first_seen == noon + 100s));
  BOOST_TEST(whole().severity == "high");
  BOOST_TEST(whole().techniques == (words{"T1110", "T1078"}), boost::test_tools::per_element());
  BOOST_TEST(whole().trusted_count == 1u);
  const std::vector<pattern_agent> wanted{{agent_id{1}, noon + 100s, noon + 200s, 4, true},
                                          {agent_id{2}, noon + 350s, noon + 350s, 2, false}};
  BOOST_TEST((whole().agents == wanted));
}

BOOST_AUTO_TEST_CASE(a_pattern_is_at_least_of_medium_severity) {
  note(1, 0s);
  note_as(2, 1s, {"source_ip", "203.0.113.9", 1, "low", {}});
  BOOST_TEST(whole().severity == "medium");
  note_as(2, 2s, {"source_ip", "203.0.113.9", 1, "high", {}});
  BOOST_TEST(whole().severity == "high");
}

BOOST_AUTO_TEST_CASE(agents_leave_the_window_but_not_the_pattern) {
  note(1, 0s);
  note(2, 1s);
  note(2, 290s);
  BOOST_TEST(note(2, 580s) == pattern_step::joined);
  BOOST_TEST(note(1, 870s) == pattern_step::joined);
  BOOST_TEST(whole().agent_count == 2u);
  BOOST_TEST(whole().sightings == 5u);
  BOOST_TEST((whole().agents[0] == pattern_agent{agent_id{1}, noon, noon + 870s, 2, true}));
}

BOOST_AUTO_TEST_CASE(an_overtaken_report_counts_as_just_now) {
  note(1, 10s);
  BOOST_TEST(note(2, 0s) == pattern_step::opened);
  BOOST_TEST((whole().opened_at == noon + 10s));
  BOOST_TEST((whole().last_seen == noon + 10s));
}

BOOST_AUTO_TEST_CASE(techniques_are_bounded) {
  note(1, 0s);
  for (int i = 0; i < 50; ++i) note_as(2, 1s, {"source_ip", "203.0.113.9", 1, {}, {"T" + std::to_string(i)}});
  BOOST_TEST(whole().techniques.size() == max_techniques);
}

BOOST_AUTO_TEST_CASE(trust_follows_the_latest_sighting_of_each_agent) {
  note(1, 0s, false);
  note(2, 1s, false);
  BOOST_TEST(whole().trusted_count == 0u);
  note(1, 2s, true);
  BOOST_TEST(whole().trusted_count == 1u);
  note(1, 3s, false);
  BOOST_TEST(whole().trusted_count == 0u);
}

BOOST_AUTO_TEST_CASE(agents_beyond_the_bound_are_counted_once_but_not_listed) {
  options.window_agents = 4;
  with(options);
  for (uint64_t agent = 0; agent < 10; ++agent) note(raw(make_agent_id(0, uint32_t(agent), 1)), 1s);
  BOOST_TEST(note(raw(make_agent_id(0, 9, 1)), 2s) == pattern_step::joined);
  BOOST_TEST(whole().agents.size() == 4u);
  BOOST_TEST(whole().agent_count == 10u);
  BOOST_TEST(whole().trusted_count == 10u);
  BOOST_TEST(whole().sightings == 11u);
}

BOOST_AUTO_TEST_CASE(the_memory_of_what_came_before_a_pattern_is_bounded) {
  options.early_sightings = 5;
  options.thresholds = {3, 3};
  with(options);
  note(1, 0s);
  for (int i = 1; i <= 100; ++i) note(2, i * 1s);
  BOOST_TEST(note(3, 101s) == pattern_step::became_critical);
  BOOST_TEST(whole().agent_count == 3u);
  BOOST_TEST(whole().sightings == 1u + 4u + 1u);
  BOOST_TEST((whole().first_seen == noon));
}

BOOST_AUTO_TEST_CASE(a_pattern_ends_one_window_after_its_last_sighting) {
  note(1, 0s);
  note(2, 1s);
  const auto ended = tracker.end(noon + 1h);
  BOOST_REQUIRE(ended.has_value());
  BOOST_TEST((ended->ended_at == noon + 301s));
  BOOST_TEST(!ended->open());
  BOOST_TEST(!tracker.open_pattern());
}

BOOST_AUTO_TEST_CASE(a_pattern_that_has_to_go_early_ends_then_but_not_before_its_last_sighting) {
  note(1, 0s);
  note(2, 20s);
  auto copy = tracker;
  BOOST_TEST((copy.end(noon + 30s)->ended_at == noon + 30s));
  BOOST_TEST((tracker.end(noon + 10s)->ended_at == noon + 20s));
}

BOOST_AUTO_TEST_CASE(a_restored_pattern_counts_no_replayed_sighting_twice) {
  note(1, 0s);
  note(2, 100s);
  const auto known = whole();
  with(options);
  tracker.restore(known);
  BOOST_TEST(replay(1, 1, 0s) == pattern_step::joined);
  BOOST_TEST(replay(2, 2, 100s) == pattern_step::joined);
  BOOST_TEST((whole() == known));
  BOOST_TEST(replay(3, 2, 101s) == pattern_step::joined);
  BOOST_TEST(whole().sightings == 3u);
  BOOST_TEST(replay(4, 3, 300s) == pattern_step::became_critical);
}

BOOST_AUTO_TEST_CASE(a_restored_pattern_knows_who_has_left_the_window) {
  note(1, 0s);
  note(2, 100s);
  const auto known = whole();
  with(options);
  tracker.restore(known);
  BOOST_TEST(note(3, 301s) == pattern_step::grew);
  BOOST_TEST(note(4, 302s) == pattern_step::became_critical);
}

BOOST_AUTO_TEST_CASE(an_agent_whose_report_was_overtaken_before_a_restart_is_not_lost) {
  replay(1, 1, 0s);
  replay(3, 2, 1s);
  const auto known = whole();
  with(options);
  tracker.restore(known);
  BOOST_TEST(replay(2, 3, 1s) == pattern_step::became_critical);
  BOOST_TEST(whole().last_report == 3u);
}

BOOST_AUTO_TEST_CASE(agents_that_are_only_counted_are_not_counted_again_after_a_restart) {
  options.window_agents = 3;
  with(options);
  for (uint32_t slot = 0; slot < 6; ++slot) note(raw(make_agent_id(0, slot, 1)), 1s);
  const auto known = whole();
  with(options);
  tracker.restore(known);
  for (uint32_t slot = 0; slot < 6; ++slot) note(raw(make_agent_id(0, slot, 1)), 2s);
  BOOST_TEST(whole().agent_count == 6u);
  BOOST_TEST(note(raw(make_agent_id(0, 7, 1)), 2s) == pattern_step::grew);
  BOOST_TEST(whole().agent_count == 7u);
}

BOOST_AUTO_TEST_CASE(sightings_from_before_the_start_fill_the_window_but_open_nothing) {
  options.opens_from = noon + 100s;
  with(options);
  note(1, 0s);
  BOOST_TEST(note(2, 99'999ms) == pattern_step::none);
  BOOST_TEST(note(2, 100s) == pattern_step::opened);
  BOOST_TEST(whole().sightings == 3u);
}

BOOST_AUTO_TEST_SUITE_END()
