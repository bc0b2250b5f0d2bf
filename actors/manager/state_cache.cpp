// A list in order of use and an index into it.
#include "actors/manager/state_cache.hpp"

namespace muster {

document<node_state> state_cache::find(agent_id id) {
  const auto found = places_.find(id);
  if (found == places_.end()) return {};
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->what;
}

void state_cache::put(agent_id id, const std::string& tenant, document<node_state> what) {
  forget(id);
  held_bytes_ += what->json.size();
  ++of_tenant_[tenant];
  entries_.push_front({id, tenant, std::move(what)});
  places_[id] = entries_.begin();
  while (entries_.size() > documents_ || (held_bytes_ > bytes_ && entries_.size() > 1))
    forget(entries_.back().id);
}

void state_cache::forget(agent_id id) {
  const auto found = places_.find(id);
  if (found == places_.end()) return;
  held_bytes_ -= found->second->what->json.size();
  const auto tenant = of_tenant_.find(found->second->tenant);
  if (--tenant->second == 0) of_tenant_.erase(tenant);
  entries_.erase(found->second);
  places_.erase(found);
}

void state_cache::forget_tenant(const std::string& tenant) {
  for (auto at = entries_.begin(); of_tenant_.count(tenant) > 0;) {
    const auto& each = *at++;
    if (each.tenant == tenant) forget(each.id);
  }
}

void state_cache::clear() {
  entries_.clear();
  places_.clear();
  of_tenant_.clear();
  held_bytes_ = 0;
}

}  // namespace muster
