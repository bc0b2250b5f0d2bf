// Written by hand as all records are; read as trees, since there are few.
#include "runtime/ledger/upgrade_records.hpp"

#include "runtime/ledger/json_line.hpp"
#include "runtime/ledger/tree_record.hpp"

namespace muster {

namespace {

using text_map = std::map<std::string, std::string>;

void append_texts(json_object& into, const char* name, const text_map& texts) {
  json_object inner{into.member(name)};
  for (const auto& [key, value] : texts) inner.text(key, value);
}

void append_numbers(std::string& out, const auto& numbers) {
  out += '[';
  for (const auto number : numbers) {
    if (out.back() != '[') out += ',';
    append_json_number(out, number);
  }
  out += ']';
}

void append_failures(std::string& out, const std::vector<upgrade_failure>& failures) {
  out += '[';
  for (const auto& each : failures) {
    if (out.back() != '[') out += ',';
    json_object failure{out};
    failure.text("node", to_string(each.node));
    failure.text("hostname", each.hostname);
    failure.text("reason", each.reason);
  }
  out += ']';
}

void append_request(json_object& into, const start_upgrade& asked) {
  into.text("version", asked.version);
  if (asked.tenant) into.text("tenant", *asked.tenant);
  append_texts(into, "labels", asked.labels);
  append_numbers(into.member("stages"), asked.stages);
  into.number("every", asked.every.count());
  into.number("patience", asked.patience.count());
  into.number("max_failed", asked.max_failed);
  append_texts(into, "checksums", asked.checksums);
  into.text("author", asked.author);
  into.text_unless_empty("reason", asked.reason);
}

start_upgrade read_request(const json_tree& from) {
  start_upgrade out;
  out.version = from.at("version");
  if (from.contains("tenant")) out.tenant = from.at("tenant").get<std::string>();
  out.labels = from.value("labels", text_map{});
  out.stages = from.at("stages").get<std::vector<uint32_t>>();
  out.every = read_span(from, "every");
  out.patience = read_span(from, "patience");
  out.max_failed = from.value("max_failed", uint32_t{0});
  out.checksums = from.at("checksums").get<text_map>();
  out.author = from.value("author", "");
  out.reason = from.value("reason", "");
  return out;
}

std::vector<upgrade_failure> read_failures(const json_tree& from) {
  std::vector<upgrade_failure> out;
  for (const auto& each : from) {
    const auto& text = each.at("node").get_ref<const std::string&>();
    const auto id = parse_agent_id(text);
    if (!id) throw invalid_record{"'" + text + "' is no node's id"};
    out.push_back({*id, each.at("hostname"), each.at("reason")});
  }
  return out;
}

}  // namespace

std::string encode(const upgrade& what) {
  std::string out;
  {
    json_object record{out};
    record.number("v", tree_record_version);
    append_request(record, what.asked);
    record.text("status", to_string(what.status));
    record.number("stage", what.stage);
    record.time("started_at", what.started_at);
    record.time("stage_since", what.stage_since);
    record.number("served", what.served.count());
    if (what.ended_at != utc_time{}) record.time("ended_at", what.ended_at);
    record.text_unless_empty("outcome", what.outcome);
    const auto& counts = what.counts;
    append_numbers(record.member("counts"),
                   std::array{counts.nodes, counts.upgraded, counts.waiting, counts.failed});
    append_failures(record.member("failures"), what.failures);
    append_numbers(record.member("runs"), what.runs);
  }
  return out;
}

caf::expected<upgrade> decode_upgrade(const stored_record& record) {
  return decode_tree<upgrade>(record, [&](const json_tree& from) {
    upgrade out;
    out.number = record.key;
    out.asked = read_request(from);
    out.status = read_word<rollout_status>(from, "status", parse_rollout_status);
    out.stage = from.at("stage");
    if (out.stage >= out.asked.stages.size()) throw invalid_record{"there is no such 'stage'"};
    out.started_at = read_time(from, "started_at");
    out.stage_since = read_time(from, "stage_since");
    out.served = read_span(from, "served");
    out.ended_at = read_time(from, "ended_at");
    out.outcome = from.value("outcome", "");
    const auto counts = from.at("counts").get<std::array<uint64_t, 4>>();
    out.counts = {counts[0], counts[1], counts[2], counts[3]};
    out.failures = read_failures(from.at("failures"));
    out.runs = from.at("runs").get<std::vector<uint64_t>>();
    return out;
  });
}

}  // namespace muster
