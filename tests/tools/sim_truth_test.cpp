// The manager's word held against the truth, each rule at its edge.
#include "tools/muster-sim/truth.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster::sim;
using namespace std::chrono_literals;

namespace {

constexpr uint32_t web = 0;     // panguard: stale after 90 s
constexpr uint32_t sensor = 2;  // harborguard: offline after 120 s, never stale
constexpr uint32_t node = 4;    // plexd: stale after 90 s, offline after 300 s

scenario mixed_fleet() {
  scenario out;
  out.fleet = {{.speaks = dialect::panguard, .agents = 2, .prefix = "web-eu"},
               {.speaks = dialect::harborguard, .agents = 2, .prefix = "sensor"},
               {.speaks = dialect::plexd, .agents = 2, .prefix = "node"}};
  out.limits[0] = {90s, 0s};
  out.limits[1] = {0s, 120s};
  out.limits[2] = {90s, 300s};
  out.expectations = {{"stale_within", 1'000, "1s"}};
  return out;
}

struct fixture {
  beat_record beats{6, time_point{}};
  truth judge{mixed_fleet(), beats};

  static time_point at(run_time when) { return time_point{std::chrono::milliseconds{when}}; }
  // A beat that went out at the one time and was answered at the other.
  void beat(uint32_t agent, run_time sent, run_time answered) {
    beats.sent(agent, at(sent));
    beats.answered(agent, at(sent), at(answered));
  }
  void sweep(run_time now) { judge.sweep(now, std::nullopt); }
  detections found() const { return judge.found(); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(sim_truth, fixture)

BOOST_AUTO_TEST_CASE(host_names_tell_agents_of_this_fleet) {
  BOOST_TEST(judge.agent_named("web-eu-000001").value() == 1);
  BOOST_TEST(judge.agent_named("node-000004").value() == 4);
  for (const auto* stranger :
       {"web-eu-000004", "node-000006", "web-eu-00001", "web-eu", "web-eu-00000x", "", "sensor-99999999999"})
    BOOST_TEST(!judge.agent_named(stranger).has_value());
}

BOOST_AUTO_TEST_CASE(a_word_before_the_threshold_is_false) {
  beat(web, 1'000, 1'010);
  judge.said(web, agent_word::stale, 90'998);
  BOOST_TEST(found().false_stale.count == 1);
  const auto one = found().false_stale.first.at(0);
  BOOST_TEST(one.host == "web-eu-000000");
  BOOST_TEST(one.heard == 1'000);
  BOOST_TEST(one.by_ms == 2);
}

BOOST_AUTO_TEST_CASE(a_word_that_may_be_at_the_threshold_of_the_earliest_hearing_is_true) {
  beat(web, 1'000, 1'010);
  judge.said(web, agent_word::stale, 90'999);
  BOOST_TEST(found().false_stale.count == 0);
  BOOST_TEST(found().stale.all.count() == 1);
}

BOOST_AUTO_TEST_CASE(a_beat_that_was_under_way_when_the_word_came_does_not_make_it_false) {
  beat(web, 1'000, 1'010);
  sweep(4'000);
  beat(web, 91'500, 91'700);
  judge.said(web, agent_word::stale, 91'600);
  BOOST_TEST(found().false_stale.count == 0);
  BOOST_TEST(found().unjudged == 0);
}

BOOST_AUTO_TEST_CASE(an_answer_in_the_millisecond_of_the_word_does_not_make_it_false) {
  beat(web, 1'000, 1'010);
  sweep(4'000);
  beat(web, 91'500, 91'502);
  judge.said(web, agent_word::stale, 91'502);
  BOOST_TEST(found().false_stale.count == 0);
}

BOOST_AUTO_TEST_CASE(a_false_word_shows_even_after_the_next_beat) {
  beat(web, 1'000, 1'010);
  sweep(4'000);
  beat(web, 31'000, 31'010);
  judge.said(web, agent_word::stale, 30'500);
  BOOST_TEST(found().false_stale.count == 1);
}

BOOST_AUTO_TEST_CASE(nothing_is_said_of_a_word_older_than_all_that_is_known) {
  beat(web, 31'000, 31'010);
  judge.said(web, agent_word::stale, 30'500);
  BOOST_TEST(found().false_stale.count == 0);
  BOOST_TEST(found().unjudged == 1);
}

BOOST_AUTO_TEST_CASE(a_word_of_what_the_limits_know_not_is_false) {
  beat(sensor, 1'000, 1'010);
  judge.said(sensor, agent_word::stale, 500'000);
  BOOST_TEST(found().false_stale.count == 1);
}

BOOST_AUTO_TEST_CASE(a_word_is_late_only_beyond_the_allowance_after_the_latest_hearing) {
  beat(web, 1'000, 1'500);
  judge.said(web, agent_word::stale, 92'500);
  BOOST_TEST(found().late_stale.count == 0);
  beat(web + 1, 1'000, 1'500);
  judge.said(web + 1, agent_word::stale, 92'501);
  BOOST_TEST(found().late_stale.count == 1);
  BOOST_TEST(found().late_stale.first.at(0).by_ms == 1);
  BOOST_TEST(found().wide == 2);
  BOOST_TEST(found().stale.all.max() == 1'001ms);
}

BOOST_AUTO_TEST_CASE(a_request_without_an_answer_may_have_been_heard) {
  beat(web, 1'000, 1'010);
  beats.sent(web, at(31'000));
  judge.said(web, agent_word::stale, 121'500);
  BOOST_TEST(found().late_stale.count == 0);
  BOOST_TEST(found().false_stale.count == 0);
}

BOOST_AUTO_TEST_CASE(delays_fall_into_their_buckets) {
  beat(web, 1'000, 1'000);
  judge.said(web, agent_word::stale, 91'020);
  beat(web + 1, 1'000, 1'000);
  judge.said(web + 1, agent_word::stale, 91'021);
  BOOST_TEST(found().stale.buckets[4] == 1);  // up to 20 ms
  BOOST_TEST(found().stale.buckets[5] == 1);
}

BOOST_AUTO_TEST_CASE(who_is_not_spoken_of_is_missed_after_the_allowance) {
  beat(web, 1'000, 1'010);
  sweep(92'010);
  BOOST_TEST(found().missed_stale.count == 0);
  sweep(92'011);
  sweep(93'011);
  BOOST_TEST(found().missed_stale.count == 1);
  BOOST_TEST(found().missed_stale.first.at(0).by_ms == 1'001);
}

BOOST_AUTO_TEST_CASE(a_word_that_comes_after_all_is_late_and_not_missed) {
  beat(web, 1'000, 1'010);
  sweep(95'000);
  judge.said(web, agent_word::stale, 95'500);
  sweep(96'000);
  BOOST_TEST(found().missed_stale.count == 0);
  BOOST_TEST(found().late_stale.count == 1);
}

BOOST_AUTO_TEST_CASE(who_comes_back_without_a_word_stays_missed) {
  beat(web, 1'000, 1'010);
  sweep(95'000);
  beat(web, 95'500, 95'510);
  sweep(96'000);
  sweep(99'000);
  BOOST_TEST(found().missed_stale.count == 1);
  BOOST_TEST(found().missed_stale.first.size() == 1);
}

BOOST_AUTO_TEST_CASE(what_may_have_been_said_while_nobody_listened_is_not_missed) {
  beat(web, 1'000, 1'010);
  sweep(4'000);
  judge.stream_lost(80'000);
  sweep(95'000);
  beat(web, 95'500, 95'510);
  sweep(96'000);
  BOOST_TEST(found().missed_stale.count == 0);
  BOOST_TEST(found().unheard == 1);
}

BOOST_AUTO_TEST_CASE(a_threshold_after_the_list_is_not_excused_by_the_interruption) {
  beat(web, 1'000, 1'010);
  sweep(4'000);
  judge.stream_lost(80'000);
  judge.begin_list(81'000);
  judge.end_list(82'000);
  sweep(95'000);
  beat(web, 95'500, 95'510);
  sweep(96'000);
  BOOST_TEST(found().missed_stale.count == 1);
}

BOOST_AUTO_TEST_CASE(a_restart_gives_those_online_a_full_threshold) {
  beat(web, 1'000, 1'010);
  judge.manager_restarted(50'000, 52'000);
  sweep(140'000);
  BOOST_TEST(found().missed_stale.count == 0);
  judge.said(web, agent_word::stale, 139'998);
  BOOST_TEST(found().false_stale.count == 1);
  beat(web + 1, 1'000, 1'010);
  judge.said(web + 1, agent_word::stale, 143'000);
  BOOST_TEST(found().late_stale.count == 0);
  BOOST_TEST(found().false_stale.count == 1);
}

BOOST_AUTO_TEST_CASE(a_word_from_before_a_restart_is_judged_as_then) {
  beat(web, 1'000, 1'010);
  judge.manager_restarted(94'000, 95'000);
  judge.said(web, agent_word::stale, 93'000);
  BOOST_TEST(found().false_stale.count == 0);
  BOOST_TEST(found().late_stale.count == 1);
}

BOOST_AUTO_TEST_CASE(while_the_manager_is_deaf_no_silence_grows) {
  beat(web, 1'000, 1'010);
  judge.manager_deaf(40'000, 5'000);
  sweep(97'010);
  BOOST_TEST(found().missed_stale.count == 0);
  sweep(97'011);
  BOOST_TEST(found().missed_stale.count == 1);
}

BOOST_AUTO_TEST_CASE(deafness_before_the_last_beat_counts_for_nothing) {
  judge.manager_deaf(500, 5'000);
  beat(web, 1'000, 1'010);
  sweep(92'011);
  BOOST_TEST(found().missed_stale.count == 1);
}

BOOST_AUTO_TEST_CASE(nodes_are_stale_first_and_offline_later) {
  beat(node, 1'000, 1'010);
  judge.said(node, agent_word::stale, 91'015);
  sweep(301'000);
  BOOST_TEST(found().missed_stale.count == 0);
  sweep(302'011);
  BOOST_TEST(found().missed_stale.count == 1);
  judge.said(node, agent_word::offline, 302'500);
  BOOST_TEST(found().missed_stale.count == 0);
  BOOST_TEST(found().late_stale.count == 1);
  BOOST_TEST(found().offline.all.count() == 1);
  BOOST_TEST(found().stale.all.count() == 1);
}

BOOST_AUTO_TEST_CASE(sensors_are_judged_by_offline_alone) {
  beat(sensor, 1'000, 1'010);
  sweep(121'000);
  BOOST_TEST(found().states.online == 1);
  judge.said(sensor, agent_word::offline, 120'998);
  BOOST_TEST(found().false_stale.count == 1);
  sweep(122'000);
  BOOST_TEST(found().states.offline == 1);
}

BOOST_AUTO_TEST_CASE(who_left_is_not_waited_for) {
  beat(web, 1'000, 1'010);
  beats.leaves(web);
  judge.said(web, agent_word::offline, 1'500);
  beat(web + 1, 1'000, 1'010);
  judge.said(web + 1, agent_word::offline, 1'500);
  sweep(500'000);
  BOOST_TEST(found().false_stale.count == 0);
  BOOST_TEST(found().missed_stale.count == 0);
  BOOST_TEST(found().unjudged == 0);
}

BOOST_AUTO_TEST_CASE(a_return_clears_the_word_and_has_a_delay) {
  beat(web, 1'000, 1'010);
  judge.said(web, agent_word::stale, 91'015);
  beat(web, 100'000, 100'020);
  judge.said(web, agent_word::online, 100'012);
  BOOST_TEST(found().back.all.count() == 1);
  BOOST_TEST(found().back.all.max() == 12ms);
  sweep(191'020);
  BOOST_TEST(found().missed_stale.count == 0);
  sweep(191'021);
  BOOST_TEST(found().missed_stale.count == 1);
}

BOOST_AUTO_TEST_CASE(who_was_heard_again_and_is_still_called_stale_is_counted) {
  beat(web, 1'000, 1'010);
  judge.said(web, agent_word::stale, 91'015);
  beat(web, 100'000, 100'020);
  sweep(102'019);
  BOOST_TEST(found().not_back == 0);
  sweep(102'020);
  BOOST_TEST(found().not_back == 1);
  judge.said(web, agent_word::online, 103'000);
  sweep(104'000);
  BOOST_TEST(found().not_back == 0);
}

BOOST_AUTO_TEST_CASE(a_list_tells_what_the_news_did_not) {
  for (const auto agent : {web, web + 1}) beat(agent, 1'000, 1'010);
  judge.said(web, agent_word::stale, 91'015);
  judge.stream_lost(91'020);
  judge.begin_list(100'000);
  judge.listed(web + 1, agent_word::stale, 91'030);
  judge.end_list(100'100);
  BOOST_TEST(found().stale.all.count() == 2);
  beat(web, 99'000, 99'010);
  sweep(102'000);
  BOOST_TEST(found().not_back == 0);  // the list did not have it
  BOOST_TEST(found().missed_stale.count == 0);
}

BOOST_AUTO_TEST_CASE(a_silence_from_before_the_run_is_not_judged) {
  beat(web, 500, 510);
  judge.begin_list(600);
  judge.listed(web, agent_word::stale, 1);
  BOOST_TEST(found().words == 0);
  BOOST_TEST(found().unjudged == 0);
  judge.said(web, agent_word::online, 505);
  BOOST_TEST(found().back.all.count() == 1);
}

BOOST_AUTO_TEST_CASE(news_count_more_than_a_list_that_is_older) {
  beat(web, 1'000, 1'010);
  judge.said(web, agent_word::stale, 91'015);
  judge.begin_list(91'500);
  judge.said(web, agent_word::online, 92'000);
  judge.listed(web, agent_word::stale, 91'015);
  judge.end_list(93'000);
  BOOST_TEST(found().words == 2);
}

BOOST_AUTO_TEST_CASE(a_status_that_counts_too_few_lags_by_the_oldest_it_lacks) {
  beat(web, 1'000, 1'000);
  beat(web + 1, 1'000, 1'200);
  beat(node, 1'000, 1'290);
  judge.sweep(91'300, 3);
  BOOST_TEST(found().status_lag_ms == 0);
  judge.sweep(91'300, 2);
  BOOST_TEST(found().status_lag_ms == 10);
  judge.sweep(91'300, 1);
  BOOST_TEST(found().status_lag_ms == 100);
  judge.sweep(200'000, 0);
  BOOST_TEST(found().status_lag_ms == truth::longest_lag);
}

BOOST_AUTO_TEST_CASE(offenders_are_counted_beyond_those_that_are_named) {
  offences many;
  for (uint32_t i = 0; i < 250; ++i) many.add({i, "x", 1, 2, 3});
  BOOST_TEST(many.count == 250);
  BOOST_TEST(many.first.size() == offences::named);
}

BOOST_AUTO_TEST_SUITE_END()
