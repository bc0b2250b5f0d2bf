// musterd: reads the configuration and runs the manager.
#include "tools/musterd/daemon.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <system_error>

namespace {

// glibc reads how its malloc is to work when a process begins, so this one begins again. One arena that grows
// by whole megabytes, of huge pages where the kernel has them: a fleet comes in sooner than page by page.
// Large caches of each thread: a loop takes what a turn's heartbeats need before it gives any back.
void configure_memory(char** argv) {
  constexpr const char* name = "GLIBC_TUNABLES";
  if (std::getenv(name) != nullptr) return;
  ::setenv(name,
           "glibc.malloc.arena_max=1:glibc.malloc.top_pad=1048576:glibc.malloc.hugetlb=1:glibc.malloc.tcache_"
           "count=512",
           0);
  std::error_code failed;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", failed);
  if (!failed) ::execv(program.c_str(), argv);
  // Goes on with the usual memory.
}

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
  configure_memory(argv);
  try {
    return start(argc, argv);
  } catch (const std::exception& failed) {
    std::fprintf(stderr, "musterd: %s\n", failed.what());
    return 1;
  }
}
