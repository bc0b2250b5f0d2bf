// Commands about policy, rollouts and emergencies: what they ask, what they print, what they refuse.
#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/tools/scripted_manager.hpp"
#include "tools/muster/json_text.hpp"
#include "tools/muster/policy_views.hpp"
#include "tools/muster/rollout_views.hpp"

using namespace muster;
using namespace muster::cli;

namespace {

const std::string policies = "/operator/v1/policies";
const std::string layers = policies + "/layers/";
const std::string rollouts = "/operator/v1/rollouts";
const std::string layer_members =
  R"("scope":"organization:acme","layer":"organization","name":"acme","tenant":"t","revision":12,)"
  R"("at":"2026-11-21T11:00:00.000Z","author":"ada","reason":"why","rollout_percent":12.5)";
const std::string rollout =
  R"({"id":7,"scope":"fleet","tenant":"","status":"halted","stages":["1%","10%","100%"],"stage":2,"every_seconds":600,)"
  R"("gates":["stale_share<2%","error_share<rest+1%"],"started_at":"2026-11-21T11:00:00.000Z","stage_since":null,)"
  R"("ended_at":null,"author":"ada","reason":"why","outcome":"stale_share is 3%"})";

struct policy_manager : scripted_manager {
  std::filesystem::path folder;

