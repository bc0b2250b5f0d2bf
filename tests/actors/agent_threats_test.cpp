// What the agent actor does with reports of threats: each event is stored once,
// and nothing is taken for stored that is not.
#include "actors/manager/agent.hpp"

#include "tests/actors/fakes.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;
using namespace muster::test;

namespace {

struct threats_suite : virtual_time_fixture {
  void start() {
    auto listening = std::make_shared<listening_clock>();
    auto alarms = std::make_shared<alarm_board>();
    agent_context shared{spawn(fake_fleet, fleet),
                         spawn(fake_ledger, ledger),
                         listening,
                         [] { return noon; },
                         {},
                         alarms,
                         spawn(alarm_clock, alarms, listening),
                         correlates ? spawn(fake_correlator, correlator) : correlator_actor{},
                         correlate_benign,
                         trust_everyone};
    writer = shared.ledger;
    judge = shared.correlator;
    agent_options options;
    options.id = make_agent_id(0, 3, 17);
    options.recent_events = recent_events;
    options.tenant = std::make_shared<const std::string>("north");
    options.openly_enrolled = openly_enrolled;
    subject = spawn<agent>(options, std::make_shared<const agent_context>(std::move(shared)));
    deliver();
  }

  static report_threats report_of(const std::vector<std::string>& event_ids) {
    report_threats report{noon, {}};
    for (const auto& id : event_ids) {
      report.threats.emplace_back();
      report.threats.back().event_id = id;
      report.threats.back().event = "{}";
      report.threats.back().sightings = {{"source_ip", "203.0.113.9", ""}};
    }
    return report;
  }
  caf::expected<threats_accepted> report(const std::vector<std::string>& event_ids) {
    return ask<threats_accepted>(subject, report_of(event_ids));
  }
  threats_accepted accepted(const std::vector<std::string>& event_ids) {
    auto answer = report(event_ids);
    BOOST_REQUIRE(answer);
    return *answer;
  }

