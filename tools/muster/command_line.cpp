// The tree in CLI11's terms. Filters are named after the API's parameters, so that adding one is one line.
#include "tools/muster/command_line.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <sstream>
#include <string_view>

#include "runtime/config/did_you_mean.hpp"
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

// The tree and the line it writes into.
class command_tree {
 public:
  command_tree() {
    app.name("muster");
    app.require_subcommand(1);
    app.fallthrough();
    app.set_version_flag("--version", "muster " MUSTER_VERSION, "Print the version and exit");
    app.footer(
      "Global options may stand here too: --json, --operator, --token, --data-dir. See muster --help.");
    add_global_options();
    leaf(app, "status", command::status, "How the fleet and its manager are");
    add_agents(*app.add_subcommand("agents", "Look at agents, label them, remove them"));
    auto* threats = app.add_subcommand("threats", "What agents reported of attacks");
    threats->require_subcommand(1);
    add_threats_list(*threats);
    add_audit();
    leaf(app, "version", command::version, "Print the version of this program");
    add_completion();
    app.footer(exit_codes_text);
  }

  CLI::App app{"The operator's command line for a Muster manager."};
  command_line line;
  bool all = false;

 private:
  CLI::App* leaf(CLI::App& parent, const std::string& name, command what, const std::string& text) {
    return parent.add_subcommand(name, text)->callback([this, what] { line.what = what; });
  }

