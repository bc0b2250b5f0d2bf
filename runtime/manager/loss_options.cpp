// Limits of losses.
#include "runtime/manager/loss_options.hpp"

#include "runtime/config/loss_settings.hpp"

#include <algorithm>

namespace muster {

namespace {

// The longest silence after which an agent is no longer online.
std::chrono::milliseconds longest_threshold(const std::array<liveness_profile, 3>& profiles) {
  std::chrono::milliseconds out = std::chrono::seconds{1};
  for (const auto& each : profiles)
    if (const auto first = each.stale_after ? each.stale_after : each.offline_after)
      out = std::max(out, *first);
  return out;
}

std::map<std::string, double> shares_of(const std::map<std::string, std::string>& texts) {
  std::map<std::string, double> out;
  for (const auto& [name, text] : texts)
    if (const auto share = parse_share(text)) out.emplace(name, *share);
  return out;
}

}  // namespace

loss_limits loss_limits_of(const configuration& from, const std::array<liveness_profile, 3>& profiles) {
  const auto& disruption = from.disruption;
  loss_limits out;
  out.disruptions = disruption.on;
  out.flapping = from.flapping.on;
  out.disruption.share = disruption.share;
  out.disruption.min_agents = static_cast<uint32_t>(disruption.min_agents);
  out.disruption.span = longest_threshold(profiles);
  out.disruption.longest = disruption.longest;
  out.release.grace = disruption.grace;
  out.release.first = disruption.hold;
  out.release.every =
    std::chrono::milliseconds{std::max<uint64_t>(1, 60'000 / disruption.releases_per_minute)};
  out.announce_after = disruption.grace / 2;
  out.flaps.half_life = from.flapping.half_life;
  out.flaps.start = from.flapping.start;
  out.flaps.stop = from.flapping.stop;
  out.share_by_tenant = shares_of(disruption.share_by_tenant);
  out.share_by_label = shares_of(disruption.share_by_label);
  return out;
}

}  // namespace muster
