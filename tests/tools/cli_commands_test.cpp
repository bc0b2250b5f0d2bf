// Whole commands against a scripted manager: what they ask, print and refuse.
#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

#include "runtime/wire/timestamp.hpp"
#include "tests/tools/scripted_manager.hpp"

using namespace muster;
using namespace muster::cli;

namespace {

const std::string id_1 = "ag-0000000100000002";
const std::string id_2 = "ag-0000000200000003";
const std::string agents = "/operator/v1/agents";

std::string agent(const std::string& id, const std::string& hostname) {
  return R"({"id":")" + id + R"(","hostname":")" + hostname
         + R"(","status":"online","labels":{"site":"bonn","a":"1"}})";
}

struct agents_manager : scripted_manager {
  void teach_agent(const std::string& id, const std::string& hostname) {
    teach("GET " + agents + "?hostname=" + hostname + "&limit=100",
          R"({"agents":[)" + agent(id, hostname) + R"(],"next_cursor":null})");
    teach("GET " + agents + "/" + id, agent(id, hostname));
  }
  void teach_nobody(const std::string& hostname) {
    teach("GET " + agents + "?hostname=" + hostname + "&limit=100", R"({"agents":[],"next_cursor":null})");
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(cli_commands, agents_manager)

BOOST_AUTO_TEST_CASE(queries_are_encoded_and_empty_fields_left_out) {
  BOOST_TEST(api_target("/p", {{"a", "x y&=+%"}, {"b", ""}, {"c", "\xc3\xbc-_.~"}})
             == "/p?a=x%20y%26%3D%2B%25&c=%C3%BC-_.~");
  BOOST_TEST(is_agent_id(id_1));
  for (const auto* text :
       {"", "ag-", "ag-000000010000000", "ag-000000010000000G", "ag-00000001000000021", "web-1"}) {
    BOOST_TEST(!is_agent_id(text), text);
  }
}

BOOST_AUTO_TEST_CASE(a_host_name_finds_its_agent) {
  teach_agent(id_1, "web-1");
  BOOST_TEST((run_command({"agents", "show", "web-1"}) == exit_code::ok));
  BOOST_TEST(contains(out.str(), id_1));
  BOOST_TEST(contains(out.str(), "a=1, site=bonn"));
}

BOOST_AUTO_TEST_CASE(an_id_needs_no_search) {
  teach_agent(id_1, "web-1");
  BOOST_TEST((run_command({"agents", "show", id_1, "--json"}) == exit_code::ok));
  BOOST_TEST(asked.size() == 1u);
  BOOST_TEST(out.str() == agent(id_1, "web-1") + "\n");
}

BOOST_AUTO_TEST_CASE(a_machine_id_falls_back_to_the_host_name) {
  teach_agent(id_1, "web-1");
  teach("GET " + agents + "?machine_id=web-1&limit=100", R"({"agents":[],"next_cursor":null})");
  BOOST_TEST((run_command({"agents", "show", "--machine-id", "web-1"}) == exit_code::ok));
  BOOST_TEST(contains(out.str(), id_1));
}

BOOST_AUTO_TEST_CASE(several_agents_of_one_name_are_listed_and_none_is_touched) {
  teach("GET " + agents + "?hostname=web&limit=100",
        R"({"agents":[)" + agent(id_1, "web") + "," + agent(id_2, "web") + R"(],"next_cursor":null})");
  BOOST_TEST((run_command({"agents", "remove", "web", "--yes"}) == exit_code::not_found));
  BOOST_TEST(asked.size() == 1u);
  BOOST_TEST(contains(err.str(), "web (" + id_1 + ", online)\n"));
  err.str("");
  BOOST_TEST((run_command({"agents", "remove", "web", "--json"}) == exit_code::not_found));
  BOOST_TEST(boost::json::parse(err.str()).at("agents").as_array().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_name_that_nobody_has_is_not_found) {
  teach("GET " + agents + "?hostname=web&limit=100", R"({"agents":[],"next_cursor":null})");
  BOOST_TEST((run_command({"agents", "history", "web"}) == exit_code::not_found));
  BOOST_TEST(contains(err.str(), "no agent has the id or host name \"web\""));
}

BOOST_AUTO_TEST_CASE(a_script_removes_without_being_asked) {
  teach("DELETE " + agents + "/" + id_1, "", 204);
  BOOST_TEST((run_command({"agents", "remove", id_1}) == exit_code::ok));
  BOOST_TEST(out.str() == "removed " + id_1 + "\n");
}

BOOST_AUTO_TEST_CASE(a_person_is_asked_before_an_agent_is_removed) {
  with_terminal = true;
  teach_agent(id_1, "web-1");
  teach("DELETE " + agents + "/" + id_1, "", 204);
  in.str("n\n");
  BOOST_TEST((run_command({"agents", "remove", "web-1"}) == exit_code::failed));
  BOOST_TEST(contains(err.str(), "Remove web-1 (" + id_1 + ", online)? [y/N]"));
  BOOST_TEST(!asked_for("DELETE " + agents + "/" + id_1));
  in.clear();
  in.str("");
  BOOST_TEST((run_command({"agents", "remove", "web-1"}) == exit_code::failed));
  in.clear();
  in.str("y\n");
  BOOST_TEST((run_command({"agents", "remove", "web-1"}) == exit_code::ok));
  BOOST_TEST(asked_for("DELETE " + agents + "/" + id_1));
}

BOOST_AUTO_TEST_CASE(labels_not_named_stay) {
  teach_agent(id_1, "web-1");
  teach("PUT " + agents + "/" + id_1 + "/labels", "", 204);
  BOOST_TEST((run_command({"agents", "label", id_1, "site-", "rack=4", "gone-"}) == exit_code::ok));
  const std::string put = "PUT " + agents + "/" + id_1 + "/labels ";
  BOOST_TEST_REQUIRE(asked.back().starts_with(put));
  BOOST_TEST((boost::json::parse(asked.back().substr(put.size()))
              == boost::json::parse(R"({"labels":{"a":"1","rack":"4"}})")));
  BOOST_TEST(out.str() == id_1 + ": a=1, rack=4\n");
}

BOOST_AUTO_TEST_CASE(pages_become_one_json_document_of_unchanged_rows) {
  teach("GET " + agents + "?limit=1000", R"({"agents":[{"n":1.50,"s":"]"}],"next_cursor":"c/1"})");
  teach("GET " + agents + "?limit=1000&cursor=c%2F1", R"({"agents":[],"next_cursor":"c2"})");
  teach("GET " + agents + "?limit=1000&cursor=c2", R"({"agents":[{"n":2}],"next_cursor":null})");
  BOOST_TEST((run_command({"agents", "list", "--all", "--json"}) == exit_code::ok));
  BOOST_TEST(out.str()
             == R"({"agents":[{"n":1.50,"s":"]"},{"n":2}],"next_cursor":null})"
                "\n");
}

BOOST_AUTO_TEST_CASE(a_limited_json_list_says_where_to_go_on) {
  teach("GET " + agents + "?limit=1", R"({"agents":[{"n":1}],"next_cursor":"c"})");
  BOOST_TEST((run_command({"agents", "list", "--limit", "1", "--json"}) == exit_code::ok));
  BOOST_TEST(out.str() == "{\"agents\":[{\"n\":1}],\"next_cursor\":\"c\"}\n");
}

BOOST_AUTO_TEST_CASE(a_list_that_breaks_off_is_still_valid_json) {
  teach("GET " + agents + "?limit=1000", R"({"agents":[{"n":1}],"next_cursor":"c1"})");
  teach("GET " + agents + "?limit=1000&cursor=c1", R"({"title":"Busy","detail":"too busy"})", 503);
  BOOST_TEST((run_command({"agents", "list", "--all", "--json"}) == exit_code::failed));
  BOOST_TEST(out.str() == "{\"agents\":[{\"n\":1}],\"next_cursor\":\"c1\"}\n");
  BOOST_TEST(contains(err.str(), "too busy"));
}

BOOST_AUTO_TEST_CASE(people_get_no_more_rows_than_they_asked_for) {
  teach("GET /operator/v1/threats?limit=2",
        R"({"threats":[{"event_id":"e1"},{"event_id":"e2"},{"event_id":"e3"}],"next_cursor":null})");
  BOOST_TEST((run_command({"threats", "list", "--limit", "2"}) == exit_code::ok));
  BOOST_TEST(contains(out.str(), "e2"));
  BOOST_TEST(!contains(out.str(), "e3"));
  BOOST_TEST(contains(err.str(), "there is more"));
}

BOOST_AUTO_TEST_CASE(an_empty_list_prints_no_table) {
  teach_nobody("x");
  teach("GET /operator/v1/audit?subject=x&limit=100", R"({"audit":[],"next_cursor":null})");
  BOOST_TEST((run_command({"audit", "--subject", "x"}) == exit_code::ok));
  BOOST_TEST(out.str() == "");
  BOOST_TEST(err.str() == "muster: no audit entries\n");
}

BOOST_AUTO_TEST_CASE(threats_are_found_by_the_host_name_of_their_agent) {
  teach_agent(id_1, "web-1");
  teach("GET /operator/v1/threats?agent=" + id_1 + "&limit=100",
        R"({"threats":[{"event_id":"e1"}],"next_cursor":null})");
  BOOST_TEST((run_command({"threats", "list", "--agent", "web-1"}) == exit_code::ok));
  BOOST_TEST(contains(out.str(), "e1"));
  asked.clear();
  BOOST_TEST((run_command({"threats", "list", "--agent", id_1}) == exit_code::ok));
  BOOST_TEST(asked.size() == 1u);
  teach_nobody("gone");
  BOOST_TEST((run_command({"threats", "list", "--agent", "gone"}) == exit_code::not_found));
  BOOST_TEST(contains(err.str(), "no agent has the id or host name \"gone\""));
}

BOOST_AUTO_TEST_CASE(a_subject_is_a_host_name_only_if_an_agent_has_it) {
  const std::string audit = "GET /operator/v1/audit?subject=";
  teach_agent(id_1, "web-1");
  teach_nobody("fleet");
  for (const auto& subject : {id_1, std::string("fleet")}) {
    teach(audit + subject + "&limit=100", R"({"audit":[],"next_cursor":null})");
  }
  BOOST_TEST((run_command({"audit", "--subject", "web-1"}) == exit_code::ok));
  BOOST_TEST(asked.back() == audit + id_1 + "&limit=100");
  BOOST_TEST((run_command({"audit", "--subject", "fleet"}) == exit_code::ok));
  BOOST_TEST(asked.back() == audit + "fleet&limit=100");
}

BOOST_AUTO_TEST_CASE(since_takes_times_and_spans) {
  const auto noon = *parse_rfc3339("2026-11-21T12:00:00Z");
  BOOST_TEST(since_time("90m", noon) == "2026-11-21T10:30:00.000Z");
  BOOST_TEST(since_time("2026-11-21T08:00:00+01:00", noon) == "2026-11-21T07:00:00.000Z");
  for (const auto* text : {"yesterday", "1", "-1h", "2026-11-21"}) {
    BOOST_CHECK_THROW(since_time(text, noon), failure);
  }
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_no_json_is_a_failure) {
  teach("GET /operator/v1/status", "<html>");
  BOOST_TEST((run_command({"status"}) == exit_code::failed));
  BOOST_TEST(contains(err.str(), "Is that the manager's operator listener?"));
}

BOOST_AUTO_TEST_CASE(words_of_the_server_cannot_drive_the_terminal) {
  teach("GET /operator/v1/status", R"({"title":"T","detail":"\u001b[31mred\u009b"})", 500);
  BOOST_TEST((run_command({"status"}) == exit_code::failed));
  BOOST_TEST(err.str() == "muster: \\u001b[31mred\\u009b\n");
}

BOOST_AUTO_TEST_CASE(a_version_and_a_completion_need_no_manager) {
  BOOST_TEST((run_command({"version", "--json"}) == exit_code::ok));
  BOOST_TEST(boost::json::parse(out.str()).as_object().contains("version"));
  BOOST_TEST((run_command({"completion", "bash"}) == exit_code::ok));
  BOOST_TEST(asked.empty());
}

BOOST_AUTO_TEST_SUITE_END()
