// What nodes report of themselves and nobody has to decide on: kept for operators to
// look at, the last ones of each kind. Items are JSON as nodes wrote it, made compact.
#pragma once

#include "messages/ids.hpp"

#include <caf/meta/type_name.hpp>
#include <caf/optional.hpp>

#include <string>
#include <vector>

namespace muster {

enum class report_kind : uint8_t { drift, metrics, logs, audit, violations, recovery, tunnels };
constexpr size_t report_kind_count = 7;
std::string to_string(report_kind kind);
caf::optional<report_kind> parse_report_kind(const std::string& text);

// Something that a node says anew under the same name: an entry of its upstream state,
// or the latest sample of a group of metrics.
struct node_value {
  std::string name;
  utc_time at{};  // when the manager got it
  std::string json;

  bool operator==(const node_value&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, node_value& x) {
  return f(caf::meta::type_name("node_value"), x.name, x.at, x.json);
}

enum class value_kind : uint8_t { entries, metrics };

// Doors to the ledger: append these as one report, and let the oldest of the kind go.
// Says nothing for a node that was removed.
struct record_node_reports {
  agent_id id{};
  report_kind kind = report_kind::drift;
  utc_time at{};
  std::vector<std::string> items;
  std::vector<node_value> latest;  // of metrics, the last of each group and peer
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, record_node_reports& x) {
  return f(caf::meta::type_name("record_node_reports"), x.id, x.kind, x.at, x.items, x.latest);
}

// Doors to the ledger: replace or add these entries, and delete those. Answered by
// `committed` with the number of new ones for which there was no room.
struct record_node_entries {
  agent_id id{};
  std::vector<node_value> entries;
  std::vector<std::string> deleted;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, record_node_entries& x) {
  return f(caf::meta::type_name("record_node_entries"), x.id, x.entries, x.deleted);
}

// To the archive: reports of a kind, the newest first. Answered by `node_report_page`.
struct read_node_reports {
  agent_id id{};
  report_kind kind = report_kind::drift;
  uint64_t before = 0;  // a number; 0 for the newest
  uint32_t limit = 100;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, read_node_reports& x) {
  return f(caf::meta::type_name("read_node_reports"), x.id, x.kind, x.before, x.limit);
}
struct node_report {
  agent_id id{};
  uint64_t number = 0;  // ascending for each node and kind
  utc_time at{};
  std::vector<std::string> items;

  bool operator==(const node_report&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, node_report& x) {
  return f(caf::meta::type_name("node_report"), x.id, x.number, x.at, x.items);
}
struct node_report_page {
  std::vector<node_report> reports;
  uint64_t next = 0;  // for `before`; 0 at the end
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, node_report_page& x) {
  return f(caf::meta::type_name("node_report_page"), x.reports, x.next);
}

// To the archive, in no order that means something. Answered by `node_value_page`.
struct read_node_values {
  agent_id id{};
  value_kind kind = value_kind::entries;
  uint64_t from = 0;
  uint32_t limit = 100;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, read_node_values& x) {
  return f(caf::meta::type_name("read_node_values"), x.id, x.kind, x.from, x.limit);
}
struct node_value_page {
  std::vector<node_value> values;
  uint64_t next = 0;  // for `from`; 0 at the end
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, node_value_page& x) {
  return f(caf::meta::type_name("node_value_page"), x.values, x.next);
}

}  // namespace muster
