// The JSON of every record.
#include "runtime/ledger/record_encoder.hpp"

#include "runtime/ledger/json_line.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cinttypes>
#include <cmath>
#include <cstdio>
#include <utility>

namespace muster {

namespace {

constexpr int record_version = 1;
constexpr size_t event_depth = 1000;  // simdjson reads 1024 levels, and a record adds some

void add_digest(json_object& into, std::string_view key, const token_digest& digest) {
  if (digest.empty()) return;
  std::array<char, 35> hex{};
  std::snprintf(hex.data(), hex.size(), "%016" PRIx64 "%016" PRIx64, digest.high, digest.low);
  into.text(key, {hex.data(), 32});
}

void add_host(json_object& into, const host_facts& facts) {
  json_object host{into.member("host")};
  host.text_unless_empty("hostname", facts.hostname);
  host.text_unless_empty("organization", facts.organization);
  host.text_unless_empty("os", facts.os);
  host.text_unless_empty("arch", facts.arch);
  host.text_unless_empty("version", facts.version);
  host.text_unless_empty("address", facts.address);
  host.text_unless_empty("machine_id", facts.machine_id);
  host.text_unless_empty("seen_from", facts.seen_from);
}

void add_labels(json_object& into, const std::map<std::string, std::string>& labels) {
  auto& out = into.member("labels");
  out += '{';
  for (const auto& [key, value] : labels) {
    if (out.back() != '{') out += ',';
    append_json_text(out, key);
    out += ':';
    append_json_text(out, value);
  }
  out += '}';
}

void add_change(std::string& out, const state_change& change) {
  json_object into{out};
  into.text("id", to_string(change.id));
  into.text("from", to_string(change.from));
  into.text("to", to_string(change.to));
  into.text("cause", to_string(change.cause));
  into.time("at", change.at);
  into.time("last_seen", change.last_seen);
  if (change.previous != 0) into.number("previous", change.previous);
}

// Appends `[a,b,...]` with what `add` appends for each.
template <class Range, class Add>
void append_list(std::string& out, const Range& range, Add add) {
  out += '[';
  auto first = true;
  for (const auto& each : range) {
    if (!std::exchange(first, false)) out += ',';
    add(each);
  }
  out += ']';
}

}  // namespace

record_encoder::record_encoder() : parser_(std::make_unique<simdjson::dom::parser>()) {}
record_encoder::~record_encoder() = default;

std::string_view record_encoder::agent(const agent_record& record) {
  text_.clear();
  {
    json_object into{text_};
    into.number("v", record_version);
    into.text("id", to_string(record.id));
    into.text("dialect", to_string(record.speaks));
    into.text_unless_empty("tenant", record.tenant);
    add_host(into, record.host);
    if (!record.labels.empty()) add_labels(into, record.labels);
    add_digest(into, "token", record.tokens.current);
    add_digest(into, "token_issued", record.tokens.issued);
    add_digest(into, "token_superseded", record.tokens.superseded);
    into.time("registered_at", record.registered_at);
    into.time("enrolled_at", record.enrolled_at);
    if (record.enrolled_openly) into.member("enrolled_openly") += "true";
  }
  return text_;
}

std::string_view record_encoder::changes(const std::vector<state_change>& batch) {
  utc_time latest{};
  for (const auto& change : batch) latest = std::max(latest, change.at);
  text_.clear();
  {
    json_object into{text_};
    into.number("v", record_version);
    into.time("at", latest);
    append_list(into.member("changes"), batch, [this](const auto& change) { add_change(text_, change); });
  }
  return text_;
}

std::string_view record_encoder::audit(const audit_entry& entry) {
  text_.clear();
  {
    json_object into{text_};
    into.number("v", record_version);
    into.time("at", entry.at);
    into.text_unless_empty("actor", entry.actor);
    into.text_unless_empty("action", entry.action);
    into.text_unless_empty("subject", entry.subject);
    into.text_unless_empty("detail", entry.detail);
  }
  return text_;
}

// One short list per agent, since there are many and they are written each minute:
// id, status as its number, last_seen, changed_at, last_change and, where there is
// one, the version of the policy that it has acknowledged.
std::string_view record_encoder::standings(const standings_block& block) {
  text_.clear();
  {
    json_object into{text_};
    into.number("v", record_version);
    append_list(into.member("standings"), block.standings, [this](const agent_standing& each) {
      text_ += "[\"";
      text_ += to_string(each.id);
      text_ += "\",";
      append_json_number(text_, static_cast<unsigned>(each.status));
      text_ += ',';
      append_json_number(text_, each.last_seen.time_since_epoch().count());
      text_ += ',';
      append_json_number(text_, each.changed_at.time_since_epoch().count());
      text_ += ',';
      append_json_number(text_, each.last_change);
      if (each.policy_acknowledged != 0) {
        text_ += ',';
        append_json_number(text_, each.policy_acknowledged);
      }
      text_ += ']';
    });
  }
  return text_;
}

// A short list per agent: id, first_seen, last_seen, sightings, whether it is trusted.
std::string_view record_encoder::patterns(const pattern& what) {
  text_.clear();
  {
    json_object into{text_};
    into.number("v", record_version);
    into.time("at", what.opened_at);
    into.text("id", to_string(what.id));
    into.text_unless_empty("tenant", what.tenant);
    into.text("kind", what.kind);
    into.text("value", what.value);
    if (what.critical) into.member("critical") += "true";
    into.text_unless_empty("severity", what.severity);
    into.time("first_seen", what.first_seen);
    into.time("last_seen", what.last_seen);
    if (!what.open()) into.time("ended_at", what.ended_at);
    into.number("sightings", what.sightings);
    into.number("last_report", what.last_report);
    into.number("agent_count", what.agent_count);
    into.number("trusted_count", what.trusted_count);
    append_list(into.member("agents"), what.agents, [this](const pattern_agent& each) {
      text_ += "[\"";
      text_ += to_string(each.id);
      text_ += "\",";
      append_json_number(text_, each.first_seen.time_since_epoch().count());
      text_ += ',';
      append_json_number(text_, each.last_seen.time_since_epoch().count());
      text_ += ',';
      append_json_number(text_, each.sightings);
      text_ += each.trusted ? ",true]" : ",false]";
    });
    append_list(into.member("techniques"), what.techniques,
                [this](const std::string& each) { append_json_text(text_, each); });
  }
  return text_;
}

std::string_view record_encoder::threats(const threat_report& report) {
  text_.clear();
  {
    json_object into{text_};
    into.number("v", record_version);
    into.time("at", report.received_at);
    into.text("reporter", to_string(report.reporter));
    append_list(into.member("threats"), report.threats, [this](const threat& what) { add_threat(what); });
  }
  return text_;
}

void record_encoder::add_threat(const threat& what) {
  json_object into{text_};
  into.text_unless_empty("event_id", what.event_id);
  into.text_unless_empty("severity", what.severity);
  into.text_unless_empty("category", what.category);
  into.text_unless_empty("conclusion", what.conclusion);
  into.text_unless_empty("action", what.action);
  if (what.confidence && std::isfinite(*what.confidence))
    append_json_number(into.member("confidence"), *what.confidence);
  if (!what.sightings.empty())
    append_list(into.member("sightings"), what.sightings, [this](const sighting& each) {
      text_ += '[';
      append_json_text(text_, each.kind);
      text_ += ',';
      append_json_text(text_, each.value);
      if (!each.name.empty()) {
        text_ += ',';
        append_json_text(text_, each.name);
      }
      text_ += ']';
    });
  if (is_json(what.event)) into.member("event") += what.event;
  else into.text_unless_empty("event_text", what.event);
}

bool record_encoder::is_json(std::string_view text) {
  if (text.empty()) return false;
  if (parser_->max_depth() != event_depth && parser_->allocate(text.size(), event_depth) != simdjson::SUCCESS)
    return false;
  return parser_->parse(text.data(), text.size()).error() == simdjson::SUCCESS;
}

}  // namespace muster
