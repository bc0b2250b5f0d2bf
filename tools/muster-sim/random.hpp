// Random numbers that are the same on every machine for the same seed (splitmix64).
#pragma once

#include <cstdint>

namespace muster::sim {

// Spreads any number, also a counter, over all 64 bits.
constexpr uint64_t mix(uint64_t x) {
  x += 0x9E3779B97F4A7C15u;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

// In [0, 1).
constexpr double unit_of(uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1.0p-53; }

class random_stream {
 public:
  explicit random_stream(uint64_t seed) : seed_(mix(seed)) {}
  uint64_t next() { return mix(seed_ + count_++); }
  double unit() { return unit_of(next()); }
  uint32_t below(uint32_t limit) { return static_cast<uint32_t>(unit() * limit); }

 private:
  uint64_t seed_;
  uint64_t count_ = 0;
};

}  // namespace muster::sim
