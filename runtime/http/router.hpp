// Finds the route of a request. Routes are few, so they are compared in order:
// put the busiest first.
#pragma once

#include "runtime/http/message.hpp"

#include <span>

namespace muster::http {

// Undoes what split_target() left encoded, in place: the text and its length may shrink.
std::string_view decode_segment(std::span<char> segment);

// A path like "/api/agents/{}/heartbeat"; each {} takes one segment. `name` is
// its place in the owner's table of handlers, `lane` its admission, `access`
// what its owner checks before the body.
struct route {
  verb method;
  std::string_view pattern;
  uint8_t name;
  uint8_t lane;
  uint8_t access;
};

enum class match_result : uint8_t { found, no_path, no_method };

class router {
 public:
  explicit router(std::vector<route> routes);

  // Sets `matched` and `parameters` of the request, whose path is no more of use then.
  // HEAD is served by GET's route.
  match_result match(request& r) const;

  // True if `found` is one of this router's routes.
  bool owns(const route* found) const;

  // The methods that this path takes, as the Allow field wants them.
  std::string allowed(const request& r) const;

 private:
  struct entry {
    route where;
    std::vector<std::string_view> segments;
  };
  std::vector<entry> entries_;
};

}  // namespace muster::http
