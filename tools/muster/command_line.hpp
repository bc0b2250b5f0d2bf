// What may be written behind `muster`, as one tree of commands: parsed, explained by --help, and the source
// of the shell completions.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tools/muster/completion.hpp"
#include "tools/muster/failure.hpp"

namespace muster::cli {

enum class command {
  status,
  agents_list,
  agents_show,
  agents_remove,
  agents_label,
  agents_history,
  threats_list,
  audit,
  version,
  completion,
};

struct command_line {
  command what = command::version;
  bool json = false;
  std::string operator_text;
  std::string token;
  std::string data_dir;

  std::uint64_t limit = 100;  // rows of a list; 0 for all
  std::string cursor;
  std::map<std::string, std::string> filters;  // by the API's names; empty when not given

  std::string agent;  // an id or a host name; or else
  std::string machine_id;
  std::vector<std::string> label_changes;  // "key=value" sets, "key-" takes away
  bool yes = false;
  std::string shell;
};

// Either a line to run, or a text to print: help and version (code ok), or what is wrong (code usage).
struct parsed_command_line {
  std::optional<command_line> line;
  exit_code code = exit_code::ok;
  std::string text;
  bool json = false;  // whether a mistake is to be told in JSON
};

// Reads MUSTER_OPERATOR and MUSTER_TOKEN too. `arguments` without the program's name.
parsed_command_line parse_command_line(const std::vector<std::string>& arguments);

// The tree itself.
command_node describe_commands();

}  // namespace muster::cli
