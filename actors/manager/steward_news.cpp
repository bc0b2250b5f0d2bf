// The steward: what nodes are told. News are gathered for a moment, so that many
// nodes that change at once are one request to the event log.
#include "actors/manager/state_news.hpp"
#include "actors/manager/steward.hpp"
#include "messages/errors.hpp"
#include "messages/type_ids.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <iterator>

namespace muster {

namespace {

constexpr const char* look_event = "policy_updated";  // which makes nodes pull their whole state

std::vector<agent_id> without(const std::vector<agent_id>& all, const std::vector<agent_id>& some) {
  std::vector<agent_id> out;
  std::set_difference(all.begin(), all.end(), some.begin(), some.end(), std::back_inserter(out));
  return out;
}

}  // namespace

// --- whom --------------------------------------------------------------------

// The shorter of two ways to name them.
event_audience steward_state::everyone_of(const std::string& tenant, std::vector<agent_id> ids) const {
  if (ids.size() <= book_.visibility(tenant).size() / 2) return {audience_kind::only, std::move(ids)};
  auto others = without(book_.nodes_of(tenant), ids);
  return {others.empty() ? audience_kind::everyone : audience_kind::except, std::move(others)};
}

event_audience steward_state::audience_of(const mesh_node& node) const {
  const auto& sees = book_.visibility(node.tenant);
  if (sees.count_peers_of(node.id) + 1 == sees.size()) return {audience_kind::except, {node.id}};
  return everyone_of(node.tenant, sees.peers_of(node.id));
}

// Their states are made anew when they ask, and they are asked to look.
void steward_state::concern(const std::vector<agent_id>& ids) {
  for (const auto id : ids) cache_.forget(id);
  to_direct_.insert(ids.begin(), ids.end());
  arm_news(options_.gather_news);
}

// A crowd is not gone through for each of its members.
void steward_state::concern_peers(const mesh_node& node) {
  const auto& sees = book_.visibility(node.tenant);
  if (sees.count_peers_of(node.id) <= options_.peer_events) return concern(sees.peers_of(node.id));
  cache_.forget_tenant(node.tenant);
  tenants_to_direct_.insert(node.tenant);
  arm_news(options_.gather_news);
}

// --- what --------------------------------------------------------------------

void steward_state::tell_peers(const mesh_node& node, const char* type, std::string payload) {
  if (book_.visibility(node.tenant).count_peers_of(node.id) == 0) return;
  tell(node.tenant, {type, std::move(payload), audience_of(node)});
}

void steward_state::tell_some(const std::string& tenant, std::vector<agent_id> ids, const char* type,
                              std::string payload) {
  if (!ids.empty()) tell(tenant, {type, std::move(payload), everyone_of(tenant, std::move(ids))});
}

void steward_state::tell_effect(const std::string& tenant, const state_effect& what) {
  for (auto& each : state_news(*what.before, *what.after, *ports_.write, options_.inline_bytes)) {
    each.audience = everyone_of(tenant, what.nodes);
    tell(tenant, std::move(each));
  }
}

// The node has other labels or another name, so that it may have another state and other peers.
void steward_state::tell_regrouped(const mesh_node& was, const mesh_node& node,
                                   const document<desired_state>& had, const std::vector<agent_id>& saw) {
  const auto& has = book_.state_of(node.id);
  if (!(had == has)) tell_effect(node.tenant, {{node.id}, had, has});
  const auto sees = book_.visibility(node.tenant).peers_of(node.id);
  const auto gained = without(sees, saw);
  const auto lost = without(saw, sees);
  if (is_present(was)) {
    tell_some(node.tenant, lost, "peer_removed", peer_payload(node.id));
    if (is_present(node)) tell_some(node.tenant, gained, "peer_added", ports_.write->peer(peer_of(node)));
  }
  concern(lost);
  concern_peers(node);  // whose rules may name it now, or no longer
  concern({node.id});
  if ((!gained.empty() || !lost.empty()) && had->policies == has->policies)
    tell_some(node.tenant, {node.id}, "policy_updated", "{}");  // which makes it pull its peers
}

void steward_state::tell_sights(const std::string& tenant,
                                const std::vector<peer_visibility::change>& changes) {
  size_t events = 0;
  for (const auto& each : changes) events += each.nodes.size();
  if (events > options_.peer_events) {
    std::set<agent_id> all;
    for (const auto& each : changes) all.insert(each.nodes.begin(), each.nodes.end());
    return tell_some(tenant, {all.begin(), all.end()}, "policy_updated", "{}");
  }
  for (const auto& each : changes) {
    for (const auto id : each.nodes) {
      const auto& node = *book_.find(id);
      if (!is_present(node)) continue;
      tell_some(tenant, without(each.gained, {id}), "peer_added", ports_.write->peer(peer_of(node)));
      tell_some(tenant, without(each.lost, {id}), "peer_removed", peer_payload(id));
    }
  }
}

// Agents of our own look whether theirs is another. The first after a start is not news.
void steward_state::note_fleet_policy(uint64_t revision) {
  const auto known = std::exchange(fleet_policy_, revision);
  if (!known || *known == revision) return;
  for (const auto& tenant : book_.tenants())
    tell(tenant, {"fleet_policy_updated", R"({"version":)" + std::to_string(revision) + "}", {}});
}

// --- telling -----------------------------------------------------------------

void steward_state::tell(const std::string& tenant, node_event what) {
  auto& waiting = news_[tenant].events;
  if (waiting.size() >= options_.waiting_events) {
    ports_.tell("node_events_dropped", tenant + ": " + std::to_string(waiting.size()));
    waiting.clear();
    tenants_to_direct_.insert(tenant);
  }
  waiting.push_back(std::move(what));
  arm_news(options_.gather_news);
}

void steward_state::arm_news(std::chrono::milliseconds in) {
  if (std::exchange(armed_, true)) return;
  self->delayed_send(self, in, state_news_due{});
}

void steward_state::send_news() {
  for (const auto& tenant : std::exchange(tenants_to_direct_, {}))
    for (const auto id : book_.nodes_of(tenant)) to_direct_.insert(id);
  const auto ids = std::exchange(to_direct_, {});
  if (!ids.empty() && options_.reconcile_after_change)
    self->send(ports_.fleet, direct_agents{{ids.begin(), ids.end()}, {directive_reconcile, 0}});
  std::vector<std::string> tenants;
  for (const auto& [tenant, waiting] : news_) tenants.push_back(tenant);
  for (const auto& tenant : tenants) append(tenant);
}

// What the log does not take is not worth another try, but those whom it concerns are told to
// look; what could not be written is tried again.
void steward_state::append(const std::string& tenant) {
  const auto found = news_.find(tenant);
  if (found == news_.end() || found->second.under_way) return;
  auto& waiting = found->second;
  if (waiting.events.empty()) {
    news_.erase(found);
    return;
  }
  const auto count = waiting.one_by_one > 0 ? 1 : std::min(waiting.events.size(), options_.events_at_once);
  if (waiting.one_by_one > 0) --waiting.one_by_one;
  const auto end = waiting.events.begin() + static_cast<std::ptrdiff_t>(count);
  append_events request{tenant, {waiting.events.begin(), end}};
  waiting.events.erase(waiting.events.begin(), end);
  waiting.under_way = true;
  self->request(ports_.events, caf::infinite, request)
    .then(
      [this, tenant](const committed&) {
        news_[tenant].under_way = false;
        append(tenant);
      },
      [this, tenant, events = request.events](caf::error& failed) {
        auto& again = news_[tenant];
        again.under_way = false;
        ports_.tell("node_events_not_recorded", self->system().render(failed));
        if (failed == fleet_error::event_refused && events.size() > 1) {
          again.one_by_one = events.size();  // so that only what it does not take is lost
        } else if (failed == fleet_error::event_refused) {
          if (events.front().type != look_event) tell(tenant, {look_event, "{}", events.front().audience});
          return append(tenant);
        }
        if (again.events.size() < options_.waiting_events)
          again.events.insert(again.events.begin(), events.begin(), events.end());
        arm_news(options_.retry_news);
      });
}

}  // namespace muster
