// Desired state and parts of it as JSON.
#pragma once

#include "messages/desired_state.hpp"

namespace muster {

// Any thread may call any of it.
class state_writer {
 public:
  virtual ~state_writer() = default;

  // As operators write it.
  virtual std::string layer(const desired_state& what) const = 0;
  // As nodes read it.
  virtual std::string node(const desired_state& what) const = 0;

  // Payloads of events. A peer has both of its names there and no pre-shared key, which is another one for
  // each pair.
  virtual std::string entries(const desired_state& what) const = 0;  // metadata and data
  virtual std::string secret_refs(const desired_state& what) const = 0;
  virtual std::string peer(const mesh_peer& what) const = 0;
  virtual std::string session(const relay_session& what) const = 0;
};

}  // namespace muster
