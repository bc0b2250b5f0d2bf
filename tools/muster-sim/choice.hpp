// Which agents a step is for, and in which order: a share of a fleet, at random but the same for the same
// seed. An order of n agents is i -> i * stride + offset (mod n), so that a million cost no memory.
#pragma once

#include "tools/muster-sim/random.hpp"

#include <cmath>
#include <cstdint>
#include <numeric>
#include <utility>

namespace muster::sim {

class choice {
 public:
  choice() = default;
  // `share` from 0 to 1; one that is not 0 chooses at least one agent.
  choice(uint32_t agents, double share, uint64_t seed)
    : agents_(agents), count_(static_cast<uint32_t>(std::ceil(share * agents - 1e-9))) {
    if (agents == 0) return;
    stride_ = mix(seed) % agents;
    while (std::gcd(stride_, uint64_t{agents}) != 1) stride_ = (stride_ + 1) % agents;
    offset_ = mix(seed + 1) % agents;
    inverse_ = invert();
  }

  uint32_t count() const { return count_; }
  // Of the `rank`th that is chosen, below count().
  uint32_t at(uint32_t rank) const { return static_cast<uint32_t>((rank * stride_ + offset_) % agents_); }
  uint32_t rank(uint32_t agent) const {
    return static_cast<uint32_t>((agent + agents_ - offset_) % agents_ * inverse_ % agents_);
  }
  bool has(uint32_t agent) const { return rank(agent) < count_; }

 private:
  // Of the stride, by Euclid's extended algorithm.
  uint64_t invert() const {
    int64_t a = static_cast<int64_t>(stride_), b = agents_, x = 1, next = 0;
    while (b != 0) {
      const auto q = a / b;
      a = std::exchange(b, a - q * b);
      x = std::exchange(next, x - q * next);
    }
    return static_cast<uint64_t>(x < 0 ? x + agents_ : x) % agents_;
  }

  uint32_t agents_ = 0;
  uint32_t count_ = 0;
  uint64_t stride_ = 0;
  uint64_t offset_ = 0;
  uint64_t inverse_ = 0;
};

}  // namespace muster::sim
