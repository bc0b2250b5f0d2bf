// Written by hand, since a run has many executions; read as trees, since that is once.
#include "runtime/ledger/work_records.hpp"

#include "runtime/ledger/json_line.hpp"
#include "runtime/ledger/tree_record.hpp"

namespace muster {

namespace {

void append_texts(json_object& into, const char* name, const std::map<std::string, std::string>& texts) {
  if (texts.empty()) return;
  json_object inner{into.member(name)};
  for (const auto& [key, value] : texts) inner.text(key, value);
}

void append_time(json_object& into, const char* name, utc_time at) {
  if (at != utc_time{}) into.time(name, at);
}

std::map<std::string, std::string> read_texts(const json_tree& from, const char* name) {
  return from.value(name, std::map<std::string, std::string>{});
}

agent_id read_node(const json_tree& from) {
  const auto& text = from.at("node").get_ref<const std::string&>();
  if (const auto id = parse_agent_id(text)) return *id;
  throw invalid_record{"'" + text + "' is no node's id"};
}

}  // namespace

std::string encode(const run_record& what) {
  std::string out;
  {
    json_object record{out};
    record.number("v", tree_record_version);
    record.text("action", what.action);
    append_texts(record, "parameters", what.parameters);
    record.text_unless_empty("tenant", what.tenant);
    append_texts(record, "labels", what.labels);
    record.number("timeout", what.timeout.count());
    record.number("max_parallel", what.max_parallel);
    record.text("author", what.author);
    record.time("started_at", what.started_at);
    append_time(record, "cancelled_at", what.cancelled_at);
    append_time(record, "ended_at", what.ended_at);
  }
  return out;
}

std::string encode(const execution_record& what) {
  std::string out;
  {
    json_object record{out};
    record.number("v", tree_record_version);
    record.text("node", to_string(what.node));
    record.text("tenant", what.tenant);
    record.text("hostname", what.hostname);
    record.text_unless_empty("checksum", what.checksum);
    record.text("status", to_string(what.status));
    record.text_unless_empty("reason", what.reason);
    if (what.postponed != 0) record.number("postponed", what.postponed);
    append_time(record, "sent_at", what.sent_at);
    append_time(record, "acknowledged_at", what.acknowledged_at);
    append_time(record, "finished_at", what.finished_at);
    append_time(record, "result_at", what.result_at);
    if (what.exit_code != 0) record.number("exit_code", what.exit_code);
    if (what.duration.count() != 0) record.number("duration", what.duration.count());
    append_time(record, "node_finished_at", what.node_finished_at);
  }
  return out;
}

std::string encode(const execution_output& what) {
  std::string out;
  {
    json_object record{out};
    record.number("v", tree_record_version);
    record.text("node", to_string(what.node));
    record.text_unless_empty("out", what.out);
    record.text_unless_empty("err", what.err);
  }
  return out;
}

caf::expected<run_record> decode_run(const stored_record& record) {
  return decode_tree<run_record>(record, [&](const json_tree& from) {
    run_record out;
    out.number = record.key;
    out.action = from.at("action");
    out.parameters = read_texts(from, "parameters");
    out.tenant = from.value("tenant", "");
    out.labels = read_texts(from, "labels");
    out.timeout = read_span(from, "timeout");
    out.max_parallel = from.at("max_parallel");
    out.author = from.value("author", "");
    out.started_at = read_time(from, "started_at");
    out.cancelled_at = read_time(from, "cancelled_at");
    out.ended_at = read_time(from, "ended_at");
    return out;
  });
}

caf::expected<execution_record> decode_execution(const stored_record& record) {
  return decode_tree<execution_record>(record, [&](const json_tree& from) {
    execution_record out;
    out.run = run_of(record.key);
    out.node = read_node(from);
    out.tenant = from.at("tenant");
    out.hostname = from.at("hostname");
    out.checksum = from.value("checksum", "");
    out.status = read_word<execution_status>(from, "status", parse_execution_status);
    out.reason = from.value("reason", "");
    out.postponed = from.value("postponed", uint32_t{0});
    out.sent_at = read_time(from, "sent_at");
    out.acknowledged_at = read_time(from, "acknowledged_at");
    out.finished_at = read_time(from, "finished_at");
    out.result_at = read_time(from, "result_at");
    out.exit_code = from.value("exit_code", int32_t{0});
    out.duration = read_span(from, "duration");
    out.node_finished_at = read_time(from, "node_finished_at");
    return out;
  });
}

caf::expected<execution_output> decode_output(const stored_record& record) {
  return decode_tree<execution_output>(record, [&](const json_tree& from) {
    return execution_output{run_of(record.key), read_node(from), from.value("out", ""),
                            from.value("err", "")};
  });
}

}  // namespace muster
