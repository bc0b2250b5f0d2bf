// What a manager knows of its fleet when it starts: read from the store once,
// before any actor lives, and handed to the fleet at spawn.
#pragma once

#include "messages/agents.hpp"

#include <cstdint>
#include <vector>

namespace muster {

struct restored_agent {
  agent_record record;
  agent_standing standing;
  std::vector<uint64_t> recent_events;  // fingerprints for its event_ring, oldest first
};

struct restored_fleet {
  std::vector<restored_agent> agents;  // in any order; slots are unique
  uint64_t last_change = 0;            // highest number of a change record, 0 for none
  uint32_t last_serial = 0;            // highest serial ever given to an agent, 0 for none
};

}  // namespace muster
