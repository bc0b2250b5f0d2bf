// Commands about what nodes have reported.
#include "tools/muster/report_commands.hpp"

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "tools/muster/commands.hpp"
#include "tools/muster/operator_api.hpp"

namespace muster::cli {

using boost::json::object;

namespace {

constexpr std::size_t widest_content = 300;

std::string content_of(const object& row, std::string_view name) {
  const auto* member = row.if_contains(name);
  if (member == nullptr) return {};
  auto text = boost::json::serialize(*member);
  if (text.size() <= widest_content) return text;
  text.resize(widest_content);
  return text + "...";
}

table_row value_row(const object& row, const view_style& style, const char* member) {
  return {{text_of(row, "name")}, time_cell(row, "received_at", style), {content_of(row, member)}};
}

std::string path_of(const command_line& line, const operator_api& api, std::string_view what) {
  return fmt::format("/operator/v1/nodes/{}/{}", percent_encoded(named_agent(line, api)), what);
}

const list_view& reports_view() {
  static const list_view view{"reports",
                              "reports",
                              {"NUMBER", "RECEIVED", "ITEMS", "CONTENT"},
                              [](const object& row, const view_style& style) -> table_row {
                                const auto* items = row.if_contains("items");
                                const auto count =
                                  items != nullptr && items->is_array() ? items->get_array().size() : 0;
                                return {{text_of(row, "number")},
                                        time_cell(row, "received_at", style),
                                        {std::to_string(count)},
                                        {content_of(row, "items")}};
                              }};
  return view;
}

const list_view& entries_view() {
  static const list_view view{
    "entries", "entries", {"KEY", "RECEIVED", "ENTRY"}, [](const object& row, const view_style& style) {
      return value_row(row, style, "entry");
    }};
  return view;
}

const list_view& metrics_view() {
  static const list_view view{
    "metrics", "metrics", {"GROUP", "RECEIVED", "SAMPLE"}, [](const object& row, const view_style& style) {
      return value_row(row, style, "sample");
    }};
  return view;
}

}  // namespace

report_source reports_of(const command_line& line, const operator_api& api) {
  if (line.what == command::nodes_entries) return {&entries_view(), path_of(line, api, "entries")};
  if (line.what == command::nodes_metrics) return {&metrics_view(), path_of(line, api, "metrics")};
  return {&reports_view(), path_of(line, api, "reports")};
}

}  // namespace muster::cli
