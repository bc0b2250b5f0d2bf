// Rows and the block of one agent. Absent members show as "-" in tables and not at all in blocks.
#include "tools/muster/views.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <set>

#include "runtime/wire/timestamp.hpp"
#include "tools/muster/operator_api.hpp"
#include "tools/muster/terminal_text.hpp"

namespace muster::cli {

using boost::json::object;

namespace {

tone tone_of_status(std::string_view status) {
  if (status == "online") return tone::good;
  if (status == "stale") return tone::warning;
  if (status == "offline") return tone::bad;
  return status == "departed" ? tone::faint : tone::plain;
}

tone tone_of_conclusion(std::string_view conclusion) {
  if (conclusion == "malicious") return tone::bad;
  return conclusion == "suspicious" ? tone::warning : tone::plain;
}

// The state with its attributes: "online", "stale, busy", "online, contested".
table_cell status_cell(const object& agent) {
  table_cell cell{text_of(agent, "status"), tone::plain};
  cell.colour = truth_of(agent, "contested") ? tone::bad : tone_of_status(cell.text);
  if (truth_of(agent, "busy")) cell.text += ", busy";
  if (truth_of(agent, "contested")) cell.text += ", contested";
  if (truth_of(agent, "disrupted")) cell.text += ", disrupted";
  if (truth_of(agent, "flapping")) cell.text += ", flapping";
  return cell;
}

std::string with_unit(const object& from, std::string_view name, std::string_view unit) {
  const auto text = text_of(from, name);
  return text.empty() ? text : fmt::format("{}{}", text, unit);
}

void append_report(std::vector<fact>& facts, const object& report) {
  const auto add = [&](const char* name, std::string text) {
    facts.push_back({name, {std::move(text), tone::plain}});
  };
  add("mode", text_of(report, "mode"));
  add("cpu", with_unit(report, "cpu_percent", " %"));
  add("memory", with_unit(report, "memory_percent", " %"));
  add("memory used", with_unit(report, "memory_megabytes", " MB"));
  add("events", shown_count(report, "events_processed"));
  add("threats", shown_count(report, "threats_detected"));
  add("actions", shown_count(report, "actions_executed"));
  if (report.contains("uptime_seconds")) {
    add("agent up", spoken_duration(std::chrono::seconds(count_of(report, "uptime_seconds"))));
  }
}

}  // namespace

std::string shown_time(std::string_view rfc3339, const view_style& style) {
  if (style.relative_times) {
    if (const auto at = parse_rfc3339(rfc3339)) {
      if (auto ago = time_ago(*at, style.now); !ago.empty()) return ago;
    }
  }
  return std::string(rfc3339);
}

table_cell time_cell(const object& row, std::string_view name, const view_style& style) {
  return {shown_time(text_of(row, name), style), tone::plain};
}

std::string full_time(std::string_view rfc3339, const view_style& style) {
  auto shown = shown_time(rfc3339, style);
  return shown == rfc3339 ? shown : fmt::format("{} ({})", shown, rfc3339);
}

tone tone_of_severity(std::string_view severity) {
  if (severity == "critical" || severity == "high") return tone::bad;
  return severity == "medium" ? tone::warning : tone::plain;
}

std::string shown_count(const object& from, std::string_view name) {
  return from.contains(name) ? grouped(count_of(from, name)) : std::string();
}

std::string texts_in_words(const object& from, std::string_view name) {
  std::string words;
  const auto* texts = from.if_contains(name);
  if (texts == nullptr || !texts->is_array()) return words;
  for (const auto& each : texts->get_array()) {
    if (!each.is_string()) continue;
    if (!words.empty()) words += ", ";
    words += std::string_view(each.get_string());
  }
  return words;
}

const list_view& agents_view() {
  static const list_view view{"agents",
                              "agents",
                              {"ID", "HOSTNAME", "DIALECT", "TENANT", "STATUS", "LAST SEEN", "LABELS"},
                              [](const object& row, const view_style& style) -> table_row {
                                return {{text_of(row, "id")},
                                        {text_of(row, "hostname")},
                                        {text_of(row, "dialect")},
                                        {text_of(row, "tenant")},
                                        status_cell(row),
                                        time_cell(row, "last_seen", style),
                                        {labels_in_words(object_of(row, "labels"), ",")}};
                              }};
  return view;
}

const list_view& history_view() {
  static const list_view view{"history",
                              "changes of state",
                              {"AT", "FROM", "TO", "CAUSE", "LAST SEEN"},
                              [](const object& row, const view_style& style) -> table_row {
                                const auto to = text_of(row, "to");
                                return {time_cell(row, "at", style),
                                        {text_of(row, "from")},
                                        {to, tone_of_status(to)},
                                        {text_of(row, "cause")},
                                        time_cell(row, "last_seen", style)};
                              }};
  return view;
}

const list_view& threats_view() {
  static const list_view view{
    "threats",
    "threats",
    {"RECEIVED", "AGENT", "HOSTNAME", "SEVERITY", "CONCLUSION", "CONFIDENCE", "CATEGORY", "ACTION", "EVENT"},
    [](const object& row, const view_style& style) -> table_row {
      const auto severity = text_of(row, "severity");
      const auto conclusion = text_of(row, "conclusion");
      return {time_cell(row, "received_at", style),
              {text_of(row, "agent_id")},
              {text_of(row, "hostname")},
              {severity, tone_of_severity(severity)},
              {conclusion, tone_of_conclusion(conclusion)},
              {text_of(row, "confidence")},
              {text_of(row, "category")},
              {text_of(row, "action")},
              {text_of(row, "event_id")}};
    }};
  return view;
}

const list_view& audit_view() {
  static const list_view view{"audit",
                              "audit entries",
                              {"AT", "ACTOR", "ACTION", "SUBJECT", "DETAIL"},
                              [](const object& row, const view_style& style) -> table_row {
                                return {time_cell(row, "at", style),
                                        {text_of(row, "actor")},
                                        {text_of(row, "action")},
                                        {text_of(row, "subject")},
                                        {text_of(row, "detail")}};
                              }};
  return view;
}

std::string agent_in_words(const object& agent) {
  const auto hostname = text_of(agent, "hostname");
  return fmt::format("{} ({}, {})", hostname.empty() ? "an agent without a host name" : hostname,
                     text_of(agent, "id"), status_cell(agent).text);
}

std::string labels_in_words(const object& labels, std::string_view separator) {
  std::set<std::string> sorted;
  for (const auto& each : labels) {
    sorted.insert(fmt::format("{}={}", std::string_view(each.key()), text_of(labels, each.key())));
  }
  return fmt::format("{}", fmt::join(sorted, separator));
}

std::string agent_text(const object& agent, const view_style& style) {
  const auto& host = object_of(agent, "host");
  std::vector<fact> facts;
  const auto add = [&](const char* name, std::string text) {
    facts.push_back({name, {std::move(text), tone::plain}});
  };
  add("id", text_of(agent, "id"));
  add("host name", text_of(agent, "hostname"));
  facts.emplace_back("status", status_cell(agent));
  add("since", full_time(text_of(agent, "changed_at"), style));
  add("last seen", full_time(text_of(agent, "last_seen"), style));
  add("dialect", text_of(agent, "dialect"));
  add("tenant", text_of(agent, "tenant"));
  add("organization", text_of(agent, "organization"));
  add("machine id", text_of(agent, "machine_id"));
  add("labels", labels_in_words(object_of(agent, "labels")));
  add("system", text_of(host, "os"));
  add("processor", text_of(host, "arch"));
  add("version", text_of(host, "version"));
  add("address", text_of(host, "address"));
  add("first enrolled", full_time(text_of(agent, "registered_at"), style));
  add("last enrolled", full_time(text_of(agent, "enrolled_at"), style));
  add("heartbeats",
      agent.contains("heartbeats") ? shown_count(agent, "heartbeats") + " since the manager started" : "");
  append_report(facts, object_of(agent, "report"));
  return render_facts(facts, style.colour);
}

}  // namespace muster::cli
