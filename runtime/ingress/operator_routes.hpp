// The names by which the operator listener's routes are told apart.
#pragma once

#include <cstdint>

namespace muster {

enum class operator_route : uint8_t {
  status,
  agents,
  agent,
  removal,
  labels,
  history,
  audit,
  threats,
  metrics,
  healthz,
  readyz,
  panguard_agents,
  panguard_agent,
  panguard_threats,
  panguard_summary,
  panguard_overview,
  panguard_news,
  panguard_policy,
  panguard_policy_write,
  patterns,
  pattern,
  pattern_sightings,
  policies,
  policy_schema,
  policy_status,
  policy_effective,
  policy_history,
  policy_revision,
  policy_layer,
  policy_write,
  policy_delete,
  policy_rollback,
  emergencies,
  emergency_revocation,
  rollouts,
  rollout,
  rollout_start,
  rollout_move,
};

}  // namespace muster
