// Commands about actions: what they ask, what they print, how they wait, how they end.
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

#include "tests/tools/scripted_manager.hpp"

using namespace muster;
using namespace muster::cli;

namespace {

const std::string runs = "/operator/v1/runs";
const std::string node = "ag-0000000100000002";

std::string run_document(const std::string& status, int succeeded, int failed) {
  return R"({"id":7,"action":"ping","status":")" + status
         + R"(","parameters":{"a":"b"},"tenant":null,"labels":{},)"
         + R"("timeout_seconds":30,"max_parallel":50,"author":"ada","started_at":"2026-11-21T11:59:00.000Z",)"
         + R"("cancelled_at":null,"ended_at":null,"nodes":3,"progress_percent":66.6,"counts":{"queued":0,"succeeded":)"
         + std::to_string(succeeded) + R"(,"failed":)" + std::to_string(failed) + "}}";
}

std::string execution_document(const std::string& status, const std::string& reason) {
  return R"({"id":"x-7-1","run":7,"node":")" + node + R"(","hostname":"web-1","status":")" + status
         + R"(","reason":")" + reason
         + R"(","exit_code":3,"duration_seconds":1.5,"sent_at":"2026-11-21T11:59:00.000Z",)"
         + R"("finished_at":null,"stdout":"one\n\u001b[2Jtwo\n","stderr":"oops\n"})";
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(cli_actions, scripted_manager)

BOOST_AUTO_TEST_CASE(run_is_started_with_what_was_written) {
  teach("GET /operator/v1/agents?hostname=web-1&limit=100",
        R"({"agents":[{"id":")" + node + R"("}],"next_cursor":null})");
  teach("POST " + runs, run_document("running", 0, 0), 201);
  BOOST_TEST((run_command({"actions",  "run",        "--action", "ping",           "--selector",
                           "env=prod", "--selector", "zone=eu",  "--node",         "web-1",
                           "--tenant", "t",          "--param",  "a=b=c",          "--param",
                           "d=",       "--timeout",  "1m",       "--max-parallel", "5"})
              == exit_code::ok));
  BOOST_TEST(asked.back()
             == "POST " + runs
                  + R"( {"action":"ping","timeout":"1m","max_parallel":5,"parameters":{"a":"b=c","d":""},)"
                  + R"("labels":{"env":"prod","zone":"eu"},"tenant":"t","author":"ada","nodes":[")" + node
                  + R"("]})");
  BOOST_TEST(out.str() == "run 7: ping on 3 nodes\n");
}

BOOST_AUTO_TEST_CASE(waiting_ends_with_the_run) {
  teach("POST " + runs, run_document("running", 0, 0), 201);
  teach("GET " + runs + "/7", run_document("running", 1, 0));
  int pauses = 0;
  during_pause = [&] {
    if (++pauses == 3) teach("GET " + runs + "/7", run_document("succeeded", 3, 0));
  };
  BOOST_TEST((run_command({"actions", "run", "--action", "ping", "--all-nodes", "--wait", "--interval", "2s"})
              == exit_code::ok));
  BOOST_TEST(pauses == 3);
  BOOST_TEST((now == *parse_rfc3339("2026-11-21T12:00:06Z")));
  BOOST_TEST(contains(out.str(), "outcomes    3 succeeded\n"));
  BOOST_TEST(contains(asked.front(), R"("all":true)"));
}

BOOST_AUTO_TEST_CASE(waiting_fails_unless_all_succeeded) {
  teach("POST " + runs, run_document("failed", 2, 1), 201);
  BOOST_TEST(
    (run_command({"actions", "run", "--action", "ping", "--all-nodes", "--wait"}) == exit_code::failed));
  BOOST_TEST(err.str() == "muster: run 7: 2 succeeded, 1 failed; see muster actions executions 7\n");
  out.str("");
  BOOST_TEST((run_command({"actions", "run", "--action", "ping", "--all-nodes", "--wait", "--json"})
              == exit_code::failed));
  BOOST_TEST(out.str() == run_document("failed", 2, 1) + "\n");
}

