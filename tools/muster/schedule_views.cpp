// Schedules of scans as rows and blocks.
#include "tools/muster/schedule_views.hpp"

#include <vector>

#include "tools/muster/operator_api.hpp"
#include "tools/muster/terminal_text.hpp"

namespace muster::cli {

using boost::json::object;

namespace {

std::string status_of(const object& schedule) {
  if (truth_of(schedule, "paused")) return "paused";
  return text_of(schedule, "problem").empty() ? "active" : "broken";
}

table_cell status_cell(const object& schedule) {
  const auto status = status_of(schedule);
  return {status, status == "active" ? tone::good : status == "broken" ? tone::bad : tone::warning};
}

}  // namespace

const list_view& schedules_view() {
  static const list_view view{
    "schedules",
    "schedules",
    {"ID", "NAME", "REGISTRY", "IMAGE", "CRON", "ZONE", "STATUS", "NEXT", "LAST RUN", "LAST SCAN", "SKIPPED"},
    [](const object& row, const view_style& style) -> table_row {
      return {{text_of(row, "id")},
              {text_of(row, "name")},
              {text_of(row, "registry")},
              {text_of(row, "image")},
              {text_of(row, "cron")},
              {text_of(row, "zone")},
              status_cell(row),
              {text_of(row, "next_due_at")},
              time_cell(row, "last_run_at", style),
              {text_of(row, "last_scan")},
              {shown_count(row, "skipped")}};
    }};
  return view;
}

std::string schedule_text(const object& schedule, const view_style& style) {
  const std::vector<fact> facts{{"id", {text_of(schedule, "id")}},
                                {"name", {text_of(schedule, "name")}},
                                {"registry", {text_of(schedule, "registry")}},
                                {"tenant", {text_of(schedule, "tenant")}},
                                {"cron", {text_of(schedule, "cron")}},
                                {"zone", {text_of(schedule, "zone")}},
                                {"status", status_cell(schedule)},
                                {"problem", {text_of(schedule, "problem")}},
                                {"next", {text_of(schedule, "next_due_at")}},
                                {"last run", {full_time(text_of(schedule, "last_run_at"), style)}},
                                {"last scan", {text_of(schedule, "last_scan")}},
                                {"skipped", {shown_count(schedule, "skipped")}},
                                {"last skipped", {full_time(text_of(schedule, "skipped_at"), style)}},
                                {"because", {text_of(schedule, "skipped_because")}},
                                {"image", {text_of(schedule, "image")}},
                                {"source", {text_of(schedule, "source")}},
                                {"tar path", {text_of(schedule, "tar_path")}},
                                {"scanners", {texts_in_words(schedule, "scanners")}},
                                {"priority", {text_of(schedule, "priority")}},
                                {"attempts", {text_of(schedule, "max_attempts")}},
                                {"made", {full_time(text_of(schedule, "made_at"), style)}},
                                {"author", {text_of(schedule, "author")}}};
  return render_facts(facts, style.colour);
}

}  // namespace muster::cli
