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
  tell_registrar(id, status);
}

void fleet_state::tell_registrar(agent_id id, std::optional<agent_status> entered) {
  if (!roster_.contains(id)) return;
  const node_changed change{
    id, entered.value_or(roster_.status(id)), {}, losses_.held(id), losses_.flapping(id)};
  if (coordinator_ && roster_.speaks(id) == dialect::harborguard) self->send(coordinator_, change);
  if (!registrar_ || roster_.speaks(id) != dialect::plexd) return;
  auto with_labels = change;
  with_labels.labels = roster_.record(id).labels;
  self->send(registrar_, std::move(with_labels));
}

void fleet_state::direct(const direct_agents& request) {
  for (const auto id : request.ids)
    if (roster_.contains(id)) self->send(agents_[slot_of(id)], request.what);
}

void fleet_state::note_pattern(const pattern_changed& change) {
  policies_.note_pattern(change.whole);
  tell_followers(change);
}

}  // namespace muster
