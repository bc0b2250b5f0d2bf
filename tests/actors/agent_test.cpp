// The agent actor on virtual time: when it is online, stale, offline, departed
// or contested, what it tells its fleet of that, and what it stores.
#include "actors/manager/agent.hpp"

#include "tests/actors/fakes.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>

using namespace muster;
using namespace muster::test;

namespace {

constexpr agent_id own_id = make_agent_id(0, 3, 17);

struct agent_suite : virtual_time_fixture {
  agent_suite() {
    profiles[static_cast<size_t>(dialect::plexd)] = {30s, 90s, 300s};
    profiles[static_cast<size_t>(dialect::harborguard)] = {10s, std::nullopt, 60s};
  }

  void start(dialect speaks = dialect::panguard, agent_status status = agent_status::online) {
    auto alarms = std::make_shared<alarm_board>();
    agent_context shared{spawn(fake_fleet, fleet),
                         spawn(fake_ledger, ledger),
                         listening,
                         [this] { return calendar_time(); },
                         profiles,
                         alarms,
                         spawn(alarm_clock, alarms, listening)};
    agent_options options;
    options.id = own_id;
    options.speaks = speaks;
    options.status = status;
    options.last_seen = noon - 1min;
    options.recent_events = recent_events;
    subject = spawn<agent>(options, std::make_shared<const agent_context>(std::move(shared)));
    deliver();
  }

  std::chrono::nanoseconds passed() const { return sched.clock().now() - started; }
  utc_time utc() const { return noon + std::chrono::duration_cast<std::chrono::milliseconds>(passed()); }
  utc_time calendar_time() {
    if (std::exchange(calendar_breaks, false)) throw std::runtime_error{"the calendar broke"};
    return utc();
  }

  heartbeat_ack beat(heartbeat_report report = {}) {
    auto ack =
      ask<heartbeat_ack>(subject, heartbeat{listening->at(sched.clock().now()), utc(), std::move(report)});
    BOOST_REQUIRE(ack);
    return *ack;
  }
  // Beats at the given pace until `span` has passed.
  void keep_beating(std::chrono::seconds span, std::chrono::seconds pace = 30s) {
    for (auto left = span; left >= pace; left -= pace) {
      advance(pace);
      beat();
    }
  }
  agent_details describe() {
    agent_row row;
    row.id = own_id;
    row.hostname = "web-1";
    auto details = ask<agent_details>(subject, describe_agent{row});
    BOOST_REQUIRE(details);
    return *details;
  }
  agent_status status() { return describe().row.status; }
  void superseded_token_shown() { tell(subject, superseded_token_used{listening->at(sched.clock().now())}); }
  const state_change& last_change() const { return fleet->changes.back(); }

