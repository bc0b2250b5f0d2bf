// Runs, executions and outputs in the ledger: records, what a restart reads, forgetting.
#include "ledger_fixture.hpp"

#include "runtime/ledger/archive.hpp"
#include "runtime/ledger/ledger.hpp"
#include "runtime/ledger/load_work.hpp"
#include "runtime/ledger/work_records.hpp"

using namespace muster;
using namespace muster::ledger_test;

namespace {

run_record sample_run(uint64_t number) {
  run_record out;
  out.number = number;
  out.action = "backup";
  out.parameters = {{"path", "/srv \"x\"\n"}, {"empty", ""}};
  out.tenant = "north";
  out.labels = {{"env", "prod"}};
  out.timeout = 90s;
  out.max_parallel = 7;
  out.author = "ann";
  out.started_at = noon;
  out.cancelled_at = noon + 1s;
  out.ended_at = noon + 2s;
  return out;
}

execution_record sample_execution(uint64_t run, uint32_t slot) {
  execution_record out;
  out.run = run;
  out.node = agent_at(slot, slot + 1);
  out.tenant = "north";
  out.hostname = "web-" + std::to_string(slot);
  out.checksum = "c0ffee";
  out.status = execution_status::failed;
  out.reason = "it \"failed\"\n";
  out.postponed = 3;
  out.sent_at = noon + 1s;
  out.acknowledged_at = noon + 2s;
  out.finished_at = noon + 3s;
  out.result_at = noon + 4s;
  out.exit_code = -7;
  out.duration = 1234ms;
  out.node_finished_at = noon - 1s;
  return out;
}

struct work_ledger : actor_fixture {
  work_ledger() {
    open();
    start();
  }
  void start() {
    writer = spawn(ledger, data, ledger_options{});
    reader = spawn(archive, data, archive_options{});
  }
  void restart() {
    for (const auto& each : {caf::actor_cast<caf::actor>(writer), caf::actor_cast<caf::actor>(reader)})
      caf::anon_send_exit(each, caf::exit_reason::user_shutdown);
    deliver();
    sched.clock().cancel_all();
    writer = nullptr;
    reader = nullptr;
    reopen();
    start();
  }
  void write(record_work what) { must(ask<committed>(writer, std::move(what))); }

