// The table of windows. A sighting usually is the latest of all, so both lines
// grow at their end, at a constant cost.
#include "actors/manager/window_table.hpp"

#include <functional>

namespace muster {

size_t window_table::key_hash::operator()(const pattern_key& key) const {
  const std::hash<std::string> hash;
  return (hash(key.tenant) * 31 + hash(key.kind)) * 31 + hash(key.value);
}

window_handle window_table::find(const pattern_key& key) const {
  const auto found = windows_.find(key);
  return found == windows_.end() ? nullptr : found->second;
}

void window_table::add(const window_handle& one) {
  windows_.emplace(one->key, one);
  auto& own = line_of(*one);
  one->place = own.emplace_hint(own.end(), one->last_seen, one);
}

void window_table::remove(const window_handle& one) {
  line_of(*one).erase(one->place);
  windows_.erase(one->key);
}

void window_table::touch(const window_handle& one, utc_time at) {
  if (at <= one->last_seen) return;
  one->last_seen = at;
  auto& own = line_of(*one);
  auto node = own.extract(one->place);
  node.key() = at;
  one->place = own.insert(own.end(), std::move(node));
}

void window_table::opened(const window_handle& one, pattern_id id) {
  auto node = line_of(*one).extract(one->place);
  one->open = id;
  auto& own = line_of(*one);
  one->place = own.insert(own.end(), std::move(node));
}

const window_table::line& window_table::nearer() const {
  if (plain_.empty()) return patterned_;
  if (patterned_.empty()) return plain_;
  return plain_.begin()->first <= patterned_.begin()->first ? plain_ : patterned_;
}

std::optional<utc_time> window_table::deadline() const {
  const auto& next = nearer();
  return next.empty() ? std::nullopt : std::optional{end_of(next.begin()->first) + late_};
}

window_handle window_table::due(utc_time now) const {
  const auto& next = nearer();
  return next.empty() || now < end_of(next.begin()->first) + late_ ? nullptr : next.begin()->second;
}

window_handle window_table::idle_longest() const {
  const auto& next = plain_.empty() ? patterned_ : plain_;
  return next.empty() ? nullptr : next.begin()->second;
}

}  // namespace muster
