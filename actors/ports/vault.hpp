// Keeps secrets that must be used again: what is sealed may be stored anywhere. The
// key stays behind this line.
#pragma once

#include "messages/ids.hpp"

#include <caf/expected.hpp>

#include <string>
#include <string_view>

namespace muster {

class vault {
 public:
  virtual ~vault() = default;

  // `place` says where it will lie, like "nodes/ag-…/key": moved elsewhere it does
  // not open. The result is text. May be called by any thread.
  virtual std::string seal(std::string_view place, std::string_view secret) const = 0;

  // Fails with store_failed if it was sealed with another key or for another place,
  // or was changed since.
  virtual caf::expected<std::string> open(std::string_view place, std::string_view sealed) const = 0;

  // The key that two nodes share, 32 bytes in base64: the same whichever is named
  // first, another for each generation. Nothing of it needs to be stored.
  virtual std::string pair_key(agent_id one, agent_id other, uint32_t generation) const = 0;
};

}  // namespace muster
