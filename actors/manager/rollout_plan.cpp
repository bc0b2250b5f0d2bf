// Gates and stages.
#include "actors/manager/rollout_plan.hpp"

#include <cmath>
#include <cstdio>

namespace muster {

namespace {

double share(gate_measure measure, const cohort_health& of) {
  if (of.agents == 0) return 0;
  uint64_t counted = 0;
  switch (measure) {
    case gate_measure::stale_share: counted = of.stale; break;
    case gate_measure::offline_share: counted = of.offline; break;
    case gate_measure::silent_share: counted = of.stale + of.offline; break;
    case gate_measure::pattern_share: counted = of.in_patterns; break;
    case gate_measure::error_share: counted = of.with_errors; break;
  }
  return 100.0 * static_cast<double>(counted) / static_cast<double>(of.agents);
}

std::string percent(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f%%", value);
  return text;
}

}  // namespace

std::string breach(const rollout_gate& gate, const rollout_health& health) {
  const auto staged = share(gate.measure, health.staged);
  const auto rest = gate.over_rest ? share(gate.measure, health.rest) : 0.0;
  if (staged - rest < gate.limit_percent || staged == 0) return {};
  auto why = to_string(gate.measure) + " is " + percent(staged);
  if (gate.over_rest) why += " against " + percent(rest) + " of the rest";
  return why + ", the gate wants less than " + percent(gate.limit_percent) + (gate.over_rest ? " more" : "");
}

std::chrono::milliseconds stage_age(const policy_rollout& rollout, utc_time now) {
  return rollout.status == rollout_status::running ? rollout.served + (now - rollout.stage_since)
                                                   : rollout.served;
}

rollout_verdict next_move(const policy_rollout& rollout, const rollout_health& health, utc_time now) {
  if (rollout.status != rollout_status::running || health.held > 0) return {};
  for (const auto& gate : rollout.gates)
    if (auto why = breach(gate, health); !why.empty())
      return {rollout_move::halt, "stage " + std::to_string(rollout.stage + 1) + ": " + why};
  if (stage_age(rollout, now) < rollout.every) return {};
  return {rollout_move::advance, "stage " + std::to_string(rollout.stage + 1) + " held its gates"};
}

}  // namespace muster
