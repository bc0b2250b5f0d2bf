// The decision who is within the window.
#include "actors/manager/sliding_window.hpp"

#include <algorithm>

namespace muster {

void sliding_window::note(agent_id id, bool trusted, utc_time at) {
  expire(at);
  if (auto known = places_.find(id); known != places_.end()) {
    auto& seen = *known->second;
    trusted_ -= seen.trusted;
    seen = {id, now_, trusted};
    agents_.splice(agents_.end(), agents_, known->second);
  } else {
    if (agents_.size() >= limit_) {
      drop_first();
      ++dropped_;
    }
    agents_.push_back({id, now_, trusted});
    places_.emplace(id, std::prev(agents_.end()));
  }
  trusted_ += trusted;
}

void sliding_window::expire(utc_time now) {
  now_ = std::max(now_, now);
  while (!agents_.empty() && now_ - agents_.front().last_seen > span_) drop_first();
}

void sliding_window::drop_first() {
  trusted_ -= agents_.front().trusted;
  places_.erase(agents_.front().id);
  agents_.pop_front();
}

}  // namespace muster
