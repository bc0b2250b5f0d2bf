// Buckets: 0..127 us one by one; then, for each doubling e = 1, 2, ..., 64 buckets of 2^e us.
#include "tools/muster-sim/latency_histogram.hpp"

#include <algorithm>
#include <cmath>

namespace muster::sim {

size_t latency_histogram::bucket_of(uint64_t microseconds) {
  if (microseconds < exact) return microseconds;
  const auto doubling = static_cast<size_t>(std::bit_width(microseconds)) - 7;
  return exact + (doubling - 1) * per_octave + (microseconds >> doubling) - per_octave;
}

uint64_t latency_histogram::middle_of(size_t bucket) {
  if (bucket < exact) return bucket;
  const auto doubling = (bucket - exact) / per_octave + 1;
  const auto within = (bucket - exact) % per_octave + per_octave;
  return (uint64_t{within} << doubling) + (uint64_t{1} << (doubling - 1));
}

void latency_histogram::record(std::chrono::nanoseconds latency) {
  const auto truth =
    std::max(std::chrono::round<std::chrono::microseconds>(latency), std::chrono::microseconds{0});
  ++counts_[bucket_of(static_cast<uint64_t>(std::min(truth, longest).count()))];
  ++count_;
  max_ = std::max(max_, truth);
}

void latency_histogram::merge(const latency_histogram& other) {
  for (size_t i = 0; i < buckets; ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
}

std::chrono::microseconds latency_histogram::percentile(double share) const {
  const auto wanted = std::clamp<uint64_t>(
    static_cast<uint64_t>(std::ceil(share * static_cast<double>(count_))), 1, std::max<uint64_t>(count_, 1));
  uint64_t passed = 0;
  for (size_t i = 0; i < buckets; ++i) {
    passed += counts_[i];
    if (passed >= wanted) return std::min(max_, std::chrono::microseconds{middle_of(i)});
  }
  return {};
}

}  // namespace muster::sim
