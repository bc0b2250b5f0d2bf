// Items are checked where what is wrong would be of no use, and kept as they are.
#include "runtime/wire/plexd_reports.hpp"

#include "runtime/json/document.hpp"
#include "runtime/wire/go_duration.hpp"
#include "runtime/wire/timestamp.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace muster::plexd {

namespace {

constexpr std::chrono::minutes clock_tolerance{10};
constexpr size_t metric_limit = 1'000;  // items of one request
constexpr size_t log_limit = 2'000;
constexpr size_t audit_limit = 5'000;
constexpr size_t correction_limit = 10'000;
constexpr size_t entry_limit = 1'000;
constexpr size_t name_limit = 256;  // bytes of a key, a group, a peer
constexpr size_t word_limit = 4'096;

using json::object_reader;
using item_check = void (*)(object_reader& item, utc_time now);

// Nodes write the year 1 for no time at all.
void check_time(object_reader& from, std::string_view member, utc_time now) {
  const auto text = from.text(member, name_limit);
  if (text.empty()) return;
  const auto at = parse_rfc3339(text);
  if (!at) from.fail(member, "must be an RFC 3339 time");
  else if (*at > now + clock_tolerance)
    from.fail(member, "is more than 10 minutes ahead of the manager's clock");
}

// Text with whatever is in it, line breaks too.
void check_texts(object_reader& from, std::initializer_list<std::string_view> members) {
  for (const auto member : members)
    if (const auto value = from.find(member); value && !value->is_string())
      from.fail(member, fmt::format("expected a string, got {}", json::kind(*value)));
}

void check_object(object_reader& from, std::string_view member) {
  if (const auto value = from.find(member); value && !value->is_object())
    from.fail(member, fmt::format("expected an object, got {}", json::kind(*value)));
}

// --- items -------------------------------------------------------------------

void check_drift(object_reader& from, utc_time now) {
  check_time(from, "timestamp", now);
  const auto corrections = from.array("corrections", correction_limit);
  for (size_t i = 0; corrections && i < corrections->size() && !from.failed(); ++i) {
    object_reader one{(*corrections)[i], fmt::format("$.corrections[{}]", i)};
    check_texts(one, {"type", "detail"});
    from.adopt(one);
  }
}

void check_violation(object_reader& from, utc_time now) {
  check_time(from, "timestamp", now);
  check_texts(from, {"type", "path", "expected_checksum", "actual_checksum", "detail"});
}

// The form is ours: which rung of its ladder a node took, and what came of it.
void check_recovery(object_reader& from, utc_time now) {
  check_time(from, "timestamp", now);
  check_texts(from, {"step", "outcome", "detail"});
}

void check_metric(object_reader& from, utc_time now) {
  check_time(from, "timestamp", now);
  from.text("group", name_limit);
  from.text("peer_id", name_limit);
  check_object(from, "data");
}

void check_log(object_reader& from, utc_time now) {
  check_time(from, "timestamp", now);
  check_texts(from, {"source", "unit", "message", "severity", "hostname"});
}

void check_audit(object_reader& from, utc_time now) {
  check_time(from, "timestamp", now);
  check_texts(from, {"source", "event_type", "action", "result", "hostname"});
}

void check_ready(object_reader& from, utc_time now) {
  check_time(from, "timestamp", now);
  check_texts(from, {"listen_addr"});
}

void check_closed(object_reader& from, utc_time now) {
  check_time(from, "timestamp", now);
  check_texts(from, {"reason"});
  const auto span = from.text("duration", name_limit);
  if (!span.empty() && !parse_go_duration(span)) from.fail("duration", "must be a span like 2.34s or 1m15s");
}

// --- bodies ------------------------------------------------------------------

// What is read of a body until the first problem.
class body_reader {
 public:
  body_reader(agent_id node, report_kind kind, utc_time now, item_check check)
    : now_(now), check_(check), out_{node, kind, now, {}, {}} {}

  void fail(std::string problem) {
    if (problem_.empty()) problem_ = std::move(problem);
  }
  bool failed() const { return !problem_.empty(); }

  void add(json::element item, std::string path) {
    object_reader from{item, std::move(path)};
    if (!from.failed()) check_(from, now_);
    if (from.failed()) return fail(from.problem());
    out_.items.push_back(simdjson::minify(item));
  }
  report_reading take() && {
    if (failed()) return {std::nullopt, std::move(problem_)};
    return {std::move(out_), {}};
  }
  record_node_reports& out() { return out_; }

