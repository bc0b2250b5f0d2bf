// Completion scripts, written from the tree of commands alone: what is not in the tree is not offered.
#pragma once

#include <string>
#include <vector>

namespace muster::cli {

struct command_option {
  std::vector<std::string> names;  // with their dashes
  std::string description;
  bool takes_value = false;
  bool takes_folder = false;
  std::vector<std::string> choices;  // values to offer; empty for free text
  bool takes_file = false;
};

struct command_node {
  std::string name;
  std::string description;
  std::vector<command_option> options;  // accepted here and by all commands below
  std::vector<std::string> argument_choices;
  std::vector<command_node> commands;
};

std::string bash_completion(const command_node& root);
std::string zsh_completion(const command_node& root);
std::string fish_completion(const command_node& root);

}  // namespace muster::cli
