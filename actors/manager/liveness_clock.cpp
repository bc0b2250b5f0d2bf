// The decision who is alive.
#include "actors/manager/liveness_clock.hpp"

#include <algorithm>
#include <utility>

namespace muster {

std::optional<agent_status> liveness_clock::heard(listening_time now) {
  heard_at_ = std::max(heard_at_, now);
  if (status_ == agent_status::online) return std::nullopt;
  return std::exchange(status_, agent_status::online);
}

std::optional<agent_status> liveness_clock::check(const liveness_profile& profile, listening_time now) {
  const auto silence = now - heard_at_;
  const bool watched = status_ == agent_status::online || status_ == agent_status::stale;
  auto next = status_;
  if (watched && profile.offline_after && silence >= *profile.offline_after) next = agent_status::offline;
  else if (status_ == agent_status::online && profile.stale_after && silence >= *profile.stale_after)
    next = agent_status::stale;
  if (next == status_) return std::nullopt;
  status_ = next;
  return next;
}

std::optional<listening_time> liveness_clock::deadline(const liveness_profile& profile) const {
  std::optional<std::chrono::milliseconds> threshold;
  if (status_ == agent_status::online)
    threshold = profile.stale_after ? profile.stale_after : profile.offline_after;
  if (status_ == agent_status::stale) threshold = profile.offline_after;
  if (!threshold) return std::nullopt;
  return heard_at_ + *threshold;
}

}  // namespace muster