  std::shared_ptr<fleet_book> fleet = std::make_shared<fleet_book>();
  std::shared_ptr<ledger_book> ledger = std::make_shared<ledger_book>();
  std::shared_ptr<listening_clock> listening = std::make_shared<listening_clock>();
  std::array<liveness_profile, 3> profiles;
  std::vector<uint64_t> recent_events;
  bool calendar_breaks = false;
  caf::actor_clock::time_point started = sched.clock().now();
  agent_actor subject;
};

using words = std::vector<std::string>;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(agent_actor_suite, agent_suite)

BOOST_AUTO_TEST_CASE(a_silent_agent_becomes_stale_after_exactly_ninety_seconds) {
  start();
  advance(90s - 1ns);
  BOOST_TEST(fleet->told.empty());
  advance(1ns);
  BOOST_TEST(fleet->told == words{"went_stale"});
  BOOST_TEST((last_change()
              == state_change{own_id, agent_status::online, agent_status::stale, change_cause::silence,
                              noon + 90s, noon - 1min, 0}));
  BOOST_TEST((status() == agent_status::stale));
}

BOOST_AUTO_TEST_CASE(a_beating_agent_stays_online) {
  start();
  keep_beating(1h);
  BOOST_TEST(fleet->told.empty());
  BOOST_TEST((status() == agent_status::online));
}

BOOST_AUTO_TEST_CASE(the_silence_counts_from_the_last_beat_not_from_the_timer) {
  start();
  advance(80s);
  beat();
  advance(90s - 1ns);
  BOOST_TEST(fleet->told.empty());
  advance(1ns);
  BOOST_TEST(fleet->told == words{"went_stale"});
  BOOST_TEST((last_change().last_seen == noon + 80s));
}

BOOST_AUTO_TEST_CASE(a_stale_agent_comes_back_with_its_next_beat) {
  start();
  advance(100s);
  const auto ack = beat();
  BOOST_TEST((ack.status == agent_status::online));
  BOOST_TEST(fleet->told == (words{"went_stale", "came_back"}), boost::test_tools::per_element());
  BOOST_TEST((last_change()
              == state_change{own_id, agent_status::stale, agent_status::online, change_cause::heartbeat,
                              noon + 100s, noon - 1min, 0}));
  advance(90s);
  BOOST_TEST(fleet->told.back() == "went_stale");
}

BOOST_AUTO_TEST_CASE(a_stale_agent_without_an_offline_threshold_stays_stale_without_a_timer) {
  start();
  advance(90s);
  BOOST_TEST(pending_timers() == 0u);
  advance(1000h);
  BOOST_TEST(fleet->told == words{"went_stale"});
}

BOOST_AUTO_TEST_CASE(a_profile_with_both_thresholds_goes_stale_and_then_offline) {
  start(dialect::plexd);
  advance(300s - 1ns);
  BOOST_TEST(fleet->told == words{"went_stale"});
  advance(1ns);
  BOOST_TEST(fleet->told == (words{"went_stale", "went_offline"}), boost::test_tools::per_element());
  BOOST_TEST((last_change()
              == state_change{own_id, agent_status::stale, agent_status::offline, change_cause::silence,
                              noon + 300s, noon - 1min, 0}));
  BOOST_TEST(pending_timers() == 0u);
  beat();
  BOOST_TEST((last_change().from == agent_status::offline));
  BOOST_TEST(fleet->told.back() == "came_back");
}

BOOST_AUTO_TEST_CASE(a_profile_with_offline_alone_skips_stale) {
  start(dialect::harborguard);
  advance(60s);
  BOOST_TEST(fleet->told == words{"went_offline"});
  BOOST_TEST((last_change().from == agent_status::online));
}

BOOST_AUTO_TEST_CASE(a_restored_stale_agent_goes_on_towards_offline) {
  start(dialect::plexd, agent_status::stale);
  advance(300s);
  BOOST_TEST(fleet->told == words{"went_offline"});
}

BOOST_AUTO_TEST_CASE(beats_do_not_pile_up_timers) {
  start();
  for (int i = 0; i < 50; ++i) {
    advance(1s);
    beat();
    BOOST_REQUIRE(pending_timers() == 1u);
  }
  keep_beating(1h);
  BOOST_TEST(pending_timers() == 1u);
}

BOOST_AUTO_TEST_CASE(a_nearer_deadline_overtakes_the_timer_that_is_armed) {
  start(dialect::plexd);
  advance(100s);  // stale since 90 s, armed for offline at 300 s
  beat();         // online again: stale at 190 s comes first
  advance(90s);
  BOOST_TEST(fleet->told == (words{"went_stale", "came_back", "went_stale"}),
             boost::test_tools::per_element());
  advance(400s - 190s - 1ns);  // the overtaken timer of 300 s means nothing
  BOOST_TEST(fleet->told.size() == 3u);
  advance(1ns);
  BOOST_TEST(fleet->told.back() == "went_offline");
  BOOST_TEST(pending_timers() == 0u);
}

BOOST_AUTO_TEST_CASE(an_agent_is_not_silent_while_the_manager_is_deaf) {
  const auto loop = listening->add_loop(sched.clock().now());
  start();
  for (int i = 0; i < 40; ++i) {  // ten seconds of listening
    advance(250ms);
    listening->pulse(loop, sched.clock().now());
  }
  advance(10min);
  BOOST_TEST(fleet->told.empty());
  listening->pulse(loop, sched.clock().now());
  for (int i = 0; i < 80 * 4 - 1; ++i) {
    advance(250ms);
    listening->pulse(loop, sched.clock().now());
  }
  BOOST_TEST(fleet->told.empty());
  advance(260ms);
  BOOST_TEST(fleet->told == words{"went_stale"});
}

BOOST_AUTO_TEST_CASE(a_new_registration_is_a_sign_of_life) {
  start();
  advance(100s);
  tell(subject, agent_reenrolled{utc()});
  BOOST_TEST(fleet->told.back() == "came_back");
  BOOST_TEST((last_change().cause == change_cause::registration));
  BOOST_TEST((last_change().at == noon + 100s));
  BOOST_TEST((status() == agent_status::online));
}

BOOST_AUTO_TEST_CASE(a_goodbye_is_answered_by_the_fleet_and_silence_means_nothing_after_it) {
  start(dialect::plexd);
  advance(10s);
  BOOST_TEST(bool{ask<committed>(subject, deregister_agent{utc()})});
  BOOST_TEST(fleet->told == words{"departed"});
  BOOST_TEST((last_change()
              == state_change{own_id, agent_status::online, agent_status::departed, change_cause::departure,
                              noon + 10s, noon + 10s, 0}));
  advance(10h);
  BOOST_TEST(fleet->told == words{"departed"});
  BOOST_TEST(pending_timers() == 0u);
}

BOOST_AUTO_TEST_CASE(a_departed_agent_comes_back_when_it_beats) {
  start();
  ask<committed>(subject, deregister_agent{utc()});
  advance(1h);
  BOOST_TEST((beat().status == agent_status::online));
  BOOST_TEST((last_change().from == agent_status::departed));
  advance(90s);
  BOOST_TEST(fleet->told.back() == "went_stale");
}

BOOST_AUTO_TEST_CASE(a_goodbye_that_could_not_be_recorded_fails) {
  start();
  fleet->departures.refuse(fleet_error::store_failed);
  const auto answer = ask<committed>(subject, deregister_agent{utc()});
  BOOST_REQUIRE(!answer);
  BOOST_TEST((answer.error() == caf::make_error(fleet_error::store_failed)));
}

BOOST_AUTO_TEST_CASE(an_old_token_beside_a_beating_holder_is_a_contest) {
  start();
  advance(30s);
  BOOST_TEST(!beat().contested);
  advance(10s);
  superseded_token_shown();
  BOOST_TEST(fleet->told == words{"contested"});
  BOOST_TEST((last_change()
              == state_change{own_id, agent_status::online, agent_status::online, change_cause::contest,
                              noon + 40s, noon + 30s, 0}));
  superseded_token_shown();
  BOOST_TEST(fleet->told.size() == 1u);
  BOOST_TEST(beat().contested);
  BOOST_TEST(describe().row.contested);
}

BOOST_AUTO_TEST_CASE(an_old_token_of_a_silent_agent_is_no_contest_and_no_sign_of_life) {
  start();
  advance(90s);
  superseded_token_shown();
  BOOST_TEST(fleet->told == words{"went_stale"});
  BOOST_TEST((status() == agent_status::stale));
}

BOOST_AUTO_TEST_CASE(a_contest_is_over_after_a_stale_period_without_the_old_token) {
  start();
  superseded_token_shown();
  keep_beating(60s);
  BOOST_TEST(fleet->told == words{"contested"});
  keep_beating(30s);
  BOOST_TEST(fleet->told.size() == 2u);
  BOOST_TEST((last_change().cause == change_cause::contest_over));
  BOOST_TEST(!beat().contested);
  BOOST_TEST(!describe().row.contested);
}

BOOST_AUTO_TEST_CASE(the_latest_report_and_the_number_of_beats_are_shown) {
  start();
  heartbeat_report report;
  report.cpu_percent = 12.5;
  report.mode = "learning";
  beat();
  beat(report);
  const auto details = describe();
  BOOST_TEST((details.report == report));
  BOOST_TEST(details.heartbeats == 2u);
  BOOST_TEST(details.row.hostname == "web-1");
  BOOST_TEST((details.row.last_seen == utc()));
}

BOOST_AUTO_TEST_CASE(a_throwing_handler_tells_the_fleet_and_ends_the_actor) {
  start();
  calendar_breaks = true;
  advance(90s);
  BOOST_REQUIRE(fleet->failures.size() == 1u);
  BOOST_TEST((fleet->failures[0].id == own_id));
  BOOST_TEST(fleet->failures[0].what == "the calendar broke");
  BOOST_TEST(fleet->told.empty());
  BOOST_TEST(!ask<heartbeat_ack>(subject, heartbeat{}));
}

BOOST_AUTO_TEST_SUITE_END()