  policy_manager() {
    std::string pattern = (std::filesystem::temp_directory_path() / "muster-cli-XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    folder = pattern;
  }
  ~policy_manager() { std::filesystem::remove_all(folder); }

  std::string file(const std::string& text) const {
    const auto path = folder / "policy.json";
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }
  // What is said of a file before any manager is asked.
  std::string complaint(const std::string& path) {
    err.str("");
    BOOST_TEST((run_command({"policy", "set", "fleet", "--file", path}) == exit_code::usage));
    BOOST_TEST(asked.empty());
    return err.str();
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(cli_policy, policy_manager)

BOOST_AUTO_TEST_CASE(layers_are_listed) {
  const auto answer =
    R"({"revision":12,"at":null,"layers":[{)" + layer_members + R"(}],"emergencies":2,"rollouts":[]})";
  teach("GET " + policies, answer);
  BOOST_TEST((run_command({"policy", "list"}) == exit_code::ok));
  BOOST_TEST(out.str() ==
             "SCOPE              TENANT  REVISION  AT                        AUTHOR  REASON  ROLLOUT\n"
             "organization:acme  t       12        2026-11-21T11:00:00.000Z  ada     why     12.5 %\n");
  BOOST_TEST(contains(err.str(), "2 emergencies; see muster emergency list"));
  out.str("");
  BOOST_TEST((run_command({"policy", "list", "--json"}) == exit_code::ok));
  BOOST_TEST(out.str() == answer + '\n');
}

BOOST_AUTO_TEST_CASE(a_layer_is_shown_with_its_documents) {
  teach("GET " + layers + "organization%3Aacme?tenant=t",
        "{" + layer_members
          + R"(,"policy":{"mode":"report","ips":["a","b"],"empty":{}},"candidate":{"mode":"enforce"}})");
  BOOST_TEST((run_command({"policy", "show", "organization:acme", "--tenant", "t"}) == exit_code::ok));
  BOOST_TEST(contains(out.str(), "rollout   12.5 %\n"));
  BOOST_TEST(
    contains(out.str(), "\n\n{\n  \"mode\": \"report\",\n  \"ips\": [\"a\",\"b\"],\n  \"empty\": {}\n}\n"));
  BOOST_TEST(contains(out.str(), "\non its way to more, now 12.5 %:\n{\n  \"mode\": \"enforce\"\n}\n"));
}

BOOST_AUTO_TEST_CASE(a_layer_that_is_not_there_is_not_found) {
  BOOST_TEST((run_command({"policy", "show", "fleet"}) == exit_code::not_found));
  BOOST_TEST(err.str() == "muster: nothing at /operator/v1/policies/layers/fleet\n");
}

BOOST_AUTO_TEST_CASE(a_layer_is_set_from_a_file) {
  const auto target = "PUT " + layers + "label%3Asite%3Dberlin?tenant=t&author=ada&reason=new%20rule";
  teach(target, R"({"revision":13})");
  const std::string document = "{\"threshold\": 1.50}\n";
  BOOST_TEST((run_command({"policy", "set", "label:site=berlin", "--tenant", "t", "--file", file(document),
                           "--reason", "new rule"})
              == exit_code::ok));
  BOOST_TEST(asked.back() == target + ' ' + document);
  BOOST_TEST(headers.empty());
  BOOST_TEST(out.str() == "label:site=berlin of t: set, revision 13\n");
}

BOOST_AUTO_TEST_CASE(a_document_may_come_from_standard_input) {
  teach("PUT " + layers + "fleet?author=ada", R"({"revision":13})");
  in.str("{}");
  BOOST_TEST((run_command({"policy", "set", "fleet", "--file", "-", "--json"}) == exit_code::ok));
  BOOST_TEST(asked.back() == "PUT " + layers + "fleet?author=ada {}");
  BOOST_TEST(out.str() == "{\"revision\":13}\n");
}

BOOST_AUTO_TEST_CASE(nobody_is_named_as_author_when_nobody_is_known) {
  ::unsetenv("USER");
  ::unsetenv("LOGNAME");
  teach("DELETE " + layers + "fleet", R"({"revision":13})");
  BOOST_TEST((run_command({"policy", "delete", "fleet"}) == exit_code::ok));
  BOOST_TEST(out.str() == "fleet: deleted, revision 13\n");
}

BOOST_AUTO_TEST_CASE(a_change_may_hold_for_one_revision_only) {
  const auto target = "DELETE " + layers + "fleet?author=ada&reason=gone";
  teach(target, R"({"title":"Conflict","detail":"the layer is at revision 9"})", 409);
  BOOST_TEST((run_command({"policy", "delete", "fleet", "--if-revision", "7", "--reason", "gone"})
              == exit_code::failed));
  const std::vector<std::pair<std::string, std::string>> expected{{"If-Match", "\"7\""}};
  BOOST_TEST((headers == expected));
  BOOST_TEST(err.str() == "muster: the layer is at revision 9\n");
}

BOOST_AUTO_TEST_CASE(a_refused_document_is_told_in_the_managers_words) {
  teach("PUT " + layers + "fleet?author=ada",
        R"({"title":"Unprocessable","detail":"$.blocklist.ips[3]: '1.2.3' is not an IP address"})", 422);
  BOOST_TEST((run_command({"policy", "set", "fleet", "--file", file("{}")}) == exit_code::failed));
  BOOST_TEST(err.str() == "muster: $.blocklist.ips[3]: '1.2.3' is not an IP address\n");
}

BOOST_AUTO_TEST_CASE(a_dry_run_tells_who_would_change_and_how) {
  const std::string answer =
    R"({"dry_run":true,"revision":14,"agents":1201,"changes":[)"
    R"({"agents":1200,"sample":[{"id":"ag-1","hostname":"web-1"},{"id":"ag-2","hostname":""}],)"
    R"("diff":[{"op":"replace","path":"/mode","value":"enforce"},{"op":"remove","path":"/rules/0"}]},)"
    R"({"agents":1,"sample":[],"diff":[]}]})";
  teach("PUT " + layers + "fleet?author=ada&dry_run=true", answer);
  BOOST_TEST((run_command({"policy", "set", "fleet", "--file", file("{}"), "--dry-run"}) == exit_code::ok));
  BOOST_TEST(out.str() ==
             "a dry run: 1,201 agents would change\n"
             "1,200 agents, such as web-1 (ag-1), ag-2\n"
             "  replace /mode \"enforce\"\n"
             "  remove /rules/0\n"
             "1 agent\n"
             "  no difference\n");
  out.str("");
  BOOST_TEST(
    (run_command({"policy", "set", "fleet", "--file", file("{}"), "--dry-run", "--json"}) == exit_code::ok));
  BOOST_TEST(out.str() == answer + '\n');
}

BOOST_AUTO_TEST_CASE(deletions_and_rollbacks_may_be_tried_too) {
  const std::string nothing = R"({"dry_run":true,"revision":14,"agents":0,"changes":[]})";
  teach("DELETE " + layers + "fleet?author=ada&dry_run=true", nothing);
  teach("POST " + layers + "fleet/rollback?author=ada&dry_run=true", nothing);
  BOOST_TEST((run_command({"policy", "delete", "fleet", "--dry-run"}) == exit_code::ok));
  BOOST_TEST((run_command({"policy", "rollback", "fleet", "--to", "3", "--dry-run"}) == exit_code::ok));
  BOOST_TEST(out.str() == "a dry run: 0 agents would change\na dry run: 0 agents would change\n");
}

BOOST_AUTO_TEST_CASE(a_rollback_names_the_revision_in_its_body) {
  const auto target = "POST " + layers + "organization%3Aacme/rollback?tenant=t&author=ada";
  teach(target, R"({"revision":15})");
  BOOST_TEST((
    run_command({"policy", "rollback", "organization:acme", "--tenant", "t", "--to", "12", "--reason", "bad"})
    == exit_code::ok));
  BOOST_TEST(asked.back() == target + R"( {"revision":12,"reason":"bad"})");
  BOOST_TEST(out.str() == "organization:acme of t: back at 12, revision 15\n");
}

BOOST_AUTO_TEST_CASE(what_is_wrong_with_a_file_is_told_before_the_manager_is_asked) {
  BOOST_TEST(contains(complaint((folder / "gone.json").string()), "gone.json: No such file or directory"));
  BOOST_TEST(contains(complaint(folder.string()), "that is a folder"));
  BOOST_TEST(contains(complaint(file(" \n")), "policy.json: it is empty"));
  BOOST_TEST(
    contains(complaint(file("{\n  \"mode\": enforce\n}")), "policy.json: not JSON at line 2, column 11: "));
  BOOST_TEST(contains(complaint(file("{\"a\":1")), "not JSON at line 1, column 7: incomplete"));
  BOOST_TEST(contains(complaint(file("{}\n{}")), "line 2, column 1: more follows the document"));
  BOOST_TEST(contains(complaint(file("[]")), "what is wanted is a JSON object"));
  in.str("nonsense");
  BOOST_TEST(contains(complaint("-"), "muster: standard input: not JSON at line 1, column 1"));
}

BOOST_AUTO_TEST_CASE(a_local_mistake_is_told_in_json_when_that_was_asked_for) {
  BOOST_TEST((run_command({"policy", "set", "fleet", "--file", file("[]"), "--json"}) == exit_code::usage));
  BOOST_TEST(contains(std::string(boost::json::parse(err.str()).at("detail").as_string()), "JSON object"));
}

BOOST_AUTO_TEST_CASE(revisions_are_listed_for_a_layer) {
  const std::string rows =
    R"({"revisions":[{"revision":13,"at":"2026-11-21T11:00:00.000Z","action":"rollback","scope":null,"tenant":"",)"
    R"("author":"ada","reason":"r","previous":null}],"next_cursor":null})";
  teach("GET " + policies + "/history?action=rollback&scope=label%3Asite&tenant=t&limit=100", rows);
  BOOST_TEST((run_command({"policy", "history", "label:site", "--tenant", "t", "--action", "rollback"})
              == exit_code::ok));
  BOOST_TEST(contains(out.str(), "13        2026-11-21T11:00:00.000Z  rollback  -      -       ada     r\n"));
  teach("GET " + policies + "/history?limit=100", R"({"revisions":[],"next_cursor":null})");
  BOOST_TEST((run_command({"policy", "history"}) == exit_code::ok));
  BOOST_TEST(err.str() == "muster: no revisions of policy\n");
}

BOOST_AUTO_TEST_CASE(a_revision_is_shown_with_what_it_changed) {
  teach(
    "GET " + policies + "/history/13",
    R"({"revision":13,"at":null,"action":"write","scope":"fleet","tenant":"","author":"ada","reason":"r",)"
    R"("previous":12,"policy":{},"diff":[{"op":"add","path":"/a","value":{"b":[1]}},)"
    R"({"op":"move","from":"/x","path":"/y"}]})");
  BOOST_TEST((run_command({"policy", "revision", "13"}) == exit_code::ok));
  BOOST_TEST(out.str() ==
             "revision   13\naction     write\nscope      fleet\nauthor     ada\nreason     r\nbefore it  12\n\n"
             "add /a {\"b\":[1]}\nmove /x to /y\n");
}

BOOST_AUTO_TEST_CASE(an_agents_policy_is_found_by_its_names) {
  const std::string id = "ag-0000000100000002";
  teach(
    "GET " + policies + "/effective/" + id,
    R"({"agent_id":")" + id
      + R"(","version":13,"acknowledged_version":null,"layers":["fleet","label:site"],"policy":{"mode":"report"}})");
  const auto found = R"({"agents":[{"id":")" + id + R"("}],"next_cursor":null})";
  teach("GET /operator/v1/agents?hostname=web-1&limit=100", found);
  teach("GET /operator/v1/agents?machine_id=m&limit=100", found);
  for (const auto& name : {std::vector<std::string>{id}, {"web-1"}, {"--machine-id", "m"}}) {
    out.str("");
    std::vector<std::string> arguments{"policy", "effective"};
    arguments.insert(arguments.end(), name.begin(), name.end());
    BOOST_TEST((run_command(arguments) == exit_code::ok));
    BOOST_TEST(out.str() == "agent         " + id
                              + "\nversion       13\nacknowledged  none yet\nlayers        fleet, label:site\n"
                                "\n{\n  \"mode\": \"report\"\n}\n");
  }
}

BOOST_AUTO_TEST_CASE(progress_is_counted_by_group) {
  const std::string group =
    R"("agents":1200,"acknowledged":1100,"delivered":50,"behind":25,"never_asked":25})";
  teach("GET " + policies + "/status?group_by=site",
        R"({"revision":13,"at":null,"all":{"group":"",)" + group + R"(,"groups":[{"group":"",)" + group
          + R"(],"took":{"agents":1100,"p50_seconds":0.500,"p99_seconds":2.250,"last_seconds":3.000}})");
  BOOST_TEST((run_command({"policy", "status", "--group-by", "site"}) == exit_code::ok));
  BOOST_TEST(out.str() ==
             "revision  13\n"
             "took      half of the agents 0.5 s, 99 % 2.25 s, the last 3 s (1,100 measured)\n\n"
             "GROUP       AGENTS  ACKNOWLEDGED  DELIVERED  BEHIND  NEVER ASKED\n"
             "-           1,200   1,100         50         25      25\n"
             "all agents  1,200   1,100         50         25      25\n");
}

BOOST_AUTO_TEST_CASE(the_schema_is_printed_as_it_is) {
  teach("GET " + policies + "/schema", "{\n  \"type\": \"object\"\n}\n");
  BOOST_TEST((run_command({"policy", "schema"}) == exit_code::ok));
  BOOST_TEST(out.str() == "{\n  \"type\": \"object\"\n}\n");
}

BOOST_AUTO_TEST_CASE(a_rollout_is_started_with_the_document_as_it_was_written) {
  teach("POST " + rollouts, R"({"id":7})", 201);
  BOOST_TEST((run_command({"policy", "rollout", "start", "--file", file("{\"x\": 1.50}"), "--stages",
                           "1%,100%", "--every", "10m", "--gate", "stale_share<2%", "--scope", "label:site",
                           "--tenant", "t", "--reason", "r"})
              == exit_code::ok));
  BOOST_TEST(asked.back()
             == "POST " + rollouts
                  + R"( {"stages":["1%","100%"],"every":"10m","gates":["stale_share<2%"],)"
                    R"("scope":"label:site","tenant":"t","author":"ada","reason":"r",)"
                    R"("policy":{"x": 1.50}})");
  BOOST_TEST(out.str() == "rollout 7 of label:site: 1%, 100%, 10m each\n");
}

BOOST_AUTO_TEST_CASE(a_rollout_without_a_document_is_not_started) {
  BOOST_TEST(
    (run_command({"policy", "rollout", "start", "--file", "/gone", "--stages", "100%", "--every", "1m"})
     == exit_code::usage));
  BOOST_TEST(asked.empty());
}

BOOST_AUTO_TEST_CASE(rollouts_are_listed_and_shown) {
  teach("GET " + rollouts, R"({"rollouts":[)" + rollout + "]}");
  teach("GET " + rollouts + "/7", rollout);
  BOOST_TEST((run_command({"policy", "rollout", "list"}) == exit_code::ok));
  BOOST_TEST(contains(out.str(), "7   fleet  -       halted  2 of 3 (10%)  10m    2026-11-21T11:00:00.000Z"));
  out.str("");
  BOOST_TEST((run_command({"policy", "rollout", "show", "7"}) == exit_code::ok));
  BOOST_TEST(
    contains(out.str(), "outcome  stale_share is 3%\nstages   1%, 10%, 100%\nstage    2 of 3 (10%)\n"));
  BOOST_TEST(contains(out.str(), "gates    stale_share<2%, error_share<rest+1%\n"));
  BOOST_TEST((run_command({"policy", "rollout", "show", "8"}) == exit_code::not_found));
}

BOOST_AUTO_TEST_CASE(a_rollout_is_paused_resumed_and_aborted) {
  for (const auto* word : {"pause", "resume", "abort"}) {
    teach("POST " + rollouts + "/7/" + word + "?author=ada&reason=r", R"({"revision":16})");
    BOOST_TEST((run_command({"policy", "rollout", word, "7", "--reason", "r"}) == exit_code::ok));
  }
  BOOST_TEST(
    out.str()
    == "rollout 7: paused, revision 16\nrollout 7: resumed, revision 16\nrollout 7: aborted, revision 16\n");
  teach("POST " + rollouts + "/8/pause?author=ada", R"({"title":"T","detail":"it has ended"})", 409);
  BOOST_TEST((run_command({"policy", "rollout", "pause", "8", "--json"}) == exit_code::failed));
  BOOST_TEST(contains(err.str(), "it has ended"));
}

BOOST_AUTO_TEST_CASE(emergencies_are_listed_and_revoked) {
  const std::string id = "pt-0000000000000001";
  const std::string path = "/operator/v1/emergencies";
  const auto row = [&](const std::string& wide) {
    return R"({"id":")" + id + R"(","tenant":"t","kind":"ip","value":"203.0.113.7","wide":)" + wide
           + R"(,"agents":["ag-1","ag-2"],"published_at":"2026-11-21T11:00:00.000Z",)"
             R"("expires_at":"2026-11-21T13:00:00.000Z","revision":3,"reason":"r","policy":{}})";
  };
  teach("GET " + path, R"({"emergencies":[)" + row("true") + "," + row("false") + "]}");
  BOOST_TEST((run_command({"emergency", "list"}) == exit_code::ok));
  BOOST_TEST(contains(out.str(), "203.0.113.7  whole tenant  3"));
  BOOST_TEST(contains(out.str(), "203.0.113.7  2             3"));
  out.str("");
  teach("DELETE " + path + "/" + id + "?author=ada&reason=r", R"({"revision":17})");
  BOOST_TEST((run_command({"emergency", "revoke", id, "--reason", "r"}) == exit_code::ok));
  BOOST_TEST(out.str() == "revoked " + id + ", revision 17\n");
  BOOST_TEST((run_command({"emergency", "revoke", "pt-2"}) == exit_code::not_found));
  teach("GET " + path, R"({"emergencies":[]})");
  BOOST_TEST((run_command({"emergency", "list"}) == exit_code::ok));
  BOOST_TEST(contains(err.str(), "muster: no emergencies\n"));
}

BOOST_AUTO_TEST_CASE(an_answer_without_its_list_is_a_failure) {
  teach("GET " + rollouts, "{}");
  BOOST_TEST((run_command({"policy", "rollout", "list"}) == exit_code::failed));
  BOOST_TEST((run_command({"policy", "rollout", "list", "--json"}) == exit_code::failed));
  BOOST_TEST(contains(err.str(), "holds no rollouts"));
}

BOOST_AUTO_TEST_CASE(policy_views_survive_answers_without_members) {
  const boost::json::object nothing;
  const view_style style{now, true, false};
  for (const auto* view : {&layers_view(), &revisions_view(), &rollouts_view()}) {
    BOOST_TEST(view->row(nothing, style).size() == view->headings.size());
  }
  BOOST_TEST(layer_text(nothing, style) == "");
  BOOST_TEST(revision_text(nothing, style) == "\nno difference\n");
  BOOST_TEST(contains(progress_text(nothing, style), "all agents"));
  BOOST_TEST(effects_text(nothing, style) == "a dry run: 0 agents would change\n");
  BOOST_TEST(contains(effective_text(nothing, style), "none yet"));
  BOOST_TEST(patch_text(nothing, false) == "");
}

BOOST_AUTO_TEST_CASE(documents_cannot_drive_the_terminal) {
  const auto document = boost::json::parse("{\"a\x7f\":[{\"b\":\"\\u001b[31m\xe2\x80\xae\"}],\"c\":[]}");
  const auto text = indented_json(document);
  BOOST_TEST(
    text
    == "{\n  \"a\\u007f\": [\n    {\n      \"b\": \"\\u001b[31m\\u202e\"\n    }\n  ],\n  \"c\": []\n}\n");
  BOOST_TEST((boost::json::parse(text) == document));
  const auto patch = boost::json::parse(R"([{"op":"add","path":"/\u001b","value":"\u202e"},7])");
  BOOST_TEST(patch_text(patch, true) == "\x1b[32madd /\\u001b\x1b[0m \"\\u202e\"\n");
}

BOOST_AUTO_TEST_SUITE_END()
