// The names by which the fleet listener's routes are told apart.
#pragma once

#include "runtime/http/message.hpp"

#include <cstdint>

namespace muster {

enum class fleet_route : uint8_t {
  heartbeat,
  registration,
  events,
  policy,
  policy_stream,
  departure,
  rules,
  health
};

// Whose credentials a route wants.
enum class fleet_access : uint8_t { anyone, enrolling, named_agent, any_agent };

// The token of an Authorization field; empty if it is not a bearer's.
std::string_view bearer_of(std::string_view authorization);

// Makes a 401 of these words.
http::response unauthorized(http::response words);

}  // namespace muster
