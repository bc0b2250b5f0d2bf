// The subcommands: `muster-sim run FILE` and `muster-sim check FILE`.
#pragma once

#include "tools/muster-sim/options.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace muster::sim {

// What `run` and `check` were given.
struct run_request {
  bool check_only = false;
  std::string file;
  std::string target;         // "": the fleet listener of the manager that is found
  std::string operator_text;  // "": looked for, as the next two
  std::string token;
  std::string data_dir;
  std::optional<uint64_t> seed;
  double scale = 1;
  std::string report_file;
  std::string html_file;
  bool json = false;
};

// Whether the command line begins with one of the subcommands.
bool is_run_command(int argc, const char* const* argv);
std::variant<run_request, goodbye> parse_run_command(int argc, const char* const* argv);
// Returns the exit status: 0 all held, 1 an expectation did not, 2 the scenario is wrong, 3 no manager.
int carry_out(const run_request& wanted);

}  // namespace muster::sim
