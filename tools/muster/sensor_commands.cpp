// One sensor with its past: the scans that it has or had last, and what was written down of it.
#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "tools/muster/commands.hpp"
#include "tools/muster/paging.hpp"
#include "tools/muster/scan_views.hpp"
#include "tools/muster/terminal_text.hpp"

namespace muster::cli {

using boost::json::object;

namespace {

constexpr std::uint64_t shown_jobs = 10;
constexpr std::uint64_t shown_history = 20;
constexpr int most_pages = 10;  // a page of a long audit may hold no row of the sensor

// The newest rows of a list, each as the manager wrote it and as an object.
struct newest_rows {
  std::string text;
  std::vector<object> rows;
  bool more = false;
};

newest_rows newest(const operator_api& api, const std::string& path, const query_fields& filters,
                   const list_view& view, std::uint64_t limit) {
  newest_rows out;
  std::string cursor;
  for (int pages = 0; pages < most_pages; ++pages) {
    auto query = filters;
    query.emplace_back("limit", std::to_string(limit - out.rows.size()));
    query.emplace_back("cursor", cursor);
    const auto page = api.get(api_target(path, query));
    const auto* rows = page.value.if_contains(view.member);
    const auto texts = raw_elements(page.text, view.member);
    if (rows == nullptr || !rows->is_array() || !texts)
      throw failure(exit_code::failed, fmt::format("the manager's answer holds no {}", view.member));
    if (!out.text.empty() && !texts->empty()) out.text += ',';
    out.text += *texts;
    for (const auto& each : rows->get_array())
      if (each.is_object()) out.rows.push_back(each.get_object());
    cursor = text_of(page.value, "next_cursor");
    if (cursor.empty() || out.rows.size() >= limit) break;
  }
  out.more = !cursor.empty();
  return out;
}

void print_section(const char* title, const newest_rows& found, const list_view& view,
                   const std::string& whole, const console& on) {
  if (found.rows.empty() && !found.more) return;
  on.out << '\n' << title << '\n';
  std::vector<table_row> rows;
  for (const auto& each : found.rows) rows.push_back(view.row(each, style_of(on)));
  if (!rows.empty()) on.out << text_table(view.headings, on.colour).render(rows);
  if (found.more) on.out << "there is more: " << printable(whole) << '\n';
}

}  // namespace

void show_sensor(const command_line& line, const operator_api& api, const console& on) {
  const auto sensor = api.get("/operator/v1/sensors/" + percent_encoded(line.id));
  const auto jobs = newest(api, "/operator/v1/scans", {{"sensor", line.id}}, scans_view(), shown_jobs);
  const auto past = newest(api, "/operator/v1/audit", {{"subject", line.id}}, audit_view(), shown_history);
  if (line.json) {
    const auto members = sensor.text.substr(0, sensor.text.rfind('}'));
    on.out << printable_json(fmt::format(R"({},"jobs":[{}],"history":[{}]}})", members, jobs.text, past.text))
           << '\n';
    return;
  }
  on.out << sensor_text(sensor.value, style_of(on));
  print_section("Jobs", jobs, scans_view(), "muster scans list --sensor " + line.id, on);
  print_section("History", past, audit_view(), "muster audit --subject " + line.id, on);
}

}  // namespace muster::cli
