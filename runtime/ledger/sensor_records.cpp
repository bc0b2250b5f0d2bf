// What is empty is left out.
#include "runtime/ledger/sensor_records.hpp"

#include "runtime/ledger/tree_record.hpp"

#include <cinttypes>
#include <cstdio>

namespace muster {

namespace {

json_tree fresh() { return {{"v", tree_record_version}}; }

token_digest digest_in(const json_tree& from) {
  return {from.at("digest").at(0).get<uint64_t>(), from.at("digest").at(1).get<uint64_t>()};
}

agent_id agent_in(const json_tree& from, const char* name) { return agent_id{from.value(name, uint64_t{0})}; }

json_tree tree_of(const scan_summary& what) {
  json_tree out{{"outcome", to_string(what.outcome)}, {"sensor", raw(what.sensor)}};
  add_member(out, "received_at", what.received_at);
  out["counts"] = {what.critical, what.high,     what.medium,    what.low,
                   what.info,     what.packages, what.risk_score};
  return out;
}

scan_summary summary_in(const json_tree& from) {
  scan_summary out;
  out.outcome = read_word<scan_outcome>(from, "outcome", parse_scan_outcome);
  out.sensor = agent_in(from, "sensor");
  take_member(from, "received_at", out.received_at);
  const auto counts = from.at("counts").get<std::array<uint32_t, 7>>();
  std::tie(out.critical, out.high, out.medium, out.low, out.info, out.packages, out.risk_score) =
    std::tuple_cat(counts);
  return out;
}

}  // namespace

std::string encode(const sensor_key& what) {
  auto out = fresh();
  out["digest"] = {what.digest.high, what.digest.low};
  add_member(out, "prefix", what.prefix);
  add_member(out, "name", what.name);
  add_member(out, "tenant", what.tenant);
  add_member(out, "registry", raw(what.registry));
  add_member(out, "author", what.author);
  add_member(out, "made_at", what.made_at);
  add_member(out, "expires_at", what.expires_at);
  add_member(out, "revoked_at", what.revoked_at);
  return json::text_of(out);
}

std::string encode(const scan_registry& what) {
  auto out = fresh();
  out["name"] = what.name;
  out["status"] = to_string(what.status);
  add_member(out, "tenant", what.tenant);
  add_member(out, "author", what.author);
  add_member(out, "made_at", what.made_at);
  add_member(out, "reason", what.reason);
  add_member(out, "changed_at", what.changed_at);
  return json::text_of(out);
}

std::string encode(const sensor_record& what) {
  auto out = fresh();
  out["id"] = what.id;
  add_member(out, "agent", raw(what.agent));
  add_member(out, "tenant", what.tenant);
  add_member(out, "registry", raw(what.registry));
  add_member(out, "key", what.key);
  add_member(out, "name", what.facts.name);
  add_member(out, "hostname", what.facts.hostname);
  add_member(out, "os", what.facts.os);
  add_member(out, "arch", what.facts.arch);
  add_member(out, "version", what.facts.version);
  add_member(out, "scanner_versions", what.facts.scanner_versions);
  add_member(out, "capabilities", what.facts.capabilities);
  add_member(out, "has_store", what.facts.has_store);
  add_member(out, "made_at", what.made_at);
  add_member(out, "registered_at", what.registered_at);
  add_member(out, "deleted_at", what.deleted_at);
  return json::text_of(out);
}

std::string encode(const scan_job& what) {
  auto out = fresh();
  out["status"] = to_string(what.status);
  out["source"] = to_string(what.source);
  add_member(out, "registry", raw(what.registry));
  add_member(out, "tenant", what.tenant);
  add_member(out, "image", what.image);
  add_member(out, "tar_path", what.tar_path);
  add_member(out, "scanners", what.scanners);
  add_member(out, "priority", what.priority);
  add_member(out, "schedule", what.schedule);
  add_member(out, "created_at", what.created_at);
  add_member(out, "reason", what.reason);
  add_member(out, "attempts", what.attempts);
  out["max_attempts"] = what.max_attempts;
  add_member(out, "not_before", what.not_before);
  add_member(out, "claimed_by", raw(what.claimed_by));
  std::vector<uint64_t> before;
  for (const auto id : what.claimed_before) before.push_back(raw(id));
  add_member(out, "claimed_before", before);
  add_member(out, "claimed_at", what.claimed_at);
  add_member(out, "finished_at", what.finished_at);
  if (what.result) out["result"] = tree_of(*what.result);
  add_member(out, "own_id", what.own_id);
  return json::text_of(out);
}

caf::expected<sensor_key> decode_sensor_key(const stored_record& record) {
  return decode_tree<sensor_key>(record, [&](const json_tree& from) {
    sensor_key out;
    out.number = record.key;
    out.digest = digest_in(from);
    take_member(from, "prefix", out.prefix);
    take_member(from, "name", out.name);
    take_member(from, "tenant", out.tenant);
    out.registry = registry_id{from.value("registry", uint64_t{0})};
    take_member(from, "author", out.author);
    take_member(from, "made_at", out.made_at);
    take_member(from, "expires_at", out.expires_at);
    take_member(from, "revoked_at", out.revoked_at);
    return out;
  });
}

caf::expected<scan_registry> decode_registry(const stored_record& record) {
  return decode_tree<scan_registry>(record, [&](const json_tree& from) {
    scan_registry out;
    out.id = registry_id{record.key};
    out.name = from.at("name");
    out.status = read_word<registry_status>(from, "status", parse_registry_status);
    take_member(from, "tenant", out.tenant);
    take_member(from, "author", out.author);
    take_member(from, "made_at", out.made_at);
    take_member(from, "reason", out.reason);
    take_member(from, "changed_at", out.changed_at);
    return out;
  });
}

caf::expected<sensor_record> decode_sensor(const stored_record& record) {
  return decode_tree<sensor_record>(record, [&](const json_tree& from) {
    sensor_record out;
    out.number = record.key;
    out.id = from.at("id");
    out.agent = agent_in(from, "agent");
    take_member(from, "tenant", out.tenant);
    out.registry = registry_id{from.value("registry", uint64_t{0})};
    take_member(from, "key", out.key);
    take_member(from, "name", out.facts.name);
    take_member(from, "hostname", out.facts.hostname);
    take_member(from, "os", out.facts.os);
    take_member(from, "arch", out.facts.arch);
    take_member(from, "version", out.facts.version);
    take_member(from, "scanner_versions", out.facts.scanner_versions);
    take_member(from, "capabilities", out.facts.capabilities);
    take_member(from, "has_store", out.facts.has_store);
    take_member(from, "made_at", out.made_at);
    take_member(from, "registered_at", out.registered_at);
    take_member(from, "deleted_at", out.deleted_at);
    return out;
  });
}

caf::expected<scan_job> decode_scan(const stored_record& record) {
  return decode_tree<scan_job>(record, [&](const json_tree& from) {
    scan_job out;
    out.id = scan_id{record.key};
    out.status = read_word<scan_status>(from, "status", parse_scan_status);
    out.source = read_word<scan_source>(from, "source", parse_scan_source);
    out.registry = registry_id{from.value("registry", uint64_t{0})};
    take_member(from, "tenant", out.tenant);
    take_member(from, "image", out.image);
    take_member(from, "tar_path", out.tar_path);
    take_member(from, "scanners", out.scanners);
    take_member(from, "priority", out.priority);
    take_member(from, "schedule", out.schedule);
    take_member(from, "created_at", out.created_at);
    take_member(from, "reason", out.reason);
    take_member(from, "attempts", out.attempts);
    out.max_attempts = from.at("max_attempts");
    take_member(from, "not_before", out.not_before);
    out.claimed_by = agent_in(from, "claimed_by");
    for (const auto id : from.value("claimed_before", std::vector<uint64_t>{}))
      out.claimed_before.push_back(agent_id{id});
    take_member(from, "claimed_at", out.claimed_at);
    take_member(from, "finished_at", out.finished_at);
    if (from.contains("result")) out.result = summary_in(from.at("result"));
    take_member(from, "own_id", out.own_id);
    return out;
  });
}

}  // namespace muster
