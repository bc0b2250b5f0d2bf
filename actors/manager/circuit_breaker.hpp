// Keeps a channel that does not work from being asked over and over: after some failures in
// a short time nothing is sent for a while, then one attempt shows whether to go on.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>

namespace muster {

struct circuit_breaker_options {
  size_t failures = 5;
  std::chrono::milliseconds within = std::chrono::seconds{60};
  std::chrono::milliseconds cool_down = std::chrono::seconds{60};
};

class circuit_breaker {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit circuit_breaker(circuit_breaker_options options = {}) : options_(options) {}

  // Whether something may be sent now. The caller who is told so after a cool-down sends the
  // probe: everyone else waits until it has noted how that ended.
  bool take(time_point now);

  void note_success();
  void note_failure(time_point now);

  bool open() const { return opened_.has_value(); }
  // When take() may say yes; nothing while a probe is under way or if it is closed.
  std::optional<time_point> cooled_at() const;

 private:
  circuit_breaker_options options_;
  std::deque<time_point> failures_;  // within the span, while it is closed
  std::optional<time_point> opened_;
  bool probing_ = false;
};

}  // namespace muster
