// Items are JSON already, and are passed on as they are.
#include "runtime/wire/operator_reports.hpp"

#include "runtime/wire/operator_json.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace muster::operator_api {

namespace {

using json::quote;

std::string value_list(const char* member, const node_value_page& page) {
  return list(page.values, [&](const node_value& each) {
    return fmt::format(R"({{"name":{},"received_at":{},"{}":{}}})", quote(each.name),
                       quote(to_rfc3339(each.at)), member, each.json);
  });
}

std::string write_values(const char* name, const char* member, const node_value_page& page) {
  return fmt::format(R"({{"{}":{},"next_cursor":{}}})", name, value_list(member, page), cursor(page.next));
}

}  // namespace

std::string write_node_reports(const node_report_page& page) {
  return fmt::format(R"({{"reports":{},"next_cursor":{}}})",
                     list(page.reports,
                          [](const node_report& each) {
                            return fmt::format(R"({{"number":{},"received_at":{},"items":[{}]}})",
                                               each.number, quote(to_rfc3339(each.at)),
                                               fmt::join(each.items, ","));
                          }),
                     cursor(page.next));
}

std::string write_node_entries(const node_value_page& page) { return write_values("entries", "entry", page); }

std::string write_metric_list(const node_value_page& page) { return value_list("sample", page); }

std::string write_node_metrics(const node_value_page& page) {
  return write_values("metrics", "sample", page);
}

}  // namespace muster::operator_api
