// The decision whether an identity is contested.
#include "actors/manager/contest.hpp"

namespace muster {

bool contest::superseded_used(listening_time now, listening_time heard_at,
                              std::chrono::nanoseconds stale_period) {
  if (open_) {
    seen_at_ = now;
    return false;
  }
  if (now - heard_at >= stale_period) return false;
  open_ = true;
  seen_at_ = now;
  return true;
}

bool contest::current_used(listening_time now, std::chrono::nanoseconds stale_period) {
  if (!open_ || now - seen_at_ < stale_period) return false;
  open_ = false;
  return true;
}

}  // namespace muster
