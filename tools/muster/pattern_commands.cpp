// Commands about patterns. The lists are with the other lists.
#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <optional>
#include <ostream>
#include <vector>

#include "runtime/config/units.hpp"
#include "tools/muster/commands.hpp"
#include "tools/muster/paging.hpp"
#include "tools/muster/pattern_views.hpp"
#include "tools/muster/pattern_watch.hpp"
#include "tools/muster/terminal_text.hpp"

namespace muster::cli {

using boost::json::object;

namespace {

constexpr std::string_view patterns_path = "/operator/v1/patterns";

std::string path_of(const std::string& id) {
  return fmt::format("{}/{}", patterns_path, percent_encoded(id));
}

std::vector<object> open_patterns(const operator_api& api) {
  std::vector<object> open;
  follow_cursors(0, "", [&](std::uint64_t limit, const std::string& cursor) {
    const auto page = api.get(
      api_target(patterns_path, {{"status", "open"}, {"limit", std::to_string(limit)}, {"cursor", cursor}}));
    const auto* rows = page.value.if_contains("patterns");
    if (rows == nullptr || !rows->is_array()) {
      throw failure(exit_code::failed, "the manager's answer holds no patterns");
    }
    for (const auto& row : rows->get_array()) {
      if (row.is_object()) open.push_back(row.get_object());
    }
    return followed_page{rows->get_array().size(), text_of(page.value, "next_cursor")};
  });
  return open;
}

// With its end, if the manager still knows it.
void complete(pattern_event& event, const operator_api& api) {
  if (event.what != pattern_change::ended) return;
  try {
    event.pattern = api.get(path_of(text_of(event.pattern, "id"))).value;
  } catch (const failure&) {
    // What was last known has to do.
  }
}

// When it happened, as far as the manager says.
std::string time_of(const pattern_event& event) {
  const auto* name = event.what == pattern_change::appeared ? "opened_at"
                     : event.what == pattern_change::ended  ? "ended_at"
                                                            : "last_seen";
  const auto time = text_of(event.pattern, name);
  return time.empty() ? text_of(event.pattern, "last_seen") : time;
}

std::string in_words(const pattern_event& event) {
  const auto& pattern = event.pattern;
  auto agents = counted(count_of(pattern, "agent_count"), "agent");
  if (event.new_agents != 0) agents += fmt::format(" (+{})", grouped(event.new_agents));
  return fmt::format("{}  {:8}  {}  {} {}: {}, {}, severity {}{}", time_of(event), to_string(event.what),
                     text_of(pattern, "id"), text_of(pattern, "kind"), text_of(pattern, "value"), agents,
                     counted(count_of(pattern, "sightings"), "sighting"), text_of(pattern, "severity"),
                     truth_of(pattern, "critical") ? ", critical" : "");
}

tone tone_of(const pattern_event& event) {
  if (event.what == pattern_change::ended) return tone::faint;
  return truth_of(event.pattern, "critical") ? tone::bad : tone::plain;
}

void tell(const pattern_event& event, bool json, const console& on) {
  if (json) {
    const object line{{"event", to_string(event.what)}, {"pattern", event.pattern}};
    on.out << printable_json(boost::json::serialize(line)) << '\n';
  } else {
    on.out << render_cell({in_words(event), tone_of(event)}, on.colour) << '\n';
  }
}

// Asks as long as it takes. A manager that never answered, or that lets nobody in, is a failure as elsewhere;
// one that goes away later is told once each time.
class patient_asker {
 public:
  patient_asker(const operator_api& api, const console& on, bool json) : api_(api), on_(on), json_(json) {}

  std::optional<std::vector<object>> ask() {
    try {
      auto open = open_patterns(api_);
      has_answered_ = true;
      is_away_ = false;
      return open;
    } catch (const failure& what) {
      const bool may_pass = what.code() == exit_code::unreachable || what.code() == exit_code::failed;
      if (!has_answered_ || !may_pass) throw;
      if (!is_away_) report(what, json_, on_.err);
      is_away_ = true;
      on_.err.flush();
      return std::nullopt;
    }
  }

 private:
  const operator_api& api_;
  const console& on_;
  bool json_;
  bool has_answered_ = false;
  bool is_away_ = false;
};

}  // namespace

void show_pattern(const command_line& line, const operator_api& api, const console& on) {
  print_document(api.get(path_of(line.id)), line, on, pattern_text);
}

void watch_patterns(const command_line& line, const operator_api& api, const console& on) {
  const auto interval = parse_duration(line.interval).value_or(std::chrono::seconds(1));
  const auto length = parse_duration(line.watch_for);
  const auto end = length ? on.now + *length : utc_time::max();
  patient_asker manager(api, on, line.json);
  pattern_watch watch;
  for (auto now = on.now;; now = on.pause(std::min(interval, end - now))) {
    if (const auto open = manager.ask()) {
      for (auto& event : watch.look(*open)) {
        complete(event, api);
        tell(event, line.json, on);
      }
      on.out.flush();
      if (!on.out) throw failure(exit_code::failed, "the output could not be written");
    }
    if (now >= end) return;
  }
}

}  // namespace muster::cli
