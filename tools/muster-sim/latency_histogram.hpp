// Latencies from 1 us to 100 s with an error of at most 1%, in a fixed 11 KiB: exact microseconds at first,
// then 64 buckets for each doubling (as HdrHistogram does).
#pragma once

#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace muster::sim {

class latency_histogram {
 public:
  static constexpr std::chrono::microseconds longest = std::chrono::seconds{100};

  // Below 0 counts as 0. Above `longest` counts as that, but `max` still tells the truth.
  void record(std::chrono::nanoseconds latency);
  void merge(const latency_histogram& other);
  void clear() { *this = {}; }

  uint64_t count() const { return count_; }
  std::chrono::microseconds max() const { return max_; }

  // The latency that `share` (0 to 1) of all stay at or below; 0 if there are none.
  std::chrono::microseconds percentile(double share) const;

 private:
  static constexpr size_t exact = 128;      // buckets of one microsecond
  static constexpr size_t per_octave = 64;  // buckets of each doubling after them
  static size_t bucket_of(uint64_t microseconds);
  static uint64_t middle_of(size_t bucket);
  static constexpr size_t buckets = exact + per_octave * (std::bit_width(uint64_t{longest.count()}) - 7);

  std::array<uint64_t, buckets> counts_{};
  uint64_t count_ = 0;
  std::chrono::microseconds max_{0};
};

}  // namespace muster::sim
