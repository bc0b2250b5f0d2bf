// Written by hand, since there may be many; read as trees, since that is once.
#include "runtime/ledger/event_records.hpp"

#include "runtime/ledger/json_line.hpp"
#include "runtime/ledger/tree_record.hpp"

#include <algorithm>

namespace muster {

namespace {

void append_audience(json_object& into, const event_audience& audience) {
  if (audience.kind == audience_kind::everyone) return;
  auto& out = into.member(audience.kind == audience_kind::only ? "only" : "except");
  out += '[';
  for (const auto id : audience.ids) {
    if (out.back() != '[') out += ',';
    append_json_text(out, to_string(id));
  }
  out += ']';
}

event_audience read_audience(const json_tree& from) {
  event_audience out;
  auto ids = from.find("only");
  if (ids != from.end()) out.kind = audience_kind::only;
  else if ((ids = from.find("except")) != from.end()) out.kind = audience_kind::except;
  else return out;
  for (const auto& each : *ids) {
    const auto& text = each.get_ref<const std::string&>();
    const auto id = parse_agent_id(text);
    if (!id) throw invalid_record{"'" + text + "' is not known"};
    out.ids.push_back(*id);
  }
  if (!std::is_sorted(out.ids.begin(), out.ids.end())) throw invalid_record{"the audience is not ascending"};
  return out;
}

}  // namespace

std::string encode(const logged_event& what) {
  std::string out;
  {
    json_object record{out};
    record.number("v", tree_record_version);
    record.text("tenant", what.tenant);
    record.time("at", what.at);
    record.text("type", what.what.type);
    append_audience(record, what.what.audience);
    record.text_unless_empty("payload", what.what.payload);
  }
  return out;
}

std::string encode(const sealed_signing_keys& what) {
  std::string out;
  {
    json_object record{out};
    record.number("v", tree_record_version);
    record.number("epoch", what.epoch);
    record.text("current", what.current);
    record.text_unless_empty("previous", what.previous);
    if (!what.previous.empty()) record.time("transition_expires", what.transition_expires);
  }
  return out;
}

caf::expected<logged_event> decode_event(const stored_record& record) {
  auto read = decode_tree<logged_event>(record, [](const json_tree& from) {
    logged_event out;
    out.tenant = from.at("tenant");
    out.at = read_time(from, "at");
    out.what = {from.at("type"), from.value("payload", ""), read_audience(from)};
    return out;
  });
  if (!read) return read;
  read->stream = stream_of(record.key);
  read->sequence = sequence_of(record.key);
  return read;
}

caf::expected<sealed_signing_keys> decode_signing_keys(const stored_record& record) {
  return decode_tree<sealed_signing_keys>(record, [](const json_tree& from) {
    return sealed_signing_keys{from.at("epoch"), from.at("current"), from.value("previous", ""),
                               read_time(from, "transition_expires")};
  });
}

}  // namespace muster
