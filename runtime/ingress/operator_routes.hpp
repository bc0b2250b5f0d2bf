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
};

}  // namespace muster
