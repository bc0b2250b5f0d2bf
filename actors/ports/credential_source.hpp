// Issues tokens. What is random stays behind this line, so that tests decide it.
#pragma once

#include "messages/ids.hpp"

#include <string>

namespace muster {

struct credential {
  std::string token;  // shown once, to the agent; carries its id and 256 random bits
  token_digest digest;
};

class credential_source {
 public:
  virtual ~credential_source() = default;
  virtual credential issue(agent_id id) = 0;
};

}  // namespace muster
