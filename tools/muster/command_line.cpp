// From arguments to a line to run: what is parsed, and the words for what is not understood.
#include "tools/muster/command_line.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <string_view>

#include "runtime/config/did_you_mean.hpp"
#include "tools/muster/command_mistakes.hpp"
#include "tools/muster/command_tree.hpp"

namespace muster::cli {
namespace {

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

// Whoever is logged in, as the author of changes.
std::string caller() {
  for (const auto* name : {"USER", "LOGNAME"}) {
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0') return value;
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
    described.takes_file = option->get_type_name() == "FILE";
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
  line.author = caller();
  if (line.what == command::agents_label && !line.machine_id.empty() && !line.agent.empty()) {
    line.label_changes.insert(line.label_changes.begin(), std::move(line.agent));
    line.agent.clear();
  }
  if (auto mistake = mistake_in(line); !mistake.empty()) return usage_mistake(std::move(mistake), line.json);
  return {std::move(line), exit_code::ok, {}, json};
}

command_node describe_commands() { return describe(command_tree().app); }

}  // namespace muster::cli
