// The latest table, and what came since.
#include "actors/manager/published_policy.hpp"

namespace muster {

void published_policy::take(const publish_policy& news) {
  table_ = news.table;
  added_.clear();
}

// Those that the table holds already are passed over.
void published_policy::take(const publish_profiles& news) {
  const auto base = table_ ? table_->of_profile.size() : 0;
  for (size_t i = 0; i < news.versions.size(); ++i)
    if (news.first + i == base + added_.size()) added_.push_back(news.versions[i]);
}

const policy_version* published_policy::of(agent_id id, uint32_t profile) const {
  if (!table_) return nullptr;
  if (const auto* has = table_->of(id, profile)) return has;
  const auto base = table_->of_profile.size();
  if (profile < base || profile - base >= added_.size()) return nullptr;
  return &added_[profile - base][policy_band(table_->bounds, policy_bucket(id))];
}

bool concerns(const policy_scope& scope, const policy_profile& profile) {
  if (!scope.tenant.empty() && scope.tenant != profile.tenant) return false;
  switch (scope.layer) {
    case policy_layer::fleet: return true;
    case policy_layer::organization: return scope.name == profile.organization;
    case policy_layer::label: break;
    case policy_layer::agent: return false;
  }
  const auto cut = scope.name.find('=');
  const auto found = profile.labels.find(scope.name.substr(0, cut));
  return found != profile.labels.end()
         && (cut == std::string::npos || found->second == scope.name.substr(cut + 1));
}

}  // namespace muster
