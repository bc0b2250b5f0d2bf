// Commands about patterns: what they ask, what they print, and how a watch goes on.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "tests/tools/scripted_manager.hpp"
#include "tools/muster/pattern_watch.hpp"

using namespace muster;
using namespace muster::cli;

namespace {

const std::string patterns = "GET /operator/v1/patterns";
const std::string id_1 = "pt-0000000000000001";
const std::string id_2 = "pt-0000000000000002";
const std::string open_page = patterns + "?status=open&limit=1000";

std::string pattern(const std::string& id, int agents, bool critical, const std::string& ended = {}) {
  return R"({"id":")" + id + R"(","tenant":"t","kind":"ip","value":"203.0.113.7","status":")"
         + (ended.empty() ? "open" : "ended") + R"(","critical":)" + (critical ? "true" : "false")
         + R"(,"severity":"high","opened_at":"2026-11-21T11:00:00.000Z","first_seen":"2026-11-21T10:59:00.000Z",)"
         + R"("last_seen":"2026-11-21T11:30:00.000Z","ended_at":)"
         + (ended.empty() ? "null" : '"' + ended + '"') + R"(,"sightings":1200,"agent_count":)"
         + std::to_string(agents)
         + R"(,"trusted_count":1,"techniques":["T1110","T1059"],"agents":[{"id":"ag-0000000100000002",)"
         + R"("first_seen":"2026-11-21T10:59:00.000Z","last_seen":"2026-11-21T11:30:00.000Z","sightings":7,"trusted":true}]})";
}

boost::json::object row(const std::string& id, int agents, bool critical) {
  return boost::json::parse(pattern(id, agents, critical)).get_object();
}

std::string page(const std::vector<std::string>& rows) {
  std::string text;
  for (const auto& each : rows) text += (text.empty() ? "" : ",") + each;
  return R"({"patterns":[)" + text + R"(],"next_cursor":null})";
}

// Each pause of a watch is the next step; a watch of N steps lasts N seconds.
struct watched_manager : scripted_manager {
  std::vector<std::function<void()>> steps;
  std::size_t next = 0;

