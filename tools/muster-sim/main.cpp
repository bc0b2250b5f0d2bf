// muster-sim: a fleet of simulated agents that puts load on a manager.
#include "tools/muster-sim/options.hpp"
#include "tools/muster-sim/simulation.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <exception>

int main(int argc, char** argv) try {
  using namespace muster::sim;
  auto parsed = parse_options(argc, argv);
  if (const auto* bye = std::get_if<goodbye>(&parsed)) {
    std::fputs(bye->text.c_str(), bye->status == 0 ? stdout : stderr);
    return bye->status;
  }
  return simulate(std::get<options>(parsed));
} catch (const std::exception& failed) {
  fmt::print(stderr, "muster-sim: {}\n", failed.what());
  return 1;
}