BOOST_AUTO_TEST_CASE(mistakes_are_told_before_anyone_is_asked) {
  const auto mistake = [](std::vector<std::string> more) {
    more.insert(more.begin(), {"actions", "run", "--action", "ping"});
    return parse_command_line(more).text;
  };
  BOOST_TEST(contains(mistake({}), "on which nodes?"));
  BOOST_TEST(contains(mistake({"--all-nodes", "--node", "web-1"}), "not both"));
  BOOST_TEST(contains(mistake({"--selector", "env"}), "--selector env: not of the form"));
  BOOST_TEST(contains(mistake({"--all-nodes", "--param", "=x"}), "--param =x: not of the form"));
  BOOST_TEST(
    contains(mistake({"--all-nodes", "--param", "a=1", "--param", "a=2"}), "--param a is given twice"));
  BOOST_TEST(contains(mistake({"--all-nodes", "--timeout", "soon"}), "--timeout soon"));
  BOOST_TEST(contains(mistake({"--all-nodes", "--interval", "0s"}), "--interval 0s"));
  BOOST_TEST(contains(mistake({"--all-nodes", "--max-parallel", "-1"}), "not a whole number"));
  BOOST_TEST(contains(parse_command_line({"actions", "run", "--all-nodes"}).text, "--action"));
}

BOOST_AUTO_TEST_CASE(runs_and_executions_are_listed) {
  teach("GET " + runs + "?action=ping&status=running&limit=100",
        R"({"runs":[)" + run_document("running", 1, 1) + R"(],"next_cursor":null})");
  BOOST_TEST((run_command({"actions", "list", "--status", "running", "--action", "ping"}) == exit_code::ok));
  BOOST_TEST(contains(out.str(), "7    ping    running  3      66.6%     1 succeeded, 1 failed  2026"));
  out.str("");
  teach("GET " + runs + "/7/executions?status=failed&limit=100",
        R"({"executions":[)" + execution_document("failed", "broke") + R"(],"next_cursor":null})");
  BOOST_TEST((run_command({"actions", "executions", "7", "--status", "failed"}) == exit_code::ok));
  BOOST_TEST(contains(out.str(), node + "  web-1  failed  3     1.5s"));
  BOOST_TEST(contains(out.str(), "broke"));
}

BOOST_AUTO_TEST_CASE(run_is_shown) {
  teach("GET " + runs + "/7", run_document("running", 1, 0));
  BOOST_TEST((run_command({"actions", "show", "7"}) == exit_code::ok));
  BOOST_TEST(contains(out.str(), "parameters  a=b\n"));
  BOOST_TEST(contains(out.str(), "progress    66.6%\n"));
  BOOST_TEST((run_command({"actions", "show", "8"}) == exit_code::not_found));
}

BOOST_AUTO_TEST_CASE(output_goes_where_the_node_had_put_it) {
  teach("GET " + runs + "/7/executions/" + node, execution_document("succeeded", ""));
  BOOST_TEST((run_command({"actions", "output", "7", node}) == exit_code::ok));
  BOOST_TEST(out.str() == "one\n\x1b[2Jtwo\n");
  BOOST_TEST(err.str() == "oops\n");
}

BOOST_AUTO_TEST_CASE(output_cannot_drive_a_terminal) {
  with_terminal = true;
  teach("GET " + runs + "/7/executions/" + node, execution_document("failed", "broke"));
  BOOST_TEST((run_command({"actions", "output", "7", node}) == exit_code::ok));
  BOOST_TEST(out.str() == "one\n\\u001b[2Jtwo\n");
  BOOST_TEST(err.str() == "oops\nmuster: failed: broke\n");
}

BOOST_AUTO_TEST_CASE(run_is_cancelled_by_name) {
  teach("POST " + runs + "/7/cancel?author=ada", run_document("cancelled", 1, 0));
  BOOST_TEST((run_command({"actions", "cancel", "7"}) == exit_code::ok));
  BOOST_TEST(out.str() == "run 7: 1 succeeded\n");
}

BOOST_AUTO_TEST_SUITE_END()
