// Written by hand, since there are many; read as trees, since operators look at few.
#include "runtime/ledger/report_records.hpp"

#include "runtime/ledger/json_line.hpp"
#include "runtime/ledger/tree_record.hpp"

#include <charconv>

namespace muster {

namespace {

constexpr std::string_view report_start = R"({"v":1,"at":)";

agent_id read_node(const json_tree& from) {
  const auto& text = from.at("node").get_ref<const std::string&>();
  if (const auto id = parse_agent_id(text)) return *id;
  throw invalid_record{"'" + text + "' is no node's id"};
}

utc_time read_time(const json_tree& from) {
  return utc_time{std::chrono::milliseconds{from.at("at").get<int64_t>()}};
}

template <class Range, class Write>
void append_list(std::string& out, const Range& range, Write write) {
  out += '[';
  for (const auto& each : range) {
    if (out.back() != '[') out += ',';
    write(each);
  }
  out += ']';
}

}  // namespace

// The time stands first for time_of_report().
std::string encode(const record_node_reports& what) {
  std::string out;
  {
    json_object record{out};
    record.number("v", tree_record_version);
    record.time("at", what.at);
    record.text("node", to_string(what.id));
    append_list(record.member("items"), what.items, [&](const auto& item) { append_json_text(out, item); });
  }
  return out;
}

std::string encode(const value_bucket& what) {
  std::string out;
  {
    json_object record{out};
    record.number("v", tree_record_version);
    record.text("node", to_string(what.id));
    append_list(record.member("values"), what.values, [&](const node_value& each) {
      json_object value{out};
      value.text("name", each.name);
      value.time("at", each.at);
      value.text("json", each.json);
    });
  }
  return out;
}

caf::expected<node_report> decode_report(const stored_record& record) {
  return decode_tree<node_report>(record, [&](const json_tree& from) {
    return node_report{read_node(from), number_of_report(record.key), read_time(from),
                       from.at("items").get<std::vector<std::string>>()};
  });
}

caf::expected<value_bucket> decode_values(const stored_record& record) {
  return decode_tree<value_bucket>(record, [](const json_tree& from) {
    value_bucket out{read_node(from), {}};
    for (const auto& each : from.at("values"))
      out.values.push_back({each.at("name"), read_time(each), each.at("json")});
    return out;
  });
}

utc_time time_of_report(std::string_view json) {
  int64_t milliseconds = 0;
  if (json.starts_with(report_start))
    std::from_chars(json.data() + report_start.size(), json.data() + json.size(), milliseconds);
  return utc_time{std::chrono::milliseconds{milliseconds}};
}

}  // namespace muster
