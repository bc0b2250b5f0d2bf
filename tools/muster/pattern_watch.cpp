// The decider behind `muster patterns watch`.
#include "tools/muster/pattern_watch.hpp"

#include <utility>

#include "tools/muster/operator_api.hpp"

namespace muster::cli {

std::string_view to_string(pattern_change what) {
  switch (what) {
    case pattern_change::open: return "open";
    case pattern_change::appeared: return "appeared";
    case pattern_change::critical: return "critical";
    case pattern_change::grew: return "grew";
    case pattern_change::ended: return "ended";
  }
  return "changed";
}

std::vector<pattern_event> pattern_watch::look(const std::vector<boost::json::object>& open) {
  std::vector<pattern_event> events;
  std::map<std::string, boost::json::object> now;
  for (const auto& pattern : open) {
    const auto [at, is_first] = now.emplace(text_of(pattern, "id"), pattern);
    if (!is_first) continue;
    const auto before = known_.find(at->first);
    if (before == known_.end()) {
      events.push_back({has_looked_ ? pattern_change::appeared : pattern_change::open, pattern});
      continue;
    }
    const auto agents = count_of(pattern, "agent_count");
    const auto agents_before = count_of(before->second, "agent_count");
    if (agents > agents_before) {
      events.push_back({pattern_change::grew, pattern, agents - agents_before});
    }
    if (truth_of(pattern, "critical") && !truth_of(before->second, "critical")) {
      events.push_back({pattern_change::critical, pattern});
    }
  }
  for (auto& [id, pattern] : known_) {
    if (!now.contains(id)) events.push_back({pattern_change::ended, std::move(pattern)});
  }
  known_ = std::move(now);
  has_looked_ = true;
  return events;
}

}  // namespace muster::cli
