// What is empty is left out.
#include "runtime/ledger/sensor_records.hpp"

#include "runtime/ledger/tree_record.hpp"

#include <cinttypes>
#include <cstdio>

namespace muster {

namespace {

using json_tree = nlohmann::json;

template <class T>
void add(json_tree& into, const char* name, const T& value) {
  if (value != T{}) into[name] = value;
}
void add(json_tree& into, const char* name, utc_time value) {
  add(into, name, value.time_since_epoch().count());
}

template <class T>
void take(const json_tree& from, const char* name, T& into) {
  into = from.value(name, T{});
}
void take(const json_tree& from, const char* name, utc_time& into) {
  into = utc_time{std::chrono::milliseconds{from.value(name, int64_t{0})}};
}

json_tree fresh() { return {{"v", tree_record_version}}; }

token_digest digest_in(const json_tree& from) {
  return {from.at("digest").at(0).get<uint64_t>(), from.at("digest").at(1).get<uint64_t>()};
}

agent_id agent_in(const json_tree& from, const char* name) { return agent_id{from.value(name, uint64_t{0})}; }

template <class Value, class Parse>
Value word_in(const json_tree& from, const char* name, Parse parse) {
  const auto& text = from.at(name).get_ref<const std::string&>();
  if (const auto value = parse(text)) return *value;
  throw invalid_record{std::string{"'"} + name + "' can't be '" + text + "'"};
}

json_tree tree_of(const scan_summary& what) {
  json_tree out{{"outcome", to_string(what.outcome)}, {"sensor", raw(what.sensor)}};
  add(out, "received_at", what.received_at);
  out["counts"] = {what.critical, what.high,     what.medium,    what.low,
                   what.info,     what.packages, what.risk_score};
  return out;
}

scan_summary summary_in(const json_tree& from) {
  scan_summary out;
  out.outcome = word_in<scan_outcome>(from, "outcome", parse_scan_outcome);
  out.sensor = agent_in(from, "sensor");
  take(from, "received_at", out.received_at);
  const auto counts = from.at("counts").get<std::array<uint32_t, 7>>();
  std::tie(out.critical, out.high, out.medium, out.low, out.info, out.packages, out.risk_score) =
    std::tuple_cat(counts);
  return out;
}

}  // namespace

std::string encode(const sensor_key& what) {
  auto out = fresh();
  out["digest"] = {what.digest.high, what.digest.low};
  add(out, "prefix", what.prefix);
  add(out, "name", what.name);
  add(out, "tenant", what.tenant);
  add(out, "registry", raw(what.registry));
  add(out, "author", what.author);
  add(out, "made_at", what.made_at);
  add(out, "expires_at", what.expires_at);
  add(out, "revoked_at", what.revoked_at);
  return json::text_of(out);
}

std::string encode(const scan_registry& what) {
  auto out = fresh();
  out["name"] = what.name;
  out["status"] = to_string(what.status);
  add(out, "tenant", what.tenant);
  add(out, "author", what.author);
  add(out, "made_at", what.made_at);
  add(out, "reason", what.reason);
  add(out, "changed_at", what.changed_at);
  return json::text_of(out);
}

std::string encode(const sensor_record& what) {
  auto out = fresh();
  out["id"] = what.id;
  add(out, "agent", raw(what.agent));
  add(out, "tenant", what.tenant);
  add(out, "registry", raw(what.registry));
  add(out, "key", what.key);
  add(out, "name", what.facts.name);
  add(out, "hostname", what.facts.hostname);
  add(out, "os", what.facts.os);
  add(out, "arch", what.facts.arch);
  add(out, "version", what.facts.version);
  add(out, "scanner_versions", what.facts.scanner_versions);
  add(out, "capabilities", what.facts.capabilities);
  add(out, "has_store", what.facts.has_store);
  add(out, "made_at", what.made_at);
  add(out, "registered_at", what.registered_at);
  add(out, "deleted_at", what.deleted_at);
  return json::text_of(out);
}

std::string encode(const scan_job& what) {
  auto out = fresh();
  out["status"] = to_string(what.status);
  out["source"] = to_string(what.source);
  add(out, "registry", raw(what.registry));
  add(out, "tenant", what.tenant);
  add(out, "image", what.image);
  add(out, "tar_path", what.tar_path);
  add(out, "scanners", what.scanners);
  add(out, "priority", what.priority);
  add(out, "schedule", what.schedule);
  add(out, "created_at", what.created_at);
  add(out, "reason", what.reason);
  add(out, "attempts", what.attempts);
  out["max_attempts"] = what.max_attempts;
  add(out, "not_before", what.not_before);
  add(out, "claimed_by", raw(what.claimed_by));
  std::vector<uint64_t> before;
  for (const auto id : what.claimed_before) before.push_back(raw(id));
  add(out, "claimed_before", before);
  add(out, "claimed_at", what.claimed_at);
  add(out, "finished_at", what.finished_at);
  if (what.result) out["result"] = tree_of(*what.result);
  return json::text_of(out);
}

caf::expected<sensor_key> decode_sensor_key(const stored_record& record) {
  return decode_tree<sensor_key>(record, [&](const json_tree& from) {
    sensor_key out;
    out.number = record.key;
    out.digest = digest_in(from);
    take(from, "prefix", out.prefix);
    take(from, "name", out.name);
    take(from, "tenant", out.tenant);
    out.registry = registry_id{from.value("registry", uint64_t{0})};
    take(from, "author", out.author);
    take(from, "made_at", out.made_at);
    take(from, "expires_at", out.expires_at);
    take(from, "revoked_at", out.revoked_at);
    return out;
  });
}

caf::expected<scan_registry> decode_registry(const stored_record& record) {
  return decode_tree<scan_registry>(record, [&](const json_tree& from) {
    scan_registry out;
    out.id = registry_id{record.key};
    out.name = from.at("name");
    out.status = word_in<registry_status>(from, "status", parse_registry_status);
    take(from, "tenant", out.tenant);
    take(from, "author", out.author);
    take(from, "made_at", out.made_at);
    take(from, "reason", out.reason);
    take(from, "changed_at", out.changed_at);
    return out;
  });
}

caf::expected<sensor_record> decode_sensor(const stored_record& record) {
  return decode_tree<sensor_record>(record, [&](const json_tree& from) {
    sensor_record out;
    out.number = record.key;
    out.id = from.at("id");
    out.agent = agent_in(from, "agent");
    take(from, "tenant", out.tenant);
    out.registry = registry_id{from.value("registry", uint64_t{0})};
    take(from, "key", out.key);
    take(from, "name", out.facts.name);
    take(from, "hostname", out.facts.hostname);
    take(from, "os", out.facts.os);
    take(from, "arch", out.facts.arch);
    take(from, "version", out.facts.version);
    take(from, "scanner_versions", out.facts.scanner_versions);
    take(from, "capabilities", out.facts.capabilities);
    take(from, "has_store", out.facts.has_store);
    take(from, "made_at", out.made_at);
    take(from, "registered_at", out.registered_at);
    take(from, "deleted_at", out.deleted_at);
    return out;
  });
}

caf::expected<scan_job> decode_scan(const stored_record& record) {
  return decode_tree<scan_job>(record, [&](const json_tree& from) {
    scan_job out;
    out.id = scan_id{record.key};
    out.status = word_in<scan_status>(from, "status", parse_scan_status);
    out.source = word_in<scan_source>(from, "source", parse_scan_source);
    out.registry = registry_id{from.value("registry", uint64_t{0})};
    take(from, "tenant", out.tenant);
    take(from, "image", out.image);
    take(from, "tar_path", out.tar_path);
    take(from, "scanners", out.scanners);
    take(from, "priority", out.priority);
    take(from, "schedule", out.schedule);
    take(from, "created_at", out.created_at);
    take(from, "reason", out.reason);
    take(from, "attempts", out.attempts);
    out.max_attempts = from.at("max_attempts");
    take(from, "not_before", out.not_before);
    out.claimed_by = agent_in(from, "claimed_by");
    for (const auto id : from.value("claimed_before", std::vector<uint64_t>{}))
      out.claimed_before.push_back(agent_id{id});
    take(from, "claimed_at", out.claimed_at);
    take(from, "finished_at", out.finished_at);
    if (from.contains("result")) out.result = summary_in(from.at("result"));
    return out;
  });
}

}  // namespace muster
