// muster-sim: a fleet of simulated agents that puts load on a manager.
#include "tools/muster-sim/options.hpp"
#include "tools/muster-sim/run_command.hpp"
#include "tools/muster-sim/simulation.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <exception>

namespace {

using namespace muster::sim;

int leave(const goodbye& bye) {
  std::fputs(bye.text.c_str(), bye.status == 0 ? stdout : stderr);
  return bye.status;
}

int run(int argc, char** argv) {
  if (is_run_command(argc, argv)) {
    const auto parsed = parse_run_command(argc, argv);
    if (const auto* bye = std::get_if<goodbye>(&parsed)) return leave(*bye);
    return carry_out(std::get<run_request>(parsed));
  }
  const auto parsed = parse_options(argc, argv);
  if (const auto* bye = std::get_if<goodbye>(&parsed)) return leave(*bye);
  return simulate(std::get<options>(parsed));
}

}  // namespace

int main(int argc, char** argv) try { return run(argc, argv); } catch (const std::exception& failed) {
  fmt::print(stderr, "muster-sim: {}\n", failed.what());
  return 1;
}
