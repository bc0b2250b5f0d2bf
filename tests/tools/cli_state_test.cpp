// Commands about desired state and secrets: what they ask, what they print, what they refuse.
#include <boost/test/unit_test.hpp>

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/tools/scripted_manager.hpp"

using namespace muster;
using namespace muster::cli;

namespace {

const std::string layers = "/operator/v1/state/layers";
const std::string layer_members =
  R"("scope":"label:env=prod","tenant":"north","revision":12,"at":"2026-11-21T11:00:00.000Z","author":"ada","reason":"why")";
const std::string done = R"({"revision":13,"concerned":2,"nodes":[]})";

struct state_manager : scripted_manager {
  std::string mistake(const std::vector<std::string>& arguments) {
    return parse_command_line(arguments).text;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(cli_state, state_manager)

BOOST_AUTO_TEST_CASE(layers_are_listed_and_shown) {
  teach("GET " + layers, R"({"revision":12,"layers":[{)" + layer_members + "}]}");
  BOOST_TEST((run_command({"state", "list"}) == exit_code::ok));
  BOOST_TEST(contains(out.str(), "label:env=prod  north   12"));
  out.str("");
  teach("GET " + layers + "/label%3Aenv%3Dprod?tenant=north",
        "{" + layer_members + R"(,"state":{"metadata":{"a":"1"}}})");
  BOOST_TEST((run_command({"state", "get", "label:env=prod", "--tenant", "north"}) == exit_code::ok));
  BOOST_TEST(contains(out.str(), "\n{\n  \"metadata\": {\n    \"a\": \"1\"\n  }\n}\n"), out.str());
}

BOOST_AUTO_TEST_CASE(a_layer_is_set_and_deleted) {
  teach("PUT " + layers + "/tenant?author=ada&reason=new", done);
  in.str(R"({"metadata":{}})");
  BOOST_TEST((run_command({"state", "set", "tenant", "--file", "-", "--reason", "new", "--if-revision", "12"})
              == exit_code::ok));
  BOOST_TEST(asked.back() == "PUT " + layers + "/tenant?author=ada&reason=new {\"metadata\":{}}");
  BOOST_TEST(headers.at(0).second == "\"12\"");
  BOOST_TEST(out.str() == "tenant: set, revision 13, for 2 nodes\n");
  teach("DELETE " + layers + "/tenant?tenant=north&author=ada", done);
  out.str("");
  BOOST_TEST((run_command({"state", "delete", "tenant", "--tenant", "north", "--json"}) == exit_code::ok));
  BOOST_TEST(out.str() == done + "\n");
}

BOOST_AUTO_TEST_CASE(a_diff_is_a_dry_run) {
  teach(
    "PUT " + layers + "/tenant?author=ada&dry_run=true",
    R"({"concerned":1,"nodes":[],"changes":[{"op":"add","path":"/metadata/a","value":"1"}],"state":null})");
  in.str("{}");
  BOOST_TEST((run_command({"state", "diff", "tenant", "--file", "-"}) == exit_code::ok));
  BOOST_TEST(contains(out.str(), "a dry run: 1 node would have another state\n"));
  BOOST_TEST(contains(out.str(), "/metadata/a"));
}

BOOST_AUTO_TEST_CASE(a_node_is_shown_by_its_host_name_or_id) {
  teach("GET /operator/v1/nodes/ag-0000000100000002/state", R"({"layers":["tenant"],"state":{"peers":[]}})");
  BOOST_TEST((run_command({"state", "show", "ag-0000000100000002"}) == exit_code::ok));
  BOOST_TEST(contains(out.str(), "layers"));
  BOOST_TEST(contains(out.str(), "\"peers\": []"), out.str());
}

BOOST_AUTO_TEST_CASE(the_history_is_listed) {
  teach(
    "GET /operator/v1/state/history?scope=tenant&tenant=north&limit=100",
    R"({"revisions":[{)" + layer_members + R"(,"action":"put_secret","secret":"tls"}],"next_cursor":null})");
  BOOST_TEST((run_command({"state", "history", "tenant", "--tenant", "north"}) == exit_code::ok));
  BOOST_TEST(contains(out.str(), "put_secret  tls"), out.str());
}

BOOST_AUTO_TEST_CASE(a_secret_comes_from_standard_input_and_is_not_printed) {
  const std::string target = "PUT /operator/v1/secrets/tls?scope=tenant&author=ada";
  teach(target, done);
  in.str("hunter2\n");
  BOOST_TEST((run_command({"secrets", "set", "tls", "--scope", "tenant", "--file", "-"}) == exit_code::ok));
  BOOST_TEST(asked.back() == target + R"( {"base64":"aHVudGVyMgo="})");
  BOOST_TEST(out.str() == "tls for tenant: set, revision 13, for 2 nodes\n");
  in.str("");
  in.clear();
  BOOST_TEST(
    (run_command({"secrets", "set", "tls", "--scope", "tenant", "--file", "-"}) == exit_code::usage));
  BOOST_TEST(contains(err.str(), "standard input: it is empty"));
}

BOOST_AUTO_TEST_CASE(secrets_are_listed_and_revoked) {
  teach("GET /operator/v1/secrets",
        R"({"secrets":[{"name":"tls","scope":"tenant","tenant":"north","version":4,"revoked":true,"at":null,)"
        R"("author":"ada","reason":""}]})");
  BOOST_TEST((run_command({"secrets", "list"}) == exit_code::ok));
  BOOST_TEST(contains(out.str(), "revoked"));
  teach("DELETE /operator/v1/secrets/tls?scope=label%3Aa%3Db&tenant=north&author=ada", done);
  out.str("");
  BOOST_TEST((run_command({"secrets", "revoke", "tls", "--scope", "label:a=b", "--tenant", "north"})
              == exit_code::ok));
  BOOST_TEST(out.str() == "tls for label:a=b of north: revoked, revision 13, for 2 nodes\n");
}

BOOST_AUTO_TEST_CASE(scopes_that_are_none_are_told_before_the_manager_is_asked) {
  for (const std::string scope : {"fleet", "label:a", "label:=b", "node:", "node:web-1", ""})
    BOOST_TEST(mistake({"state", "get", scope}) != "", scope);
  BOOST_TEST(mistake({"state", "get", "node:ag-0000000100000002", "--tenant", "t"}) != "");
  BOOST_TEST(mistake({"state", "get", "node:ag-0000000100000002"}) == "");
  BOOST_TEST(mistake({"secrets", "set", "tls", "--scope", "fleet", "--file", "-"}) != "");
  BOOST_TEST(mistake({"secrets", "set", "tls", "--file", "-"}) != "");
}

BOOST_AUTO_TEST_SUITE_END()
