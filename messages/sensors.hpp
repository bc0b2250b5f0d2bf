// HarborGuard sensors, the registries they scan for, and the keys by which they come in.
#pragma once

#include "messages/agents.hpp"
#include "messages/document.hpp"
#include "messages/queries.hpp"
#include "messages/scans.hpp"

namespace muster {

// A key that an operator made. Its text is shown once; the digest finds it.
struct sensor_key {
  uint64_t number = 0;  // from 1
  token_digest digest;
  std::string prefix;  // the first 10 characters, to recognise it by
  std::string name;    // what it is for; may be empty
  std::string tenant;
  registry_id registry{};  // its sensors are of this one; 0: of any in the tenant
  std::string author;
  utc_time made_at{};
  utc_time expires_at{};  // zero: never
  utc_time revoked_at{};  // zero: it was not

  bool operator==(const sensor_key&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, sensor_key& x) {
  return f(caf::meta::type_name("sensor_key"), x.number, x.digest, x.prefix, x.name, x.tenant, x.registry,
           x.author, x.made_at, x.expires_at, x.revoked_at);
}
constexpr bool has_expired(const sensor_key& key, utc_time now) {
  return key.expires_at != utc_time{} && now >= key.expires_at;
}
inline bool is_good(const sensor_key& key, utc_time now) {
  return key.revoked_at == utc_time{} && !has_expired(key, now);
}

enum class registry_status : uint8_t {
  pending,    // no sensor has come yet
  connected,  // a sensor of it lives
  error,      // the last one was lost
};
constexpr size_t registry_status_count = 3;
std::string to_string(registry_status status);
caf::optional<registry_status> parse_registry_status(const std::string& text);

struct scan_registry {
  registry_id id{};
  std::string name;  // unique within its tenant
  std::string tenant;
  std::string author;
  utc_time made_at{};
  registry_status status = registry_status::pending;
  std::string reason;  // of an error
  utc_time changed_at{};

  bool operator==(const scan_registry&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, scan_registry& x) {
  return f(caf::meta::type_name("scan_registry"), x.id, x.name, x.tenant, x.author, x.made_at, x.status,
           x.reason, x.changed_at);
}

// What a sensor said of itself when it registered; every text as given, at most 256 bytes.
struct sensor_facts {
  std::string name;
  std::string hostname;
  std::string os;
  std::string arch;
  std::string version;
  std::map<std::string, std::string> scanner_versions;  // at most 32
  std::vector<std::string> capabilities;                // at most 32
  bool has_store = false;                               // it puts raw results into a bucket

  bool operator==(const sensor_facts&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, sensor_facts& x) {
  return f(caf::meta::type_name("sensor_facts"), x.name, x.hostname, x.os, x.arch, x.version,
           x.scanner_versions, x.capabilities, x.has_store);
}

// A sensor's durable record. One that was deleted keeps it without an agent, so that its
// next heartbeat brings back name and host.
struct sensor_record {
  uint64_t number = 0;  // of the record, from 1
  std::string id;       // what it calls itself by: 1 to 64 letters, digits, '_' and '-'
  agent_id agent{};     // 0 once it was deleted
  std::string tenant;
  registry_id registry{};  // 0: bound to none
  uint64_t key = 0;        // by which it came last
  sensor_facts facts;
  utc_time made_at{};
  utc_time registered_at{};  // the last time; zero if only its heartbeats are known
  utc_time deleted_at{};

