// JSON of registries, keys, sensors and scans.
#include "runtime/wire/operator_scans.hpp"

#include "actors/manager/scan_checks.hpp"
#include "runtime/config/units.hpp"
#include "runtime/wire/operator_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace muster::operator_api {

namespace {

using json::quote;

constexpr size_t name_bytes = 128;
constexpr size_t tenant_bytes = 64;
constexpr size_t word_limit = 256;
constexpr size_t reference_bytes = 512;
constexpr size_t secret_bytes = 128;
constexpr size_t scanner_limit = 16;
constexpr double highest_priority = 100;
constexpr double most_attempts = 10;
constexpr std::string_view key_start = "hg_ak_";
constexpr std::string_view default_tenant = "default";

std::string read_tenant(json::object_reader& from) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.";
  auto tenant = from.text("tenant", tenant_bytes);
  if (tenant.empty()) return std::string{default_tenant};
  if (tenant.find_first_not_of(letters) != std::string::npos)
    from.fail("tenant", "must be 1 to 64 letters, digits, '_', '-' or '.'");
  return tenant;
}

registry_id read_registry_id(json::object_reader& from, const std::string& text) {
  if (from.failed()) return {};
  const auto id = parse_registry_id(text);
  if (!id) from.fail("registry", "must be a registry's id, like reg-1");
  return id.value_or(registry_id{});
}

template <class Number>
Number read_whole(json::object_reader& from, std::string_view member, double low, double high,
                  Number otherwise) {
  const auto number = from.number(member, low, high);
  if (!number) return otherwise;
  if (std::trunc(*number) != *number) from.fail(member, "must be a whole number");
  return static_cast<Number>(*number);
}

std::vector<std::string> read_scanners(json::object_reader& from) {
  std::vector<std::string> out;
  const auto items = from.array("scanners", scanner_limit);
  for (size_t i = 0; items && i < items->size(); ++i)
    out.push_back(from.as_text(fmt::format("scanners[{}]", i), (*items)[i], word_limit));
  return out;
}

// The members here are named as operators write them, not as sensors read them.
void check(json::object_reader& from, const scan_job& job) {
  if (from.failed()) return;
  const auto problem = check_scan(job);
  if (!problem) return;
  const auto& field = problem->field;
  from.fail(field == "imageRef"  ? "image"
            : field == "tarPath" ? "tar_path"
                                 : std::string_view{field},
            problem->what);
}

std::string id_or_null(registry_id id) { return id == registry_id{} ? "null" : quote(muster::to_string(id)); }

std::string key_members(const sensor_key& key, const std::string& registry) {
  return fmt::format(
    R"("id":"{}","prefix":{},"name":{},"tenant":{},"registry":{},"registry_id":{},"made_at":{},)"
    R"("expires_at":{},"revoked_at":{},"author":{})",
    key.number, quote(key.prefix), quote(key.name), quote(key.tenant), text_or_null(registry),
    id_or_null(key.registry), time_or_null(key.made_at), time_or_null(key.expires_at),
    time_or_null(key.revoked_at), quote(key.author));
}

std::string_view state_of(const sensor_key& key, utc_time now) {
  if (key.revoked_at != utc_time{}) return "revoked";
  return has_expired(key, now) ? "expired" : "good";
}

std::string result_of(const scan_job& job) {
  if (!job.result) return "null";
  const auto& found = *job.result;
  return fmt::format(
    R"({{"outcome":"{}","risk_score":{},"critical":{},"high":{},"medium":{},"low":{},"info":{},)"
    R"("packages":{},"received_at":{}}})",
    muster::to_string(found.outcome), found.risk_score, found.critical, found.high, found.medium, found.low,
    found.info, found.packages, time_or_null(found.received_at));
}

std::string job_members(const scan_job& job) {
  return fmt::format(
    R"("id":"{}","image":{},"status":"{}","registry_id":{},"tenant":{},"source":"{}","tar_path":{},)"
    R"("scanners":{},"priority":{},"attempts":{},"max_attempts":{},"created_at":{},"claimed_at":{},)"
    R"("finished_at":{},"not_before":{},"reason":{},"schedule":{},"result":{},"own_id":{})",
    muster::to_string(job.id), quote(job.image), muster::to_string(job.status), id_or_null(job.registry),
    quote(job.tenant), muster::to_string(job.source), text_or_null(job.tar_path), text_list(job.scanners),
    job.priority, job.attempts, job.max_attempts, time_or_null(job.created_at), time_or_null(job.claimed_at),
    time_or_null(job.finished_at), time_or_null(job.not_before), quote(job.reason),
    job.schedule == 0 ? "null" : quote(std::to_string(job.schedule)), result_of(job),
    text_or_null(job.own_id));
}

}  // namespace

make_registry read_registry(json::object_reader& from) {
  make_registry out;
  from.allow_only({"name", "tenant", "author"});
  out.name = from.required_text("name", name_bytes);
  out.tenant = read_tenant(from);
  out.author = from.text("author", word_limit);
  return out;
}

