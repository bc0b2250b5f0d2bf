// What a run says at its end.
#include "tools/muster-sim/report.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace muster::sim;

namespace {

struct fixture {
  options wanted;
  outcome run;

  fixture() {
    wanted.agents = 1000;
    run.registered = 990;
    run.elapsed = 70s;
    run.steady = 60s;
    auto& beats = run.total[request_kind::heartbeat];
    beats.sent = 2005;
    beats.ok = 1990;
    beats.errors = 12;
    beats.per_second = 33.25;
    for (int i = 1; i <= 1000; ++i) beats.latency.record(std::chrono::milliseconds{i} / 10);
    run.total[request_kind::registration].sent = 1000;
    run.total[request_kind::registration].ok = 990;
    run.total[request_kind::registration].errors = 10;
    run.total.newcomers = 900;
    run.total.reconnected = 90;
    run.total.given_up = 10;
    run.total.first_refusal = "403: {\"error\":\"no\x1b[2J\"}";
    run.total.refusals[403] = 10;
    run.total.failed[static_cast<size_t>(failure::refused)] = 12;
    run.total.latest = 1500us;
  }
};

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(sim_report, fixture)

BOOST_AUTO_TEST_CASE(json_holds_every_figure) {
  const auto read = boost::json::parse(json_report(wanted, run));
  BOOST_TEST(read.at("agents").as_int64() == 1000);
  BOOST_TEST(read.at("registered").as_int64() == 990);
  BOOST_TEST(read.at("duration_seconds").as_double() == 70.0);
  const auto& beats = read.at("heartbeats");
  BOOST_TEST(beats.at("sent").as_int64() == 2005);
  BOOST_TEST(beats.at("ok").as_int64() == 1990);
  BOOST_TEST(beats.at("errors").as_int64() == 12);
  BOOST_TEST(beats.at("unanswered").as_int64() == 3);
  BOOST_TEST(beats.at("rate_per_second").as_double() == 33.25);
  BOOST_TEST(beats.at("latency_ms").at("p50").as_double() == 50.0, boost::test_tools::tolerance(0.01));
  BOOST_TEST(beats.at("latency_ms").at("p99").as_double() == 99.0, boost::test_tools::tolerance(0.01));
  BOOST_TEST(beats.at("latency_ms").at("max").as_double() == 100.0);
  BOOST_TEST(read.at("registrations").at("new").as_int64() == 900);
  BOOST_TEST(read.at("registrations").at("reconnected").as_int64() == 90);
  BOOST_TEST(read.at("events").at("sent").as_int64() == 0);
  BOOST_TEST(read.at("errors_by_kind").at("http_403").as_int64() == 10);
  BOOST_TEST(read.at("errors_by_kind").at("refused").as_int64() == 12);
  BOOST_TEST(read.at("errors_by_kind").as_object().size() == 2u);
  BOOST_TEST(read.at("late_ms_max").as_double() == 1.5);
}

BOOST_AUTO_TEST_CASE(text_tells_it_in_a_table_and_leaves_out_what_did_not_happen) {
  const auto text = text_report(wanted, run);
  BOOST_TEST(
    has(text, "990 of 1000 agents registered at http://127.0.0.1:8080, one heartbeat per 30s each; 70.0 s"));
  BOOST_TEST(has(text, "heartbeats"));
  BOOST_TEST(!has(text, "events"));
  BOOST_TEST(has(text, "Registered: 900 new, 90 reconnected."));
  BOOST_TEST(has(text, "Errors: http_403 10 refused 12\n"));
  BOOST_TEST(has(text, "Still without an answer at the end: 3\n"));
}

BOOST_AUTO_TEST_CASE(what_the_manager_said_cannot_write_to_the_terminal) {
  BOOST_TEST(!has(text_report(wanted, run), "\x1b"));
  BOOST_TEST(has(text_report(wanted, run), R"(the first answer was 403: {"error":"no [2J"})"));
}

BOOST_AUTO_TEST_CASE(tallies_of_several_loops_add_up) {
  tally sum = run.total;
  sum.merge(run.total);
  BOOST_TEST(sum[request_kind::heartbeat].sent == 4010u);
  BOOST_TEST(sum[request_kind::heartbeat].latency.count() == 2000u);
  BOOST_TEST(sum[request_kind::heartbeat].per_second == 66.5);
  BOOST_TEST(sum.errors() == 44u);
  BOOST_TEST(sum.errors_by_kind()["http_403"] == 20u);
  BOOST_TEST((sum.latest == 1500us));
  BOOST_TEST(sum.first_refusal == run.total.first_refusal);
}

BOOST_AUTO_TEST_SUITE_END()
