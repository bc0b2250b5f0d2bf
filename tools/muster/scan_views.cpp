// Registries, keys, sensors and scans as rows and blocks.
#include "tools/muster/scan_views.hpp"

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <vector>

#include "tools/muster/operator_api.hpp"
#include "tools/muster/terminal_text.hpp"

namespace muster::cli {

using boost::json::object;

namespace {

// Of all that has one: the words differ.
table_cell status_cell(const object& row) {
  const auto status = text_of(row, "status");
  const bool good =
    status == "CONNECTED" || status == "online" || status == "scanning" || status == "completed";
  const bool bad = status == "ERROR" || status == "offline" || status == "failed";
  return {status, good ? tone::good : bad ? tone::bad : status == "cancelled" ? tone::warning : tone::plain};
}

std::string attempts_in_words(const object& scan) {
  return text_of(scan, "attempts") + "/" + text_of(scan, "max_attempts");
}

// "FAILED: 2 critical, 5 high, 40 others": how many, by what they weigh.
std::string result_in_words(const object& scan) {
  const auto& result = object_of(scan, "result");
  if (result.empty()) return {};
  const auto others = count_of(result, "medium") + count_of(result, "low") + count_of(result, "info");
  return fmt::format("{}: {} critical, {} high, {} others", text_of(result, "outcome"),
                     grouped(count_of(result, "critical")), grouped(count_of(result, "high")),
                     grouped(others));
}

std::string hints_text(const object& sensor, const view_style& style) {
  std::vector<table_row> rows;
  const auto* hints = sensor.if_contains("hints");
  if (hints == nullptr || !hints->is_array()) return {};
  for (const auto& each : hints->get_array())
    if (each.is_string()) rows.push_back({{std::string(each.get_string())}});
  if (rows.empty()) return {};
  return "\n" + text_table({"WHAT MAY BE WRONG"}, style.colour).render(rows);
}

}  // namespace

const list_view& registries_view() {
  static const list_view view{
    "registries",
    "registries",
    {"ID", "NAME", "TENANT", "STATUS", "SENSORS", "ALIVE", "QUEUED", "CLAIMED", "CHANGED", "REASON"},
    [](const object& row, const view_style& style) -> table_row {
      return {{text_of(row, "id")},
              {text_of(row, "name")},
              {text_of(row, "tenant")},
              status_cell(row),
              {shown_count(row, "sensors")},
              {shown_count(row, "alive")},
              {shown_count(row, "queued")},
              {shown_count(row, "claimed")},
              time_cell(row, "changed_at", style),
              {text_of(row, "reason")}};
    }};
  return view;
}

std::string registry_text(const object& registry, const view_style& style) {
  const std::vector<fact> facts{{"id", {text_of(registry, "id")}},
                                {"name", {text_of(registry, "name")}},
                                {"tenant", {text_of(registry, "tenant")}},
                                {"status", status_cell(registry)},
                                {"since", {full_time(text_of(registry, "changed_at"), style)}},
                                {"reason", {text_of(registry, "reason")}},
                                {"sensors", {shown_count(registry, "sensors")}},
                                {"alive", {shown_count(registry, "alive")}},
                                {"queued", {shown_count(registry, "queued")}},
                                {"claimed", {shown_count(registry, "claimed")}},
                                {"made", {full_time(text_of(registry, "made_at"), style)}},
                                {"author", {text_of(registry, "author")}}};
  return render_facts(facts, style.colour);
}

const list_view& sensor_keys_view() {
  static const list_view view{
    "keys",
    "keys",
    {"ID", "PREFIX", "NAME", "STATE", "TENANT", "REGISTRY", "EXPIRES", "LAST USED", "REFUSED", "AUTHOR"},
    [](const object& row, const view_style& style) -> table_row {
      const auto state = text_of(row, "state");
      return {{text_of(row, "id")},
              {text_of(row, "prefix")},
              {text_of(row, "name")},
              {state, state == "good" ? tone::good : tone::bad},
              {text_of(row, "tenant")},
              {text_of(row, "registry")},
              time_cell(row, "expires_at", style),
              time_cell(row, "last_used_at", style),
              {shown_count(row, "refused")},
              {text_of(row, "author")}};
    }};
  return view;
}

const list_view& sensors_view() {
  static const list_view view{
    "sensors",
    "sensors",
    {"ID", "NAME", "HOST", "TENANT", "REGISTRY", "STATUS", "HEARTBEAT", "POLL", "VERSION", "SCAN", "HINTS"},
    [](const object& row, const view_style& style) -> table_row {
      return {{text_of(row, "id")},
              {text_of(row, "name")},
              {text_of(row, "hostname")},
              {text_of(row, "tenant")},
              {text_of(row, "registry")},
              status_cell(row),
              time_cell(row, "last_heartbeat_at", style),
              time_cell(row, "last_poll_at", style),
              {text_of(row, "version")},
              {text_of(row, "scan")},
              {texts_in_words(row, "hints")}};
    }};
  return view;
}

std::string sensor_text(const object& sensor, const view_style& style) {
  const std::vector<fact> facts{{"id", {text_of(sensor, "id")}},
                                {"agent", {text_of(sensor, "agent")}},
                                {"name", {text_of(sensor, "name")}},
                                {"host", {text_of(sensor, "hostname")}},
                                {"tenant", {text_of(sensor, "tenant")}},
                                {"registry", {text_of(sensor, "registry")}},
                                {"status", status_cell(sensor)},
                                {"scan", {text_of(sensor, "scan")}},
                                {"heartbeat", {full_time(text_of(sensor, "last_heartbeat_at"), style)}},
                                {"poll", {full_time(text_of(sensor, "last_poll_at"), style)}},
                                {"registered", {full_time(text_of(sensor, "registered_at"), style)}},
                                {"version", {text_of(sensor, "version")}},
                                {"os", {text_of(sensor, "os")}},
                                {"arch", {text_of(sensor, "arch")}},
                                {"capabilities", {texts_in_words(sensor, "capabilities")}},
                                {"scanners", {labels_in_words(object_of(sensor, "scanner_versions"))}},
                                {"key", {text_of(sensor, "key")}},
                                {"refused", {shown_count(sensor, "refused")}}};
  return render_facts(facts, style.colour) + hints_text(sensor, style);
}

const list_view& scans_view() {
  static const list_view view{
    "scans",
    "scans",
    {"ID", "IMAGE", "STATUS", "REGISTRY", "SENSOR", "ATTEMPTS", "RESULT", "CREATED", "FINISHED", "REASON"},
    [](const object& row, const view_style& style) -> table_row {
      return {{text_of(row, "id")},
              {text_of(row, "image")},
              status_cell(row),
              {text_of(row, "registry")},
              {text_of(row, "sensor")},
              {attempts_in_words(row)},
              {result_in_words(row)},
              time_cell(row, "created_at", style),
              time_cell(row, "finished_at", style),
              {text_of(row, "reason")}};
    }};
  return view;
}

std::string scan_text(const object& scan, const view_style& style) {
  const auto& result = object_of(scan, "result");
  const std::vector<fact> facts{{"id", {text_of(scan, "id")}},
                                {"own id", {text_of(scan, "own_id")}},
                                {"image", {text_of(scan, "image")}},
                                {"status", status_cell(scan)},
                                {"reason", {text_of(scan, "reason")}},
                                {"registry", {text_of(scan, "registry")}},
                                {"tenant", {text_of(scan, "tenant")}},
                                {"sensor", {text_of(scan, "sensor")}},
                                {"source", {text_of(scan, "source")}},
                                {"tar path", {text_of(scan, "tar_path")}},
                                {"scanners", {texts_in_words(scan, "scanners")}},
                                {"priority", {text_of(scan, "priority")}},
                                {"schedule", {text_of(scan, "schedule")}},
                                {"attempts", {attempts_in_words(scan)}},
                                {"created", {full_time(text_of(scan, "created_at"), style)}},
                                {"not before", {full_time(text_of(scan, "not_before"), style)}},
                                {"claimed", {full_time(text_of(scan, "claimed_at"), style)}},
                                {"finished", {full_time(text_of(scan, "finished_at"), style)}},
                                {"result", {text_of(result, "outcome")}},
                                {"risk score", {text_of(result, "risk_score")}},
                                {"critical", {shown_count(result, "critical")}},
                                {"high", {shown_count(result, "high")}},
                                {"medium", {shown_count(result, "medium")}},
                                {"low", {shown_count(result, "low")}},
                                {"info", {shown_count(result, "info")}},
                                {"packages", {shown_count(result, "packages")}},
                                {"received", {full_time(text_of(result, "received_at"), style)}}};
  return render_facts(facts, style.colour);
}

}  // namespace muster::cli