 private:
  utc_time now_;
  item_check check_;
  record_node_reports out_;
  std::string problem_;
};

bool parse(simdjson::dom::parser& parser, std::string_view text, json::element& into) {
  return parser.parse(text.data(), text.size(), true).get(into) == simdjson::SUCCESS;
}

void add_array(body_reader& into, std::string_view body, size_t limit) {
  simdjson::dom::parser parser;
  json::element root;
  simdjson::dom::array items;
  if (!parse(parser, body, root)) return into.fail("$: not valid JSON");
  if (root.get(items) != simdjson::SUCCESS)
    return into.fail(fmt::format("$: expected an array, got {}", json::kind(root)));
  size_t i = 0;
  for (const auto item : items) {
    if (i >= limit) return into.fail(fmt::format("$: more than {} items", limit));
    if (into.failed()) return;
    into.add(item, fmt::format("$[{}]", i++));
  }
}

void add_lines(body_reader& into, std::string_view body, size_t limit) {
  simdjson::dom::parser parser;
  size_t taken = 0;
  for (size_t line = 1; !body.empty() && !into.failed(); ++line) {
    const auto end = std::min(body.find('\n'), body.size());
    const auto text = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    if (text.find_first_not_of(" \t\r") == text.npos) continue;
    json::element item;
    if (++taken > limit) return into.fail(fmt::format("line {}: more than {} items", line, limit));
    if (!parse(parser, text, item)) return into.fail(fmt::format("line {}: not valid JSON", line));
    into.add(item, fmt::format("line {}", line));
  }
}

report_reading read_one(std::string_view body, agent_id node, report_kind kind, utc_time now,
                        item_check check) {
  body_reader out{node, kind, now, check};
  simdjson::dom::parser parser;
  json::element root;
  if (!parse(parser, body, root)) out.fail("$: not valid JSON");
  else out.add(root, "$");
  return std::move(out).take();
}

report_reading read_many(std::string_view body, agent_id node, report_kind kind, utc_time now,
                         item_check check, size_t limit) {
  body_reader out{node, kind, now, check};
  const auto start = body.find_first_not_of(" \t\r\n");
  if (start != body.npos && body[start] == '[') add_array(out, body, limit);
  else add_lines(out, body, limit);
  return std::move(out).take();
}

report_reading read_tunnel(std::string_view body, agent_id node, std::string_view session, utc_time now,
                           std::string_view what, item_check check) {
  auto out = read_one(body, node, report_kind::tunnels, now, check);
  if (out.value)
    out.value->items.front() = fmt::format(R"({{"session_id":{},"event":"{}","report":{}}})",
                                           json::quote(session), what, out.value->items.front());
  return out;
}

// "latency n_1": what the latest sample of a metric is kept under.
std::string name_of_metric(std::string_view item) {
  simdjson::dom::parser parser;
  json::element root;
  if (!parse(parser, item, root)) return {};
  object_reader from{root};
  auto peer = from.text("peer_id", name_limit);
  if (auto data = from.object("data"); data && peer.empty()) peer = data->text("peer_id", name_limit);
  const auto group = from.text("group", name_limit);
  return peer.empty() ? group : group + " " + peer;
}

void add_entry(json::element item, size_t index, utc_time now, object_reader& from,
               std::map<std::string, node_value>& into) {
  object_reader entry{item, fmt::format("$.entries[{}]", index)};
  auto key = entry.required_text("key", name_limit);
  entry.text("content_type", word_limit);
  entry.number("version", 0, 9.0e18);
  if (!entry.failed()) check_time(entry, "updated_at", now);
  from.adopt(entry);
  if (!from.failed()) into[key] = {key, now, simdjson::minify(item)};
}

std::vector<std::string> read_deleted(object_reader& from) {
  std::vector<std::string> out;
  const auto items = from.array("deleted", entry_limit);
  for (size_t i = 0; items && i < items->size(); ++i) {
    std::string_view key;
    if ((*items)[i].get(key) != simdjson::SUCCESS)
      from.fail(fmt::format("deleted[{}]", i),
                fmt::format("expected a string, got {}", json::kind((*items)[i])));
    out.emplace_back(key);
  }
  return out;
}

}  // namespace

report_reading read_drift(std::string_view body, agent_id node, utc_time now) {
  return read_one(body, node, report_kind::drift, now, check_drift);
}

report_reading read_violation(std::string_view body, agent_id node, utc_time now) {
  return read_one(body, node, report_kind::violations, now, check_violation);
}

report_reading read_recovery(std::string_view body, agent_id node, utc_time now) {
  return read_one(body, node, report_kind::recovery, now, check_recovery);
}

report_reading read_metrics(std::string_view body, agent_id node, utc_time now) {
  body_reader reader{node, report_kind::metrics, now, check_metric};
  add_array(reader, body, metric_limit);
  auto out = std::move(reader).take();
  if (!out.value) return out;
  std::map<std::string, node_value> latest;
  for (const auto& item : out.value->items) {
    const auto name = name_of_metric(item);
    latest[name] = {name, now, item};
  }
  for (auto& [name, value] : latest) out.value->latest.push_back(std::move(value));
  return out;
}

report_reading read_logs(std::string_view body, agent_id node, utc_time now) {
  return read_many(body, node, report_kind::logs, now, check_log, log_limit);
}

report_reading read_audit(std::string_view body, agent_id node, utc_time now) {
  return read_many(body, node, report_kind::audit, now, check_audit, audit_limit);
}

report_reading read_tunnel_ready(std::string_view body, agent_id node, std::string_view session,
                                 utc_time now) {
  return read_tunnel(body, node, session, now, "ready", check_ready);
}

report_reading read_tunnel_closed(std::string_view body, agent_id node, std::string_view session,
                                  utc_time now) {
  return read_tunnel(body, node, session, now, "closed", check_closed);
}

reading<record_node_entries> read_entries(std::string_view body, agent_id node, utc_time now) {
  simdjson::dom::parser parser;
  json::element root;
  if (!parse(parser, body, root)) return {std::nullopt, "$: not valid JSON"};
  object_reader from{root};
  std::map<std::string, node_value> entries;
  const auto items = from.array("entries", entry_limit);
  for (size_t i = 0; items && i < items->size() && !from.failed(); ++i)
    add_entry((*items)[i], i, now, from, entries);
  record_node_entries out{node, {}, read_deleted(from)};
  if (from.failed()) return {std::nullopt, from.problem()};
  for (auto& [key, value] : entries) out.entries.push_back(std::move(value));
  return {std::move(out), {}};
}

}  // namespace muster::plexd
