// Settings of correlation and policy.
#include "runtime/config/threat_settings.hpp"

#include "actors/manager/network_address.hpp"
#include "runtime/config/setting_kinds.hpp"
#include "runtime/config/units.hpp"

namespace muster {

namespace {

using namespace setting_kinds;
using namespace std::chrono_literals;
using std::chrono::days;

bool are_ranges(const std::string& text) { return parse_network_ranges(text).has_value(); }

bool is_kind(const std::string& text) {
  return !text.empty() && text.size() <= 64
         && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
}

bool is_new_kind(const std::string& text) {
  return is_kind(text) && text != "source_ip" && text != "file_hash" && text != "attack_technique";
}

bool is_pointer(const std::string& text) { return text.size() >= 2 && text.size() <= 256 && text[0] == '/'; }

bool is_agent_number(const std::string& text) {
  const auto value = parse_whole_number(text);
  return value && *value >= 2 && *value <= 1000;
}

std::vector<setting> correlation_settings() {
  constexpr auto kept = on_reload::kept;
  const std::string number_by_kind = "kind=NUMBER pairs, a number being 2 to 1000";
  const std::string ranges = "addresses and CIDR ranges, separated by commas";
  return {
    duration(
      "correlation.window", [](auto& c) -> auto& { return c.correlation.window; }, 1s, days(1), kept,
      "How far apart sightings of one thing on several agents may be."),
    number(
      "correlation.pattern_agents", [](auto& c) -> auto& { return c.correlation.pattern_agents; }, 2, 1000,
      kept, "Agents that make a pattern."),
    number(
      "correlation.critical_agents", [](auto& c) -> auto& { return c.correlation.critical_agents; }, 2, 1000,
      kept, "Agents that make a pattern critical."),
    mapping(
      "correlation.pattern_agents_by_kind",
      [](auto& c) -> auto& { return c.correlation.pattern_agents_by_kind; }, is_kind, is_agent_number, kept,
      number_by_kind, "`pattern_agents` of single kinds."),
    mapping(
      "correlation.critical_agents_by_kind",
      [](auto& c) -> auto& { return c.correlation.critical_agents_by_kind; }, is_kind, is_agent_number, kept,
      number_by_kind, "`critical_agents` of single kinds."),
    mapping(
      "correlation.kinds", [](auto& c) -> auto& { return c.correlation.kinds; }, is_new_kind, is_pointer,
      kept,
      "kind=POINTER pairs, a kind being 1 to 64 of a-z, 0-9, `_`, a pointer a JSON pointer into the event",
      "Further kinds of sightings."),
    truth(
      "correlation.benign", [](auto& c) -> auto& { return c.correlation.benign; },
      "Correlates events too that the agent found benign."),
    truth(
      "correlation.trust_everyone", [](auto& c) -> auto& { return c.correlation.trust_everyone; },
      "Lets agents that are contested, or enrolled openly off loopback, count towards emergencies."),
    text(
      "correlation.ignored_ranges", [](auto& c) -> auto& { return c.correlation.ignored_ranges; }, are_ranges,
      kept, ranges, "Source addresses that make no pattern."),
    number(
      "correlation.windows", [](auto& c) -> auto& { return c.correlation.windows; }, 100, 10'000'000, kept,
      "Correlation windows at one time; beyond, the one idle longest is dropped."),
    number(
      "correlation.window_agents", [](auto& c) -> auto& { return c.correlation.window_agents; }, 10,
      1'000'000, kept, "Agents in one window; beyond, the one idle longest is dropped."),
  };
}

std::vector<setting> policy_settings() {
  constexpr auto kept = on_reload::kept;
  const std::string ranges = "addresses and CIDR ranges, separated by commas";
  return {
    truth(
      "policy.emergencies", [](auto& c) -> auto& { return c.policy.emergencies; },
      "Lets patterns publish emergency policies."),
    duration(
      "policy.emergency_lifetime", [](auto& c) -> auto& { return c.policy.emergency_lifetime; }, 1min,
      days(365), kept, "How long an emergency policy lasts after it was published or grew."),
    number(
      "policy.emergencies_per_kind", [](auto& c) -> auto& { return c.policy.emergencies_per_kind; }, 1,
      100'000, kept, "Emergency policies of one kind at one time."),
    number(
      "policy.emergency_revisions_per_minute",
      [](auto& c) -> auto& { return c.policy.emergency_revisions_per_minute; }, 1, 10'000, kept,
      "Revisions that emergencies make in a minute; what comes beyond is merged."),
    number(
      "policy.emergency_auto_respond", [](auto& c) -> auto& { return c.policy.emergency_auto_respond; }, 0,
      100, kept, "What a pattern of an attack technique raises `thresholds.auto_respond` to."),
    number(
      "policy.emergency_notify_and_wait", [](auto& c) -> auto& { return c.policy.emergency_notify_and_wait; },
      0, 100, kept, "What it raises `thresholds.notify_and_wait` to."),
    text(
      "policy.private_ranges", [](auto& c) -> auto& { return c.policy.private_ranges; }, are_ranges, kept,
      ranges, "Addresses that mean another host in each network: no emergency blocks them."),
    text(
      "policy.never_block", [](auto& c) -> auto& { return c.policy.never_block; }, are_ranges, kept, ranges,
      "Further addresses that no emergency blocks: proxies, gateways, scanners of your own."),
    number(
      "policy.push_per_second", [](auto& c) -> auto& { return c.policy.push_per_second; }, 100, 10'000'000,
      kept, "Open streams and waiting polls that a new policy is sent to in a second."),
    duration(
      "policy.gate_interval", [](auto& c) -> auto& { return c.policy.gate_interval; }, 100ms, 1h, kept,
      "How often the gates of a rollout are looked at."),
  };
}

}  // namespace

std::vector<setting> threat_settings() {
  auto all = correlation_settings();
  for (auto& each : policy_settings()) all.push_back(std::move(each));
  return all;
}

}  // namespace muster
