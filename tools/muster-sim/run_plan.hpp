// A run as the loops need it: the scenario, where the manager is, and what lets agents in.
#pragma once

#include "tools/muster-sim/options.hpp"
#include "tools/muster-sim/scenario.hpp"

#include <string>
#include <vector>

namespace muster::sim {

struct run_plan {
  scenario what;
  target where;
  std::string path_prefix;
  std::string enrol_token;               // of Panguard agents; "": none
  std::vector<std::string> sensor_keys;  // sensor number n shows key n % size
  std::vector<std::string> node_tokens;  // each lets in `nodes_per_token`
  bool reregister = false;
  // Agents come again when they are asked to, and that is no error: 429, and 503 with Retry-After.
  bool patient = false;

  static constexpr uint32_t nodes_per_token = 1'000'000;
};

// A run that is given by flags: Panguard agents that beat.
run_plan plan_of(const options& wanted);

}  // namespace muster::sim
