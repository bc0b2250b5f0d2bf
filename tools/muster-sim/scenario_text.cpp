// Names stand in the order of their enumerations.
#include "tools/muster-sim/scenario_text.hpp"

#include "runtime/config/units.hpp"

#include <fmt/format.h>

namespace muster::sim {

namespace {

constexpr std::string_view step_names[] = {
  "silence",        "resume", "flap", "restart_manager", "herd",
  "restart_agents", "worm",   "scan", "push_policy",     "slow_clients",
  "broken_clients", "skew",   "ramp"};
static_assert(std::size(step_names) == step_kinds);
constexpr std::string_view dialect_names[] = {"panguard", "harborguard", "plexd"};
static_assert(std::size(dialect_names) == dialects);

}  // namespace

std::string_view to_string(step_kind kind) { return step_names[static_cast<size_t>(kind)]; }
std::string_view to_string(dialect speaks) { return dialect_names[static_cast<size_t>(speaks)]; }

std::string text_of(const step& what) {
  std::string out{to_string(what.what)};
  for (auto& c : out)
    if (c == '_') c = ' ';
  if (what.count > 0) out += fmt::format(" {}", what.count);
  if (what.share > 0) out += fmt::format(" {:.3g}%", 100 * what.share);
  if (what.rate != 1) out += fmt::format(" to {:.3g}x", what.rate);
  if (what.span.count() > 0) out += fmt::format(" within {}", format_duration(what.span));
  return out;
}

}  // namespace muster::sim
