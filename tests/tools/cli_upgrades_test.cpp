// Commands about upgrades of nodes: what they ask, what they print, what they refuse.
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

#include "tests/tools/scripted_manager.hpp"

using namespace muster;
using namespace muster::cli;

namespace {

const std::string upgrades = "/operator/v1/upgrades";
const std::string upgrade_document =
  R"({"id":7,"version":"1.5.0","tenant":"north","labels":{"env":"prod"},"status":"halted",)"
  R"("stages":["1%","10%","100%"],"stage":2,"every_seconds":600,"patience_seconds":300,"max_failed":0,)"
  R"("checksums":{"linux/amd64":"aa"},"started_at":"2026-11-21T11:00:00.000Z",)"
  R"("stage_since":"2026-11-21T11:30:00.000Z","ended_at":"2026-11-21T11:40:00.000Z","author":"ada",)"
  R"("reason":"why","outcome":"stage 2: web-1: it is not online",)"
  R"("counts":{"nodes":1200,"upgraded":100,"waiting":1099,"failed":1},)"
  R"("failures":[{"node":"ag-0000000100000002","hostname":"web-1","reason":"it is not online"}],)"
  R"("runs":[12,13]})";

std::vector<std::string> start(std::vector<std::string> more = {}) {
  more.insert(more.begin(), {"upgrade", "start", "--to", "1.5.0", "--stages", "1%,100%"});
  return more;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(cli_upgrades, scripted_manager)

BOOST_AUTO_TEST_CASE(upgrade_is_started_with_what_was_written) {
  teach("POST " + upgrades, upgrade_document, 201);
  BOOST_TEST((run_command(start({"--every", "10m", "--tenant", "north", "--selector", "env=prod",
                                 "--selector", "zone=eu", "--checksum", "linux/amd64=aa", "--checksum",
                                 "linux/arm64=bb", "--patience", "2m", "--max-failed", "3", "--reason", "r"}))
              == exit_code::ok));
  BOOST_TEST(asked.back()
             == "POST " + upgrades
                  + R"( {"version":"1.5.0","stages":["1%","100%"],"every":"10m","patience":"2m",)"
                    R"("max_failed":3,"tenant":"north","labels":{"env":"prod","zone":"eu"},)"
                    R"("checksums":{"linux/amd64":"aa","linux/arm64":"bb"},"author":"ada","reason":"r"})");
  BOOST_TEST(out.str() == "upgrade 7 of 1,200 nodes to 1.5.0: 1%, 100%, 10m each\n");
  out.str("");
  BOOST_TEST((run_command(start({"--every", "10m", "--json"})) == exit_code::ok));
  BOOST_TEST(asked.back()
             == "POST " + upgrades
                  + R"( {"version":"1.5.0","stages":["1%","100%"],"every":"10m","patience":"5m",)"
                    R"("author":"ada"})");
  BOOST_TEST(out.str() == upgrade_document + "\n");
}

BOOST_AUTO_TEST_CASE(upgrades_are_listed_and_shown) {
  teach("GET " + upgrades, R"({"upgrades":[)" + upgrade_document + "]}");
  teach("GET " + upgrades + "/7", upgrade_document);
  BOOST_TEST((run_command({"upgrade", "list"}) == exit_code::ok));
  BOOST_TEST(contains(out.str(), "7   1.5.0    north   halted  2 of 3 (10%)  "), out.str());
  BOOST_TEST(contains(out.str(), "stage 2: web-1: it is not online"), out.str());
  out.str("");
  BOOST_TEST((run_command({"upgrade", "show", "7"}) == exit_code::ok));
  BOOST_TEST(contains(out.str(), "2 of 3 (10%)\n"), out.str());
  BOOST_TEST(contains(out.str(), "12, 13\n"), out.str());
  BOOST_TEST(contains(out.str(), "linux/amd64=aa\n"), out.str());
  BOOST_TEST(contains(out.str(), "ag-0000000100000002  web-1  it is not online\n"), out.str());
  BOOST_TEST((run_command({"upgrade", "show", "8"}) == exit_code::not_found));
}

BOOST_AUTO_TEST_CASE(upgrade_is_paused_resumed_and_aborted) {
  for (const auto* word : {"pause", "resume", "abort"}) {
    teach("POST " + upgrades + "/7/" + word + "?author=ada&reason=r", upgrade_document);
    BOOST_TEST((run_command({"upgrade", word, "7", "--reason", "r"}) == exit_code::ok));
  }
  BOOST_TEST(out.str() == "upgrade 7: halted\nupgrade 7: halted\nupgrade 7: halted\n");
}

BOOST_AUTO_TEST_CASE(mistakes_are_told_before_anyone_is_asked) {
  const auto mistake = [](const std::vector<std::string>& words) { return parse_command_line(words).text; };
  BOOST_TEST(contains(mistake({"upgrade", "start", "--stages", "100%", "--every", "1m"}), "--to"));
  BOOST_TEST(contains(mistake(start()), "--every"));
  BOOST_TEST(contains(mistake(start({"--every", "soon"})), "--every soon"));
  BOOST_TEST(contains(mistake(start({"--every", "1m", "--patience", "long"})), "--patience long"));
  BOOST_TEST(
    contains(mistake(start({"--every", "1m", "--checksum", "aa"})), "--checksum aa: not of the form"));
  BOOST_TEST(contains(mistake(start({"--every", "1m", "--checksum", "a/b=1", "--checksum", "a/b=2"})),
                      "--checksum a/b is given twice"));
  BOOST_TEST(
    contains(mistake(start({"--every", "1m", "--selector", "env"})), "--selector env: not of the form"));
  BOOST_TEST(contains(mistake({"upgrade", "pause", "first"}), "first is not a whole number"));
}

BOOST_AUTO_TEST_SUITE_END()
