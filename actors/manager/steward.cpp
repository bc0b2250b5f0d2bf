// The steward: nodes, and what they are given.
#include "actors/manager/steward.hpp"

#include "actors/manager/rule_expansion.hpp"
#include "actors/manager/state_news.hpp"
#include "messages/errors.hpp"
#include "messages/type_ids.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <cstdio>

namespace muster {

namespace {

std::string dotted(uint32_t address) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8)
    out += (out.empty() ? "" : ".") + std::to_string(address >> shift & 0xff);
  return out;
}

// The same for the same text, whenever the manager was started.
std::string tag_of(const std::string& text) {
  uint64_t hash = 14'695'981'039'346'656'037u;  // FNV-1a
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211u;
  char tag[19];
  std::snprintf(tag, sizeof tag, "\"%016llx\"", static_cast<unsigned long long>(hash));
  return tag;
}

void leave_out_keys(desired_state& what) {
  for (auto& peer : what.peers) peer.psk.clear();
  if (what.user_access)
    for (auto& peer : what.user_access->peers) peer.psk.clear();
  if (what.ingress)
    for (auto& rule : what.ingress->rules) rule.key_pem.clear();
  if (what.site_to_site)
    for (auto& tunnel : what.site_to_site->tunnels) tunnel.psk.clear();
}

}  // namespace

steward_actor::behavior_type steward_state::make_behavior(steward_options options, steward_ports ports,
                                                          restored_steward restored) {
  options_ = std::move(options);
  ports_ = std::move(ports);
  cache_ = state_cache{options_.cached_documents, options_.cached_bytes};
  book_ = mesh_book{state_book{std::move(restored.layers)},
                    secret_book{options_.secrets, std::move(restored.secrets)}};
  for (auto& each : restored.nodes) book_.place(std::move(each));
  history_.assign(restored.history.begin(), restored.history.end());
  if (!history_.empty()) revision_ = history_.back().revision;
  return {
    [this](const note_node& news) { note(news.node); },
    [this](const fleet_policy_changed& news) { note_fleet_policy(news.revision); },
    [this](const agent_forgotten& gone) { forget(gone.id); },
    [this](const note_signing_keys& news) {
      take_keys(news.keys);
      return signing_keys_known{book_.tenants()};
    },
    [this](const compose_state& query) { return compose(query.id); },
    [this](const show_state& query) { return show(query.id); },
    [this](const list_peers& query) { return list(query.id); },
    [this](const fetch_secret& request) { return fetch(request); },
    [this](write_state& request) { return write(request); },
    [this](const read_layers&) { return read(); },
    [this](const read_state_history& query) { return read_history(query); },
    [this](put_secret& request) { return put(request); },
    [this](const revoke_secret& request) { return revoke(request); },
    [this](const list_secrets&) { return secret_list{book_.secrets().list()}; },
    [this](state_news_due) {
      armed_ = false;
      send_news();
    },
  };
}

// --- nodes -------------------------------------------------------------------

void steward_state::note(const mesh_node& node) {
  const auto id = node.id;
  const auto* known = book_.find(id);
  if (known != nullptr && *known == node) return;
  const bool fresh = known == nullptr || known->tenant != node.tenant;
  if (known != nullptr && fresh) forget(id);
  const auto was = fresh ? mesh_node{} : *known;
  const bool was_present = !fresh && is_present(was);
  const bool regrouped = !fresh && (was.hostname != node.hostname || was.labels != node.labels);
  const auto had = fresh ? document<desired_state>{} : book_.state_of(id);
  const auto saw = regrouped ? book_.visibility(node.tenant).peers_of(id) : std::vector<agent_id>{};
  book_.place(node);
  const bool present = is_present(node);
  if (regrouped) tell_regrouped(was, node, had, saw);
  if (was_present && !present) tell_peers(node, "peer_removed", peer_payload(id));
  if (!was_present && present) tell_peers(node, "peer_added", ports_.write->peer(peer_of(node)));
  const bool other_key = was.public_key != node.public_key || was.key_generation != node.key_generation;
  const bool other_place = was.endpoint != node.endpoint || was.mesh_address != node.mesh_address;
  if (was_present && present) {
    if (was.status == agent_status::online && node.status == agent_status::stale)
      tell_peers(node, "peer_unreachable", peer_payload(id));
    if (was.status == agent_status::stale && node.status == agent_status::online)
      tell_peers(node, "peer_reachable", peer_payload(id));
    if (other_key) tell_peers(node, "peer_key_rotated", ports_.write->peer(peer_of(node)));
    if (other_place) tell_peers(node, "peer_endpoint_changed", ports_.write->peer(peer_of(node)));
  }
  if (was_present != present || (present && (other_key || other_place))) concern_peers(node);
  if (present && (!was_present || other_key)) concern({id});  // its keys are those of its pairs
}

void steward_state::forget(agent_id id) {
  const auto* known = book_.find(id);
  if (known == nullptr) return;
  if (is_present(*known)) {
    tell_peers(*known, "peer_removed", peer_payload(id));
    concern_peers(*known);
  }
  cache_.forget(id);
  book_.remove(id);
  drop_what_is_of(id);
}

