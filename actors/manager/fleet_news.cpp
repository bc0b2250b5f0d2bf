// The fleet actor: what it tells loops with listeners, and nobody else.
#include "actors/manager/fleet.hpp"

#include "messages/type_ids.hpp"

#include <caf/all.hpp>

#include <algorithm>

namespace muster {

// Every loop hears of it, since every loop takes reports of threats.
void fleet_state::follow(const follow_news& request) {
  std::erase(followers_, request.loop);
  if (request.follows) followers_.push_back(request.loop);
  for (const auto& loop : loops_) self->send(loop, news_followed{followers_});
}

template <class News>
void fleet_state::tell_followers(const News& news) {
  for (const auto& loop : followers_) self->send(loop, news);
}

void fleet_state::tell_status(agent_id id, agent_status status, utc_time at) {
  if (!followers_.empty()) tell_followers(agent_changed{id, roster_.row(id).hostname, status, at});
}

void fleet_state::note_pattern(const pattern_changed& change) {
  policies_.note_pattern(change.whole);
  tell_followers(change);
}

}  // namespace muster
