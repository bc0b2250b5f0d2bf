// Decides what a pattern changes at once, for whom and for how long; or why not.
#pragma once

#include "actors/manager/network_address.hpp"
#include "messages/policy.hpp"

#include <map>

namespace muster {

struct emergency_options {
  bool enabled = true;
  uint32_t agents = 2;       // trusted ones in the pattern, for a policy of those affected
  uint32_t wide_agents = 3;  // for one of the whole tenant
  std::map<std::string, std::pair<uint32_t, uint32_t>> by_kind;  // of the two, where a kind has its own
  std::chrono::milliseconds lifetime = std::chrono::hours{24};   // since it was published or last grew
  uint32_t per_kind = 1'000;                                     // at once
  double auto_respond = 95;                                      // what a technique raises the thresholds to
  double notify_and_wait = 80;
  std::vector<network_range> never_block;  // private ranges, proxies, the manager's own addresses
};

struct emergency_verdict {
  caf::optional<emergency> publish;  // new, or the known one with more agents
  std::string refused;               // why there is none though the pattern is strong enough
};

class emergency_rules {
 public:
  explicit emergency_rules(emergency_options options) : options_(std::move(options)) {}

  // `known` is what the pattern has caused before, if anything; `of_kind` counts emergencies of its kind.
  emergency_verdict judge(const pattern& cause, const emergency* known, size_t of_kind, utc_time now) const;
  // Why this value must not be acted on whoever saw it; empty if it may.
  std::string never(const std::string& kind, const std::string& value) const;

 private:
  policy_document answer_to(const pattern& cause) const;

  emergency_options options_;
};

// True if an allowlist of these layers names the value, or a range that holds it.
bool is_allowlisted(const std::vector<stored_policy>& layers, const pattern& cause);

}  // namespace muster
