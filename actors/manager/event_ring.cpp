// The ring of an agent's latest event ids.
#include "actors/manager/event_ring.hpp"

#include <algorithm>
#include <functional>

namespace muster {

uint64_t event_fingerprint(std::string_view event_id) {
  auto hash = uint64_t{std::hash<std::string_view>{}(event_id)};
  return hash == 0 ? 1 : hash;  // 0 marks a forgotten place
}

event_ring::event_ring(const std::vector<uint64_t>& fingerprints) {
  auto skip = fingerprints.size() - std::min(fingerprints.size(), capacity);
  for (auto i = skip; i < fingerprints.size(); ++i) remember(fingerprints[i]);
}

bool event_ring::contains(uint64_t fingerprint) const {
  if (index_) return index_->contains(fingerprint);
  return std::find(ring_.begin(), ring_.end(), fingerprint) != ring_.end();
}

void event_ring::remember(uint64_t fingerprint) {
  if (ring_.size() < capacity) {
    ring_.push_back(fingerprint);
    if (ring_.size() == searched_by_eye + 1)
      index_ = std::make_unique<std::unordered_set<uint64_t>>(ring_.begin(), ring_.end());
  } else {
    index_->erase(ring_[next_]);
    ring_[next_] = fingerprint;
    next_ = (next_ + 1) % capacity;
  }
  if (index_) index_->insert(fingerprint);
}

void event_ring::forget(uint64_t fingerprint) {
  std::replace(ring_.begin(), ring_.end(), fingerprint, uint64_t{0});
  if (index_) index_->erase(fingerprint);
}

}  // namespace muster
