// What every command has, and the commands about agents, threats and the log of actions.
#include "tools/muster/command_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "runtime/config/units.hpp"

namespace muster::cli {
namespace {

constexpr auto exit_codes_text = R"(Exit codes:
  0  done
  1  failed: the manager refused
  2  the command line is wrong
  3  no manager answers
  4  not authorised
  5  not found, or ambiguous

Without --operator the manager of this host is looked for: operator.sock in the data directory, then in
build/run of a checkout, then http://127.0.0.1:8081 with the token of operator.token.)";

}  // namespace

std::string whole_number(const std::string& text) {
  return parse_whole_number(text) ? std::string() : fmt::format("{} is not a whole number", text);
}

std::string not_empty(const std::string& text) { return text.empty() ? "it is empty" : ""; }

command_tree::command_tree() {
  app.name("muster");
  app.require_subcommand(1);
  app.fallthrough();
  app.set_version_flag("--version", "muster " MUSTER_VERSION, "Print the version and exit");
  app.footer(
    "Global options may stand here too: --json, --operator, --token, --data-dir. See muster --help.");
  add_global_options();
  leaf(app, "status", command::status, "How the fleet and its manager are");
  add_agents();
  add_threats();
  add_patterns();
  add_policy();
  add_emergencies();
  add_tokens();
  add_nodes();
  add_signing_keys();
  add_artifacts();
  add_actions();
  add_state();
  add_secrets();
  add_node_reports();
  add_upgrades();
  add_registries();
  add_sensor_keys();
  add_sensors();
  add_scans();
  add_schedules();
  add_channels();
  add_notifications();
  add_audit();
  leaf(app, "version", command::version, "Print the version of this program");
  add_completion();
  app.footer(exit_codes_text);
}

CLI::App* command_tree::group(CLI::App& parent, const std::string& name, const std::string& text) {
  return parent.add_subcommand(name, text)->require_subcommand(1);
}

CLI::App* command_tree::leaf(CLI::App& parent, const std::string& name, command what,
                             const std::string& text) {
  return parent.add_subcommand(name, text)->callback([this, what] { line.what = what; });
}

void command_tree::add_global_options() {
  app.add_flag("--json", line.json, "Print JSON, errors too");
  app
    .add_option("--operator", line.operator_text,
                "Where the manager's operator listener is: http://host:port or unix:/path")
    ->type_name("URL")
    ->envname("MUSTER_OPERATOR");
  app.add_option("--token", line.token, "The operator token; the variable keeps it out of process lists")
    ->type_name("TOKEN")
    ->envname("MUSTER_TOKEN");
  app
    .add_option("--data-dir", line.data_dir,
                "Where to look for operator.sock and operator.token (default: as the manager)")
    ->type_name("DIR");
}

void command_tree::add_agents() {
  auto& agents = *group(app, "agents", "Look at agents, label them, remove them");
  auto* list = leaf(agents, "list", command::agents_list, "List agents");
  filter(*list, "--status", "Only those in this state")
    ->check(CLI::IsMember(std::vector<std::string>{"online", "stale", "offline", "departed"}));
  filter(*list, "--dialect", "Only those that speak it")
    ->check(CLI::IsMember(std::vector<std::string>{"panguard", "harborguard", "plexd"}));
  filter(*list, "--tenant", "Only those of this tenant");
  filter(*list, "--label", "Only those with this label: key or key=value");
  filter(*list, "--text", "Only those with this in their id or host name");
  filter(*list, "--hostname", "Only those with exactly this host name");
  filter(*list, "--machine-id", "Only those with this machine id");
  list->add_flag_callback(
    "--contested", [this] { line.filters["contested"] = "true"; },
    "Only those whose identity a second holder claims");
  add_list_options(*list);

  name_agent(*leaf(agents, "show", command::agents_show, "Show everything known of one agent"));
  auto* remove = leaf(agents, "remove", command::agents_remove, "Remove an agent; it may enrol again");
  name_agent(*remove);
  remove->add_flag("-y,--yes", line.yes, "Do not ask; without a terminal nothing is asked anyway");
  auto* label =
    leaf(agents, "label", command::agents_label, "Set labels (key=value) and take them away (key-)");
  name_agent(*label);
  label->add_option("CHANGE", line.label_changes, "key=value sets a label, key- takes it away");
  auto* history = leaf(agents, "history", command::agents_history, "Show an agent's changes of state");
  name_agent(*history);
  add_list_options(*history);
}

void command_tree::add_threats() {
  auto& threats = *group(app, "threats", "What agents reported of attacks");
  auto* list = leaf(threats, "list", command::threats_list, "List reported threats, newest first");
  filter(*list, "--agent", "Only those this agent reported: its id or host name")->type_name("AGENT");
  filter(*list, "--severity", "Only those of this severity");
  filter(*list, "--conclusion", "Only those with this conclusion, as in malicious");
  add_since(*list, "Only those received since: an RFC 3339 time, or a span such as 1h or 7d");
  add_list_options(*list);
}

void command_tree::add_audit() {
  auto* audit = leaf(app, "audit", command::audit, "List who did what, newest first");
  filter(*audit, "--subject", "Only what was done to this, usually an agent: its id or host name");
  filter(*audit, "--action", "Only this action, or all below it: agent.removed, or agent.");
  add_list_options(*audit);
}

void command_tree::add_completion() {
  leaf(app, "completion", command::completion, "Print a completion script for a shell")
    ->add_option("SHELL", line.shell, "The shell to write for")
    ->required()
    ->check(CLI::IsMember(std::vector<std::string>{"bash", "zsh", "fish"}));
}

// "--machine-id" is "machine_id" to the API.
CLI::Option* command_tree::filter(CLI::App& to, const std::string& flag, const std::string& text) {
  auto name = flag.substr(2);
  std::ranges::replace(name, '-', '_');
  return to.add_option(flag, line.filters[name], text)->type_name("TEXT");
}

void command_tree::add_since(CLI::App& to, const std::string& text) {
  filter(to, "--since", text)->type_name("TIME");
}

void command_tree::add_list_options(CLI::App& list) {
  list.add_option("--limit", line.limit, "Rows to print; 0 for all")
    ->capture_default_str()
    ->type_name("N")
    ->check(whole_number);
  list.add_flag("--all", all, "Print all rows, however many");
  list.add_option("--cursor", line.cursor, "Go on at the next_cursor of an earlier --json")
    ->type_name("TEXT");
}

void command_tree::name_agent(CLI::App& to) {
  to.add_option("ID", line.agent, "The agent: its id (ag-...) or its host name");
  to.add_option("--machine-id", line.machine_id, "The agent with this machine id, or else this host name")
    ->type_name("TEXT");
}

}  // namespace muster::cli