  watched_manager() {
    during_pause = [this] {
      if (next < steps.size()) steps[next++]();
    };
  }
  void teach_open(const std::vector<std::string>& rows) { teach(open_page, page(rows)); }
  exit_code watch(std::vector<std::string> more = {}) {
    more.insert(more.begin(),
                {"patterns", "watch", "--for", std::to_string(std::max<std::size_t>(steps.size(), 1)) + "s"});
    return run_command(more);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(cli_patterns, watched_manager)

BOOST_AUTO_TEST_CASE(patterns_are_listed_with_their_filters) {
  teach(
    patterns
      + "?critical=true&kind=ip&since=2026-11-21T11%3A00%3A00.000Z&status=open&tenant=t&value=v&limit=100",
    page({pattern(id_1, 3, true), pattern(id_2, 2, false, "2026-11-21T11:40:00.000Z")}));
  BOOST_TEST((run_command({"patterns", "list", "--critical", "--kind", "ip", "--since", "1h", "--status",
                           "open", "--tenant", "t", "--value", "v"})
              == exit_code::ok));
  BOOST_TEST(
    contains(out.str(), "ID                   KIND  VALUE        AGENTS  SIGHTINGS  SEVERITY  STATUS"));
  BOOST_TEST(
    contains(out.str(), id_1 + "  ip    203.0.113.7  3       1,200      high      open, critical  2026"));
  BOOST_TEST(contains(out.str(), "ended           2026"));
}

BOOST_AUTO_TEST_CASE(patterns_of_a_host_are_found) {
  teach("GET /operator/v1/agents?hostname=web-1&limit=100",
        R"({"agents":[{"id":"ag-0000000100000002"}],"next_cursor":null})");
  teach(patterns + "?agent=ag-0000000100000002&limit=100", page({}));
  BOOST_TEST((run_command({"patterns", "list", "--agent", "web-1"}) == exit_code::ok));
  BOOST_TEST(err.str() == "muster: no patterns\n");
}

BOOST_AUTO_TEST_CASE(a_pattern_is_shown_with_its_agents) {
  teach(patterns + '/' + id_1, pattern(id_1, 3, true));
  BOOST_TEST((run_command({"patterns", "show", id_1}) == exit_code::ok));
  BOOST_TEST(contains(out.str(), "status      open, critical\n"));
  BOOST_TEST(contains(out.str(), "agents      3, 1 of them trusted\n"));
  BOOST_TEST(contains(out.str(), "techniques  T1110, T1059\n"));
  BOOST_TEST(contains(out.str(), "\n\nAGENT                SIGHTINGS  TRUSTED  FIRST SEEN"));
  BOOST_TEST(contains(out.str(), "ag-0000000100000002  7          yes      2026"));
  BOOST_TEST(!contains(out.str(), "ended"));
  out.str("");
  BOOST_TEST((run_command({"patterns", "show", id_1, "--json"}) == exit_code::ok));
  BOOST_TEST(out.str() == pattern(id_1, 3, true) + '\n');
}

BOOST_AUTO_TEST_CASE(an_unknown_pattern_is_not_found) {
  BOOST_TEST((run_command({"patterns", "show", "pt-x/y"}) == exit_code::not_found));
  BOOST_TEST(err.str() == "muster: nothing at /operator/v1/patterns/pt-x%2Fy\n");
}

BOOST_AUTO_TEST_CASE(sightings_are_threats) {
  teach(patterns + '/' + id_1 + "/sightings?limit=2",
        R"({"threats":[{"event_id":"e1"}],"next_cursor":null})");
  BOOST_TEST((run_command({"patterns", "sightings", id_1, "--limit", "2"}) == exit_code::ok));
  BOOST_TEST(contains(out.str(), "CONCLUSION"));
  BOOST_TEST(contains(out.str(), "e1"));
}

BOOST_AUTO_TEST_CASE(a_watch_tells_each_change_in_a_line) {
  teach_open({pattern(id_1, 2, false)});
  teach(patterns + '/' + id_1, pattern(id_1, 5, true, "2026-11-21T11:50:00.000Z"));
  steps = {[this] {
             teach_open({pattern(id_2, 2, false), pattern(id_1, 2, false)});
           },
           [this] {
             teach_open({pattern(id_2, 2, false), pattern(id_1, 5, true)});
           },
           [this] { teach_open({pattern(id_2, 2, false)}); }};
  BOOST_TEST((watch() == exit_code::ok));
  const std::string what = "  ip 203.0.113.7: ";
  const std::string seen = "2026-11-21T11:30:00.000Z  ";
  const std::string tail = ", 1,200 sightings, severity high";
  BOOST_TEST(out.str()
             == seen + "open      " + id_1 + what + "2 agents" + tail + '\n'
                  + "2026-11-21T11:00:00.000Z  appeared  " + id_2 + what + "2 agents" + tail + '\n' + seen
                  + "grew      " + id_1 + what + "5 agents (+3)" + tail + ", critical\n" + seen + "critical  "
                  + id_1 + what + "5 agents" + tail + ", critical\n" + "2026-11-21T11:50:00.000Z  ended     "
                  + id_1 + what + "5 agents" + tail + ", critical\n");
  BOOST_TEST(err.str() == "");
}

BOOST_AUTO_TEST_CASE(a_watch_in_json_writes_a_document_a_line) {
  teach_open({});
  steps = {[this] { teach_open({pattern(id_1, 2, false)}); }};
  BOOST_TEST((watch({"--json"}) == exit_code::ok));
  const auto line = boost::json::parse(out.str()).get_object();
  BOOST_TEST(text_of(line, "event") == "appeared");
  BOOST_TEST((line.at("pattern") == boost::json::parse(pattern(id_1, 2, false))));
  BOOST_TEST(std::ranges::count(out.str(), '\n') == 1);
}

BOOST_AUTO_TEST_CASE(a_watch_ends_when_its_time_is_over) {
  teach_open({});
  BOOST_TEST((run_command({"patterns", "watch", "--interval", "2s", "--for", "5s"}) == exit_code::ok));
  BOOST_TEST(asked.size() == 4u);  // at 0, 2, 4 and 5 seconds
  BOOST_TEST(to_rfc3339(now) == "2026-11-21T12:00:05.000Z");
}

BOOST_AUTO_TEST_CASE(a_watch_goes_on_when_the_manager_comes_back) {
  teach_open({});
  steps = {[this] { is_away = true; }, [] {},
           [this] {
             is_away = false;
             teach_open({pattern(id_1, 2, false)});
           },
           [this] { is_away = true; }};
  BOOST_TEST((watch() == exit_code::ok));
  BOOST_TEST(contains(out.str(), "appeared"));
  const auto told = err.str();
  const auto first = told.find("no manager answers");
  const auto second = told.find("no manager answers", first + 1);
  BOOST_TEST(first != std::string::npos);
  BOOST_TEST(second != std::string::npos);  // the second time it went
  BOOST_TEST(told.find("no manager answers", second + 1) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_watch_without_a_manager_does_not_begin) {
  is_away = true;
  BOOST_TEST((watch() == exit_code::unreachable));
}

BOOST_AUTO_TEST_CASE(a_watch_ends_when_it_is_no_longer_let_in) {
  teach_open({});
  steps = {[this] { teach(open_page, R"({"title":"T","detail":"wrong token"})", 401); }, [] {}};
  BOOST_TEST((watch() == exit_code::unauthorised));
  BOOST_TEST(asked.size() == 2u);
}

BOOST_AUTO_TEST_CASE(an_end_that_the_manager_forgot_is_told_as_last_seen) {
  teach_open({pattern(id_1, 2, false)});
  steps = {[this] { teach_open({}); }};
  BOOST_TEST((watch() == exit_code::ok));
  BOOST_TEST(contains(out.str(), "2026-11-21T11:30:00.000Z  ended     " + id_1));
}

BOOST_AUTO_TEST_CASE(a_watch_reads_all_pages) {
  teach(open_page, R"({"patterns":[)" + pattern(id_2, 2, false) + R"(],"next_cursor":"c"})");
  teach(open_page + "&cursor=c", page({pattern(id_1, 2, false)}));
  BOOST_TEST((run_command({"patterns", "watch", "--for", "1ms"}) == exit_code::ok));
  BOOST_TEST(contains(out.str(), id_1));
  BOOST_TEST(contains(out.str(), id_2));
}

BOOST_AUTO_TEST_CASE(an_answer_without_patterns_is_a_failure) {
  teach(open_page, "{}");
  BOOST_TEST((watch() == exit_code::failed));
  BOOST_TEST(contains(err.str(), "holds no patterns"));
}

BOOST_AUTO_TEST_CASE(nothing_is_told_of_patterns_that_stay_or_shrink) {
  pattern_watch sight;
  BOOST_TEST(sight.look({row(id_1, 3, true)}).size() == 1u);
  BOOST_TEST(sight.look({row(id_1, 3, true)}).empty());
  BOOST_TEST(sight.look({row(id_1, 2, false)}).empty());
  BOOST_TEST(sight.look({}).size() == 1u);
  BOOST_TEST(sight.look({}).empty());
}

BOOST_AUTO_TEST_SUITE_END()
