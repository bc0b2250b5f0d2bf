// Layers and how they are merged.
#include "actors/manager/state_book.hpp"

#include <algorithm>

namespace muster {

namespace {

// How entries are called in a layer's versions, and what is compared to see a change.
std::string version_key(const data_entry& entry) { return "data/" + entry.key; }
std::string version_key(const secret_reference& entry) { return "secret_refs/" + entry.key; }
std::string version_key(const collector_config& entry) { return "collectors/" + entry.id; }
std::string version_key(const network_policy& entry) { return "policies/" + entry.id; }

template <class T>
void keep_versions(const std::vector<T>& now, const std::vector<T>& before,
                   const std::map<std::string, entry_version>& had, const entry_version& next,
                   std::map<std::string, entry_version>& into) {
  for (const auto& each : now) {
    const auto key = version_key(each);
    const auto known = had.find(key);
    const bool same = known != had.end() && std::find(before.begin(), before.end(), each) != before.end();
    into[key] = same ? known->second : next;
  }
}

// By their key, so that an upper layer's entry takes the place of a lower one's.
template <class T>
class merged_list {
 public:
  explicit merged_list(std::string T::*key) : key_(key) {}

  void put(T entry) {
    auto name = entry.*key_;
    entries_.insert_or_assign(std::move(name), std::move(entry));
  }
  std::vector<T> take() {
    std::vector<T> out;
    for (auto& [name, entry] : entries_) out.push_back(std::move(entry));
    return out;
  }

 private:
  std::string T::*key_;
  std::map<std::string, T> entries_;
};

template <class T>
void take_block(const caf::optional<T>& from, caf::optional<T>& into) {
  if (from) into = from;
}

}  // namespace

bool covers(const state_scope& scope, const state_holder& whom) {
  if (scope.level == state_level::node) return scope.name == to_string(whom.id);
  if (scope.tenant != whom.tenant) return false;
  if (scope.level == state_level::tenant) return true;
  const auto equals = scope.name.find('=');
  const auto label = whom.labels.find(scope.name.substr(0, equals));
  return equals != std::string::npos && label != whom.labels.end()
         && label->second == scope.name.substr(equals + 1);
}

std::vector<state_scope> scopes_of(const state_holder& whom) {
  std::vector<state_scope> out{{state_level::tenant, whom.tenant, {}}};
  for (const auto& [key, value] : whom.labels)
    out.push_back({state_level::label, whom.tenant, key + "=" + value});
  std::sort(out.begin(), out.end());
  out.push_back({state_level::node, {}, to_string(whom.id)});
  return out;
}

state_book::state_book(std::vector<state_layer> restored) {
  for (auto& each : restored) {
    auto scope = each.scope;
    layers_.insert_or_assign(std::move(scope), document{std::move(each)});
  }
}

const state_layer* state_book::find(const state_scope& scope) const {
  const auto found = layers_.find(scope);
  return found == layers_.end() ? nullptr : found->second.get();
}

const state_layer& state_book::write(const state_scope& scope, desired_state what, uint64_t revision,
                                     utc_time at, state_author by) {
  const auto* before = find(scope);
  static const state_layer none;
  const auto& had = before == nullptr ? none : *before;
  state_layer next{
    had.number == 0 ? revision : had.number, scope, std::move(what), {}, revision, at, std::move(by)};
  const entry_version now{revision, at};
  keep_versions(next.what.data, had.what.data, had.versions, now, next.versions);
  keep_versions(next.what.secret_refs, had.what.secret_refs, had.versions, now, next.versions);
  keep_versions(next.what.collectors, had.what.collectors, had.versions, now, next.versions);
  keep_versions(next.what.policies, had.what.policies, had.versions, now, next.versions);
  return *layers_.insert_or_assign(scope, document{std::move(next)}).first->second;
}

std::vector<document<state_layer>> state_book::layers_of(const state_holder& whom) const {
  std::vector<document<state_layer>> out;
  for (const auto& scope : scopes_of(whom))
    if (const auto found = layers_.find(scope); found != layers_.end()) out.push_back(found->second);
  return out;
}

desired_state merge_state(const std::vector<document<state_layer>>& layers) {
  desired_state out;
  merged_list<mesh_peer> peers{&mesh_peer::id};
  merged_list<data_entry> data{&data_entry::key};
  merged_list<secret_reference> secrets{&secret_reference::key};
  merged_list<collector_config> collectors{&collector_config::id};
  std::map<std::string, network_policy> policies;  // by the id without a revision
  for (const auto& layer : layers) {
    const auto& what = layer->what;
    const auto version = [&layer](const auto& entry) {
      const auto known = layer->versions.find(version_key(entry));
      return known == layer->versions.end() ? entry_version{layer->revision, layer->at} : known->second;
    };
    for (const auto& peer : what.peers) peers.put(peer);
    for (const auto& [key, value] : what.metadata) out.metadata[key] = value;
    for (auto entry : what.data) {
      const auto since = version(entry);
      entry.version = since.revision;
      entry.updated_at = since.at;
      data.put(std::move(entry));
    }
    for (auto entry : what.secret_refs) {
      entry.version = version(entry).revision;
      secrets.put(std::move(entry));
    }
    for (auto entry : what.collectors) {
      entry.version = version(entry).revision;
      collectors.put(std::move(entry));
    }
    for (auto policy : what.policies) {
      auto& into = policies[policy.id];
      policy.id += "@" + std::to_string(version(policy).revision);
      into = std::move(policy);
    }
    take_block(what.bridge, out.bridge);
    take_block(what.relay, out.relay);
    take_block(what.user_access, out.user_access);
    take_block(what.ingress, out.ingress);
    take_block(what.site_to_site, out.site_to_site);
  }
  out.peers = peers.take();
  out.data = data.take();
  out.secret_refs = secrets.take();
  out.collectors = collectors.take();
  for (auto& [id, policy] : policies) out.policies.push_back(std::move(policy));
  return out;
}

std::string layer_place(uint64_t number) { return "state/" + std::to_string(number); }

}  // namespace muster
