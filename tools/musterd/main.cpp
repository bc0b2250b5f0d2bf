// musterd: reads the configuration and runs the manager.
#include "tools/musterd/daemon.hpp"

#include <cstdio>
#include <exception>

namespace {

int start(int argc, char** argv) {
  auto line = muster::read_command_line(argc, argv);
  if (line.exit_code) return *line.exit_code;
  auto loaded = muster::load_configuration(line.sources);
  for (const auto& warning : loaded.warnings) std::fprintf(stderr, "musterd: warning: %s\n", warning.c_str());
  for (const auto& error : loaded.errors) std::fprintf(stderr, "musterd: %s\n", error.c_str());
  if (!loaded.errors.empty()) return 2;
  if (line.print_configuration) std::fputs(muster::to_yaml(loaded.value).c_str(), stdout);
  else if (line.check_only) std::puts("the configuration is valid");
  if (line.print_configuration || line.check_only) return 0;
  return muster::run_daemon(line, std::move(loaded.value));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return start(argc, argv);
  } catch (const std::exception& failed) {
    std::fprintf(stderr, "musterd: %s\n", failed.what());
    return 1;
  }
}
