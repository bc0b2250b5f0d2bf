// Reads how a manager welcomes an agent.
#pragma once

#include "tools/muster-sim/credential.hpp"
#include "tools/muster-sim/request.hpp"

#include <optional>

namespace muster::sim {

struct registration_answer {
  credential as;
  bool reconnected = false;
};

// Nothing if agentId or token is missing or not Muster's kind. They may stand at the top or in "data".
std::optional<registration_answer> read_registration_answer(const answer& from);

}  // namespace muster::sim
