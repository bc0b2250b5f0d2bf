// What a pattern changes at once.
#include "actors/manager/emergency_rules.hpp"

#include <algorithm>

namespace muster {

namespace {

bool holds(const std::vector<std::string>& list, const std::string& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool allows(const policy_document& layer, const pattern& cause) {
  const auto& allowed = layer.allowlist;
  if (cause.kind == "file_hash") return holds(allowed.hashes, cause.value);
  if (cause.kind != "source_ip") return false;
  if (holds(allowed.ips, cause.value)) return true;
  const auto address = parse_network_address(cause.value);
  return address && std::any_of(allowed.cidrs.begin(), allowed.cidrs.end(), [&](const std::string& text) {
           auto range = parse_network_range(text);
           return range && range->contains(*address);
         });
}

std::string words(const pattern& cause) {
  auto out = "pattern " + to_string(cause.id) + ": " + cause.kind + " " + cause.value + " seen by "
             + std::to_string(cause.agent_count) + " agents";
  return cause.critical ? out + ", critical" : out;
}

}  // namespace

bool is_allowlisted(const std::vector<stored_policy>& layers, const pattern& cause) {
  return std::any_of(layers.begin(), layers.end(), [&](const stored_policy& layer) {
    return (layer.scope.tenant.empty() || layer.scope.tenant == cause.tenant)
           && ((layer.what && allows(*layer.what, cause))
               || (layer.candidate && allows(*layer.candidate, cause)));
  });
}

std::string emergency_rules::never(const std::string& kind, const std::string& value) const {
  if (kind != "source_ip") return {};
  const auto address = parse_network_address(value);
  if (!address) return "is not an address";
  for (const auto& range : options_.never_block)
    if (range.contains(*address)) return "lies in " + to_string(range) + ", which is never blocked";
  return {};
}

policy_document emergency_rules::answer_to(const pattern& cause) const {
  policy_document answer;
  if (cause.kind == "source_ip") answer.blocklist.ips = {cause.value};
  else if (cause.kind == "file_hash") answer.blocklist.hashes = {cause.value};
  else {
    answer.auto_respond = options_.auto_respond;
    answer.notify_and_wait = options_.notify_and_wait;
  }
  return answer;
}

emergency_verdict emergency_rules::judge(const pattern& cause, const emergency* known, size_t of_kind,
                                         utc_time now) const {
  const bool answered =
    cause.kind == "source_ip" || cause.kind == "file_hash" || cause.kind == "attack_technique";
  auto [few, many] = std::pair{options_.agents, options_.wide_agents};
  if (auto own = options_.by_kind.find(cause.kind); own != options_.by_kind.end())
    std::tie(few, many) = own->second;
  if (!options_.enabled || !answered || !cause.open() || cause.trusted_count < few) return {};
  const bool wide = cause.trusted_count >= many || (known != nullptr && known->wide);
  std::vector<agent_id> agents;
  if (!wide)
    for (const auto& agent : cause.agents) agents.push_back(agent.id);
  std::sort(agents.begin(), agents.end());
  if (known != nullptr && known->wide == wide && known->agents == agents) return {};
  if (auto why = never(cause.kind, cause.value); !why.empty()) return {{}, std::move(why)};
  if (known == nullptr && of_kind >= options_.per_kind)
    return {{}, "there are " + std::to_string(of_kind) + " emergencies of this kind already"};
  emergency fresh;
  fresh.cause = cause.id;
  fresh.tenant = cause.tenant;
  fresh.kind = cause.kind;
  fresh.value = cause.value;
  fresh.wide = wide;
  fresh.agents = std::move(agents);
  fresh.published_at = known != nullptr ? known->published_at : now;
  fresh.expires_at = now + options_.lifetime;
  fresh.reason = words(cause);
  fresh.what = answer_to(cause);
  return {std::move(fresh), {}};
}

}  // namespace muster
