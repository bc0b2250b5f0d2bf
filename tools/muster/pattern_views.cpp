// A pattern as a row, and as a block with its agents below.
#include "tools/muster/pattern_views.hpp"

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <vector>

#include "tools/muster/operator_api.hpp"
#include "tools/muster/terminal_text.hpp"

namespace muster::cli {

using boost::json::object;

namespace {

table_cell severity_cell(const object& pattern) {
  const auto severity = text_of(pattern, "severity");
  return {severity, tone_of_severity(severity)};
}

// "open", "open, critical"
table_cell status_cell(const object& pattern) {
  table_cell cell{text_of(pattern, "status"), tone::plain};
  const bool is_open = cell.text == "open";
  cell.colour = is_open ? tone::warning : tone::faint;
  if (truth_of(pattern, "critical")) {
    cell.text += ", critical";
    if (is_open) cell.colour = tone::bad;
  }
  return cell;
}

std::string agents_table(const object& pattern, const view_style& style) {
  const auto* agents = pattern.if_contains("agents");
  if (agents == nullptr || !agents->is_array()) return {};
  std::vector<table_row> rows;
  for (const auto& each : agents->get_array()) {
    if (!each.is_object()) continue;
    const auto& agent = each.get_object();
    rows.push_back({{text_of(agent, "id")},
                    {shown_count(agent, "sightings")},
                    {truth_of(agent, "trusted") ? "yes" : "no"},
                    time_cell(agent, "first_seen", style),
                    time_cell(agent, "last_seen", style)});
  }
  if (rows.empty()) return {};
  text_table table({"AGENT", "SIGHTINGS", "TRUSTED", "FIRST SEEN", "LAST SEEN"}, style.colour);
  return '\n' + table.render(rows);
}

std::string agents_in_words(const object& pattern) {
  if (!pattern.contains("agent_count")) return {};
  return fmt::format("{}, {} of them trusted", shown_count(pattern, "agent_count"),
                     grouped(count_of(pattern, "trusted_count")));
}

}  // namespace

const list_view& patterns_view() {
  static const list_view view{
    "patterns",
    "patterns",
    {"ID", "KIND", "VALUE", "AGENTS", "SIGHTINGS", "SEVERITY", "STATUS", "OPENED", "LAST SEEN"},
    [](const object& row, const view_style& style) -> table_row {
      return {{text_of(row, "id")},
              {text_of(row, "kind")},
              {text_of(row, "value")},
              {shown_count(row, "agent_count")},
              {shown_count(row, "sightings")},
              severity_cell(row),
              status_cell(row),
              time_cell(row, "opened_at", style),
              time_cell(row, "last_seen", style)};
    }};
  return view;
}

std::string pattern_text(const object& pattern, const view_style& style) {
  std::vector<fact> facts;
  const auto add = [&](const char* name, std::string text) {
    facts.push_back({name, {std::move(text), tone::plain}});
  };
  add("id", text_of(pattern, "id"));
  add("kind", text_of(pattern, "kind"));
  add("value", text_of(pattern, "value"));
  add("tenant", text_of(pattern, "tenant"));
  facts.emplace_back("status", status_cell(pattern));
  facts.emplace_back("severity", severity_cell(pattern));
  add("agents", agents_in_words(pattern));
  add("sightings", shown_count(pattern, "sightings"));
  add("techniques", texts_in_words(pattern, "techniques"));
  add("opened", full_time(text_of(pattern, "opened_at"), style));
  add("first seen", full_time(text_of(pattern, "first_seen"), style));
  add("last seen", full_time(text_of(pattern, "last_seen"), style));
  add("ended", full_time(text_of(pattern, "ended_at"), style));
  return render_facts(facts, style.colour) + agents_table(pattern, style);
}

}  // namespace muster::cli
