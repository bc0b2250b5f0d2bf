// Issues what nodes prove themselves with. What is random stays behind this line, so
// that tests decide it.
#pragma once

#include "messages/ids.hpp"

#include <string>

namespace muster {

struct secret_with_digest {
  std::string secret;  // shown once
  token_digest digest;
};

class node_credentials {
 public:
  virtual ~node_credentials() = default;
  // 32 printable characters: a bearer token, and a key of AES-256.
  virtual secret_with_digest issue_key() = 0;
  // What a node shows to enrol.
  virtual secret_with_digest issue_bootstrap_token() = 0;
};

}  // namespace muster
