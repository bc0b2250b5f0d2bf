// Finds the slots of a host's identities. Usually there is one: its further ones hang on a chain.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstdint>
#include <utility>
#include <vector>

namespace muster {

class host_index {
 public:
  void reserve(size_t slots) {
    first_.reserve(slots);
    next_.reserve(slots);
  }

  // A slot has one key at a time.
  void insert(uint64_t key, uint32_t slot) {
    if (slot >= next_.size()) next_.resize(slot + 1, none);
    auto [place, fresh] = first_.try_emplace(key, slot);
    next_[slot] = fresh ? none : std::exchange(place->second, slot);
  }

  void erase(uint64_t key, uint32_t slot) {
    const auto found = first_.find(key);
    if (found == first_.end()) return;
    auto* place = &found->second;
    while (*place != none && *place != slot) place = &next_[*place];
    if (*place == slot) *place = next_[slot];
    if (found->second == none) first_.erase(found);
  }

  template <class Visit>
  void each(uint64_t key, Visit visit) const {
    const auto found = first_.find(key);
    for (auto slot = found == first_.end() ? none : found->second; slot != none; slot = next_[slot])
      visit(slot);
  }

 private:
  static constexpr uint32_t none = ~uint32_t{0};

  boost::unordered_flat_map<uint64_t, uint32_t> first_;
  std::vector<uint32_t> next_;  // index is a slot
};

}  // namespace muster