  void add_global_options() {
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

  void add_agents(CLI::App& agents) {
    agents.require_subcommand(1);
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

  void add_threats_list(CLI::App& threats) {
    auto* list = leaf(threats, "list", command::threats_list, "List reported threats, newest first");
    filter(*list, "--agent", "Only those this agent reported")->type_name("ID");
    filter(*list, "--severity", "Only those of this severity");
    filter(*list, "--conclusion", "Only those with this conclusion, as in malicious");
    filter(*list, "--since", "Only those received since: an RFC 3339 time, or a span such as 1h or 7d")
      ->type_name("TIME");
    add_list_options(*list);
  }

  void add_audit() {
    auto* audit = leaf(app, "audit", command::audit, "List who did what, newest first");
    filter(*audit, "--subject", "Only what was done to this, usually an agent's id");
    filter(*audit, "--action", "Only this action, or all below it: agent.removed, or agent.");
    add_list_options(*audit);
  }

  void add_completion() {
    leaf(app, "completion", command::completion, "Print a completion script for a shell")
      ->add_option("SHELL", line.shell, "The shell to write for")
      ->required()
      ->check(CLI::IsMember(std::vector<std::string>{"bash", "zsh", "fish"}));
  }

  static std::string whole_number(const std::string& text) {
    return parse_whole_number(text) ? std::string() : fmt::format("{} is not a whole number", text);
  }

  // "--machine-id" is "machine_id" to the API.
  CLI::Option* filter(CLI::App& to, const std::string& flag, const std::string& text) {
    auto name = flag.substr(2);
    std::ranges::replace(name, '-', '_');
    return to.add_option(flag, line.filters[name], text)->type_name("TEXT");
  }

  void add_list_options(CLI::App& list) {
    list.add_option("--limit", line.limit, "Rows to print; 0 for all")
      ->capture_default_str()
      ->type_name("N")
      ->check(whole_number);  // CLI11 would take -1 for 2^64 - 1
    list.add_flag("--all", all, "Print all rows, however many");
    list.add_option("--cursor", line.cursor, "Go on at the next_cursor of an earlier --json")
      ->type_name("TEXT");
  }

  void name_agent(CLI::App& to) {
    to.add_option("ID", line.agent, "The agent: its id (ag-...) or its host name");
    to.add_option("--machine-id", line.machine_id, "The agent with this machine id, or else this host name")
      ->type_name("TEXT");
  }
};

const CLI::App& deepest_parsed(const CLI::App& app) {
  const auto below = app.get_subcommands();
  return below.empty() ? app : deepest_parsed(*below.front());
}

// What could have stood where a word was not understood.
std::vector<std::string> words_at(const CLI::App& app, bool options) {
  std::vector<std::string> words;
  if (!options) {
    for (const auto* each : app.get_subcommands({})) words.push_back(each->get_name());
    return words;
  }
  for (const auto* at = &app; at != nullptr; at = at->get_parent()) {
    for (const auto* option : at->get_options()) {
      for (const auto& name : option->get_lnames()) words.push_back("--" + name);
    }
  }
  return words;
}

std::string explain(const CLI::App& app, const CLI::ParseError& error) {
  const auto& at = deepest_parsed(app);
  std::string path;
  for (const auto* each = &at; each != nullptr; each = each->get_parent())
    path.insert(0, each->get_name() + ' ');
  const auto advice = fmt::format("Try {}--help.", path);
  const auto left = app.remaining(true);
  const auto commands = words_at(at, false);
  if (left.empty() && !commands.empty() && error.get_name() == "RequiredError") {
    return fmt::format("a command is missing, one of {}. {}", fmt::join(commands, ", "), advice);
  }
  if (left.empty()) return fmt::format("{}. {}", error.what(), advice);
  const auto& word = left.front();
  const bool is_option = word.starts_with('-');
  std::string text = fmt::format("no command is called {}", word);
  if (commands.empty()) text = fmt::format("{} is one argument too many", word);
  if (is_option) text = fmt::format("no option is called {}", word);
  if (const auto close = closest_word(word, words_at(at, is_option))) {
    return fmt::format("{}; was {} meant? {}", text, *close, advice);
  }
  return text + ". " + advice;
}

// What CLI11 cannot say: one name for the agent, and something to do to its labels.
std::string mistake_in(const command_line& line) {
  switch (line.what) {
    case command::agents_show:
    case command::agents_remove:
    case command::agents_history:
    case command::agents_label: break;
    default: return {};
  }
  if (line.agent.empty() && line.machine_id.empty()) {
    return "which agent? Name it by its id, its host name, or with --machine-id.";
  }
  if (!line.agent.empty() && !line.machine_id.empty()) return "either an agent or --machine-id, not both.";
  if (line.what != command::agents_label) return {};
  if (line.label_changes.empty()) return "no label is given: key=value sets one, key- takes it away.";
  for (const auto& change : line.label_changes) {
    const auto equals = change.find('=');
    const bool sets = equals != std::string::npos && equals > 0;
    const bool takes_away = equals == std::string::npos && change.size() > 1 && change.ends_with('-');
    if (!sets && !takes_away) return fmt::format("{} is neither key=value nor key-.", change);
  }
  return {};
}

parsed_command_line usage_mistake(std::string text, bool json) {
  return {std::nullopt, exit_code::usage, std::move(text), json};
}

// CLI11 keeps the choices of an option in its type's name, as in "TEXT:{bash,zsh,fish}".
std::vector<std::string> choices_of(const CLI::Option& option) {
  const auto type = option.get_type_name();
  const auto open = type.find('{');
  const auto close = type.find('}');
  if (open == std::string::npos || close == std::string::npos) return {};
  return CLI::detail::split(type.substr(open + 1, close - open - 1), ',');
}

command_node describe(const CLI::App& app) {
  command_node node{app.get_name(), app.get_description(), {}, {}, {}};
  for (const auto* option : app.get_options()) {
    if (option->get_positional()) {
      for (auto& choice : choices_of(*option)) node.argument_choices.push_back(std::move(choice));
      continue;
    }
    command_option described;
    for (const auto& name : option->get_snames()) described.names.push_back("-" + name);
    for (const auto& name : option->get_lnames()) described.names.push_back("--" + name);
    described.description = option->get_description();
    described.takes_value = option->get_items_expected_max() > 0;
    described.takes_folder = option->get_type_name() == "DIR";
    described.choices = choices_of(*option);
    node.options.push_back(std::move(described));
  }
  for (const auto* each : app.get_subcommands({})) node.commands.push_back(describe(*each));
  return node;
}

}  // namespace

parsed_command_line parse_command_line(const std::vector<std::string>& arguments) {
  command_tree tree;
  const bool json = std::ranges::find(arguments, "--json") != arguments.end();
  try {
    tree.app.parse(
      std::vector<std::string>(arguments.rbegin(), arguments.rend()));  // CLI11 takes from the end
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() != 0) return usage_mistake(explain(tree.app, error), json);
    std::ostringstream text;
    tree.app.exit(error, text, text);
    return {std::nullopt, exit_code::ok, text.str(), json};
  }
  auto& line = tree.line;
  if (tree.all) line.limit = 0;
  if (line.what == command::agents_label && !line.machine_id.empty() && !line.agent.empty()) {
    line.label_changes.insert(line.label_changes.begin(), std::move(line.agent));
    line.agent.clear();
  }
  if (auto mistake = mistake_in(line); !mistake.empty()) return usage_mistake(std::move(mistake), line.json);
  return {std::move(line), exit_code::ok, {}, json};
}

command_node describe_commands() { return describe(command_tree().app); }

}  // namespace muster::cli
