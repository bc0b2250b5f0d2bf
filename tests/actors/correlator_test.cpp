// The correlator actor on virtual time: which window a sighting belongs to, when
// windows end, and what is written and told of patterns.
#include "tests/actors/correlator_fixture.hpp"

using namespace muster;
using namespace muster::test;

BOOST_FIXTURE_TEST_SUITE(correlator_suite, correlator_fixture)

BOOST_AUTO_TEST_CASE(a_second_agent_opens_a_pattern_that_is_written_and_told_at_once) {
  start();
  BOOST_TEST(see(1, "203.0.113.9").empty());
  advance(1s);
  ledger->desk.holds = true;  // nobody waits for the disk to be warned
  const auto joined = see(2, "203.0.113.9");
  BOOST_REQUIRE(joined.size() == 1u);
  BOOST_REQUIRE(heard->size() == 1u);
  BOOST_TEST((heard->front().step == pattern_step::opened));
  BOOST_TEST((heard->front().whole.id == joined[0]));
  BOOST_REQUIRE(ledger->patterns.size() == 1u);
  BOOST_TEST((ledger->patterns[0].what == heard->front().whole));
  const audit_entry wanted{utc(), "manager", "pattern.detected", to_string(joined[0]),
                           "source_ip=203.0.113.9 agents=2"};
  BOOST_REQUIRE(ledger->patterns[0].audit.size() == 1u);
  BOOST_TEST((ledger->patterns[0].audit[0] == wanted));
  tell(writer, commit_due{});
}

BOOST_AUTO_TEST_CASE(a_third_agent_makes_it_critical) {
  start();
  for (uint64_t agent : {1, 2, 3}) see(agent, "203.0.113.9");
  BOOST_TEST((steps() == steps_heard{pattern_step::opened, pattern_step::became_critical}));
  BOOST_TEST(actions() == (words{"pattern.detected", "pattern.critical"}), boost::test_tools::per_element());
  BOOST_TEST(stored().begin()->second.critical);
  BOOST_TEST(counts().patterns_critical == 1u);
}

BOOST_AUTO_TEST_CASE(one_agent_twice_is_no_pattern) {
  start();
  see(1, "203.0.113.9");
  BOOST_TEST(see(1, "203.0.113.9").empty());
  BOOST_TEST(heard->empty());
  BOOST_TEST(counts().windows == 1u);
  BOOST_TEST(counts().sightings == 2u);
}

BOOST_AUTO_TEST_CASE(tenants_kinds_and_values_are_kept_apart) {
  start();
  see(1, "203.0.113.9");
  see(2, "203.0.113.8");
  see(report_of(3, {{"file_hash", "203.0.113.9", 1, {}, {}}}));
  auto other = report_of(4, {ip("203.0.113.9")});
  other.tenant = "south";
  see(other);
  BOOST_TEST(heard->empty());
  BOOST_TEST(counts().windows == 4u);
}

BOOST_AUTO_TEST_CASE(a_report_joins_the_patterns_of_all_its_keys) {
  start();
  see(report_of(1, {ip("a"), ip("b"), ip("c")}));
  const auto joined = see(report_of(2, {ip("c"), ip("d"), ip("a")}));
  BOOST_TEST(joined.size() == 2u);
  BOOST_TEST(std::is_sorted(joined.begin(), joined.end()));
  BOOST_TEST((see(report_of(1, {ip("a"), ip("c")})) == joined));
  BOOST_TEST(see(report_of(3, {})).empty());
}

BOOST_AUTO_TEST_CASE(kinds_may_have_thresholds_of_their_own) {
  options.kinds["source_ip"] = {3, 3};
  start();
  see(1, "203.0.113.9");
  BOOST_TEST(see(2, "203.0.113.9").empty());
  BOOST_TEST(see(3, "203.0.113.9").size() == 1u);
  BOOST_TEST((steps() == steps_heard{pattern_step::became_critical}));
  BOOST_TEST(actions() == (words{"pattern.detected", "pattern.critical"}), boost::test_tools::per_element());
  BOOST_TEST(counts().patterns_opened == 1u);
}

