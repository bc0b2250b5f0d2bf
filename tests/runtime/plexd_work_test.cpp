// Actions in the plexd dialect: what nodes are sent and every form of what they answer.
#include "runtime/wire/plexd_work.hpp"

#include "runtime/wire/go_duration.hpp"
#include "tests/runtime/json_text.hpp"

using namespace muster;
using namespace std::chrono_literals;
using muster::test::hostile_texts;
using muster::test::parsed;
using muster::test::strict;

namespace {

constexpr agent_id node = make_agent_id(0, 3, 4);

auto acknowledgement(const std::string& text) {
  const parsed body{text};
  BOOST_REQUIRE(body.ok);
  return plexd::read_acknowledgement(body.root(), node, "x-1-3");
}
auto result(const std::string& text) {
  const parsed body{text};
  BOOST_REQUIRE(body.ok);
  return plexd::read_result(body.root(), node, "x-1-3");
}
execution_finished read(const std::string& text) {
  auto out = result(text);
  BOOST_REQUIRE_MESSAGE(out.value, out.problem);
  return *out.value;
}
std::string text(const boost::json::value& value) { return std::string{value.as_string()}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(plexd_work)

BOOST_AUTO_TEST_CASE(request_has_the_members_that_nodes_read) {
  const plexd::work_writer writer;
  for (const auto& hostile : hostile_texts) {
    const std::string action = "backup";
    const std::map<std::string, std::string> parameters{{"a", hostile}, {"b", "2"}};
    const auto written =
      strict(writer.request({"x-1-3", action, parameters, 90s, "c0ffee", hostile})).as_object();
    BOOST_TEST(text(written.at("execution_id")) == "x-1-3");
    BOOST_TEST(text(written.at("action")) == "backup");
    BOOST_TEST(text(written.at("parameters").at("a")) == hostile);
    BOOST_TEST(text(written.at("timeout")) == "90s");
    BOOST_TEST(text(written.at("checksum")) == "c0ffee");
    const auto& by = written.at("triggered_by");
    BOOST_TEST(text(by.at("type")) == "operator");
    BOOST_TEST(text(by.at("session_id")) == "");
    BOOST_TEST(text(by.at("user_id")) == hostile);
    BOOST_TEST(text(by.at("email")) == "");
    const bool readable = hostile.find('\0') == hostile.npos;
    BOOST_TEST(writer.problem_of({"x-1-3", action, parameters, 90s, "", hostile}).empty() == readable);
  }
}

BOOST_AUTO_TEST_CASE(built_in_action_has_no_checksum) {
  const plexd::work_writer writer;
  const auto written = strict(writer.request({"x", "ping", {}, 1500ms, "", ""})).as_object();
  BOOST_TEST(!written.contains("checksum"));
  BOOST_TEST(text(written.at("timeout")) == "1500ms");
  BOOST_TEST(written.at("parameters").as_object().empty());
}

BOOST_AUTO_TEST_CASE(request_that_no_line_is_long_enough_for_is_a_problem) {
  const plexd::work_writer writer;
  const auto problem = [&](size_t bytes) {
    return writer.problem_of(
      {"x", "ping", {{"a", std::string(bytes, 'x')}, {"b", std::string(20'000, 'y')}}, 1s, "", ""});
  };
  BOOST_TEST(problem(20'000) == "");
  BOOST_TEST(problem(40'000).find("30 KiB") != std::string::npos);
  std::map<std::string, std::string> escaped;
  for (const char* name : {"a", "b", "c", "d", "e", "f", "g", "h"}) escaped[name] = std::string(4'000, '<');
  BOOST_TEST(writer.problem_of({"x", "ping", escaped, 1s, "", ""}).find("128 KiB") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(pending_actions_are_a_list) {
  BOOST_TEST(plexd::write_pending({}) == "[]");
  BOOST_TEST(plexd::write_pending({{"{}", "[1]"}}) == "[{},[1]]");
  BOOST_TEST(text(strict(plexd::work_writer{}.cancellation("x-1-3")).at("execution_id")) == "x-1-3");
}

BOOST_AUTO_TEST_CASE(acknowledgements_are_read) {
  const auto accepted =
    acknowledgement(R"({"execution_id":"x-1-3","status":"accepted","reason":"","more":1})");
  BOOST_REQUIRE(accepted.value);
  BOOST_TEST((accepted.value->node == node));
  BOOST_TEST(accepted.value->id == "x-1-3");
  BOOST_TEST(accepted.value->accepted);
  const auto rejected = acknowledgement(R"({"status":"rejected","reason":"shutting_down"})");
  BOOST_REQUIRE(rejected.value);
  BOOST_TEST(!rejected.value->accepted);
  BOOST_TEST(rejected.value->reason == "shutting_down");
}

BOOST_AUTO_TEST_CASE(other_acknowledgements_are_refused) {
  BOOST_TEST(acknowledgement("[]").problem == "$: expected an object, got an array");
  BOOST_TEST(acknowledgement("{}").problem == "$.status: is missing");
  BOOST_TEST(acknowledgement(R"({"status":"maybe"})").problem == "$.status: must be accepted or rejected");
  BOOST_TEST(acknowledgement(R"({"status":"accepted","execution_id":"x-1-4"})").problem
             == "$.execution_id: is not the execution of this path");
  BOOST_TEST(acknowledgement(R"({"status":"rejected","reason":7})").problem
             == "$.reason: expected a string, got a number");
}

BOOST_AUTO_TEST_CASE(result_is_read) {
  const auto out = read(
    R"({"execution_id":"x-1-3","status":"failed","exit_code":3,"stdout":"a\n\tb","stderr":"\u0001","duration":"2.34s",)"
    R"("finished_at":"2026-01-02T03:04:05.5Z","triggered_by":{"type":"operator"}})");
  BOOST_TEST((out.node == node));
  BOOST_TEST(out.id == "x-1-3");
  BOOST_TEST(to_string(out.status) == "failed");
  BOOST_TEST(out.exit_code == 3);
  BOOST_TEST(out.out == "a\n\tb");
  BOOST_TEST(out.err == "\x01");
  BOOST_TEST((out.duration == 2340ms));
  BOOST_TEST((out.at.time_since_epoch() == 1'767'323'045'500ms));
}

BOOST_AUTO_TEST_CASE(zero_and_absent_members_are_fine) {
  const auto zero = read(
    R"({"status":"success","exit_code":0,"stdout":"","stderr":null,"duration":"","finished_at":"0001-01-01T00:00:00Z"})");
  const auto absent = read(R"({"status":"success"})");
  for (const auto& each : {zero, absent}) {
    BOOST_TEST(to_string(each.status) == "succeeded");
    BOOST_TEST(each.exit_code == 0);
    BOOST_TEST((each.at == utc_time{}));
    BOOST_TEST((each.duration == 0ms));
  }
}

BOOST_AUTO_TEST_CASE(every_word_for_an_outcome_is_known) {
  const auto status = [](const std::string& word) {
    return to_string(read(R"({"status":")" + word + "\"}").status);
  };
  BOOST_TEST(status("success") == "succeeded");
  BOOST_TEST(status("failed") == "failed");
  BOOST_TEST(status("failure") == "failed");
  BOOST_TEST(status("timeout") == "timed_out");
  BOOST_TEST(status("cancelled") == "cancelled");
  BOOST_TEST(status("error") == "failed");
  BOOST_TEST(read(R"({"status":"error"})").reason == "the node could not run it");
}

BOOST_AUTO_TEST_CASE(other_results_are_refused) {
  const auto problem = [](const std::string& members) {
    return result(R"({"status":"success",)" + members + "}").problem;
  };
  BOOST_TEST(result("7").problem == "$: expected an object, got a number");
  BOOST_TEST(result("{}").problem == "$.status: is missing");
  BOOST_TEST(result(R"({"status":"done"})").problem
             == "$.status: must be success, failed, failure, timeout, cancelled or error");
  BOOST_TEST(problem(R"("execution_id":"x")") == "$.execution_id: is not the execution of this path");
  BOOST_TEST(problem(R"("exit_code":"1")") == "$.exit_code: expected a number, got a string");
  BOOST_TEST(problem(R"("exit_code":1e12)").starts_with("$.exit_code: must be from"));
  BOOST_TEST(problem(R"("stdout":1)") == "$.stdout: expected a string, got a number");
  BOOST_TEST(problem(R"("stderr":[])") == "$.stderr: expected a string, got an array");
  BOOST_TEST(problem(R"("duration":"soon")") == "$.duration: must be a span like 2.34s or 1m15s");
  BOOST_TEST(problem(R"("finished_at":"soon")") == "$.finished_at: must be an RFC 3339 time");
}

BOOST_AUTO_TEST_CASE(spans_of_go_are_read) {
  BOOST_TEST((parse_go_duration("2.34s") == 2340ms));
  BOOST_TEST((parse_go_duration("72h15m0s") == 72h + 15min));
  BOOST_TEST((parse_go_duration("1h0m0.5s") == 1h + 500ms));
  BOOST_TEST((parse_go_duration("150ms") == 150ms));
  BOOST_TEST((parse_go_duration("1.5\u00b5s") == 1500ns));
  BOOST_TEST((parse_go_duration("3us7ns") == 3007ns));
  BOOST_TEST((parse_go_duration("0s") == 0s));
  BOOST_TEST((parse_go_duration("0") == 0s));
  BOOST_TEST((parse_go_duration("-2s") == -2s));
  for (const auto* text :
       {"", "-", "s", "1", "1x", "1s2", " 1s", "1e3s", "nans", "infs", "1s ", "9999999h9999999999h"})
    BOOST_TEST(!parse_go_duration(text), text);
}

BOOST_AUTO_TEST_SUITE_END()
