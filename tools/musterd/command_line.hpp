// The flags of musterd. Every setting is also a flag, named as in the configuration.
#pragma once

#include "runtime/config/configuration.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace muster {

struct command_line {
  std::vector<std::string> words;  // as they were given, the program's path first
  configuration_sources sources;
  std::filesystem::path ready_file;  // empty: none is wanted
  bool check_only = false;
  bool print_configuration = false;
  std::optional<int> exit_code;  // set when the flags alone decide, as --help does
};

// Prints help, version and what is wrong with the flags by itself.
command_line read_command_line(int argc, char** argv);

}  // namespace muster
