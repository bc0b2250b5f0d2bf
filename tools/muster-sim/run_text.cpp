// The table of requests, and below it what was expected.
#include "tools/muster-sim/run_text.hpp"

#include <fmt/format.h>

#include <iterator>

namespace muster::sim {

std::string run_text(const run_result& what) {
  const auto& total = what.what.total;
  std::string out =
    fmt::format("{}: {} of {} agents registered at {}; {:.1f} s\n\n", what.of.name, what.what.registered,
                what.of.agents(), what.target, std::chrono::duration<double>(what.what.elapsed).count());
  out += request_rows(total);
  out += remarks(total);
  if (total.turned_away > 0)
    fmt::format_to(std::back_inserter(out), "Turned away for a while, and served later: {}\n",
                   total.turned_away);
  if (total.during_restart > 0)
    fmt::format_to(std::back_inserter(out), "Failed while the manager restarted: {}\n", total.during_restart);
  if (!what.verdict.empty()) out += "\n";
  for (const auto& each : what.verdict)
    fmt::format_to(std::back_inserter(out), "{:<10}{:<16}{}: {}\n", each.held ? "held" : "NOT HELD",
                   each.name, each.wanted,
                   each.got ? figure_text(each.name, *each.got) : "nothing was measured");
  return out;
}

}  // namespace muster::sim
