// From threats to keys.
#include "actors/manager/sighting_keys.hpp"

#include "actors/manager/pattern_tracker.hpp"
#include "actors/manager/severity.hpp"

#include <map>

namespace muster {

namespace {

std::vector<std::string> techniques_of(const threat& event) {
  std::vector<std::string> techniques;
  for (const auto& seen : event.sightings)
    if (seen.kind == "attack_technique")
      techniques.push_back(seen.name.empty() ? seen.value : seen.value + " " + seen.name);
  return techniques;
}

}  // namespace

std::vector<key_sighting> sighting_keys(const std::vector<threat>& threats, bool correlate_benign) {
  std::vector<key_sighting> keys;
  std::map<std::pair<std::string_view, std::string_view>, size_t> places;  // into keys
  for (const auto& event : threats) {
    if (event.conclusion == "benign" && !correlate_benign) continue;
    const auto techniques = techniques_of(event);
    const auto rank = severity_rank(event.severity);
    for (const auto& seen : event.sightings) {
      auto [place, added] = places.try_emplace({seen.kind, seen.value}, keys.size());
      if (added) keys.push_back({seen.kind, seen.value, 0, {}, {}});
      auto& key = keys[place->second];
      ++key.count;
      if (rank > severity_rank(key.severity)) key.severity = event.severity;
      unite_techniques(key.techniques, techniques);
    }
  }
  return keys;
}

}  // namespace muster
