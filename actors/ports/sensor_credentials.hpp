// Issues keys of sensors. What is random stays behind this line, so that tests decide it.
#pragma once

#include "actors/ports/node_credentials.hpp"

namespace muster {

class sensor_credentials {
 public:
  virtual ~sensor_credentials() = default;
  // "hg_ak_" and 48 lower-case hexadecimal digits.
  virtual secret_with_digest issue_key() = 0;
  // The digest of a key that somebody else made; empty if that can't be one.
  virtual token_digest digest_of(const std::string& secret) = 0;
};

}  // namespace muster
