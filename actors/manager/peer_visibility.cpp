// Classes of nodes, and rules between two of them.
#include "actors/manager/peer_visibility.hpp"

namespace muster {

namespace {

const std::string everyone = "*";

bool decides(const network_rule& rule) {
  return rule.action == rule_action::allow || (rule.port == 0 && rule.protocol == rule_protocol::any);
}

}  // namespace

// --- who is there ------------------------------------------------------------

std::shared_ptr<const peer_visibility::rules> peer_visibility::intern(
  const std::vector<network_policy>& policies) {
  rules all;
  for (const auto& policy : policies)
    for (const auto& rule : policy.rules)
      if (decides(rule)) all.push_back(rule);
  auto& [shared, users] = rules_[all];
  if (users++ == 0) {
    shared = std::make_shared<const rules>(all);
    count_selectors(all, 1);
  }
  return shared;
}

void peer_visibility::count_selectors(const rules& of, int by) {
  for (const auto& rule : of) {
    for (const auto* selector : {&rule.src, &rule.dst}) {
      auto& uses = selectors_[*selector];
      uses += by;
      if (uses == by || uses == 0) classified_ = false;
      if (uses == 0) selectors_.erase(*selector);
    }
  }
}

void peer_visibility::place(visible_node node, const std::vector<network_policy>& policies) {
  auto own = intern(policies);
  const auto id = node.id;
  remove(id);
  const auto& placed = nodes_.emplace(id, placed_node{std::move(node), std::move(own)}).first->second;
  if (classified_) classes_[likeness_of(placed)].insert(id);
}

void peer_visibility::remove(agent_id id) {
  const auto found = nodes_.find(id);
  if (found == nodes_.end()) return;
  if (classified_) {
    const auto among = classes_.find(likeness_of(found->second));
    among->second.erase(id);
    if (among->second.empty()) classes_.erase(among);
  }
  const auto own = found->second.own;
  nodes_.erase(found);
  const auto users = rules_.find(*own);
  if (--users->second.second > 0) return;
  count_selectors(*own, -1);
  rules_.erase(users);
}

peer_visibility::likeness peer_visibility::likeness_of(const placed_node& node) const {
  likeness out{node.own, {}};
  const auto add = [&](std::string selector) {
    if (selectors_.count(selector) > 0) out.named.insert(std::move(selector));
  };
  add(to_string(node.facts.id));
  add(node.facts.hostname);
  for (const auto& [key, value] : node.facts.labels) add("label:" + key + "=" + value);
  return out;
}

void peer_visibility::classify() const {
  if (classified_) return;
  classes_.clear();
  for (const auto& [id, node] : nodes_) classes_[likeness_of(node)].insert(id);
  classified_ = true;
}

// --- who sees whom -----------------------------------------------------------

bool peer_visibility::names(const std::string& selector, const likeness& whom) {
  return selector == everyone || whom.named.count(selector) > 0;
}

bool peer_visibility::allow(const rules& of, const likeness& from, const likeness& to) {
  for (const auto& rule : of)
    if (names(rule.src, from) && names(rule.dst, to)) return rule.action == rule_action::allow;
  return false;
}

bool peer_visibility::connect(const likeness& one, const likeness& other) {
  const auto by = [&](const rules& of) { return allow(of, one, other) || allow(of, other, one); };
  return by(*one.own) || (other.own != one.own && by(*other.own));
}

template <class Visit>
void peer_visibility::each_class_seen_by(agent_id id, Visit visit) const {
  const auto found = nodes_.find(id);
  if (found == nodes_.end() || selectors_.empty()) return;
  classify();
  const auto own = likeness_of(found->second);
  for (const auto& [like, who] : classes_)
    if (connect(own, like)) visit(who);
}

std::vector<agent_id> peer_visibility::peers_of(agent_id id) const {
  members seen;
  each_class_seen_by(id, [&](const members& who) { seen.insert(who.begin(), who.end()); });
  seen.erase(id);
  return {seen.begin(), seen.end()};
}

size_t peer_visibility::count_peers_of(agent_id id) const {
  size_t seen = 0;
  each_class_seen_by(id, [&](const members& who) { seen += who.size() - who.count(id); });
  return seen;
}

// Nodes that are alike before and now have the same to each other such group in both.
std::vector<peer_visibility::change> peer_visibility::changes_since(const peer_visibility& before) const {
  std::map<std::pair<likeness, likeness>, members> groups;
  for (const auto& [id, node] : nodes_) {
    const auto was = before.nodes_.find(id);
    if (was != before.nodes_.end()) groups[{before.likeness_of(was->second), likeness_of(node)}].insert(id);
  }
  std::vector<change> out;
  for (const auto& [like, nodes] : groups) {
    members gained;
    members lost;
    for (const auto& [other_like, others] : groups) {
      if (other_like == like && nodes.size() == 1) continue;  // no peer of its own
      const bool saw = connect(like.first, other_like.first);
      const bool sees = connect(like.second, other_like.second);
      if (saw == sees) continue;
      auto& into = sees ? gained : lost;
      into.insert(others.begin(), others.end());
    }
    if (!gained.empty() || !lost.empty())
      out.push_back(
        {{nodes.begin(), nodes.end()}, {gained.begin(), gained.end()}, {lost.begin(), lost.end()}});
  }
  return out;
}

}  // namespace muster
