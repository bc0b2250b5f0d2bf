// All three scripts do the same: walk the words typed so far to the command they name, skipping options and
// their values, and then offer what that command takes.
#include "tools/muster/completion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <functional>
#include <set>
#include <string_view>

namespace muster::cli {
namespace {

// A command, named by all the words that lead to it.
struct command_place {
  std::string path;
  const command_node* node;
  std::vector<const command_option*> options;  // its own and those of the commands above
};

void collect(const command_node& node, const std::string& above, std::vector<const command_option*> options,
             std::vector<command_place>& places) {
  const auto path = above.empty() ? node.name : above + ' ' + node.name;
  // --help and --version are each command's own, and the same everywhere.
  std::erase_if(options, [&](const auto* inherited) {
    for (const auto& own : node.options) {
      if (own.names == inherited->names) return true;
    }
    return false;
  });
  for (const auto& option : node.options) options.push_back(&option);
  places.push_back({path, &node, options});
  for (const auto& each : node.commands) collect(each, path, options, places);
}

std::vector<command_place> places_of(const command_node& root) {
  std::vector<command_place> places;
  collect(root, "", {}, places);
  return places;
}

std::string quoted(std::string_view text) {  // for bash and zsh
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string fish_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

// Every name of an option that is followed by a value.
std::vector<std::string> value_options(const std::vector<command_place>& places) {
  std::set<std::string> names;
  for (const auto& place : places) {
    for (const auto* option : place.options) {
      if (option->takes_value) names.insert(option->names.begin(), option->names.end());
    }
  }
  return {names.begin(), names.end()};
}

// What follows `command` as a word of its own.
std::vector<std::string> plain_words(const command_place& place) {
  std::vector<std::string> words;
  for (const auto& each : place.node->commands) words.push_back(each.name);
  words.insert(words.end(), place.node->argument_choices.begin(), place.node->argument_choices.end());
  return words;
}

std::vector<std::string> paths_below_root(const std::vector<command_place>& places) {
  std::vector<std::string> paths;
  for (std::size_t i = 1; i < places.size(); ++i) paths.push_back(places[i].path);
  return paths;
}

// Calls `each` with a shell pattern of `command:option` for every option with a value; an option counts below
// its command as well.
void for_each_value(const std::vector<command_place>& places,
                    const std::function<void(const std::string& pattern, const command_option&)>& each) {
  for (const auto& place : places) {
    for (const auto& option : place.node->options) {
      if (!option.takes_value) continue;
      std::vector<std::string> patterns;
      for (const auto& name : option.names) patterns.push_back(quoted(place.path) + '*' + quoted(':' + name));
      each(fmt::format("{}", fmt::join(patterns, "|")), option);
    }
  }
}

std::string alternatives(const std::vector<std::string>& words) {
  std::vector<std::string> patterns;
  patterns.reserve(words.size());
  for (const auto& word : words) patterns.push_back(quoted(word));
  return fmt::format("{}", fmt::join(patterns, "|"));
}

}  // namespace

std::string bash_completion(const command_node& root) {
  const auto places = places_of(root);
  // Bash breaks words at '=', so that --status=stale arrives as three.
  std::string out =
    fmt::format(R"(# bash completion for {0}, written by `{0} completion bash`.
_{0}() {{
  local at={0} cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}} words="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "${{COMP_WORDS[i]}}" in
      {1}) ((i++)); if [[ ${{COMP_WORDS[i]}} == "=" ]]; then ((i++)); fi ;;
      *) case "$at ${{COMP_WORDS[i]}}" in
        {2}) at+=" ${{COMP_WORDS[i]}}" ;;
      esac ;;
    esac
  done
  if [[ $cur == "=" ]]; then cur=""; elif [[ $prev == "=" ]]; then prev=${{COMP_WORDS[COMP_CWORD-2]}}; fi
  COMPREPLY=()
  case "$at:$prev" in
)",
                root.name, alternatives(value_options(places)), alternatives(paths_below_root(places)));
  for_each_value(places, [&](const std::string& pattern, const command_option& option) {
    const auto words = fmt::format("{}", fmt::join(option.choices, " "));
    const auto reply =
      option.takes_folder
        ? std::string(R"(compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$cur"); )")
      : option.takes_file
        ? std::string(R"(compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur"); )")
      : words.empty() ? std::string()
                      : fmt::format(R"(mapfile -t COMPREPLY < <(compgen -W {} -- "$cur"); )", quoted(words));
    out += fmt::format("    {}) {}return ;;\n", pattern, reply);
  });
  out += "  esac\n  case \"$at\" in\n";
  for (const auto& place : places) {
    auto words = plain_words(place);
    for (const auto* option : place.options)
      words.insert(words.end(), option->names.begin(), option->names.end());
    out += fmt::format("    {}) words={} ;;\n", quoted(place.path),
                       quoted(fmt::format("{}", fmt::join(words, " "))));
  }
  out += fmt::format(R"(  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}}
complete -F _{0} {0}
)",
                     root.name);
  return out;
}

