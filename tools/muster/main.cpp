// The operator's command line: reads its arguments, finds the manager, runs one command.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tools/muster/commands.hpp"
#include "tools/muster/door_client.hpp"

namespace muster::cli {
namespace {

// What decides where a manager keeps its data.
std::map<std::string, std::string> data_dir_variables() {
  std::map<std::string, std::string> variables;
  for (const auto* name : {"MUSTER_DATA_DIR", "XDG_STATE_HOME", "HOME"}) {
    if (const char* value = std::getenv(name); value != nullptr) variables.emplace(name, value);
  }
  return variables;
}

// https://no-color.org: any value that is not empty turns colours off.
bool wants_colour() {
  const char* no_colour = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  return (no_colour == nullptr || *no_colour == '\0')
         && (terminal == nullptr || std::string_view(terminal) != "dumb");
}

console this_console() {
  const bool out_is_terminal = ::isatty(STDOUT_FILENO) == 1;
  const auto steady = std::chrono::steady_clock::now();
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const auto pause = [steady, now](std::chrono::milliseconds length) -> utc_time {
    std::this_thread::sleep_for(length);
    return now + std::chrono::floor<std::chrono::milliseconds>(std::chrono::steady_clock::now() - steady);
  };
  return {std::cin,
          std::cout,
          std::cerr,
          ::isatty(STDIN_FILENO) == 1,
          out_is_terminal,
          out_is_terminal && wants_colour(),
          now,
          pause};
}

std::vector<operator_door> doors_for(const command_line& line) {
  std::error_code ignored;
  return find_doors({line.operator_text, line.token, line.data_dir, data_dir_variables(), ::geteuid() == 0,
                     std::filesystem::current_path(ignored)});
}

int run_line(const command_line& line) {
  const auto on = this_console();
  try {
    door_client client(doors_for(line));
    run(line, operator_api([&](const api_request& request) { return client.ask(request); }), on);
    on.out.flush();
    if (!on.out) throw failure(exit_code::failed, "the output could not be written");
    return static_cast<int>(exit_code::ok);
  } catch (const failure& what) {
    on.out.flush();
    return report(what, line.json, on.err);
  } catch (const std::exception& what) {
    on.out.flush();
    return report(failure(exit_code::failed, what.what()), line.json, on.err);
  }
}

int main_with(const std::vector<std::string>& arguments) {
  const auto parsed = parse_command_line(arguments);
  if (parsed.line) return run_line(*parsed.line);
  if (parsed.code == exit_code::ok) {
    std::cout << parsed.text << std::flush;
    return std::cout ? 0 : static_cast<int>(exit_code::failed);
  }
  return report(failure(parsed.code, parsed.text), parsed.json, std::cerr);
}

}  // namespace
}  // namespace muster::cli

int main(int count, char** values) {
  return muster::cli::main_with(std::vector<std::string>(values + std::min(count, 1), values + count));
}