// Ids are never used again: what the ledger may keep because of a failure is for nobody.
void steward_state::drop_what_is_of(agent_id id) {
  const state_scope own{state_level::node, {}, to_string(id)};
  record_state gone;
  if (const auto* layer = book_.layers().find(own)) {
    gone.removed_layers.push_back(layer->number);
    book_.remove_layer(own);
  }
  for (const auto& each : book_.secrets().of_scope(own)) {
    gone.removed_secrets.push_back(each.number);
    book_.remove_secret(each.name, own);
  }
  if (gone.removed_layers.empty() && gone.removed_secrets.empty()) return;
  self->request(ports_.ledger, caf::infinite, std::move(gone))
    .then([](const committed&) {},
          [this](caf::error& failed) { ports_.tell("state_not_recorded", self->system().render(failed)); });
}

void steward_state::take_keys(const signing_keys& keys) {
  keys_ = keys;
  cache_.clear();
}

// --- what they are given -----------------------------------------------------

bool steward_state::is_member(agent_id id) const {
  const auto* node = book_.find(id);
  return node != nullptr && node->status != agent_status::departed;
}

mesh_peer steward_state::peer_of(const mesh_node& node) const {
  const auto address = dotted(node.mesh_address);
  return {to_string(node.id), node.public_key, address, node.endpoint, {address + "/32"}, {}};
}

std::vector<const mesh_node*> steward_state::seen_by(const mesh_book& book, agent_id id) {
  std::vector<const mesh_node*> out;
  for (const auto each : book.visibility(book.find(id)->tenant).peers_of(id))
    if (const auto* other = book.find(each); is_present(*other)) out.push_back(other);
  return out;
}

std::vector<mesh_peer> steward_state::peers_of(const mesh_node& node,
                                               const std::vector<const mesh_node*>& seen) const {
  std::vector<mesh_peer> out;
  for (const auto* other : seen) {
    out.push_back(peer_of(*other));
    if (options_.pre_shared_keys)
      out.back().psk = ports_.keys->pair_key(node.id, other->id, node.key_generation + other->key_generation);
  }
  return out;
}

desired_state steward_state::whole_state(const mesh_book& book, agent_id id) const {
  auto out = *book.state_of(id);
  const auto& self_node = *book.find(id);
  const auto seen = seen_by(book, id);
  for (auto& policy : out.policies) policy = written_out(std::move(policy), self_node, seen);
  auto nodes = peers_of(self_node, seen);
  out.peers.insert(out.peers.end(), std::make_move_iterator(nodes.begin()),
                   std::make_move_iterator(nodes.end()));
  std::stable_sort(out.peers.begin(), out.peers.end(),
                   [](const mesh_peer& a, const mesh_peer& b) { return a.id < b.id; });
  out.signing = keys_;
  return out;
}

caf::result<document<node_state>> steward_state::compose(agent_id id) {
  if (!is_member(id)) return caf::make_error(fleet_error::agent_unknown);
  if (!keys_) return caf::make_error(fleet_error::state_not_ready);
  if (auto known = cache_.find(id)) return known;
  auto json = ports_.write->node(whole_state(book_, id));
  auto tag = tag_of(json);
  document<node_state> made{node_state{std::move(tag), std::move(json)}};
  cache_.put(id, book_.find(id)->tenant, made);
  return made;
}

std::string steward_state::readable_state(const mesh_book& book, agent_id id) const {
  auto what = whole_state(book, id);
  leave_out_keys(what);
  return ports_.write->node(what);
}

caf::result<state_shown> steward_state::show(agent_id id) const {
  if (book_.find(id) == nullptr) return caf::make_error(fleet_error::agent_unknown);
  state_shown out;
  for (const auto& layer : book_.layers().layers_of(book_.holder(id)))
    out.layers.push_back(to_string(layer->scope));
  out.json = readable_state(book_, id);
  return out;
}

caf::result<peer_list> steward_state::list(agent_id id) const {
  if (!is_member(id)) return caf::make_error(fleet_error::agent_unknown);
  return peer_list{peers_of(*book_.find(id), seen_by(book_, id))};
}

caf::result<secret_value> steward_state::fetch(const fetch_secret& request) const {
  if (!is_member(request.id)) return caf::make_error(fleet_error::agent_unknown);
  const auto* found = book_.secrets().find(request.key, book_.holder(request.id));
  if (found == nullptr) return caf::make_error(fleet_error::state_unknown);
  auto value = ports_.keys->open(secret_place(found->name, found->version), found->sealed);
  if (!value) {
    ports_.tell("secret_not_opened", found->name + " of " + to_string(found->scope));
    return std::move(value.error());
  }
  return secret_value{request.key, found->version, std::move(*value)};
}

steward_actor::behavior_type steward(steward_actor::stateful_pointer<steward_state> self,
                                     steward_options options, steward_ports ports,
                                     restored_steward restored) {
  return self->state.make_behavior(std::move(options), std::move(ports), std::move(restored));
}

}  // namespace muster
