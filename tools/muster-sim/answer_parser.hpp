// Reads an HTTP/1.1 answer as far as a simulated agent needs: status, Content-Length, Retry-After,
// Connection. Works on one stretch of bytes and keeps nothing; whoever calls keeps an answer's first part
// until the rest has come.
#pragma once

#include "tools/muster-sim/request.hpp"

#include <cstddef>
#include <string_view>

namespace muster::sim {

constexpr size_t longest_answer_head = 16 * 1024;
constexpr size_t longest_answer_body = 1024 * 1024;

enum class parse_state : uint8_t { complete, incomplete, malformed };

struct parse_result {
  parse_state state = parse_state::incomplete;
  size_t used = 0;  // bytes of `from` that a complete answer took
  answer read;      // its body lies in `from`
};

// One answer from the front of `from`. Interim answers (100 Continue) count as complete ones with their
// status. Malformed: no HTTP/1.x, contradicting or missing lengths, chunked encoding, over the limits.
parse_result parse_answer(std::string_view from);

}  // namespace muster::sim
