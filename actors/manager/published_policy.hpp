// What the policy actor has published, as its hearers keep it: the latest table,
// and the profiles that came up since.
#pragma once

#include "messages/policy_control.hpp"

namespace muster {

class published_policy {
 public:
  void take(const publish_policy& news);
  void take(const publish_profiles& news);

  // Nothing while it is not known.
  const policy_version* of(agent_id id, uint32_t profile) const;

  // Empty until the first was published.
  const document<policy_table>& table() const { return table_; }

 private:
  document<policy_table> table_;
  std::vector<std::vector<policy_version>> added_;  // index is a profile behind the table's, then a band
};

// Whether the scope is for agents of this profile; that of one agent is for none as such.
bool concerns(const policy_scope& scope, const policy_profile& profile);

}  // namespace muster
