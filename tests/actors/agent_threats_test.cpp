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
    agent_context shared{spawn(fake_fleet, fleet),
                         spawn(fake_ledger, ledger),
                         std::make_shared<listening_clock>(),
                         [] { return noon; },
                         {},
                         30s};
    writer = shared.ledger;
    agent_options options;
    options.id = make_agent_id(0, 3, 17);
    options.recent_events = recent_events;
    subject = spawn(agent, options, std::make_shared<const agent_context>(std::move(shared)));
    deliver();
  }

  static report_threats report_of(const std::vector<std::string>& event_ids) {
    report_threats report{noon, {}};
    for (const auto& id : event_ids) {
      report.threats.emplace_back();
      report.threats.back().event_id = id;
      report.threats.back().event = "{}";
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
  std::vector<uint64_t> recent_events;
  ledger_actor writer;
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

BOOST_AUTO_TEST_CASE(a_ledger_that_does_not_answer_is_a_failure_too) {
  start();
  ledger->desk.holds = true;
  auto answer = request<threats_accepted>(subject, report_of({"e1"}));
  advance(30s);
  BOOST_TEST((answer().error() == caf::sec::request_timeout));
  ledger->desk.holds = false;
  BOOST_TEST(accepted({"e1"}).accepted == positions{0});
  tell(writer, commit_due{});
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

BOOST_AUTO_TEST_CASE(only_the_latest_events_are_remembered) {
  start();
  std::vector<std::string> many;
  for (size_t i = 0; i <= event_ring::capacity; ++i) many.push_back("e" + std::to_string(i));
  accepted(many);
  BOOST_TEST(accepted({"e1"}).duplicates == 1u);
  BOOST_TEST(accepted({"e0"}).duplicates == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
