// Keeps one copy of each text that many agents share: tenants, organizations, labels.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace muster {

// Texts are never given back: a fleet has few distinct ones.
class text_pool {
 public:
  using key = uint32_t;

  text_pool() { intern(""); }  // the empty text is always 0

  key intern(std::string_view text) {
    if (auto it = keys_.find(text); it != keys_.end()) return it->second;
    const auto& kept = texts_.emplace_back(text);
    const auto fresh = static_cast<key>(texts_.size() - 1);
    keys_.emplace(kept, fresh);
    return fresh;
  }
  const std::string& operator[](key k) const { return texts_[k]; }

 private:
  std::deque<std::string> texts_;  // never moves its elements
  std::unordered_map<std::string_view, key> keys_;
};

}  // namespace muster
