// Bodies that keep incidents: PagerDuty, Opsgenie, Alertmanager.
#include "runtime/json/tree.hpp"
#include "runtime/notify/bodies.hpp"
#include "runtime/wire/timestamp.hpp"

#include <cstdio>

namespace muster::bodies {

namespace {

using json_tree = nlohmann::json;
using text_map = std::map<std::string, std::string>;

constexpr size_t summary_limit = 1'024;  // PagerDuty
constexpr size_t message_limit = 130;    // Opsgenie
constexpr size_t description_limit = 15'000;
constexpr std::chrono::hours alert_lasts{24};  // unless it is resolved or told again before

// Never in the middle of a character.
std::string cut(std::string text, size_t limit) {
  if (text.size() <= limit) return text;
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80) --limit;
  text.resize(limit);
  return text;
}

text_map details_of(const delivery& what) {
  const auto& first = what.notices.front();
  text_map out{{"id", delivery_name(what.id)}, {"count", std::to_string(what.count)}};
  out["type"] = kind_of(first.event).type;
  if (what.count > 1) return out;
  for (const auto& [name, text] : first.fields) out.emplace(name, text);
  for (const auto& [name, number] : first.numbers) out.emplace(name, std::to_string(number));
  return out;
}

const char* pager_severity(notice_severity severity) {
  switch (severity) {
    case notice_severity::critical: return "critical";
    case notice_severity::high: return "error";
    case notice_severity::medium:
    case notice_severity::low: return "warning";
    case notice_severity::info: break;
  }
  return "info";
}

const char* priority_of(notice_severity severity) {
  static constexpr const char* names[] = {"P5", "P4", "P3", "P2", "P1"};
  return names[static_cast<size_t>(severity)];
}

std::string source_of(const notice& what) { return what.subject.empty() ? "muster" : what.subject; }

notice_event opening_of(notice_event event) {
  switch (event) {
    case notice_event::agent_recovered: return notice_event::agent_lost;
    case notice_event::sensor_recovered: return notice_event::sensor_lost;
    case notice_event::disruption_ended: return notice_event::disruption_began;
    case notice_event::registry_recovered: return notice_event::registry_error;
    case notice_event::pattern_ended: return notice_event::pattern_detected;
    case notice_event::agent_calm: return notice_event::agent_flapping;
    default: return event;
  }
}

// An alert is known by its labels, so what resolves it has those of what opened it.
text_map alert_labels(const notice& what) {
  text_map out;
  for (const auto& [name, value] : what.labels) {
    std::string fitting;
    for (const char c : name) fitting += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
    if (!fitting.empty() && std::isdigit(static_cast<unsigned char>(fitting[0])) != 0) fitting.insert(0, "_");
    if (!value.empty()) out[fitting] = value;
  }
  out["alertname"] = kind_of(opening_of(what.event)).type;
  if (!what.tenant.empty()) out["tenant"] = what.tenant;
  if (!what.subject.empty()) out["subject"] = what.subject;
  if (what.stage == notice_stage::happened) out["notice"] = what.id;
  return out;
}

text_map alert_annotations(const notice& what) {
  return {{"summary", what.title}, {"description", what.text}, {"severity", to_string(what.severity)}};
}

std::string fingerprint_of(const text_map& labels) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const auto& [name, value] : labels)
    for (const char c : name + "\xff" + value + "\xff")
      hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  char text[20];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
  return text;
}

// The labels that all of them have.
text_map in_common(text_map some, const text_map& others) {
  std::erase_if(some, [&](const auto& each) {
    const auto found = others.find(each.first);
    return found == others.end() || found->second != each.second;
  });
  return some;
}

}  // namespace

json_tree pagerduty(const std::string& key, const delivery& what, const letterhead& from) {
  json_tree out{{"routing_key", key},
                {"event_action", resolves(what) ? "resolve" : "trigger"},
                {"dedup_key", cut(incident_of(what), 255)}};
  if (resolves(what)) return out;
  const auto& first = what.notices.front();
  out["client"] = "Muster";
  out["payload"] = {{"summary", cut(title_of(what), summary_limit)},
                    {"source", source_of(first)},
                    {"severity", pager_severity(what.severity)},
                    {"timestamp", to_rfc3339(what.at)},
                    {"component", source_of(first)},
                    {"group", first.tenant},
                    {"class", kind_of(first.event).type},
                    {"custom_details", details_of(what)}};
  out["payload"]["custom_details"]["message"] = text_of(what);
  if (const auto link = link_of(what, from); !link.empty())
    out["links"] = json_tree::array({{{"href", link}, {"text", "Open"}}});
  return out;
}

json_tree opsgenie_alert(const delivery& what, const letterhead& from) {
  const auto& first = what.notices.front();
  auto details = details_of(what);
  if (const auto link = link_of(what, from); !link.empty()) details["url"] = link;
  return {{"message", cut(title_of(what), message_limit)},
          {"alias", cut(incident_of(what), 512)},
          {"description", cut(text_of(what), description_limit)},
          {"entity", source_of(first)},
          {"source", "Muster"},
          {"priority", priority_of(what.severity)},
          {"tags", json_tree::array({kind_of(first.event).type})},
          {"details", details}};
}

json_tree opsgenie_close(const delivery& what) {
  return {{"source", "Muster"}, {"note", cut(text_of(what), description_limit)}};
}

json_tree alertmanager_webhook(const std::string& receiver, const delivery& what, const letterhead& from) {
  auto alerts = json_tree::array();
  auto common = alert_labels(what.notices.front());
  bool fires = false;
  for (const auto& each : what.notices) {
    const bool ends = each.stage == notice_stage::resolves;
    const auto labels = alert_labels(each);
    common = in_common(std::move(common), labels);
    fires = fires || !ends;
    alerts.push_back({{"status", ends ? "resolved" : "firing"},
                      {"labels", labels},
                      {"annotations", alert_annotations(each)},
                      {"startsAt", to_rfc3339(each.at)},
                      {"endsAt", ends ? to_rfc3339(each.at) : "0001-01-01T00:00:00Z"},
                      {"generatorURL", link_of(each, from)},
                      {"fingerprint", fingerprint_of(labels)}});
  }
  text_map group;
  if (common.contains("tenant")) group["tenant"] = common.at("tenant");
  return {{"version", "4"},
          {"groupKey", incident_of(what)},
          {"truncatedAlerts", what.count - what.notices.size()},
          {"status", fires ? "firing" : "resolved"},
          {"receiver", receiver},
          {"groupLabels", group},
          {"commonLabels", common},
          {"commonAnnotations", json_tree::object()},
          {"externalURL", from.link_base},
          {"alerts", std::move(alerts)}};
}

json_tree alertmanager_alerts(const delivery& what, const letterhead& from) {
  auto out = json_tree::array();
  for (const auto& each : what.notices) {
    const bool ends = each.stage == notice_stage::resolves;
    json_tree alert{{"labels", alert_labels(each)},
                    {"annotations", alert_annotations(each)},
                    {"endsAt", to_rfc3339(ends ? each.at : what.at + alert_lasts)}};
    if (!ends) alert["startsAt"] = to_rfc3339(each.at);
    if (const auto link = link_of(each, from); !link.empty()) alert["generatorURL"] = link;
    out.push_back(std::move(alert));
  }
  return out;
}

}  // namespace muster::bodies
