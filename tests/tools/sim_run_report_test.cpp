// A run as JSON, as a page and as it goes on.
#include "tools/muster-sim/html_report.hpp"
#include "tools/muster-sim/progress.hpp"
#include "tools/muster-sim/sample_text.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <limits>

using namespace muster::sim;
using namespace std::chrono_literals;

namespace {

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

run_result small_run() {
  run_result out;
  out.of.name = "herd </script><script>alert(1)</script>";
  out.of.description = "a \"quoted\" & 'odd' text";
  out.of.fleet = {{.agents = 10, .prefix = "web"}};
  out.of.expectations = {{"errors", 0, "0"}, {"p99", 1, "1ms"}};
  out.target = "http://127.0.0.1:8080";
  out.what.registered = 10;
  out.what.total[request_kind::heartbeat].sent = 5;
  out.what.total.turned_away = 6;
  out.what.total.during_restart = 7;
  out.what.total.given_up = 8;
  out.what.total[request_kind::heartbeat].ok = 5;
  out.what.total[request_kind::heartbeat].latency.record(2ms);
  out.seen.found.false_stale.add({3, "web-000003", 1'000, 2'500, 88'500});
  out.seen.found.stale.add(12);
  sample first;
  first.second = 1;
  first.registered = 10;
  first.beats = 3;
  first.p50_ms = 0.25;
  sample second = first;
  second.second = 2;
  second.seen = fleet_view{9, 1, 0, 0, 0};
  second.truth = fleet_truth{10, 0, 0};
  out.line = {{first, second}, {{1.5, "silence of <half>"}}};
  out.verdict = judge(out.of, figures_of(out.what, out.seen, {}));
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sim_run_report)

BOOST_AUTO_TEST_CASE(the_same_run_gives_the_same_bytes) {
  BOOST_TEST(run_json(small_run()) == run_json(small_run()));
  BOOST_TEST(html_report(small_run()) == html_report(small_run()));
}

BOOST_AUTO_TEST_CASE(the_document_is_json_with_all_that_was_seen) {
  const auto whole = boost::json::parse(run_json(small_run())).as_object();
  BOOST_TEST(whole.at("held").as_bool() == false);
  BOOST_TEST(whole.at("verdict").at(0).at("held").as_bool());
  BOOST_TEST(whole.at("verdict").at(1).at("got").to_number<double>() == 2);
  BOOST_TEST(whole.at("requests").at("heartbeats").at("sent").to_number<int>() == 5);
  BOOST_TEST(whole.at("turned_away").to_number<int>() == 6);
  BOOST_TEST(whole.at("during_restart").to_number<int>() == 7);
  BOOST_TEST(whole.at("given_up").to_number<int>() == 8);
  BOOST_TEST(whole.at("truth").at("false_stale").at("first").at(0).at("host").as_string() == "web-000003");
  BOOST_TEST(whole.at("truth").at("stale_delay").at("buckets").at(4).to_number<int>() == 1);
  BOOST_TEST(whole.at("samples").as_array().size() == 2);
  BOOST_TEST(!whole.at("samples").at(0).as_object().contains("seen"));
  BOOST_TEST(whole.at("samples").at(1).at("seen").at("stale").to_number<int>() == 1);
}

BOOST_AUTO_TEST_CASE(no_text_of_a_run_becomes_markup) {
  const auto page = html_report(small_run());
  BOOST_TEST(!has(page, "<script>alert"));
  BOOST_TEST(!has(page, "<half>"));
  BOOST_TEST(has(page, "herd &lt;/script&gt;"));
  BOOST_TEST(has(page, R"(\u003c/script>)"));
  BOOST_TEST(html_escaped("a<b>&\"'") == "a&lt;b&gt;&amp;&quot;&#39;");
}

BOOST_AUTO_TEST_CASE(the_page_needs_nothing_from_elsewhere) {
  auto page = html_report(small_run());
  for (const auto* outside : {"src=", "href=", "@import", "url(", "fetch("})
    BOOST_TEST(!has(page, outside), outside);
}

BOOST_AUTO_TEST_CASE(the_page_says_what_did_not_hold_and_who_was_wronged) {
  const auto page = html_report(small_run());
  BOOST_TEST(has(page, "1 of 2 expectations did not hold"));
  BOOST_TEST(has(page, "<td>web-000003</td><td>1.000 s</td><td>2.500 s</td><td>88500 ms</td>"));
  auto good = small_run();
  good.verdict.resize(1);
  BOOST_TEST(has(html_report(good), "All 1 expectations held"));
}

BOOST_AUTO_TEST_CASE(a_run_with_a_problem_does_not_hold) {
  auto run = small_run();
  run.verdict.resize(1);
  BOOST_TEST(run.held());
  run.problem = "interrupted before its <end>";
  const auto whole = boost::json::parse(run_json(run)).as_object();
  BOOST_TEST(!whole.at("held").as_bool());
  BOOST_TEST(whole.at("problem").as_string() == run.problem);
  BOOST_TEST(has(html_report(run), "interrupted before its &lt;end&gt;"));
  BOOST_TEST(!has(html_report(run), "expectations held"));
}

BOOST_AUTO_TEST_CASE(numbers_are_written_as_people_write_them) {
  json_writer to;
  to.begin_array().number(1.5).number(1e-9).number(12'345'678.0).number(0.12345).number(-0.0);
  to.number(std::numeric_limits<double>::infinity())
    .number(uint64_t{18'446'744'073'709'551'615u})
    .end_array();
  BOOST_TEST(to.written() == "[1.5,0,12345678,0.123,0,null,18446744073709551615]");
}

BOOST_AUTO_TEST_CASE(texts_are_quoted) {
  json_writer to;
  to.begin_object().member("a\"b", "c\nd").member("e", uint32_t{1}).end_object();
  BOOST_TEST(to.written() == R"({"a\"b":"c\nd","e":1})");
}

BOOST_AUTO_TEST_CASE(a_sample_is_one_line_of_json) {
  json_writer to;
  write_sample(to, small_run().line.samples[1]);
  BOOST_TEST(!has(to.written(), "\n"));
  const auto read = boost::json::parse(to.written());
  BOOST_TEST(read.at("second").to_number<int>() == 2);
  BOOST_TEST(read.at("p50_ms").to_number<double>() == 0.25);
  BOOST_TEST(read.at("truth").at("online").to_number<int>() == 10);
}

BOOST_AUTO_TEST_CASE(the_live_view_shows_the_manager_beside_the_truth) {
  const auto run = small_run();
  const auto lines = live_view(run.line.samples[1], 10, &run.line.marks[0]);
  BOOST_TEST(lines.at(0) == "2 s   silence of <half>, 0 s ago");
  BOOST_TEST(has(lines.at(2), "3.0/s   p50 0.25 ms"));
  BOOST_TEST(has(lines.at(4), "9 online"));
  BOOST_TEST(has(lines.at(5), "10 online"));
  BOOST_TEST(live_view(run.line.samples[0], 10, nullptr).size() == 4);
}

BOOST_AUTO_TEST_CASE(a_manager_that_does_not_answer_shows) {
  auto silent = small_run().line.samples[1];
  silent.seen.reset();
  BOOST_TEST(live_view(silent, 10, nullptr).at(4) == "manager  does not answer");
}

BOOST_AUTO_TEST_CASE(lines_are_rewritten_in_place) {
  BOOST_TEST(!has(rewritten({"a", "b"}, 0), "\x1b[0A"));
  const auto again = rewritten({"a"}, 2);
  BOOST_TEST(has(again, "\x1b[2A"));
  BOOST_TEST(has(again, "a\n\r\x1b[2K\n"));  // and empties what is left
}

BOOST_AUTO_TEST_CASE(readings_of_loops_become_one_sample) {
  reading one;
  one.agents = 500;
  one.last.registered = 499;
  one.last.errors = 1;
  one.span = 2s;
  one.last.latest = 1500us;
  for (int i = 0; i < 100; ++i) one.last.beats.record(100us);
  auto both = one;
  both.merge(one);
  reading before;
  before.last.errors = 1;
  const auto sum = sample_of(both, before, 12'400ms);
  BOOST_TEST(sum.second == 12.4);
  BOOST_TEST(sum.span == 2);
  BOOST_TEST(sum.registered == 998);
  BOOST_TEST(sum.beats == 200);
  BOOST_TEST(sum.errors == 1);
  BOOST_TEST(sum.p99_ms == 0.1);
  BOOST_TEST(sum.behind_ms == 1.5);
}

BOOST_AUTO_TEST_SUITE_END()