make_sensor_key read_sensor_key(json::object_reader& from) {
  make_sensor_key out;
  from.allow_only({"name", "tenant", "registry", "ttl", "author", "secret"});
  out.name = from.text("name", word_limit);
  out.tenant = read_tenant(from);
  out.registry = from.text("registry", name_bytes);
  if (const auto text = from.text("ttl", 32); !text.empty()) {
    const auto span = parse_duration(text);
    if (!span || span->count() == 0) from.fail("ttl", "must be a duration like 90d");
    out.lifetime = span.value_or(std::chrono::milliseconds{0});
  }
  out.author = from.text("author", word_limit);
  out.secret = from.text("secret", secret_bytes);
  if (!out.secret.empty() && !out.secret.starts_with(key_start))
    from.fail("secret", fmt::format("must begin with {}", key_start));
  return out;
}

scan_job read_job(json::object_reader& from) {
  scan_job job;
  job.registry = read_registry_id(from, from.required_text("registry", name_bytes));
  job.image = from.required_text("image", reference_bytes);
  if (const auto text = from.text("source", word_limit); !text.empty()) {
    const auto source = parse_scan_source(text);
    if (source) job.source = *source;
    else from.fail("source", "must be docker, registry or tar");
  }
  job.tar_path = from.text("tar_path", reference_bytes);
  job.scanners = read_scanners(from);
  job.priority = read_whole<int32_t>(from, "priority", -highest_priority, highest_priority, job.priority);
  job.max_attempts = read_whole<uint32_t>(from, "max_attempts", 1, most_attempts, job.max_attempts);
  check(from, job);
  return job;
}

make_scan read_scan(json::object_reader& from) {
  make_scan out;
  from.allow_only(
    {"registry", "image", "source", "tar_path", "scanners", "priority", "max_attempts", "author"});
  out.job = read_job(from);
  out.author = from.text("author", word_limit);
  return out;
}

// A forgotten member shall not unbind.
bind_sensor read_binding(json::object_reader& from) {
  bind_sensor out;
  from.allow_only({"registry", "author"});
  const auto names = from.names();
  if (std::find(names.begin(), names.end(), "registry") == names.end())
    from.fail("registry", "is missing: null binds to none");
  if (const auto text = from.text("registry", name_bytes); !text.empty())
    out.registry = read_registry_id(from, text);
  out.author = from.text("author", word_limit);
  return out;
}

std::string write_registry(const registry_row& row) {
  const auto& registry = row.registry;
  return fmt::format(
    R"({{"id":"{}","name":{},"tenant":{},"status":"{}","reason":{},"changed_at":{},"made_at":{},)"
    R"("author":{},"sensors":{},"alive":{},"queued":{},"claimed":{}}})",
    muster::to_string(registry.id), quote(registry.name), quote(registry.tenant),
    muster::to_string(registry.status), quote(registry.reason), time_or_null(registry.changed_at),
    time_or_null(registry.made_at), quote(registry.author), row.sensors, row.alive, row.queued, row.claimed);
}

std::string write_registry(const scan_registry& made) { return write_registry(registry_row{made}); }

std::string write_registries(const registry_list& all) {
  return R"({"registries":)"
         + list(all.registries, [](const registry_row& row) { return write_registry(row); }) + "}";
}

std::string write_made_key(const sensor_key_made& made, const std::string& registry) {
  return fmt::format(R"({{"key":{},{}}})", quote(made.secret), key_members(made.key, registry));
}

std::string write_sensor_keys(const sensor_key_list& all, utc_time now) {
  const auto write = [now](const sensor_key_row& row) {
    return fmt::format(R"({{{},"state":"{}","last_used_at":{},"refused":{}}})",
                       key_members(row.key, row.registry), state_of(row.key, now),
                       time_or_null(row.last_used_at), row.refused);
  };
  return R"({"keys":)" + list(all.keys, write) + "}";
}

std::string write_sensor(const sensor_row& row) {
  const auto& sensor = row.sensor;
  const auto& facts = sensor.facts;
  return fmt::format(
    R"({{"id":{},"agent":"{}","name":{},"hostname":{},"tenant":{},"registry":{},"registry_id":{},)"
    R"("status":"{}","last_heartbeat_at":{},"last_poll_at":{},"version":{},"os":{},"arch":{},)"
    R"("capabilities":{},"scanner_versions":{},"registered_at":{},"key":{},"refused":{},"scan":{},)"
    R"("hints":{}}})",
    quote(sensor.id), muster::to_string(sensor.agent), quote(facts.name), quote(facts.hostname),
    quote(sensor.tenant), text_or_null(row.registry), id_or_null(sensor.registry),
    muster::to_string(row.status), time_or_null(row.heard_at), time_or_null(row.polled_at),
    quote(facts.version), quote(facts.os), quote(facts.arch), text_list(facts.capabilities),
    texts(facts.scanner_versions), time_or_null(sensor.registered_at),
    sensor.key == 0 ? "null" : quote(std::to_string(sensor.key)), row.refused,
    row.claimed == scan_id{} ? "null" : quote(muster::to_string(row.claimed)), text_list(row.hints));
}

std::string write_sensors(const sensor_list& all) {
  return fmt::format(R"({{"sensors":{}}})", list(all.sensors, write_sensor));
}

std::string write_scan(const scan_row& row) {
  return fmt::format(R"({{{},"registry":{},"sensor":{}}})", job_members(row.job), text_or_null(row.registry),
                     text_or_null(row.sensor));
}

std::string write_scan_job(const scan_job& job) { return "{" + job_members(job) + "}"; }

std::string write_scans(const scan_page& page) {
  return fmt::format(R"({{"scans":{},"next_cursor":{}}})", list(page.scans, write_scan),
                     cursor(raw(page.next)));
}

}  // namespace muster::operator_api