  ledger_actor writer;
  archive_actor reader;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(work_records)

BOOST_AUTO_TEST_CASE(run_is_read_back) {
  run_record bare;
  bare.number = 1;
  bare.action = "ping";
  for (const auto& run : {sample_run((uint64_t{1} << 40) - 1), bare})
    BOOST_TEST((must(decode_run({ledger_table::runs, run.number, encode(run)})) == run), encode(run));
}

BOOST_AUTO_TEST_CASE(execution_is_read_back) {
  execution_record bare;
  bare.run = 1;
  for (auto execution : {sample_execution((uint64_t{1} << 40) - 1, 0xffffff), bare}) {
    for (size_t i = 0; i < execution_status_count; ++i) {
      execution.status = static_cast<execution_status>(i);
      const auto key = execution_key(execution.run, slot_of(execution.node));
      BOOST_TEST((must(decode_execution({ledger_table::executions, key, encode(execution)})) == execution));
    }
  }
}

BOOST_AUTO_TEST_CASE(output_is_read_back) {
  const execution_output printed{3, agent_at(1, 2), "line\n\ttab \"q\" \u2028", ""};
  BOOST_TEST((must(decode_output({ledger_table::outputs, execution_key(3, 1), encode(printed)})) == printed));
}

BOOST_AUTO_TEST_CASE(unreadable_record_is_an_error_that_names_it) {
  const auto read = decode_execution({ledger_table::executions, 12, R"({"v":1,"node":"ag-1"})"});
  BOOST_REQUIRE(!read);
  BOOST_TEST(describe_store_error(read.error()).find("executions/12: 'ag-1'") != std::string::npos);
  const auto node = to_string(agent_at(1, 1));
  const auto status =
    decode_execution({ledger_table::executions, 12,
                      R"({"v":1,"tenant":"","hostname":"","status":"lost","node":")" + node + "\"}"});
  BOOST_REQUIRE(!status);
  BOOST_TEST(describe_store_error(status.error()).find("'lost'") != std::string::npos);
  BOOST_TEST((!decode_run({ledger_table::runs, 1, R"({"v":2})"})));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(ledger_work, work_ledger)

BOOST_AUTO_TEST_CASE(restart_reads_runs_with_their_executions) {
  write({{sample_run(1), sample_run(2)},
         {sample_execution(1, 5), sample_execution(1, 2), sample_execution(2, 0)},
         {},
         {sample_audit("run.started", "1")}});
  auto changed = sample_execution(1, 2);
  changed.status = execution_status::succeeded;
  write({{}, {changed}, {}, {}});
  restart();
  const auto all = must(load_work(*data));
  BOOST_TEST(all.last_run == 2u);
  BOOST_REQUIRE(all.runs.size() == 2u);
  BOOST_TEST((all.runs[0].run == sample_run(1)));
  BOOST_TEST((all.runs[0].executions == std::vector{changed, sample_execution(1, 5)}));
  BOOST_TEST((all.runs[1].executions == std::vector{sample_execution(2, 0)}));
  BOOST_TEST(keys(ledger_table::audit).size() == 1u);
}

BOOST_AUTO_TEST_CASE(fresh_store_has_no_work) {
  const auto all = must(load_work(*data));
  BOOST_TEST(all.last_run == 0u);
  BOOST_TEST(all.runs.empty());
}

BOOST_AUTO_TEST_CASE(numbers_of_forgotten_runs_are_remembered) {
  write({{sample_run(1), sample_run(2)}, {sample_execution(2, 1)}, {{2, agent_at(1, 2), "a", ""}}, {}});
  BOOST_TEST(must(ask<committed>(writer, forget_run{2})).number == 0u);
  restart();
  BOOST_TEST(must(load_work(*data)).last_run == 2u);
  BOOST_TEST((keys(ledger_table::runs) == std::vector<uint64_t>{1}));
  BOOST_TEST(keys(ledger_table::executions).empty());
  BOOST_TEST(keys(ledger_table::outputs).empty());
}

BOOST_AUTO_TEST_CASE(large_runs_are_forgotten_piece_by_piece) {
  record_work all{
    {sample_run(1), sample_run(2)}, {sample_execution(2, 0)}, {{2, agent_at(0, 1), "kept", ""}}, {}};
  for (uint32_t slot = 0; slot < 6'000; ++slot) {
    all.executions.push_back(sample_execution(1, slot));
    if (slot < 10) all.outputs.push_back({1, agent_at(slot, slot + 1), "out", ""});
  }
  write(std::move(all));
  BOOST_TEST(must(ask<committed>(writer, forget_run{1})).number == 1u);
  BOOST_TEST(keys(ledger_table::runs).size() == 2u, "it goes last");
  BOOST_TEST(must(ask<committed>(writer, forget_run{1})).number == 0u);
  BOOST_TEST((keys(ledger_table::runs) == std::vector<uint64_t>{2}));
  BOOST_TEST((keys(ledger_table::executions) == std::vector<uint64_t>{execution_key(2, 0)}));
  BOOST_TEST(keys(ledger_table::outputs).size() == 1u);
  BOOST_TEST(must(ask<committed>(writer, forget_run{77})).number == 0u, "one that is not there is gone");
}

BOOST_AUTO_TEST_CASE(archive_finds_outputs) {
  write({{sample_run(1)}, {sample_execution(1, 4)}, {{1, agent_at(4, 5), "out", "err"}}, {}});
  const auto found = must(ask<execution_output>(reader, read_output{1, agent_at(4, 5)}));
  BOOST_TEST(found.out == "out");
  BOOST_TEST(found.err == "err");
  BOOST_TEST(must(ask<execution_output>(reader, read_output{1, agent_at(9, 9)})).out.empty());
}

BOOST_AUTO_TEST_SUITE_END()