  bool operator==(const sensor_record&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, sensor_record& x) {
  return f(caf::meta::type_name("sensor_record"), x.number, x.id, x.agent, x.tenant, x.registry, x.key,
           x.facts, x.made_at, x.registered_at, x.deleted_at);
}

// --- sensors come in ----------------------------------------------------------

// A loop to the coordinator: a sensor starts. Answered by `sensor_known` once it is durable
// and every loop knows it.
struct register_sensor {
  uint64_t key = 0;
  sensor_facts facts;
  std::string peer;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, register_sensor& x) {
  return f(caf::meta::type_name("register_sensor"), x.key, x.facts, x.peer);
}

// A loop to the coordinator: one that no loop knows shows a good key and this id. It was
// deleted, or its manager has lost its records. Answered like register_sensor.
struct recall_sensor {
  uint64_t key = 0;
  std::string id;
  std::string peer;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, recall_sensor& x) {
  return f(caf::meta::type_name("recall_sensor"), x.key, x.id, x.peer);
}

struct sensor_known {
  std::string id;
  agent_id agent{};
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, sensor_known& x) {
  return f(caf::meta::type_name("sensor_known"), x.id, x.agent);
}

// A loop to the coordinator: a sensor's heartbeat, beside the one that its agent gets.
struct sensor_beat {
  agent_id agent{};
  uint64_t key = 0;
  bool scanning = false;
  uint32_t active_scans = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, sensor_beat& x) {
  return f(caf::meta::type_name("sensor_beat"), x.agent, x.key, x.scanning, x.active_scans);
}

// A loop to the coordinator: a request with a key that is known and no longer good.
struct key_refused {
  uint64_t key = 0;
  std::string sensor;  // empty if the request did not say
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, key_refused& x) {
  return f(caf::meta::type_name("key_refused"), x.key, x.sensor);
}

// The coordinator to loops: who may come in, and who has. Answered by slots_published.
struct publish_sensors {
  struct known {
    std::string id;
    agent_id agent{};  // 0: no longer
    std::string tenant;
    registry_id registry{};
  };
  std::vector<sensor_key> keys;  // that are new or have changed
  std::vector<known> sensors;    // likewise
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, publish_sensors::known& x) {
  return f(caf::meta::type_name("known_sensor"), x.id, x.agent, x.tenant, x.registry);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, publish_sensors& x) {
  return f(caf::meta::type_name("publish_sensors"), x.keys, x.sensors);
}

// --- operators ----------------------------------------------------------------

// Answered by `sensor_key_made` once it is durable and every loop knows it; registry_unknown,
// scan_refused if the secret can't be a key, scan_conflict if there is such a key, also a revoked one.
struct make_sensor_key {
  std::string name;
  std::string tenant;
  std::string registry;                   // its name; empty: any of the tenant
  std::chrono::milliseconds lifetime{0};  // 0: for ever
  std::string author;
  std::string secret;  // empty: draw one
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, make_sensor_key& x) {
  return f(caf::meta::type_name("make_sensor_key"), x.name, x.tenant, x.registry, x.lifetime, x.author,
           x.secret);
}
struct sensor_key_made {
  std::string secret;  // the only time that it is told
  sensor_key key;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, sensor_key_made& x) {
  return f(caf::meta::type_name("sensor_key_made"), x.secret, x.key);
}

struct list_sensor_keys {};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, list_sensor_keys&) {
  return f(caf::meta::type_name("list_sensor_keys"));
}
struct sensor_key_row {
  sensor_key key;
  std::string registry;     // its name; empty: any
  utc_time last_used_at{};  // since the manager's start; zero: not since then
  uint64_t refused = 0;     // requests since the manager's start
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, sensor_key_row& x) {
  return f(caf::meta::type_name("sensor_key_row"), x.key, x.registry, x.last_used_at, x.refused);
}
struct sensor_key_list {
  std::vector<sensor_key_row> keys;  // the newest first
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, sensor_key_list& x) {
  return f(caf::meta::type_name("sensor_key_list"), x.keys);
}

// Answered by `committed`, or sensor_key_unknown. Revoking twice keeps the first time.
struct revoke_sensor_key {
  uint64_t number = 0;
  std::string author;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, revoke_sensor_key& x) {
  return f(caf::meta::type_name("revoke_sensor_key"), x.number, x.author);
}

// Answered by `scan_registry` once it is durable; scan_refused if the name can't be one,
// scan_conflict if there is one of that name.
struct make_registry {
  std::string name;  // 1 to 128 letters, digits, '.', '_' and '-'
  std::string tenant;
  std::string author;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, make_registry& x) {
  return f(caf::meta::type_name("make_registry"), x.name, x.tenant, x.author);
}

struct list_registries {};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, list_registries&) {
  return f(caf::meta::type_name("list_registries"));
}
struct registry_row {
  scan_registry registry;
  uint32_t sensors = 0;  // bound to it
  uint32_t alive = 0;    // of those
  uint32_t queued = 0;   // scans
  uint32_t claimed = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, registry_row& x) {
  return f(caf::meta::type_name("registry_row"), x.registry, x.sensors, x.alive, x.queued, x.claimed);
}
struct registry_list {
  std::vector<registry_row> registries;  // by tenant and name
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, registry_list& x) {
  return f(caf::meta::type_name("registry_list"), x.registries);
}

// Its scans that wait have failed, its sensors are bound to none. Answered by `committed`
// or registry_unknown.
struct remove_registry {
  registry_id id{};
  std::string author;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, remove_registry& x) {
  return f(caf::meta::type_name("remove_registry"), x.id, x.author);
}

// Registry 0 binds it to none. Answered by `committed`, sensor_unknown or registry_unknown.
struct bind_sensor {
  std::string sensor;
  registry_id registry{};
  std::string author;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, bind_sensor& x) {
  return f(caf::meta::type_name("bind_sensor"), x.sensor, x.registry, x.author);
}

// Its next request with a good key brings it back. Answered by `committed` or sensor_unknown.
struct remove_sensor {
  std::string sensor;
  std::string author;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, remove_sensor& x) {
  return f(caf::meta::type_name("remove_sensor"), x.sensor, x.author);
}

// What people call how a sensor is; departed and deleted ones are not shown.
enum class sensor_status : uint8_t { online, scanning, offline };
std::string to_string(sensor_status status);

struct sensor_row {
  sensor_record sensor;
  std::string registry;  // its name; empty: none
  sensor_status status = sensor_status::online;
  utc_time heard_at{};   // zero: not since the manager's start
  utc_time polled_at{};  // likewise
  uint64_t refused = 0;  // of its requests since the manager's start, with a key that is no longer good
  scan_id claimed{};     // that it holds; 0: none
  std::vector<std::string> hints;  // what may be wrong, the likeliest first
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, sensor_row& x) {
  return f(caf::meta::type_name("sensor_row"), x.sensor, x.registry, x.status, x.heard_at, x.polled_at,
           x.refused, x.claimed, x.hints);
}
struct list_sensors {
  caf::optional<registry_id> registry;  // bound to this one
  std::string sensor;                   // this one only; empty: all
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, list_sensors& x) {
  return f(caf::meta::type_name("list_sensors"), x.registry, x.sensor);
}
struct sensor_list {
  std::vector<sensor_row> sensors;  // by id
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, sensor_list& x) {
  return f(caf::meta::type_name("sensor_list"), x.sensors);
}

}  // namespace muster
