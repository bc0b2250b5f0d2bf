// Limits and what was measured.
#include "tools/muster-sim/verdict.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster::sim;
using namespace std::chrono_literals;

namespace {

bool holds(const std::string& text, double limit, double got) {
  scenario of;
  of.expectations = {{"patterns", limit, text}};
  return judge(of, {{"patterns", got}}).at(0).held;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sim_verdict)

BOOST_AUTO_TEST_CASE(limits_are_maxima_minima_or_exact) {
  BOOST_TEST(holds("5", 5, 5));
  BOOST_TEST(!holds("5", 5, 5.01));
  BOOST_TEST(holds(">= 5", 5, 5));
  BOOST_TEST(!holds(">=5", 5, 4.99));
  BOOST_TEST(holds("== 5", 5, 5));
  BOOST_TEST(!holds(" ==5", 5, 4));
}

BOOST_AUTO_TEST_CASE(what_was_not_measured_does_not_hold) {
  scenario of;
  of.expectations = {{"p99", 50, "50ms"}};
  const auto verdict = judge(of, {});
  BOOST_TEST(!verdict.at(0).held);
  BOOST_TEST(!verdict.at(0).got.has_value());
  BOOST_TEST(verdict.at(0).wanted == "at most 50 ms");
  BOOST_TEST(!all_held(verdict));
  BOOST_TEST(all_held({}));
}

BOOST_AUTO_TEST_CASE(names_are_known_and_explained) {
  BOOST_TEST(is_expectation("stale_within"));
  BOOST_TEST(!is_expectation("stale_withing"));
  for (const auto& name : expectation_names()) BOOST_TEST(!meaning_of(name).empty(), name);
  BOOST_TEST(is_time("p99"));
  BOOST_TEST(!is_time("errors"));
}

BOOST_AUTO_TEST_CASE(answers_that_ask_for_patience_are_no_errors) {
  outcome what;
  what.total[request_kind::heartbeat].errors = 7;
  what.total.refusals[429] = 3;
  what.total.refusals[503] = 2;
  const auto got = figures_of(what, {}, {});
  BOOST_TEST(got.at("errors") == 2);
  BOOST_TEST(got.at("turned_away") == 5);
  const auto counted_apart = figures_of(what, {}, {.turned_away = 4});
  BOOST_TEST(counted_apart.at("errors") == 7);
  BOOST_TEST(counted_apart.at("turned_away") == 4);
}

BOOST_AUTO_TEST_CASE(percentiles_are_of_heartbeats) {
  outcome what;
  BOOST_TEST(!figures_of(what, {}, {}).contains("p50"));
  for (int i = 0; i < 10; ++i) what.total[request_kind::heartbeat].latency.record(100us);
  what.total[request_kind::registration].latency.record(1s);
  BOOST_TEST(figures_of(what, {}, {}).at("p99") == 0.1);
}

BOOST_AUTO_TEST_CASE(a_longest_delay_is_known_only_if_all_came) {
  observation seen;
  seen.has_heard_news = true;
  BOOST_TEST(!figures_of({}, seen, {}).contains("stale_within"));
  seen.found.stale.add(20);
  seen.found.offline.add(70);
  seen.found.back.add(5);
  BOOST_TEST(figures_of({}, seen, {}).at("stale_within") == 70);
  BOOST_TEST(figures_of({}, seen, {}).at("back_within") == 5);
  seen.found.missed_stale.count = 1;
  seen.found.not_back = 1;
  BOOST_TEST(!figures_of({}, seen, {}).contains("stale_within"));
  BOOST_TEST(!figures_of({}, seen, {}).contains("back_within"));
}

BOOST_AUTO_TEST_CASE(without_news_nothing_is_known_of_words) {
  observation seen;
  seen.found.stale.add(20);
  seen.found.back.add(5);
  for (const auto* name :
       {"false_stale", "late_stale", "missed_stale", "not_back", "stale_within", "back_within"}) {
    seen.has_heard_news = false;
    BOOST_TEST(!figures_of({}, seen, {}).contains(name), name);
    seen.has_heard_news = true;
    BOOST_TEST(figures_of({}, seen, {}).contains(name), name);
  }
}

BOOST_AUTO_TEST_CASE(the_driver_knows_of_policies_better_than_the_manager) {
  observation seen;
  BOOST_TEST(!figures_of({}, seen, {}).contains("policy_reached"));
  seen.policy = {2, 10, 8, 300};
  BOOST_TEST(figures_of({}, seen, {}).at("policy_reached") == 8);
  BOOST_TEST(figures_of({}, seen, {}).at("policy_within") == 300);
  const driven_figures driven{.policy_reached = 9, .policy_within_ms = 310};
  BOOST_TEST(figures_of({}, seen, driven).at("policy_reached") == 9);
  BOOST_TEST(figures_of({}, seen, driven).at("policy_within") == 310);
}

BOOST_AUTO_TEST_SUITE_END()
