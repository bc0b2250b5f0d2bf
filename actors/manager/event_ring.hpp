// Remembers the latest event ids of one agent, so that a repeated report is
// stored once. Bounded: an id older than the last `capacity` is new again.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace muster {

// Ids are kept as 64-bit fingerprints; equal only within one process.
uint64_t event_fingerprint(std::string_view event_id);

class event_ring {
 public:
  static constexpr size_t capacity = 256;

  event_ring() = default;
  // Takes at most the last `capacity` of `fingerprints`, oldest first.
  explicit event_ring(const std::vector<uint64_t>& fingerprints);

  bool contains(uint64_t fingerprint) const;
  void remember(uint64_t fingerprint);
  // Undoes remember() for an event that could not be stored after all.
  void forget(uint64_t fingerprint);

 private:
  std::vector<uint64_t> ring_;  // grows to `capacity`, then wraps
  uint32_t next_ = 0;           // where the oldest is, once full
};

}  // namespace muster
