// A rollout as a row and as a block.
#include "tools/muster/rollout_views.hpp"

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <vector>

#include "tools/muster/operator_api.hpp"
#include "tools/muster/terminal_text.hpp"

namespace muster::cli {

using boost::json::object;

namespace {

tone tone_of_status(std::string_view status) {
  if (status == "completed") return tone::good;
  if (status == "paused") return tone::warning;
  return status == "halted" || status == "aborted" ? tone::bad : tone::plain;
}

}  // namespace

table_cell rollout_status_cell(const object& rollout) {
  const auto status = text_of(rollout, "status");
  return {status, tone_of_status(status)};
}

std::string stage_in_words(const object& rollout) {
  const auto* stages = rollout.if_contains("stages");
  const auto stage = count_of(rollout, "stage");
  if (stages == nullptr || !stages->is_array()) return text_of(rollout, "stage");
  const auto& all = stages->get_array();
  auto words = fmt::format("{} of {}", stage, all.size());
  if (stage >= 1 && stage <= all.size() && all[stage - 1].is_string()) {
    words += fmt::format(" ({})", std::string_view(all[stage - 1].get_string()));
  }
  return words;
}

std::string span_in_words(const object& from, std::string_view name) {
  if (!from.contains(name)) return {};
  const auto seconds = count_of(from, name);
  return seconds == 0 ? text_of(from, name) + "s" : spoken_duration(std::chrono::seconds(seconds));
}

const list_view& rollouts_view() {
  static const list_view view{
    "rollouts",
    "rollouts",
    {"ID", "SCOPE", "TENANT", "STATUS", "STAGE", "EVERY", "STARTED", "AUTHOR", "REASON", "OUTCOME"},
    [](const object& row, const view_style& style) -> table_row {
      return {{text_of(row, "id")},
              {text_of(row, "scope")},
              {text_of(row, "tenant")},
              rollout_status_cell(row),
              {stage_in_words(row)},
              {span_in_words(row, "every_seconds")},
              time_cell(row, "started_at", style),
              {text_of(row, "author")},
              {text_of(row, "reason")},
              {text_of(row, "outcome")}};
    }};
  return view;
}

std::string rollout_text(const object& rollout, const view_style& style) {
  const std::vector<fact> facts{{"id", {text_of(rollout, "id")}},
                                {"scope", {text_of(rollout, "scope")}},
                                {"tenant", {text_of(rollout, "tenant")}},
                                {"status", rollout_status_cell(rollout)},
                                {"outcome", {text_of(rollout, "outcome")}},
                                {"stages", {texts_in_words(rollout, "stages")}},
                                {"stage", {stage_in_words(rollout)}},
                                {"stage since", {full_time(text_of(rollout, "stage_since"), style)}},
                                {"every", {span_in_words(rollout, "every_seconds")}},
                                {"gates", {texts_in_words(rollout, "gates")}},
                                {"started", {full_time(text_of(rollout, "started_at"), style)}},
                                {"ended", {full_time(text_of(rollout, "ended_at"), style)}},
                                {"author", {text_of(rollout, "author")}},
                                {"reason", {text_of(rollout, "reason")}}};
  return render_facts(facts, style.colour);
}

}  // namespace muster::cli
