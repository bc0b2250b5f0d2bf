// What may be written behind `muster`, and the completions made from it.
#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <string>
#include <vector>

#include "tools/muster/command_line.hpp"

using namespace muster::cli;

namespace {

// Variables of whoever runs the tests must not reach them.
struct without_variables {
  without_variables() {
    ::unsetenv("MUSTER_OPERATOR");
    ::unsetenv("MUSTER_TOKEN");
    ::unsetenv("USER");
    ::unsetenv("LOGNAME");
  }
};

command_line line_of(const std::vector<std::string>& arguments) {
  const auto parsed = parse_command_line(arguments);
  BOOST_TEST_REQUIRE(parsed.line.has_value(), parsed.text);
  return *parsed.line;
}

std::string mistake(const std::vector<std::string>& arguments) {
  const auto parsed = parse_command_line(arguments);
  BOOST_TEST(!parsed.line.has_value());
  BOOST_TEST((parsed.code == exit_code::usage));
  return parsed.text;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

void check_offered(const std::string& script, const command_node& node) {
  for (const auto& option : node.options) {
    for (const auto& name : option.names) {
      const auto bare = name.substr(name.find_first_not_of('-'));
      BOOST_TEST((contains(script, name) || contains(script, "-l " + bare) || contains(script, "-s " + bare)),
                 name);
    }
    for (const auto& choice : option.choices) BOOST_TEST(contains(script, choice), choice);
  }
  for (const auto& each : node.commands) {
    BOOST_TEST(contains(script, each.name), each.name);
    check_offered(script, each);
  }
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(cli_command_line, without_variables)

BOOST_AUTO_TEST_CASE(global_options_stand_before_and_after_the_command) {
  for (const auto& arguments : {std::vector<std::string>{"--json", "--operator", "unix:/s", "agents", "list"},
                                std::vector<std::string>{"agents", "--json", "list", "--operator=unix:/s"}}) {
    const auto line = line_of(arguments);
    BOOST_TEST((line.what == command::agents_list));
    BOOST_TEST(line.json);
    BOOST_TEST(line.operator_text == "unix:/s");
  }
}

BOOST_AUTO_TEST_CASE(variables_stand_in_for_options) {
  ::setenv("MUSTER_OPERATOR", "unix:/variable", 1);
  ::setenv("MUSTER_TOKEN", "t", 1);
  BOOST_TEST(line_of({"status"}).operator_text == "unix:/variable");
  BOOST_TEST(line_of({"status"}).token == "t");
  BOOST_TEST(line_of({"status", "--operator", "unix:/option"}).operator_text == "unix:/option");
}

BOOST_AUTO_TEST_CASE(filters_have_the_names_of_the_api) {
  auto line = line_of({"agents", "list", "--machine-id", "m", "--status", "stale", "--contested"});
  BOOST_TEST(line.filters["machine_id"] == "m");
  BOOST_TEST(line.filters["status"] == "stale");
  BOOST_TEST(line.filters["contested"] == "true");
  BOOST_TEST(line_of({"agents", "list"}).filters["contested"] == "");
  BOOST_TEST(line_of({"audit", "--action", "agent."}).filters["action"] == "agent.");
  BOOST_TEST(line_of({"threats", "list", "--since", "1h"}).filters["since"] == "1h");
}

BOOST_AUTO_TEST_CASE(all_means_no_limit) {
  BOOST_TEST(line_of({"agents", "list"}).limit == 100u);
  BOOST_TEST(line_of({"agents", "list", "--limit", "7"}).limit == 7u);
  BOOST_TEST(line_of({"audit", "--all"}).limit == 0u);
}

BOOST_AUTO_TEST_CASE(an_agent_may_be_called_like_a_command) {
  for (const auto* name : {"status", "list", "agents", "audit"}) {
    BOOST_TEST(line_of({"agents", "show", name}).agent == name);
    BOOST_TEST((line_of({"agents", "show", name}).what == command::agents_show));
  }
}

BOOST_AUTO_TEST_CASE(an_agent_has_exactly_one_name) {
  BOOST_TEST(contains(mistake({"agents", "show"}), "which agent?"));
  BOOST_TEST(contains(mistake({"agents", "remove", "a", "--machine-id", "m"}), "not both"));
  BOOST_TEST(line_of({"agents", "history", "--machine-id", "m"}).machine_id == "m");
}

BOOST_AUTO_TEST_CASE(labels_are_set_and_taken_away) {
  const auto line = line_of({"agents", "label", "web-1", "site=berlin", "rack-", "note=a=b"});
  BOOST_TEST(line.agent == "web-1");
  BOOST_TEST((line.label_changes == std::vector<std::string>{"site=berlin", "rack-", "note=a=b"}));
  const auto by_machine = line_of({"agents", "label", "--machine-id", "m", "site=", "rack-"});
  BOOST_TEST(by_machine.agent == "");
  BOOST_TEST((by_machine.label_changes == std::vector<std::string>{"site=", "rack-"}));
  BOOST_TEST(contains(mistake({"agents", "label", "web-1"}), "no label"));
  BOOST_TEST(contains(mistake({"agents", "label", "web-1", "site"}), "neither"));
  BOOST_TEST(contains(mistake({"agents", "label", "web-1", "=x"}), "neither"));
}

BOOST_AUTO_TEST_CASE(changes_are_made_in_the_name_of_the_user) {
  BOOST_TEST(line_of({"status"}).author == "");
  ::setenv("LOGNAME", "log", 1);
  BOOST_TEST(line_of({"status"}).author == "log");
  ::setenv("USER", "ada", 1);
  BOOST_TEST(line_of({"status"}).author == "ada");
}

BOOST_AUTO_TEST_CASE(a_layer_is_named_by_its_scope) {
  for (const auto* scope : {"fleet", "organization:acme", "label:site=berlin", "label:site", "label:a=b=c",
                            "agent:ag-0000000100000002"}) {
    BOOST_TEST(line_of({"policy", "show", scope}).policy.scope == scope);
  }
  for (const auto* scope :
       {"fleet:", "fleet:x", "organization", "organization:", "label:=x", "host:web-1", ""}) {
    BOOST_TEST(contains(mistake({"policy", "show", scope}), "is no scope: one is fleet, organization:NAME"));
  }
  BOOST_TEST(contains(mistake({"policy", "delete", "agent:web-1"}), "agent: takes an id"));
  BOOST_TEST(
    contains(mistake({"policy", "rollback", "agent:ag-0000000100000002", "--tenant", "t", "--to", "1"}),
             "has one tenant already"));
  BOOST_TEST(contains(mistake({"policy", "history", "acme"}), "acme is no scope"));
  BOOST_TEST(contains(mistake({"policy", "history", "--tenant", "t"}), "--tenant belongs to a SCOPE"));
}

BOOST_AUTO_TEST_CASE(a_rollout_has_stages_spans_and_gates) {
  const auto line = line_of({"policy", "rollout", "start", "--file", "-", "--stages", "1%,10%,100%",
                             "--every", "10m", "--gate", "stale_share<2%", "--gate", "error_share<rest+1%"});
  BOOST_TEST((line.what == command::rollout_start));
  BOOST_TEST((line.policy.stages == std::vector<std::string>{"1%", "10%", "100%"}));
  BOOST_TEST((line.policy.gates == std::vector<std::string>{"stale_share<2%", "error_share<rest+1%"}));
  BOOST_TEST(line.policy.file == "-");
  const std::vector<std::string> start{"policy", "rollout", "start", "--file", "-", "--stages", "100%"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), start.begin(), start.end());
    return more;
  };
  BOOST_TEST(contains(mistake(start), "--every is required"));
  BOOST_TEST(contains(mistake(with({"--every", "10"})), "--every 10: not a span"));
  BOOST_TEST(contains(mistake(with({"--every", "0s"})), "not a span"));
  BOOST_TEST(contains(mistake(with({"--every", "1m", "--scope", "web"})), "web is no scope"));
  BOOST_TEST(contains(mistake({"policy", "rollout", "pause", "first"}), "first is not a whole number"));
}

BOOST_AUTO_TEST_CASE(a_watch_takes_spans) {
  BOOST_TEST(line_of({"patterns", "watch"}).interval == "1s");
  BOOST_TEST(line_of({"patterns", "watch", "--for", "5m"}).watch_for == "5m");
  BOOST_TEST(contains(mistake({"patterns", "watch", "--interval", "0s"}), "--interval 0s: not a span"));
  BOOST_TEST(contains(mistake({"patterns", "watch", "--for", "soon"}), "--for soon: not a span"));
}

BOOST_AUTO_TEST_CASE(numbers_of_revisions_are_checked) {
  BOOST_TEST(*line_of({"policy", "delete", "fleet", "--if-revision", "7"}).policy.if_revision == 7u);
  BOOST_TEST(contains(mistake({"policy", "delete", "fleet", "--if-revision", "-1"}), "--if-revision"));
  BOOST_TEST(contains(mistake({"policy", "revision", "last"}), "last is not a whole number"));
  BOOST_TEST(contains(mistake({"policy", "rollback", "fleet"}), "--to is required"));
  BOOST_TEST(contains(mistake({"policy", "set", "fleet"}), "--file is required"));
}

BOOST_AUTO_TEST_CASE(an_agents_policy_is_asked_for_by_one_name) {
  BOOST_TEST(line_of({"policy", "effective", "web-1"}).agent == "web-1");
  BOOST_TEST(contains(mistake({"policy", "effective"}), "which agent?"));
}

BOOST_AUTO_TEST_CASE(mistakes_name_what_was_meant) {
  BOOST_TEST(mistake({"agnets"}) == "no command is called agnets; was agents meant? Try muster --help.");
  BOOST_TEST(mistake({"agents", "lst"})
             == "no command is called lst; was list meant? Try muster agents --help.");
  BOOST_TEST(contains(mistake({"status", "--jsno"}), "was --json meant?"));
  BOOST_TEST(contains(mistake({"agents", "list", "more"}), "more is one argument too many"));
  BOOST_TEST(contains(mistake({}), "a command is missing, one of status, agents"));
  BOOST_TEST(contains(mistake({"agents"}), "a command is missing, one of list, show"));
  BOOST_TEST(contains(mistake({"agents", "list", "--status", "gone"}), "online,stale,offline,departed"));
  BOOST_TEST(contains(mistake({"agents", "list", "--limit", "-1"}), "--limit"));
  BOOST_TEST(contains(mistake({"completion"}), "SHELL"));
  BOOST_TEST(contains(mistake({"policy", "rollout"}), "a command is missing, one of start, list, show"));
  BOOST_TEST(contains(mistake({"patterns", "list", "--status", "new"}), "open,ended"));
}

BOOST_AUTO_TEST_CASE(a_mistake_is_told_in_json_when_that_was_asked_for) {
  BOOST_TEST(parse_command_line({"agnets", "--json"}).json);
  BOOST_TEST(!parse_command_line({"agnets"}).json);
}

BOOST_AUTO_TEST_CASE(help_explains_the_exit_codes) {
  const auto parsed = parse_command_line({"--help"});
  BOOST_TEST(!parsed.line.has_value());
  BOOST_TEST((parsed.code == exit_code::ok));
  BOOST_TEST(contains(parsed.text, "3  no manager answers"));
  BOOST_TEST(contains(parse_command_line({"agents", "list", "--help"}).text, "--dialect"));
  BOOST_TEST(contains(parse_command_line({"--version"}).text, "muster "));
}

BOOST_AUTO_TEST_CASE(completions_offer_the_whole_tree) {
  const auto root = describe_commands();
  BOOST_TEST(root.commands.size() == 26u);
  for (const auto& script : {bash_completion(root), zsh_completion(root), fish_completion(root)}) {
    check_offered(script, root);
  }
}

BOOST_AUTO_TEST_CASE(completions_know_values_and_skip_them) {
  const command_node root{"m",
                          "",
                          {{{"--at"}, "it's where", true, true, {}}},
                          {},
                          {{"go", "", {{{"--how"}, "", true, false, {"up", "down"}}}, {}, {}}}};
  const auto bash = bash_completion(root);
  BOOST_TEST(contains(bash, "'--at'|'--how') ((i++))"));
  BOOST_TEST(contains(bash, "'m go'*':--how') mapfile -t COMPREPLY < <(compgen -W 'up down'"));
  const command_node file{"m", "", {{{"--f"}, "", true, false, {}, true}}, {}, {}};
  BOOST_TEST(contains(bash_completion(file), "compgen -f"));
  BOOST_TEST(contains(zsh_completion(file), "_files; "));
  BOOST_TEST(contains(fish_completion(file), "-l f -r -F"));
  BOOST_TEST(contains(bash, "'m'*':--at') compopt -o filenames"));
  BOOST_TEST(contains(bash, "'m go') words='--at --how'"));
  BOOST_TEST(contains(zsh_completion(root), "'--at:it'\\''s where'"));
  BOOST_TEST(contains(fish_completion(root), "-l how -x -a 'up down'"));
  BOOST_TEST(contains(fish_completion(root), "-d 'it\\'s where'"));
}

BOOST_AUTO_TEST_SUITE_END()