std::string zsh_completion(const command_node& root) {
  const auto places = places_of(root);
  std::string out =
    fmt::format(R"(#compdef {0}
# zsh completion for {0}, written by `{0} completion zsh`: a file _{0} in $fpath, or to be sourced.
_{0}() {{
  local at={0} prev=$words[CURRENT-1]
  local -i i
  local -a entries options
  for ((i = 2; i < CURRENT; i++)); do
    case $words[i] in
      ({1}) ((i++)) ;;
      (*) case "$at $words[i]" in
        ({2}) at+=" $words[i]" ;;
      esac ;;
    esac
  done
  if [[ $words[CURRENT] == --*=* ]]; then
    prev=${{words[CURRENT]%%=*}}
    compset -P '*='
  fi
  case "$at:$prev" in
)",
                root.name, alternatives(value_options(places)), alternatives(paths_below_root(places)));
  for_each_value(places, [&](const std::string& pattern, const command_option& option) {
    std::vector<std::string> words;
    for (const auto& choice : option.choices) words.push_back(quoted(choice));
    const auto reply = option.takes_folder ? std::string("_files -/; ")
                       : option.takes_file ? std::string("_files; ")
                       : words.empty()     ? fmt::format("_message {}; ", quoted(option.description))
                                           : fmt::format("compadd -- {}; ", fmt::join(words, " "));
    out += fmt::format("    ({}) {}return ;;\n", pattern, reply);
  });
  // _describe takes name:description, in which a name's own colons are escaped; there are none.
  out += "  esac\n  case \"$at\" in\n";
  for (const auto& place : places) {
    std::vector<std::string> entries, options;
    for (const auto& each : place.node->commands)
      entries.push_back(quoted(each.name + ':' + each.description));
    for (const auto& choice : place.node->argument_choices) entries.push_back(quoted(choice));
    for (const auto* option : place.options) {
      for (const auto& name : option->names) options.push_back(quoted(name + ':' + option->description));
    }
    out += fmt::format("    ({})\n      entries=({})\n      options=({})\n      ;;\n", quoted(place.path),
                       fmt::join(entries, " "), fmt::join(options, " "));
  }
  out += fmt::format(R"(  esac
  _describe -t commands command entries
  _describe -o -t options option options
}}
if [[ $funcstack[1] == _{0} ]]; then _{0} "$@"; else compdef _{0} {0}; fi
)",
                     root.name);
  return out;
}

std::string fish_completion(const command_node& root) {
  const auto places = places_of(root);
  std::vector<std::string> valued, paths;
  for (const auto& name : value_options(places)) valued.push_back(fish_quoted(name));
  for (const auto& path : paths_below_root(places)) paths.push_back(fish_quoted(path));
  std::string out = fmt::format(R"(# fish completion for {0}, written by `{0} completion fish`.
function __{0}_at --description 'Whether the words typed so far name this command'
    set -l at {0}
    set -l skip no
    set -l words (commandline -opc)
    set -e words[1]
    for word in $words
        if test $skip = yes
            set skip no
        else if contains -- $word {1}
            set skip yes
        else if contains -- "$at $word" {2}
            set at "$at $word"
        end
    end
    test "$at" = "$argv"
end
complete -c {0} -f
)",
                                root.name, fmt::join(valued, " "), fmt::join(paths, " "));
  for (const auto& place : places) {
    const auto start = fmt::format("complete -c {} -n {}", root.name,
                                   fish_quoted(fmt::format("__{}_at {}", root.name, place.path)));
    for (const auto& each : place.node->commands) {
      out += fmt::format("{} -a {} -d {}\n", start, each.name, fish_quoted(each.description));
    }
    for (const auto& choice : place.node->argument_choices) out += fmt::format("{} -a {}\n", start, choice);
    for (const auto* option : place.options) {
      out += start;
      for (const auto& name : option->names) {
        out += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      }
      if (option->takes_value) out += option->takes_file ? " -r -F" : " -x";
      if (option->takes_folder) out += " -a '(__fish_complete_directories)'";
      if (!option->choices.empty())
        out += " -a " + fish_quoted(fmt::format("{}", fmt::join(option->choices, " ")));
      out += fmt::format(" -d {}\n", fish_quoted(option->description));
    }
  }
  return out;
}

}  // namespace muster::cli
