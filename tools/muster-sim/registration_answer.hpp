// Reads how a manager welcomes an agent.
#pragma once

#include "tools/muster-sim/credential.hpp"
#include "tools/muster-sim/request.hpp"
#include "tools/muster-sim/scenario.hpp"

#include <optional>

namespace muster::sim {

struct registration_answer {
  credential as;  // of a sensor the id alone, of a node its key as it is
  bool reconnected = false;
};

// Nothing if the id or what proves it is missing or not Muster's kind. Those of Panguard agents may stand at
// the top or in "data".
std::optional<registration_answer> read_registration_answer(const answer& from,
                                                            dialect speaks = dialect::panguard);

}  // namespace muster::sim