BOOST_AUTO_TEST_CASE(two_agents_exactly_one_window_apart_are_a_pattern) {
  start();
  see(1, "203.0.113.9");
  advance(300'000ms);
  BOOST_TEST(see(2, "203.0.113.9").size() == 1u);
}

BOOST_AUTO_TEST_CASE(two_agents_a_millisecond_more_apart_are_none) {
  start();
  see(1, "203.0.113.9");
  advance(300'001ms);
  BOOST_TEST(counts().windows == 0u);
  BOOST_TEST(see(2, "203.0.113.9").empty());
}

BOOST_AUTO_TEST_CASE(a_window_ends_to_the_millisecond_and_its_pattern_with_it) {
  start();
  see(1, "203.0.113.9");
  advance(1s);
  see(2, "203.0.113.9");
  advance(300'000ms);
  BOOST_TEST(counts().windows == 1u);
  BOOST_TEST(counts().open_patterns == 1u);
  advance(1ms);
  BOOST_TEST(counts().windows == 0u);
  BOOST_TEST(counts().open_patterns == 0u);
  BOOST_TEST(counts().patterns_ended == 1u);
  BOOST_TEST((steps() == steps_heard{pattern_step::opened, pattern_step::none}));
  BOOST_TEST((stored().begin()->second.ended_at == noon + 301s));
  BOOST_TEST(actions().back() == "pattern.ended");
  BOOST_TEST(pending_timers() == 0u);
}

BOOST_AUTO_TEST_CASE(a_sighting_that_comes_before_the_late_timer_ends_the_old_pattern) {
  start();
  see(1, "203.0.113.9");
  see(2, "203.0.113.9");
  auto late = report_of(3, {ip("203.0.113.9")});
  late.at += 300'001ms;
  BOOST_TEST(see(late).empty());
  BOOST_TEST((steps() == steps_heard{pattern_step::opened, pattern_step::none}));
  BOOST_TEST(counts().windows == 1u);
}

BOOST_AUTO_TEST_CASE(windows_may_wait_for_reports_whose_commit_takes_time) {
  options.late_reports = 200ms;
  start();
  see(1, "203.0.113.9");
  auto slow = report_of(2, {ip("203.0.113.9")});
  slow.at += 300'000ms;
  advance(300'200ms);
  BOOST_TEST(see(slow).size() == 1u);
  advance(300'000ms);
  BOOST_TEST(counts().windows == 1u);
  advance(1ms);
  BOOST_TEST(counts().windows == 0u);
  BOOST_TEST((heard->back().whole.ended_at == slow.at + 300s));
}

BOOST_AUTO_TEST_CASE(each_sighting_keeps_its_window_for_another_span) {
  start();
  for (int i = 0; i < 20; ++i) {
    see(1, "203.0.113.9");
    advance(299s);
    BOOST_TEST(counts().windows == 1u);
    BOOST_TEST(pending_timers() == 1u);
  }
  advance(1'000ms);
  BOOST_TEST(counts().windows == 1u);
  advance(1ms);
  BOOST_TEST(counts().windows == 0u);
}

BOOST_AUTO_TEST_CASE(growth_is_gathered_and_told_once) {
  start();
  for (uint64_t agent : {1, 2, 3}) see(agent, "203.0.113.9");
  for (uint64_t agent = 4; agent < 50; ++agent) see(agent, "203.0.113.9");
  BOOST_TEST(ledger->patterns.size() == 2u);
  advance(1'004ms - 1ns);  // it had four agents when it first had something to write
  BOOST_TEST(ledger->patterns.size() == 2u);
  advance(1ns);
  BOOST_TEST(ledger->patterns.size() == 3u);
  BOOST_TEST(ledger->patterns.back().audit.empty());
  BOOST_TEST(stored().begin()->second.agent_count == 49u);
  BOOST_TEST(
    (steps() == steps_heard{pattern_step::opened, pattern_step::became_critical, pattern_step::grew}));
  BOOST_TEST(heard->back().whole.agent_count == 49u);
}

BOOST_AUTO_TEST_CASE(repeats_are_written_but_not_told) {
  start();
  see(1, "203.0.113.9");
  see(2, "203.0.113.9");
  see(2, "203.0.113.9");
  advance(2s);
  BOOST_TEST(stored().begin()->second.sightings == 3u);
  BOOST_TEST(steps().size() == 1u);
  advance(1min);
  BOOST_TEST(ledger->patterns.size() == 2u);
}

BOOST_AUTO_TEST_CASE(large_patterns_are_written_less_often) {
  start();
  for (uint64_t agent = 1; agent <= 2'000; ++agent) see(agent, "203.0.113.9");
  advance(2s);
  const auto written = ledger->patterns.size();
  see(1, "203.0.113.9");
  advance(2'999ms);
  BOOST_TEST(ledger->patterns.size() == written);
  advance(1ms);
  BOOST_TEST(ledger->patterns.size() == written + 1);
}

BOOST_AUTO_TEST_CASE(a_write_that_failed_is_tried_again_with_its_audit) {
  start();
  see(1, "203.0.113.9");
  ledger->desk.refuse(fleet_error::store_full, 2);
  see(2, "203.0.113.9");
  BOOST_TEST(journal == words{"pattern_not_recorded"});
  advance(1'002ms);
  BOOST_TEST(ledger->patterns.size() == 2u);
  advance(1'002ms);
  BOOST_TEST(ledger->patterns.size() == 3u);
  BOOST_TEST(ledger->patterns.back().audit.size() == 1u);
  BOOST_TEST(journal.size() == 2u);
  advance(1min);
  BOOST_TEST(ledger->patterns.size() == 3u);
  BOOST_TEST(steps().size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_end_that_could_not_be_written_is_tried_again) {
  start();
  see(1, "203.0.113.9");
  see(2, "203.0.113.9");
  ledger->desk.refuse(fleet_error::store_failed, 3);
  advance(300'001ms);
  BOOST_TEST(ledger->patterns.size() == 2u);
  advance(10s);
  BOOST_TEST(ledger->patterns.size() == 5u);
  BOOST_TEST(!ledger->patterns.back().what.open());
  BOOST_TEST(ledger->patterns.back().audit[0].action == "pattern.ended");
  BOOST_TEST((steps() == steps_heard{pattern_step::opened, pattern_step::none}));
}

BOOST_AUTO_TEST_CASE(ends_that_wait_for_another_try_are_bounded) {
  options.unwritten = 2;
  start();
  for (auto value : {"a", "b", "c", "d"})
    for (uint64_t agent : {1, 2}) see(agent, value);
  ledger->desk.refuse(fleet_error::store_failed, 4);
  advance(310s);
  BOOST_TEST(ledger->patterns.size() == 4u + 4u + 2u);
}

BOOST_AUTO_TEST_CASE(a_slow_ledger_is_waited_for) {
  start();
  ledger->desk.holds = true;
  see(1, "203.0.113.9");
  see(2, "203.0.113.9");
  advance(1min);
  BOOST_TEST(journal.empty());
  BOOST_TEST(ledger->patterns.size() == 1u);
  tell(writer, commit_due{});
}

BOOST_AUTO_TEST_CASE(when_there_are_too_many_windows_the_one_idle_longest_goes) {
  options.windows = 3;
  start();
  for (auto value : {"a", "b", "c"}) {
    see(1, value);
    advance(1s);
  }
  see(1, "a");
  see(1, "d");
  BOOST_TEST(counts().windows == 3u);
  BOOST_TEST(counts().windows_dropped == 1u);
  BOOST_TEST(see(2, "a").size() == 1u);
  BOOST_TEST(see(2, "b").empty());  // it was forgotten
}

BOOST_AUTO_TEST_CASE(windows_without_a_pattern_go_before_those_with_one) {
  options.windows = 2;
  start();
  see(1, "a");
  see(2, "a");
  advance(1s);
  see(1, "b");
  advance(1s);
  see(1, "c");
  BOOST_TEST(counts().open_patterns == 1u);
  BOOST_TEST(see(3, "a").size() == 1u);
  see(2, "c");
  advance(1s);
  see(1, "d");  // now only windows with a pattern are left to go
  BOOST_TEST(counts().windows == 2u);
  BOOST_TEST(counts().windows_dropped == 2u);
  BOOST_TEST((heard->back().step == pattern_step::none));
  BOOST_TEST(heard->back().whole.value == "a");
  BOOST_TEST((heard->back().whole.ended_at == utc()));
}

BOOST_AUTO_TEST_CASE(agents_that_a_pattern_only_counts_are_counted) {
  options.rules.window_agents = 3;
  start();
  for (uint32_t slot = 0; slot < 8; ++slot) see(raw(make_agent_id(0, slot, 1)), "203.0.113.9");
  advance(2s);
  BOOST_TEST(counts().agents_dropped == 5u);
  BOOST_TEST(heard->back().whole.agent_count == 8u);
  advance(301s);
  BOOST_TEST(counts().agents_dropped == 5u);
}

BOOST_AUTO_TEST_CASE(windows_end_with_their_correlator) {
  start();
  for (auto value : {"a", "b", "c"}) see(1, value);
  const auto living = sys.registry().running();
  crash();
  BOOST_TEST(sys.registry().running() == living - 4);
}

BOOST_AUTO_TEST_SUITE_END()
