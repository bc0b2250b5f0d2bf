// Words of policy, and who gets which version.
#include "messages/policy.hpp"

#include <algorithm>
#include <array>

namespace muster {

namespace {

constexpr std::array<const char*, 4> layer_names{"fleet", "organization", "label", "agent"};
constexpr std::array<const char*, rollout_status_count> status_names{"running", "paused", "completed",
                                                                     "halted", "aborted"};
constexpr std::array<const char*, 5> measure_names{"stale_share", "offline_share", "silent_share",
                                                   "pattern_share", "error_share"};

template <class Enum, size_t Size>
caf::optional<Enum> parse(const std::array<const char*, Size>& names, const std::string& text) {
  for (size_t i = 0; i < Size; ++i)
    if (text == names[i]) return static_cast<Enum>(i);
  return caf::none;
}

}  // namespace

std::string to_string(policy_layer layer) { return layer_names[static_cast<size_t>(layer)]; }
caf::optional<policy_layer> parse_policy_layer(const std::string& text) {
  return parse<policy_layer>(layer_names, text);
}

std::string to_string(const policy_scope& scope) {
  auto text = to_string(scope.layer);
  if (!scope.name.empty()) text += ":" + scope.name;
  if (!scope.tenant.empty()) text += "@" + scope.tenant;
  return text;
}

std::string to_string(rollout_status status) { return status_names[static_cast<size_t>(status)]; }
caf::optional<rollout_status> parse_rollout_status(const std::string& text) {
  return parse<rollout_status>(status_names, text);
}

std::string to_string(gate_measure measure) { return measure_names[static_cast<size_t>(measure)]; }
caf::optional<gate_measure> parse_gate_measure(const std::string& text) {
  return parse<gate_measure>(measure_names, text);
}

// The finalizer of splitmix64, so that ids given one after the other spread evenly.
uint32_t policy_bucket(agent_id id) {
  auto x = raw(id) + 0x9E3779B97F4A7C15u;
  x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
  x = (x ^ x >> 27) * 0x94D049BB133111EBu;
  return static_cast<uint32_t>((x ^ x >> 31) % policy_buckets);
}

size_t policy_band(const std::vector<uint32_t>& bounds, uint32_t bucket) {
  return static_cast<size_t>(std::upper_bound(bounds.begin(), bounds.end(), bucket) - bounds.begin());
}

const policy_special* policy_table::special(agent_id id) const {
  auto found = std::lower_bound(specials.begin(), specials.end(), id,
                                [](const policy_special& one, agent_id wanted) { return one.id < wanted; });
  return found != specials.end() && found->id == id ? &*found : nullptr;
}

const policy_version* policy_table::of(agent_id id, uint32_t profile) const {
  if (const auto* own = special(id)) return &own->has;
  if (profile >= of_profile.size()) return nullptr;
  const auto& bands = of_profile[profile];
  return bands.size() == 1 ? &bands.front() : &bands[policy_band(bounds, policy_bucket(id))];
}

}  // namespace muster
