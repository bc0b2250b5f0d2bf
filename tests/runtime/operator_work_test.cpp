// Runs as operators write and read them.
#include "runtime/wire/operator_work.hpp"

#include "runtime/wire/names.hpp"
#include "tests/runtime/json_text.hpp"

using namespace muster;
using namespace std::chrono_literals;
using muster::test::hostile_texts;
using muster::test::read_text;
using muster::test::strict;

namespace {

constexpr utc_time noon{std::chrono::milliseconds{1'700'000'000'000}};

auto read(const std::string& text) { return read_text(text, operator_api::read_start_run); }
std::string text(const boost::json::value& value) { return std::string{value.as_string()}; }

run_row row_of(std::vector<uint32_t> counts) {
  run_row row;
  row.run.number = 7;
  row.run.action = "ping";
  row.run.timeout = 1500ms;
  row.run.max_parallel = 9;
  row.run.started_at = noon;
  row.counts = std::move(counts);
  return row;
}
std::string status(run_row row) { return text(strict(operator_api::write_run(row)).at("status")); }

}  // namespace

BOOST_AUTO_TEST_SUITE(operator_work)

BOOST_AUTO_TEST_CASE(start_of_a_run_is_read) {
  const auto all =
    read(R"({"action":"backup","parameters":{"a":"1\n2"},"tenant":"north","labels":{"env":"prod"},)"
         R"("nodes":["ag-0000000100000002"],"timeout":"2m","max_parallel":7,"author":"ann"})");
  BOOST_TEST(all.problem == "");
  BOOST_TEST(all.value.action == "backup");
  BOOST_TEST(all.value.parameters.at("a") == "1\n2");
  BOOST_TEST((all.value.tenant == std::string{"north"}));
  BOOST_TEST(all.value.labels.at("env") == "prod");
  BOOST_TEST((all.value.nodes == std::vector{make_agent_id(0, 1, 2)}));
  BOOST_TEST((all.value.timeout == 2min));
  BOOST_TEST(all.value.max_parallel == 7u);
  BOOST_TEST(all.value.author == "ann");
  const auto least = read(R"({"action":"ping","all":true})");
  BOOST_TEST(least.problem == "");
  BOOST_TEST((least.value.timeout == 30s));
  BOOST_TEST(least.value.max_parallel == 50u);
  BOOST_TEST(!least.value.tenant);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_with_a_start_is_named) {
  const auto problem = [](const std::string& members) {
    return read(R"({"action":"ping","tenant":"t",)" + members + "}").problem;
  };
  BOOST_TEST(read("[]").problem == "$: expected an object, got an array");
  BOOST_TEST(read(R"({"all":true})").problem == "$.action: is missing");
  BOOST_TEST(read(R"({"action":"ping"})").problem.find("must select nodes") != std::string::npos);
  BOOST_TEST(read(R"({"action":"ping","all":false})").problem.find("must select nodes") != std::string::npos);
  BOOST_TEST(problem(R"("color":1)") == "$.color: is not known");
  BOOST_TEST(problem(R"("parameters":{"a":true})") == "$.parameters.a: expected a string, got a boolean");
  BOOST_TEST(problem(R"("parameters":[])") == "$.parameters: expected an object, got an array");
  BOOST_TEST(problem(R"("labels":{"a":1})") == "$.labels.a: expected a string, got a number");
  BOOST_TEST(problem(R"("nodes":["web-1"])").starts_with("$.nodes: must hold nodes' ids"));
  BOOST_TEST(problem(R"("nodes":[7])").starts_with("$.nodes: must hold nodes' ids"));
  BOOST_TEST(problem(R"("timeout":"soon")") == "$.timeout: must be a duration like 30s");
  BOOST_TEST(problem(R"("timeout":30)") == "$.timeout: expected a string, got a number");
  BOOST_TEST(problem(R"("max_parallel":0)").starts_with("$.max_parallel: must be from 1"));
  BOOST_TEST(problem(R"("max_parallel":1.5)") == "$.max_parallel: must be a whole number");
  BOOST_TEST(problem(R"("all":"yes")") == "$.all: must be true or false");
}

BOOST_AUTO_TEST_CASE(run_says_how_far_it_is) {
  const auto answer = strict(operator_api::write_run(row_of({1, 1, 0, 5, 1, 0, 0, 1})));
  BOOST_TEST(answer.at("id").as_int64() == 7);
  BOOST_TEST(answer.at("nodes").as_int64() == 9);
  BOOST_TEST(answer.at("progress_percent").to_number<double>() == 77.7);
  BOOST_TEST(answer.at("counts").at("succeeded").as_int64() == 5);
  BOOST_TEST(answer.at("counts").at("expired").as_int64() == 1);
  BOOST_TEST(answer.at("timeout_seconds").to_number<double>() == 1.5);
  BOOST_TEST(answer.at("ended_at").is_null());
  BOOST_TEST(answer.at("tenant").is_null());
}

BOOST_AUTO_TEST_CASE(run_has_one_word_for_its_state) {
  auto row = row_of({0, 0, 1, 5, 0, 0, 0, 0});
  BOOST_TEST(status(row) == "running");
  row.run.ended_at = noon;
  row.counts = {0, 0, 0, 6, 0, 0, 0, 0};
  BOOST_TEST(status(row) == "succeeded");
  row.counts = {0, 0, 0, 5, 0, 0, 0, 1};
  BOOST_TEST(status(row) == "failed");
  row.run.cancelled_at = noon;
  BOOST_TEST(status(row) == "cancelled");
}

BOOST_AUTO_TEST_CASE(texts_of_strangers_stay_texts) {
  for (const auto& hostile : hostile_texts) {
    execution_record what;
    what.run = 1;
    what.hostname = what.reason = what.tenant = hostile;
    const auto one = strict(operator_api::write_execution(what, {1, {}, hostile, hostile}));
    BOOST_TEST(text(one.at("hostname")) == hostile);
    BOOST_TEST(text(one.at("reason")) == hostile);
    BOOST_TEST(text(one.at("stdout")) == hostile);
    BOOST_TEST(text(one.at("stderr")) == hostile);
    auto row = row_of({0, 0, 0, 0, 0, 0, 0, 0});
    row.run.parameters = {{"p" + hostile, hostile}};
    row.run.author = row.run.tenant = hostile;
    const auto run = strict(operator_api::write_runs({{row}, 0})).at("runs").at(0);
    BOOST_TEST(text(run.at("parameters").at("p" + hostile)) == hostile);
    BOOST_TEST(text(run.at("author")) == hostile);
  }
}

BOOST_AUTO_TEST_CASE(exit_code_is_there_once_the_node_has_said_it) {
  execution_record what;
  what.run = 1;
  what.node = make_agent_id(0, 2, 3);
  auto answer = strict(operator_api::write_executions({{what}, 5}));
  BOOST_TEST(answer.at("executions").at(0).at("exit_code").is_null());
  BOOST_TEST(text(answer.at("executions").at(0).at("id")) == "x-1-2");
  BOOST_TEST((read_cursor(text(answer.at("next_cursor"))) == 5u));
  what.result_at = noon;
  what.exit_code = -1;
  what.duration = 250ms;
  answer = strict(operator_api::write_executions({{what}, 0}));
  BOOST_TEST(answer.at("executions").at(0).at("exit_code").as_int64() == -1);
  BOOST_TEST(answer.at("executions").at(0).at("duration_seconds").to_number<double>() == 0.25);
  BOOST_TEST(answer.at("next_cursor").is_null());
}

BOOST_AUTO_TEST_SUITE_END()
