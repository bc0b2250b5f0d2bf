// Names of events and severities, and what matches.
#include "messages/notifications.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace muster {

namespace {

constexpr std::array<notice_kind, notice_event_count> kinds{{
  {"Agent lost connection", "agent_disconnected", "agent"},
  {"Agent recovered", "agent_reconnected", "agent"},
  {"Sensor lost connection", "agent_disconnected", "sensor"},
  {"Sensor recovered", "agent_reconnected", "sensor"},
  {"Disruption began", "disruption_began", "disruption"},
  {"Disruption ended", "disruption_ended", "disruption"},
  {"Registry error", "registry_error", "registry"},
  {"Registry recovered", "registry_recovered", "registry"},
  {"Pattern detected", "pattern_detected", "pattern"},
  {"Pattern ended", "pattern_ended", "pattern"},
  {"Emergency policy", "emergency_policy", "emergency"},
  {"Rollout halted", "rollout_halted", "rollout"},
  {"Job failed", "job_failed", "job"},
  {"Key expiring", "key_expiring", "key"},
  {"Agent flapping", "agent_flapping", "flapping"},
  {"Agent calm", "agent_calm", "flapping"},
  {"Test notification", "test", "test"},
}};

constexpr std::array<const char*, 5> severity_names{"INFO", "LOW", "MEDIUM", "HIGH", "CRITICAL"};

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

bool same_letters(std::string_view text, std::string_view capitals) {
  return std::ranges::equal(text, capitals, [](char a, char b) { return upper(a) == b; });
}

}  // namespace

const notice_kind& kind_of(notice_event event) { return kinds[static_cast<size_t>(event)]; }

std::string to_string(notice_severity severity) { return severity_names[static_cast<size_t>(severity)]; }

caf::optional<notice_severity> parse_notice_severity(std::string_view text) {
  for (size_t i = 0; i < severity_names.size(); ++i)
    if (same_letters(text, severity_names[i])) return static_cast<notice_severity>(i);
  return caf::none;
}

bool names_notice_event(std::string_view text) {
  return std::ranges::any_of(kinds,
                             [&](const auto& each) { return text == each.label || text == each.type; });
}

bool notice_match::matches(const notice& what) const {
  const auto& kind = kind_of(what.event);
  const auto named = [&](const std::string& each) { return each == kind.type || each == kind.label; };
  const auto labelled = [&](const auto& wanted) {
    const auto found = what.labels.find(wanted.first);
    return found != what.labels.end() && found->second == wanted.second;
  };
  return (events.empty() || std::ranges::any_of(events, named)) && (!least || what.severity >= *least)
         && (!tenant || *tenant == what.tenant) && (subject.empty() || subject == what.subject)
         && std::ranges::all_of(labels, labelled);
}

std::string problem_of(const notice_match& what) {
  for (const auto& each : what.events)
    if (!names_notice_event(each)) return "match.event: there is no event " + each;
  return {};
}

std::string problem_of(const notice_route& what) {
  constexpr std::chrono::milliseconds longest = std::chrono::days{365};
  if (auto problem = problem_of(what.match); !problem.empty()) return problem;
  if (what.channels.empty()) return "channels: must name at least one";
  const auto is_wrong = [&](auto span) { return span.count() < 0 || span > longest; };
  if (is_wrong(what.group_wait)) return "group_wait: must be at most a year";
  if (is_wrong(what.group_interval)) return "group_interval: must be at most a year";
  const bool hasty = what.repeat_interval.count() > 0 && what.repeat_interval < std::chrono::seconds{1};
  if (is_wrong(what.repeat_interval) || hasty) return "repeat_interval: must be 0 or from a second to a year";
  return {};
}

std::string delivery_name(uint64_t id) {
  char text[20];
  std::snprintf(text, sizeof text, "nt-%016llx", static_cast<unsigned long long>(id));
  return text;
}

}  // namespace muster