  std::shared_ptr<fleet_book> fleet = std::make_shared<fleet_book>();
  std::shared_ptr<ledger_book> ledger = std::make_shared<ledger_book>();
  std::shared_ptr<correlator_book> correlator = std::make_shared<correlator_book>();
  std::vector<uint64_t> recent_events;
  bool correlates = true;
  bool correlate_benign = false;
  bool trust_everyone = false;
  bool openly_enrolled = false;
  ledger_actor writer;
  correlator_actor judge;
  agent_actor subject;
};

using positions = std::vector<uint32_t>;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(agent_threats_suite, threats_suite)

BOOST_AUTO_TEST_CASE(a_report_is_stored_as_one_record_and_answered_with_its_number) {
  start();
  const auto answer = accepted({"e1", "e2"});
  BOOST_TEST(answer.report == 1u);
  BOOST_TEST(answer.accepted == (positions{0, 1}), boost::test_tools::per_element());
  BOOST_TEST(answer.duplicates == 0u);
  BOOST_REQUIRE(ledger->threats.size() == 1u);
  const auto& stored = ledger->threats[0].report;
  BOOST_TEST((stored.reporter == make_agent_id(0, 3, 17)));
  BOOST_TEST((stored.received_at == noon));
  BOOST_TEST(stored.threats.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_repeated_event_is_stored_once) {
  start();
  accepted({"e1", "e2"});
  const auto again = accepted({"e2", "e3", "e1"});
  BOOST_TEST(again.accepted == positions{1});
  BOOST_TEST(again.duplicates == 2u);
  BOOST_TEST(again.report == 2u);
  BOOST_REQUIRE(ledger->threats[1].report.threats.size() == 1u);
  BOOST_TEST(ledger->threats[1].report.threats[0].event_id == "e3");
}

BOOST_AUTO_TEST_CASE(an_event_that_is_twice_in_one_report_is_stored_once) {
  start();
  const auto answer = accepted({"e1", "e1"});
  BOOST_TEST(answer.accepted == positions{0});
  BOOST_TEST(answer.duplicates == 1u);
}

BOOST_AUTO_TEST_CASE(a_report_of_nothing_new_is_answered_in_its_turn) {
  start();
  accepted({"e1"});
  const auto again = accepted({"e1"});
  BOOST_TEST(again.report == 0u);
  BOOST_TEST(again.accepted.empty());
  BOOST_TEST(again.duplicates == 1u);
  BOOST_TEST(ledger->threats.back().report.threats.empty());
}

BOOST_AUTO_TEST_CASE(events_without_an_id_are_always_new) {
  start();
  accepted({"", ""});
  BOOST_TEST(accepted({""}).accepted == positions{0});
}

BOOST_AUTO_TEST_CASE(events_from_before_a_restart_are_known) {
  recent_events = {event_fingerprint("e1")};
  start();
  BOOST_TEST(accepted({"e1", "e2"}).accepted == positions{1});
}

BOOST_AUTO_TEST_CASE(a_report_is_answered_only_when_it_is_durable) {
  start();
  ledger->desk.holds = true;
  auto answer = request<threats_accepted>(subject, report_of({"e1"}));
  deliver();
  BOOST_TEST(!answered());
  tell(writer, commit_due{});
  BOOST_TEST(answered());
  BOOST_TEST(bool{answer()});
}

BOOST_AUTO_TEST_CASE(an_event_that_could_not_be_stored_is_new_again) {
  start();
  accepted({"e0"});
  ledger->desk.refuse(fleet_error::store_full, 1);
  const auto failed = report({"e0", "e1"});
  BOOST_REQUIRE(!failed);
  BOOST_TEST((failed.error() == caf::make_error(fleet_error::store_full)));
  const auto again = accepted({"e0", "e1"});
  BOOST_TEST(again.accepted == positions{1});
  BOOST_TEST(again.duplicates == 1u);
}

BOOST_AUTO_TEST_CASE(a_slow_ledger_answers_a_repeated_report_after_the_one_that_it_repeats) {
  start();
  ledger->desk.holds = true;
  auto first = request<threats_accepted>(subject, report_of({"e1"}));
  advance(10min);
  auto again = request<threats_accepted>(subject, report_of({"e1"}));
  deliver();
  BOOST_TEST(!answered());
  tell(writer, commit_due{});
  BOOST_TEST(first().value().accepted == positions{0});
  BOOST_TEST(again().value().duplicates == 1u);
}

BOOST_AUTO_TEST_CASE(a_report_is_a_sign_of_life) {
  start();
  advance(100s);
  accepted({"e1"});
  BOOST_TEST(fleet->told.back() == "came_back");
  advance(89s);
  BOOST_TEST(fleet->told.back() == "came_back");
  advance(1s);
  BOOST_TEST(fleet->told.back() == "went_stale");
}

BOOST_AUTO_TEST_CASE(a_durable_report_is_correlated_and_answered_with_its_patterns) {
  start();
  accepted({"e1"});
  correlator->patterns = {pattern_id{3}, pattern_id{7}};
  const auto answer = accepted({"e1", "e2", "e3"});
  BOOST_TEST((answer.patterns == correlator->patterns));
  BOOST_TEST(answer.report == 2u);
  BOOST_REQUIRE(correlator->reports.size() == 2u);
  const auto& asked = correlator->reports[1];
  BOOST_TEST(asked.tenant == "north");
  BOOST_TEST((asked.reporter == make_agent_id(0, 3, 17)));
  BOOST_TEST((asked.at == noon));
  BOOST_TEST(asked.report == 2u);
  BOOST_TEST(asked.trusted);
  BOOST_REQUIRE(asked.keys.size() == 1u);
  BOOST_TEST(asked.keys[0].value == "203.0.113.9");
  BOOST_TEST(asked.keys[0].count == 2u);  // what was reported before is not seen again
}

BOOST_AUTO_TEST_CASE(a_report_is_not_correlated_before_it_is_durable) {
  start();
  ledger->desk.holds = true;
  auto answer = request<threats_accepted>(subject, report_of({"e1"}));
  deliver();
  BOOST_TEST(correlator->reports.empty());
  correlator->desk.holds = true;
  tell(writer, commit_due{});
  BOOST_TEST(correlator->reports.size() == 1u);
  BOOST_TEST(!answered());
  tell(judge, pattern_flush_due{});
  BOOST_TEST(bool{answer()});
}

BOOST_AUTO_TEST_CASE(a_report_that_is_not_durable_is_not_correlated) {
  start();
  ledger->desk.refuse(fleet_error::store_full, 1);
  BOOST_TEST(!report({"e1"}));
  BOOST_TEST(correlator->reports.empty());
}

BOOST_AUTO_TEST_CASE(a_durable_report_is_accepted_though_it_could_not_be_correlated) {
  start();
  correlator->desk.refuse(fleet_error::shutting_down, 1);
  const auto answer = accepted({"e1"});
  BOOST_TEST(answer.accepted == positions{0});
  BOOST_TEST(answer.patterns.empty());
  self->send_exit(judge, caf::exit_reason::kill);
  BOOST_TEST(accepted({"e2"}).accepted == positions{0});
}

BOOST_AUTO_TEST_CASE(without_a_correlator_reports_are_accepted_as_ever) {
  correlates = false;
  start();
  BOOST_TEST(accepted({"e1"}).report == 1u);
}

BOOST_AUTO_TEST_CASE(a_report_of_nothing_new_asks_no_correlator) {
  start();
  accepted({"e1"});
  accepted({"e1"});
  BOOST_TEST(correlator->reports.size() == 1u);
}

BOOST_AUTO_TEST_CASE(benign_events_are_correlated_only_when_wanted) {
  for (bool wanted : {false, true}) {
    correlate_benign = wanted;
    start();
    auto benign = report_of({"e1"});
    benign.threats[0].conclusion = "benign";
    BOOST_TEST(bool{ask<threats_accepted>(subject, benign)});
    BOOST_TEST(correlator->reports.size() == (wanted ? 1u : 0u));
  }
}

BOOST_AUTO_TEST_CASE(a_contested_agent_is_not_trusted) {
  start();
  tell(subject, superseded_token_used{listening_time{0}});
  accepted({"e1"});
  BOOST_TEST(!correlator->reports.back().trusted);
}

BOOST_AUTO_TEST_CASE(an_agent_is_trusted_unless_its_latest_registration_was_open) {
  openly_enrolled = true;
  start();
  accepted({"e1"});
  BOOST_TEST(!correlator->reports.back().trusted);
  tell(subject, agent_reenrolled{noon, false});
  accepted({"e2"});
  BOOST_TEST(correlator->reports.back().trusted);
  tell(subject, agent_reenrolled{noon, true});
  accepted({"e3"});
  BOOST_TEST(!correlator->reports.back().trusted);
}

BOOST_AUTO_TEST_CASE(everyone_is_trusted_where_that_is_wanted) {
  openly_enrolled = trust_everyone = true;
  start();
  tell(subject, superseded_token_used{listening_time{0}});
  accepted({"e1"});
  BOOST_TEST(correlator->reports.back().trusted);
}

BOOST_AUTO_TEST_CASE(only_the_latest_events_are_remembered) {
  start();
  std::vector<std::string> many;
  for (size_t i = 0; i <= event_ring::capacity; ++i) many.push_back("e" + std::to_string(i));
  accepted(many);
  BOOST_TEST(accepted({"e1"}).duplicates == 1u);
  BOOST_TEST(accepted({"e0"}).duplicates == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
