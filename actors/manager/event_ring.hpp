// Remembers the latest event ids of one agent, so that a repeated report is
// stored once. Bounded: an id older than the last `capacity` is new again.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace muster {

// Ids are kept as 64-bit fingerprints; equal only within one process.
uint64_t event_fingerprint(std::string_view event_id);

class event_ring {
 public:
  static constexpr size_t capacity = 16'384;  // more than the largest report holds

  event_ring() = default;
  // Takes at most the last `capacity` of `fingerprints`, oldest first.
  explicit event_ring(const std::vector<uint64_t>& fingerprints);

  bool contains(uint64_t fingerprint) const;
  // Remembers one that contains() does not know.
  void remember(uint64_t fingerprint);
  // Undoes remember() for an event that could not be stored after all.
  void forget(uint64_t fingerprint);

 private:
  static constexpr size_t searched_by_eye = 64;  // most agents report little: no index for them

  std::vector<uint64_t> ring_;  // grows to `capacity`, then wraps; 0 is a forgotten place
  std::unique_ptr<std::unordered_set<uint64_t>> index_;  // of all in the ring, once that is long
  uint32_t next_ = 0;                                    // where the oldest is, once full
};

}  // namespace muster
