// Nodes that are alike to layers and secrets share one state.
#include "actors/manager/mesh_book.hpp"

#include <algorithm>
#include <utility>

namespace muster {

namespace {

constexpr size_t spare_states = 1'000;  // that no node has any more

}  // namespace

void mesh_book::place(mesh_node node) {
  ++version_;
  const auto id = node.id;
  if (const auto* known = find(id); known != nullptr && known->tenant != node.tenant) remove(id);
  tenants_[node.tenant].insert(id);
  auto has = make({id, node.tenant, node.labels});
  visibility_[node.tenant].place({id, node.hostname, node.labels}, has->policies);
  members_.insert_or_assign(id, member{std::move(node), std::move(has)});
}

void mesh_book::remove(agent_id id) {
  const auto found = members_.find(id);
  if (found == members_.end()) return;
  ++version_;
  const auto tenant = found->second.node.tenant;
  members_.erase(found);
  visibility_[tenant].remove(id);
  tenants_[tenant].erase(id);
  if (!tenants_[tenant].empty()) return;
  tenants_.erase(tenant);
  visibility_.erase(tenant);
}

const state_layer& mesh_book::write(const state_scope& scope, desired_state what, uint64_t revision,
                                    utc_time at, state_author by) {
  const auto& written = layers_.write(scope, std::move(what), revision, at, std::move(by));
  refresh(scope);
  return written;
}

void mesh_book::remove_layer(const state_scope& scope) {
  layers_.remove(scope);
  refresh(scope);
}

void mesh_book::put(stored_secret what) {
  const auto scope = what.scope;
  secrets_.put(std::move(what));
  refresh(scope);
}

void mesh_book::remove_secret(const std::string& name, const state_scope& scope) {
  secrets_.remove(name, scope);
  refresh(scope);
}

const mesh_node* mesh_book::find(agent_id id) const {
  const auto found = members_.find(id);
  return found == members_.end() ? nullptr : &found->second.node;
}

state_holder mesh_book::holder(agent_id id) const {
  const auto& node = members_.at(id).node;
  return {id, node.tenant, node.labels};
}

const peer_visibility& mesh_book::visibility(const std::string& tenant) const {
  static const peer_visibility nobody;
  const auto found = visibility_.find(tenant);
  return found == visibility_.end() ? nobody : found->second;
}

std::vector<std::string> mesh_book::tenants() const {
  std::vector<std::string> out;
  for (const auto& [tenant, ids] : tenants_) out.push_back(tenant);
  return out;
}

std::vector<agent_id> mesh_book::nodes_of(const std::string& tenant) const {
  const auto found = tenants_.find(tenant);
  if (found == tenants_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

std::string mesh_book::tenant_of(const state_scope& scope) const {
  if (scope.level != state_level::node) return scope.tenant;
  const auto id = parse_agent_id(scope.name);
  const auto* node = id ? find(*id) : nullptr;
  return node == nullptr ? std::string{} : node->tenant;
}

std::vector<agent_id> mesh_book::covered_by(const state_scope& scope) const {
  std::vector<agent_id> out;
  for (const auto id : nodes_of(tenant_of(scope)))
    if (covers(scope, holder(id))) out.push_back(id);
  return out;
}

document<desired_state> mesh_book::make(const state_holder& whom) {
  const auto layers = layers_.layers_of(whom);
  made_from from{{}, secrets_.references_of(whom, {})};
  for (const auto& layer : layers) from.first.push_back(layer->revision);
  if (const auto known = made_.find(from); known != made_.end()) return known->second;
  auto what = merge_state(layers);
  what.secret_refs = secrets_.references_of(whom, what.secret_refs);
  if (made_.size() > members_.size() + spare_states) drop_unused();
  return made_.emplace(std::move(from), document{std::move(what)}).first->second;
}

void mesh_book::refresh(const state_scope& scope) {
  ++version_;
  for (const auto id : covered_by(scope)) {
    auto& [node, has] = members_.at(id);
    const auto had = std::exchange(has, make(holder(id)));
    if (had->policies != has->policies)
      visibility_[node.tenant].place({id, node.hostname, node.labels}, has->policies);
  }
  drop_unused();
}

void mesh_book::drop_unused() {
  std::set<const desired_state*> used;
  for (const auto& [id, each] : members_) used.insert(each.has.get());
  std::erase_if(made_, [&used](const auto& each) { return used.count(each.second.get()) == 0; });
}

std::vector<state_effect> effects_between(const mesh_book& before, const mesh_book& after,
                                          const std::vector<agent_id>& of) {
  std::map<std::pair<const desired_state*, const desired_state*>, state_effect> groups;
  for (const auto id : of) {
    const auto& was = before.state_of(id);
    const auto& is = after.state_of(id);
    auto& group = groups[{was.get(), is.get()}];
    group.before = was;
    group.after = is;
    group.nodes.push_back(id);
  }
  std::vector<state_effect> out;
  for (auto& [key, group] : groups)
    if (!(group.before == group.after)) out.push_back(std::move(group));
  std::sort(out.begin(), out.end(),
            [](const state_effect& a, const state_effect& b) { return a.nodes < b.nodes; });
  return out;
}

}  // namespace muster
