// Options of correlation and policy.
#include "runtime/manager/threat_options.hpp"

#include "runtime/config/listen_address.hpp"

#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>

#include <array>

namespace muster {

namespace {

// Checked when the configuration was read.
void add_ranges(std::vector<network_range>& into, std::string_view text) {
  const auto ranges = parse_network_ranges(text);
  if (ranges) into.insert(into.end(), ranges->begin(), ranges->end());
}

// Where the manager can be reached, whatever stands in front of it.
std::vector<std::string> addresses_of_this_host() {
  std::vector<std::string> out;
  ifaddrs* all = nullptr;
  if (getifaddrs(&all) != 0) return out;
  for (const auto* one = all; one != nullptr; one = one->ifa_next) {
    std::array<char, NI_MAXHOST> text{};
    if (one->ifa_addr == nullptr) continue;
    const auto family = one->ifa_addr->sa_family;
    if (family != AF_INET && family != AF_INET6) continue;
    const auto size = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    if (getnameinfo(one->ifa_addr, static_cast<socklen_t>(size), text.data(), text.size(), nullptr, 0,
                    NI_NUMERICHOST)
        != 0)
      continue;
    const std::string_view shown{text.data()};
    out.emplace_back(shown.substr(0, shown.find('%')));
  }
  freeifaddrs(all);
  return out;
}

// Both numbers of every kind that has one of its own.
std::map<std::string, std::pair<uint32_t, uint32_t>> agents_by_kind(const configuration& from) {
  const auto& correlation = from.correlation;
  std::map<std::string, std::pair<uint32_t, uint32_t>> out;
  const auto both = [&](const std::string& kind) -> auto& {
    return out
      .try_emplace(kind, static_cast<uint32_t>(correlation.pattern_agents),
                   static_cast<uint32_t>(correlation.critical_agents))
      .first->second;
  };
  for (const auto& [kind, text] : correlation.pattern_agents_by_kind)
    both(kind).first = static_cast<uint32_t>(std::stoul(text));
  for (const auto& [kind, text] : correlation.critical_agents_by_kind)
    both(kind).second = static_cast<uint32_t>(std::stoul(text));
  for (auto& [kind, numbers] : out) numbers.second = std::max(numbers.first, numbers.second);
  return out;
}

}  // namespace

correlator_options correlator_options_of(const configuration& from) {
  const auto& correlation = from.correlation;
  correlator_options out;
  out.rules.window = correlation.window;
  out.rules.thresholds.pattern_agents = static_cast<uint32_t>(correlation.pattern_agents);
  out.rules.thresholds.critical_agents = static_cast<uint32_t>(correlation.critical_agents);
  out.rules.window_agents = static_cast<uint32_t>(correlation.window_agents);
  out.windows = correlation.windows;
  out.late_reports = std::chrono::milliseconds{500};  // for the commit of a report
  for (const auto& [kind, numbers] : agents_by_kind(from)) out.kinds[kind] = {numbers.first, numbers.second};
  return out;
}

policy_options policy_options_of(const configuration& from) {
  const auto& policy = from.policy;
  policy_options out;
  auto& emergencies = out.emergencies;
  emergencies.enabled = policy.emergencies;
  emergencies.agents = static_cast<uint32_t>(from.correlation.pattern_agents);
  emergencies.wide_agents = static_cast<uint32_t>(from.correlation.critical_agents);
  emergencies.by_kind = agents_by_kind(from);
  emergencies.lifetime = policy.emergency_lifetime;
  emergencies.per_kind = static_cast<uint32_t>(policy.emergencies_per_kind);
  emergencies.auto_respond = static_cast<double>(policy.emergency_auto_respond);
  emergencies.notify_and_wait = static_cast<double>(policy.emergency_notify_and_wait);
  add_ranges(emergencies.never_block, policy.private_ranges);
  add_ranges(emergencies.never_block, policy.never_block);
  for (const auto& listen : {from.fleet_listen, from.operator_listen})
    if (const auto own = parse_listen_address(listen);
        own && own->address != "0.0.0.0" && own->address != "::")
      add_ranges(emergencies.never_block, own->address);
  for (const auto& own : addresses_of_this_host()) add_ranges(emergencies.never_block, own);
  out.emergency_revisions_per_minute = static_cast<uint32_t>(policy.emergency_revisions_per_minute);
  out.rollouts.check_interval = policy.gate_interval;
  return out;
}

std::shared_ptr<const sighting_reader> sighting_reader_of(const configuration& from) {
  sighting_options options;
  options.pointers = from.correlation.kinds;
  add_ranges(options.ignored_ranges, from.correlation.ignored_ranges);
  return std::make_shared<const sighting_reader>(std::move(options));
}

}  // namespace muster
