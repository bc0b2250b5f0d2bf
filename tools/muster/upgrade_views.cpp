// An upgrade as a row and as a block.
#include "tools/muster/upgrade_views.hpp"

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <vector>

#include "tools/muster/action_views.hpp"
#include "tools/muster/operator_api.hpp"
#include "tools/muster/rollout_views.hpp"
#include "tools/muster/terminal_text.hpp"

namespace muster::cli {

using boost::json::array;
using boost::json::object;

namespace {

const array& array_of(const object& from, std::string_view name) {
  static const array none;
  const auto* found = from.if_contains(name);
  return found == nullptr || !found->is_array() ? none : found->get_array();
}

// "12, 13"
std::string runs_in_words(const object& upgrade) {
  std::string words;
  for (const auto& each : array_of(upgrade, "runs"))
    words += (words.empty() ? "" : ", ") + boost::json::serialize(each);
  return words;
}

std::string failures_text(const object& upgrade, const view_style& style) {
  std::vector<table_row> rows;
  for (const auto& each : array_of(upgrade, "failures")) {
    if (!each.is_object()) continue;
    const auto& row = each.get_object();
    rows.push_back({{text_of(row, "node")}, {text_of(row, "hostname")}, {text_of(row, "reason")}});
  }
  if (rows.empty()) return {};
  return "\n" + text_table({"FAILED", "HOST", "REASON"}, style.colour).render(rows);
}

}  // namespace

const list_view& upgrades_view() {
  static const list_view view{
    "upgrades",
    "upgrades",
    {"ID", "VERSION", "TENANT", "STATUS", "STAGE", "NODES", "STARTED", "AUTHOR", "REASON", "OUTCOME"},
    [](const object& row, const view_style& style) -> table_row {
      return {{text_of(row, "id")},
              {text_of(row, "version")},
              {text_of(row, "tenant")},
              rollout_status_cell(row),
              {stage_in_words(row)},
              {counts_in_words(row)},
              time_cell(row, "started_at", style),
              {text_of(row, "author")},
              {text_of(row, "reason")},
              {text_of(row, "outcome")}};
    }};
  return view;
}

std::string upgrade_text(const object& upgrade, const view_style& style) {
  const std::vector<fact> facts{{"id", {text_of(upgrade, "id")}},
                                {"version", {text_of(upgrade, "version")}},
                                {"tenant", {text_of(upgrade, "tenant")}},
                                {"labels", {labels_in_words(object_of(upgrade, "labels"))}},
                                {"status", rollout_status_cell(upgrade)},
                                {"outcome", {text_of(upgrade, "outcome")}},
                                {"nodes", {counts_in_words(upgrade)}},
                                {"stages", {texts_in_words(upgrade, "stages")}},
                                {"stage", {stage_in_words(upgrade)}},
                                {"stage since", {full_time(text_of(upgrade, "stage_since"), style)}},
                                {"every", {span_in_words(upgrade, "every_seconds")}},
                                {"patience", {span_in_words(upgrade, "patience_seconds")}},
                                {"may fail", {text_of(upgrade, "max_failed")}},
                                {"checksums", {labels_in_words(object_of(upgrade, "checksums"))}},
                                {"runs", {runs_in_words(upgrade)}},
                                {"started", {full_time(text_of(upgrade, "started_at"), style)}},
                                {"ended", {full_time(text_of(upgrade, "ended_at"), style)}},
                                {"author", {text_of(upgrade, "author")}},
                                {"reason", {text_of(upgrade, "reason")}}};
  return render_facts(facts, style.colour) + failures_text(upgrade, style);
}

}  // namespace muster::cli
