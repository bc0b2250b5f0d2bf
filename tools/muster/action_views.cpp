// Runs and executions as rows, and a run as a block.
#include "tools/muster/action_views.hpp"

#include <fmt/format.h>
#include <boost/json/value.hpp>

#include <chrono>
#include <vector>

#include "tools/muster/operator_api.hpp"
#include "tools/muster/terminal_text.hpp"

namespace muster::cli {

using boost::json::object;

namespace {

table_cell status_cell(const object& row) {
  const auto status = text_of(row, "status");
  const auto colour = status == "succeeded"                                                ? tone::good
                      : status == "failed" || status == "timed_out" || status == "expired" ? tone::bad
                      : status == "cancelled"                                              ? tone::warning
                                                                                           : tone::plain;
  return {status, colour};
}

std::string progress_in_words(const object& run) {
  const auto percent = text_of(run, "progress_percent");
  return percent.empty() ? "" : percent + "%";
}

std::string seconds_in_words(const object& from, std::string_view name) {
  const auto seconds = text_of(from, name);
  return seconds.empty() ? "" : seconds + "s";
}

}  // namespace

std::string counts_in_words(const object& run) {
  std::string words;
  for (const auto& [status, count] : object_of(run, "counts")) {
    const auto number = count_of(object_of(run, "counts"), status);
    if (number == 0) continue;
    words += fmt::format("{}{} {}", words.empty() ? "" : ", ", grouped(number), std::string_view(status));
  }
  return words;
}

const list_view& runs_view() {
  static const list_view view{
    "runs",
    "runs",
    {"RUN", "ACTION", "STATUS", "NODES", "PROGRESS", "OUTCOMES", "STARTED", "AUTHOR"},
    [](const object& row, const view_style& style) -> table_row {
      return {{text_of(row, "id")},
              {text_of(row, "action")},
              status_cell(row),
              {shown_count(row, "nodes")},
              {progress_in_words(row)},
              {counts_in_words(row)},
              time_cell(row, "started_at", style),
              {text_of(row, "author")}};
    }};
  return view;
}

const list_view& executions_view() {
  static const list_view view{"executions",
                              "executions",
                              {"NODE", "HOST", "STATUS", "EXIT", "TOOK", "SENT", "FINISHED", "REASON"},
                              [](const object& row, const view_style& style) -> table_row {
                                return {{text_of(row, "node")},
                                        {text_of(row, "hostname")},
                                        status_cell(row),
                                        {text_of(row, "exit_code")},
                                        {seconds_in_words(row, "duration_seconds")},
                                        time_cell(row, "sent_at", style),
                                        time_cell(row, "finished_at", style),
                                        {text_of(row, "reason")}};
                              }};
  return view;
}

std::string run_text(const object& run, const view_style& style) {
  const std::vector<fact> facts{{"run", {text_of(run, "id")}},
                                {"action", {text_of(run, "action")}},
                                {"parameters", {labels_in_words(object_of(run, "parameters"))}},
                                {"tenant", {text_of(run, "tenant")}},
                                {"labels", {labels_in_words(object_of(run, "labels"))}},
                                {"status", status_cell(run)},
                                {"nodes", {shown_count(run, "nodes")}},
                                {"progress", {progress_in_words(run)}},
                                {"outcomes", {counts_in_words(run)}},
                                {"timeout", {seconds_in_words(run, "timeout_seconds")}},
                                {"at once", {shown_count(run, "max_parallel")}},
                                {"started", {full_time(text_of(run, "started_at"), style)}},
                                {"cancelled", {full_time(text_of(run, "cancelled_at"), style)}},
                                {"ended", {full_time(text_of(run, "ended_at"), style)}},
                                {"author", {text_of(run, "author")}}};
  return render_facts(facts, style.colour);
}

}  // namespace muster::cli
