// Counts of the silent.
#include "actors/manager/disruption_watch.hpp"

#include <algorithm>

namespace muster {

disruption_watch::disruption_watch(const disruption_limits& limits)
  : limits_(limits),
    width_(std::max<listening_time>(listening_time{limits.span} / (bucket_count - 1),
                                    std::chrono::milliseconds{1})) {}

std::optional<agent_group> disruption_watch::group(const std::string& name, std::optional<double> share) {
  if (const auto found = by_name_.find(name); found != by_name_.end()) return found->second;
  if (entries_.size() >= limits_.groups) return std::nullopt;
  const auto out = static_cast<agent_group>(entries_.size());
  auto& fresh = entries_.emplace_back();
  fresh.name = name;
  fresh.share = share.value_or(limits_.share);
  by_name_.emplace(name, out);
  return out;
}

void disruption_watch::joined(groups of) {
  for (const auto each : of) ++entries_[index(each)].online;
}

void disruption_watch::left(groups of) {
  for (const auto each : of)
    if (auto& online = entries_[index(each)].online; online > 0) --online;
}

// Lets go of the buckets that are older than the span.
void disruption_watch::advance(entry& one, listening_time now) {
  const auto to = bucket_of(now);
  constexpr auto all = static_cast<int64_t>(bucket_count);
  for (auto each = std::max(one.newest + 1, to - all + 1); each <= to; ++each) {
    auto& bucket = one.buckets[static_cast<size_t>(each % all)];
    one.lost -= bucket;
    bucket = 0;
  }
  one.newest = std::max(one.newest, to);
}

disruption_watch::edges disruption_watch::went_silent(groups of, listening_time now) {
  edges out;
  for (const auto each : of) {
    auto& one = entries_[index(each)];
    advance(one, now);
    if (one.online > 0) --one.online;
    ++one.buckets[static_cast<size_t>(one.newest) % bucket_count];
    ++one.lost;
    if (auto& current = one.current) {
      current->worst = std::max(current->worst, ++current->silent);
      current->before = std::max(current->before, one.online + current->silent);
      continue;
    }
    const auto before = one.online + one.lost;
    constexpr double rounding = 1e-6;  // 0.55 of 800 are 440, in doubles a little more
    if (before < limits_.min_agents || one.lost + rounding < one.share * before) continue;
    one.first = one.newest - static_cast<int64_t>(bucket_count) + 1;
    one.current = disruption{each, disruption_change::began, now, before, one.lost, one.lost};
    under_way_.emplace(now, each);
    out.push_back(*one.current);
  }
  return out;
}

disruption_watch::edges disruption_watch::came_back(groups of, listening_time silent_since,
                                                    listening_time now) {
  edges out;
  for (const auto each : of) {
    auto& one = entries_[index(each)];
    ++one.online;
    no_longer_silent(one, silent_since, now, out);
  }
  return out;
}

disruption_watch::edges disruption_watch::removed(groups of, listening_time silent_since,
                                                  listening_time now) {
  edges out;
  for (const auto each : of) no_longer_silent(entries_[index(each)], silent_since, now, out);
  return out;
}

void disruption_watch::no_longer_silent(entry& one, listening_time silent_since, listening_time now,
                                        edges& out) {
  if (silent_since <= one.since) return;
  const auto lost_in = bucket_of(silent_since);
  auto& bucket = one.buckets[static_cast<size_t>(lost_in) % bucket_count];
  if (one.newest - lost_in < static_cast<int64_t>(bucket_count) && bucket > 0) --bucket, --one.lost;
  if (!one.current || lost_in < one.first || one.current->silent == 0) return;
  if (--one.current->silent * 2 < one.current->worst) end(one, disruption_change::recovered, now, out);
}

void disruption_watch::end(entry& one, disruption_change how, listening_time now, edges& out) {
  one.current->change = how;
  under_way_.erase({one.current->began_at, one.current->group});
  out.push_back(*one.current);
  one.current.reset();
  one.buckets = {};
  one.lost = 0;
  one.since = now;
}

disruption_watch::edges disruption_watch::expire(listening_time now) {
  edges out;
  while (!under_way_.empty() && now - under_way_.begin()->first >= limits_.longest)
    end(entries_[index(under_way_.begin()->second)], disruption_change::settled, now, out);
  return out;
}

std::optional<listening_time> disruption_watch::next_expiry() const {
  if (under_way_.empty()) return std::nullopt;
  return under_way_.begin()->first + limits_.longest;
}

bool disruption_watch::disrupted(groups of) const {
  return std::any_of(of.begin(), of.end(),
                     [this](agent_group each) { return entries_[index(each)].current.has_value(); });
}

bool disruption_watch::may_be_disrupted(groups of) const {
  return std::any_of(of.begin(), of.end(), [this](agent_group each) {
    const auto& one = entries_[index(each)];
    return one.current || one.online + one.lost >= limits_.min_agents;
  });
}

std::vector<disruption> disruption_watch::under_way() const {
  std::vector<disruption> out;
  for (const auto& [began, group] : under_way_) out.push_back(*entries_[index(group)].current);
  return out;
}

}  // namespace muster
