// The one table from what went wrong inside to what HTTP says of it.
#pragma once

#include "runtime/http/message.hpp"

#include <caf/fwd.hpp>

#include <cstdint>
#include <string>

namespace muster {

struct http_problem {
  unsigned status = 500;
  std::string detail;
  uint32_t retry_after_seconds = 0;  // 0: do not say
};

http_problem to_problem(const caf::error& failed);

// As `door` words it, with Retry-After if that is to be said.
http::response answer_problem(http::service& door, const http_problem& what);

}  // namespace muster
