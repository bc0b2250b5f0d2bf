// Decides whether a request may come in now, and when a refused one may return.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

namespace muster {

// A token bucket: `rate` requests a second, bursts of one second's worth, though
// never less than one request.
class token_bucket {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  // 0 is no limit.
  explicit token_bucket(double rate = 0) : rate_(rate), held_(burst(rate)) {}
  void set_rate(double rate);
  bool take(time_point now);

 private:
  static double burst(double rate) { return rate > 1 ? rate : 1; }

  double rate_;
  double held_;
  time_point filled_at_{};
};

// The kinds of requests that never starve each other.
enum class lane : uint8_t { heartbeats, registration, events, reads };
constexpr size_t lane_count = 4;

class admission {
 public:
  void set_rates(const std::array<double, lane_count>& per_second);

  bool admits(lane which, token_bucket::time_point now);

  // Seconds after which a refused caller should return: at least 1, and spread
  // by who it is over a span that grows with how many were refused lately.
  uint32_t retry_after(lane which, uint64_t caller) const;

  // Once a second.
  void sweep();
  uint64_t refused(lane which) const { return total_[static_cast<size_t>(which)]; }

 private:
  std::array<token_bucket, lane_count> buckets_;
  std::array<double, lane_count> rates_{};
  std::array<double, lane_count> backlog_{};  // refused and not yet let in, as far as one can tell
  std::array<uint64_t, lane_count> total_{};
};

}  // namespace muster
