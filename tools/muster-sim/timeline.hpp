// How a run went, second by second: what the loops count, and what the manager says of the fleet meanwhile.
#pragma once

#include "tools/muster-sim/detections.hpp"
#include "tools/muster-sim/tally.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace muster::sim {

// The fleet as the manager's status tells it.
struct fleet_view {
  uint64_t online = 0;
  uint64_t stale = 0;
  uint64_t offline = 0;
  uint64_t departed = 0;
  uint64_t disruptions = 0;  // under way
};

struct sample {
  double second = 0;  // after the run's start
  double span = 1;    // seconds that it counts
  uint32_t registered = 0;
  uint32_t silent = 0;  // agents that are silent because the scenario wants it
  uint64_t sent = 0;    // of all kinds, within the span
  uint64_t ok = 0;
  uint64_t errors = 0;
  uint64_t beats = 0;  // answered well
  double p50_ms = 0;   // of heartbeats; all from when they were due
  double p99_ms = 0;
  double p999_ms = 0;
  double behind_ms = 0;            // by how much the simulator itself was late at most
  uint64_t streams = 0;            // open
  uint64_t policy_reached = 0;     // agents that have the revision that was pushed last
  std::optional<fleet_view> seen;  // none while the manager does not answer
  // What the observer adds: how the fleet should be seen, and what was wrong so far.
  std::optional<fleet_truth> truth;
  uint64_t false_stale = 0;
  uint64_t missed_stale = 0;
  uint64_t late_stale = 0;
  double status_ms = 0;        // round trip of the manager's status
  uint64_t manager_bytes = 0;  // resident
};

// A step of the scenario that has begun, for marks in plots.
struct mark {
  double second = 0;
  std::string text;
};

struct timeline {
  std::vector<sample> samples;
  std::vector<mark> marks;
};

}  // namespace muster::sim
