// What travels between the simulated fleet and its connections.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace muster::sim {

using clock = std::chrono::steady_clock;
using time_point = clock::time_point;

enum class request_kind : uint8_t {
  registration,
  heartbeat,
  event,
  departure,
  poll,   // for policy, for work, of the desired state
  work,   // what a sensor tells of its job
  stream  // a stream of events is opened
};
constexpr size_t request_kinds = 7;

// One request that some agent has to make. Its bytes are written when it goes out.
struct request {
  time_point due;
  uint32_t agent = 0;
  request_kind kind = request_kind::heartbeat;
  uint8_t cause = 0;                                   // the step that wants it, from 1; 0: the usual course
  std::optional<time_point> first_due = std::nullopt;  // where it is tried again

  time_point latency_from() const { return first_due.value_or(due); }
};

// Why a request got no answer.
enum class failure : uint8_t {
  refused,      // nobody listens at the target
  reset,        // the connection ended before the answer
  timeout,      // no answer, or no connection, in time
  unreachable,  // no way to the target
  unsent,       // no connection became free in time
  bad_answer,   // what came is not HTTP, or not what an agent needs
  local,        // this machine had no socket or address left
};
constexpr size_t failures = 7;
std::string_view to_string(failure why);

// An answer as far as an agent cares. The body lives as long as the call that shows it.
struct answer {
  unsigned status = 0;
  std::chrono::seconds retry_after{0};  // 0: did not say
  bool keep_alive = true;
  std::string_view body;
  time_point sent_at{};  // of its request

  bool ok() const { return status >= 200 && status < 300; }
};

// What connections carry for: writes the bytes of a request and hears how it went.
class traffic {
 public:
  virtual void write(const request& what, time_point now, std::string& out) = 0;
  virtual void answered(const request& what, const answer& with, time_point now) = 0;
  virtual void failed(const request& what, failure why) = 0;

 protected:
  ~traffic() = default;
};

}  // namespace muster::sim
