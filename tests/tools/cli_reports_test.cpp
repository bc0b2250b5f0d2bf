// Commands about what nodes report: what they ask and what they print.
#include <boost/test/unit_test.hpp>

#include <string>

#include "tests/tools/scripted_manager.hpp"

using namespace muster;
using namespace muster::cli;

namespace {

const std::string id = "ag-0000000100000002";
const std::string node = "GET /operator/v1/nodes/" + id;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(cli_reports, scripted_manager)

BOOST_AUTO_TEST_CASE(reports_of_a_kind_are_listed) {
  teach("GET /operator/v1/agents?hostname=web-1&limit=100",
        R"({"agents":[{"id":")" + id + R"("}],"next_cursor":null})");
  teach(
    node + "/reports?kind=drift&limit=100",
    R"({"reports":[{"number":7,"received_at":"2026-11-21T11:59:00.000Z","items":[{"a":1},{"b":"\u001b"}]}],"next_cursor":null})");
  BOOST_TEST((run_command({"nodes", "reports", "web-1", "--kind", "drift"}) == exit_code::ok));
  BOOST_TEST(contains(out.str(), "NUMBER  RECEIVED"));
  BOOST_TEST(contains(out.str(), "7       2026-11-21T11:59:00.000Z  2      [{\"a\":1},"));
  BOOST_TEST(!contains(out.str(), "\x1b"));
}

BOOST_AUTO_TEST_CASE(long_reports_are_cut_for_people_alone) {
  const std::string report =
    R"({"number":7,"received_at":"2026-11-21T11:59:00.000Z","items":[")" + std::string(1000, 'x') + "\"]}";
  teach(node + "/reports?kind=logs&limit=100", R"({"reports":[)" + report + R"(],"next_cursor":null})");
  BOOST_TEST((run_command({"nodes", "reports", id, "--kind", "logs"}) == exit_code::ok));
  BOOST_TEST(contains(out.str(), "xxx...\n"));
  BOOST_TEST(out.str().size() < 600u);
  out.str("");
  BOOST_TEST((run_command({"nodes", "reports", id, "--kind", "logs", "--json"}) == exit_code::ok));
  BOOST_TEST(contains(out.str(), report));
}

BOOST_AUTO_TEST_CASE(entries_and_metrics_are_listed) {
  teach(
    node + "/entries?limit=100",
    R"({"entries":[{"name":"health","received_at":"2026-11-21T11:59:00.000Z","entry":{"ok":true}}],"next_cursor":null})");
  teach(
    node + "/metrics?limit=100",
    R"({"metrics":[{"name":"latency n_1","received_at":"2026-11-21T11:59:00.000Z","sample":{"rtt_nano":-1}}],"next_cursor":null})");
  BOOST_TEST((run_command({"nodes", "entries", id}) == exit_code::ok));
  BOOST_TEST(contains(out.str(), "health  2026-11-21T11:59:00.000Z  {\"ok\":true}\n"));
  BOOST_TEST((run_command({"nodes", "metrics", id}) == exit_code::ok));
  BOOST_TEST(contains(out.str(), "latency n_1  2026-11-21T11:59:00.000Z  {\"rtt_nano\":-1}\n"));
}

BOOST_AUTO_TEST_CASE(kind_and_node_must_be_named) {
  BOOST_TEST(contains(parse_command_line({"nodes", "reports", id}).text, "--kind"));
  BOOST_TEST(contains(parse_command_line({"nodes", "reports", id, "--kind", "all"}).text, "--kind"));
  BOOST_TEST(contains(parse_command_line({"nodes", "reports", "--kind", "drift"}).text, "which agent?"));
  BOOST_TEST(contains(parse_command_line({"nodes", "metrics"}).text, "which agent?"));
}

BOOST_AUTO_TEST_SUITE_END()
