// The coordinator: sensors come in, and what operators do to keys, registries and sensors.
#include "actors/manager/coordinator.hpp"
#include "messages/errors.hpp"
#include "messages/type_ids.hpp"

#include <caf/all.hpp>

#include <algorithm>

namespace muster {

namespace {

constexpr size_t longest_id = 64;
constexpr size_t longest_name = 128;
constexpr size_t key_prefix = 10;
constexpr std::chrono::milliseconds stopped_polling = std::chrono::minutes{2};

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool is_sensor_id(const std::string& text) {
  return !text.empty() && text.size() <= longest_id && std::all_of(text.begin(), text.end(), is_plain);
}

bool is_registry_name(const std::string& text) {
  return !text.empty() && text.size() <= longest_name && text != "." && text != ".."
         && std::all_of(text.begin(), text.end(), [](char c) { return is_plain(c) || c == '.'; });
}

caf::error refuse(std::string why) { return caf::make_error(fleet_error::scan_refused, std::move(why)); }
void deliver(caf::typed_response_promise<sensor_known>& promise, caf::error why) {
  promise.deliver(std::move(why));
}
caf::error full(std::string why) { return caf::make_error(fleet_error::scans_full, std::move(why)); }

}  // namespace

// --- coming in -----------------------------------------------------------------

caf::result<sensor_known> coordinator_state::enter(const register_sensor& request) {
  const auto* key = book_.find_key(request.key);
  if (key == nullptr || !is_good(*key, ports_.utc_now()))
    return caf::make_error(fleet_error::sensor_key_unknown);
  auto promise = self->make_response_promise<sensor_known>();
  const auto* known = book_.find_registering(*key, request.facts);
  sensor_record sensor;
  if (known != nullptr) sensor = *known;
  sensor.facts = request.facts;
  sensor.key = key->number;
  sensor.registered_at = ports_.utc_now();
  if (known != nullptr && raw(known->agent) != 0) {
    queue_.registered(known->agent, now());
    enrolled(std::move(sensor), "sensor.reregistered", promise);
    return promise;
  }
  if (known == nullptr) {
    sensor.tenant = key->tenant;
    sensor.registry = key->registry;
  }
  admit(std::move(sensor), request.peer, known == nullptr ? "sensor.registered" : "sensor.recreated",
        promise);
  return promise;
}

caf::result<sensor_known> coordinator_state::recall(const recall_sensor& request) {
  const auto* key = book_.find_key(request.key);
  if (key == nullptr || !is_good(*key, ports_.utc_now()))
    return caf::make_error(fleet_error::sensor_key_unknown);
  if (!is_sensor_id(request.id)) return refuse("'agentId' must be 1 to 64 letters, digits, '_' and '-'");
  auto promise = self->make_response_promise<sensor_known>();
  sensor_record sensor;
  if (const auto* known = book_.find(request.id)) {
    if (!sensor_book::covers(*key, known->tenant, known->registry))
      return caf::make_error(fleet_error::sensor_foreign);
    if (raw(known->agent) != 0) {  // a loop had not heard of it yet
      promise.deliver(sensor_known{known->id, known->agent});
      return promise;
    }
    sensor = *known;
  } else {
    sensor.id = request.id;
    sensor.tenant = key->tenant;
    sensor.registry = key->registry;
    sensor.facts.name = request.id;
  }
  sensor.key = key->number;
  admit(std::move(sensor), request.peer, "sensor.recreated", promise);
  return promise;
}

// One without an agent gets one. Two requests of the same sensor at once would make two.
void coordinator_state::admit(sensor_record sensor, std::string peer, const char* action,
                              known_promise promise) {
  if (sensor.id.empty() && book_.sensors().size() >= options_.sensors)
    return deliver(promise, full("there are " + std::to_string(options_.sensors) + " sensors"));
  const std::pair scope{sensor.tenant + "/" + to_string(sensor.registry) + "/" + sensor.facts.name,
                        sensor.id.empty() ? sensor.facts.hostname : sensor.id};
  if (!coming_.insert(scope).second) return deliver(promise, caf::make_error(fleet_error::token_busy));
  enrol_agent ask;
  ask.speaks = dialect::harborguard;
  ask.tenant = sensor.tenant;
  ask.host.hostname = sensor.facts.hostname.empty() ? sensor.facts.name : sensor.facts.hostname;
  ask.host.os = sensor.facts.os;
  ask.host.arch = sensor.facts.arch;
  ask.host.version = sensor.facts.version;
  ask.host.seen_from = peer;
  ask.labels = {{"sensor", sensor.facts.name}};
  if (const auto registry = book_.name_of(sensor.registry); !registry.empty())
    ask.labels["registry"] = registry;
  ask.on_duplicate = duplicate_policy::always_new;
  ask.peer = std::move(peer);
  ask.credential = ports_.credentials->issue_key().digest;  // it shows its registry's key, never this
  self->request(ports_.fleet, caf::infinite, std::move(ask))
    .then(
      [this, sensor, action, promise, scope](const enrolment& welcome) mutable {
        coming_.erase(scope);
        sensor.agent = welcome.id;
        if (sensor.id.empty()) sensor.id = to_string(welcome.id);
        if (sensor.number == 0) {
          sensor.number = ++last_sensor_;
          sensor.made_at = ports_.utc_now();
        }
        sensor.deleted_at = {};
        enrolled(std::move(sensor), action, promise);
      },
      [this, promise, scope](caf::error& failed) mutable {
        coming_.erase(scope);
        promise.deliver(std::move(failed));
      });
}

// Known to the loops once it is durable, then answered.
void coordinator_state::enrolled(sensor_record sensor, const char* action, known_promise promise) {
  const bool fresh = !book_.alive(sensor.agent);
  book_.put(sensor);
  book_.set_alive(sensor.agent, true);
  used(sensor.key, sensor.agent);
  record_sensors record;
  record.sensors = {sensor};
  record.audit = {audit(
    "agent", action, sensor.id,
    "name=" + sensor.facts.name + " host=" + sensor.facts.hostname + " key=" + std::to_string(sensor.key))};
  write(std::move(record), [this, sensor, promise, fresh](const caf::error& failed) mutable {
    if (failed) {
      promise.deliver(failed);
      return;
    }
    publish({{}, {published(sensor)}}, [this, sensor, promise, fresh]() mutable {
      promise.deliver(sensor_known{sensor.id, sensor.agent});
      if (fresh) settle_registry(sensor.registry, {});
    });
  });
}

// --- signs of life ---------------------------------------------------------------

void coordinator_state::used(uint64_t key, agent_id sensor) {
  const auto at = ports_.utc_now();
  if (key != 0) key_uses_[key].last_at = at;
  if (raw(sensor) != 0) sensor_uses_[sensor].heard_at = at;
}

void coordinator_state::note_beat(const sensor_beat& beat) {
  if (book_.find(beat.agent) == nullptr) return;
  used(beat.key, beat.agent);
  const bool busy = beat.scanning || beat.active_scans > 0;
  sensor_uses_[beat.agent].scanning = busy;
  if (busy) queue_.busy_beat(beat.agent);
  else queue_.idle_beat(beat.agent, now());
  flush();
}

void coordinator_state::note_refusal(const key_refused& refused) {
  ++key_uses_[refused.key].refused;
  if (const auto* sensor = book_.find(refused.sensor); sensor != nullptr && raw(sensor->agent) != 0)
    ++sensor_uses_[sensor->agent].refused;
}

// --- keys ------------------------------------------------------------------------

caf::result<sensor_key_made> coordinator_state::make_key(const make_sensor_key& request) {
  sensor_key key;
  if (!request.registry.empty()) {
    const auto* registry = book_.find_registry(request.tenant, request.registry);
    if (registry == nullptr) return caf::make_error(fleet_error::registry_unknown);
    key.registry = registry->id;
  }
  auto fresh = request.secret.empty()
                 ? ports_.credentials->issue_key()
                 : secret_with_digest{request.secret, ports_.credentials->digest_of(request.secret)};
  if (fresh.digest.empty()) return refuse("a key is \"hg_ak_\" and 32 or 48 hexadecimal digits");
  for (const auto& [number, other] : book_.keys())
    if (other.digest == fresh.digest)
      return caf::make_error(fleet_error::scan_conflict, std::string{"there is such a key already"});
  if (book_.keys().size() >= options_.keys)
    return full("there are " + std::to_string(options_.keys) + " keys");
  key.number = ++last_key_;
  key.digest = fresh.digest;
  key.prefix = fresh.secret.substr(0, key_prefix);
  key.name = request.name;
  key.tenant = request.tenant;
  key.author = request.author;
  key.made_at = ports_.utc_now();
  if (request.lifetime.count() > 0) key.expires_at = key.made_at + request.lifetime;
  auto promise = self->make_response_promise<sensor_key_made>();
  record_sensors record;
  record.keys = {key};
  record.audit = {audit(request.author, "apikey.created", std::to_string(key.number), key.prefix)};
  write(std::move(record), [this, promise, key, secret = fresh.secret](const caf::error& failed) mutable {
    if (failed) {
      promise.deliver(failed);
      return;
    }
    book_.put(key);
    publish({{key}, {}}, [promise, key, secret]() mutable { promise.deliver(sensor_key_made{secret, key}); });
  });
  return promise;
}

sensor_key_list coordinator_state::list_keys() const {
  sensor_key_list out;
  for (auto at = book_.keys().rbegin(); at != book_.keys().rend(); ++at) {
    sensor_key_row row{at->second, book_.name_of(at->second.registry), {}, 0};
    if (const auto use = key_uses_.find(at->first); use != key_uses_.end()) {
      row.last_used_at = use->second.last_at;
      row.refused = use->second.refused;
    }
    out.keys.push_back(std::move(row));
  }
  return out;
}

caf::result<committed> coordinator_state::revoke(const revoke_sensor_key& request) {
  const auto* found = book_.find_key(request.number);
  if (found == nullptr) return caf::make_error(fleet_error::sensor_key_unknown);
  auto key = *found;
  if (key.revoked_at == utc_time{}) key.revoked_at = ports_.utc_now();
  auto promise = self->make_response_promise<committed>();
  record_sensors record;
  record.keys = {key};
  record.audit = {audit(request.author, "apikey.revoked", std::to_string(key.number), key.prefix)};
  write(std::move(record), [this, promise, key](const caf::error& failed) mutable {
    if (failed) {
      promise.deliver(failed);
      return;
    }
    book_.put(key);
    publish({{key}, {}}, [promise]() mutable { promise.deliver(committed{}); });
  });
  return promise;
}

// --- registries --------------------------------------------------------------------

caf::result<scan_registry> coordinator_state::make(const make_registry& request) {
  if (!is_registry_name(request.name))
    return refuse("'name' must be 1 to 128 letters, digits, '.', '_' and '-'");
  if (book_.registries().size() >= options_.registries)
    return full("there are " + std::to_string(options_.registries) + " registries");
  if (book_.find_registry(request.tenant, request.name) != nullptr)
    return caf::make_error(fleet_error::scan_conflict, "there is a registry " + request.name + " already");
  scan_registry registry;
  registry.id = registry_id{++last_registry_};
  registry.name = request.name;
  registry.tenant = request.tenant;
  registry.author = request.author;
  registry.made_at = registry.changed_at = ports_.utc_now();
  book_.put(registry);  // so that nobody else gets the name meanwhile
  auto promise = self->make_response_promise<scan_registry>();
  record_sensors record;
  record.registries = {registry};
  record.audit = {audit(request.author, "registry.created", to_string(registry.id), "name=" + registry.name)};
  write(std::move(record), [this, promise, registry](const caf::error& failed) mutable {
    if (!failed) {
      promise.deliver(registry);
      return;
    }
    book_.remove(registry.id);
    promise.deliver(failed);
  });
  return promise;
}

registry_list coordinator_state::list() const {
  std::map<registry_id, std::pair<uint32_t, uint32_t>> scans;
  queue_.for_each({}, [&scans](const scan_job& job) {
    auto& [queued, claimed] = scans[job.registry];
    if (job.status == scan_status::queued) ++queued;
    if (job.status == scan_status::claimed) ++claimed;
    return true;
  });
  registry_list out;
  for (const auto& [id, registry] : book_.registries()) {
    uint32_t bound = 0;
    for (const auto& each : book_.bound_to(id)) bound += raw(book_.find(each)->agent) != 0 ? 1 : 0;
    const auto& [queued, claimed] = scans[id];
    out.registries.push_back({registry, bound, book_.count_alive(id), queued, claimed});
  }
  std::sort(out.registries.begin(), out.registries.end(), [](const registry_row& a, const registry_row& b) {
    return std::tie(a.registry.tenant, a.registry.name) < std::tie(b.registry.tenant, b.registry.name);
  });
  return out;
}

caf::result<committed> coordinator_state::remove(const remove_registry& request) {
  const auto* found = book_.find(request.id);
  if (found == nullptr) return caf::make_error(fleet_error::registry_unknown);
  const auto registry = *found;
  record_sensors record;
  publish_sensors news;
  for (const auto& id : book_.bound_to(request.id)) {
    auto sensor = *book_.find(id);
    sensor.registry = registry_id{};
    record.sensors.push_back(sensor);
    if (raw(sensor.agent) != 0) news.sensors.push_back(published(sensor));
  }
  record.removed_registries = {request.id};
  record.audit = {audit(request.author, "registry.deleted", to_string(request.id), "name=" + registry.name)};
  const auto schedules = take_schedules(request.id, request.author, record);
  queue_.fail_waiting(request.id, "its registry was deleted", now());
  auto promise = self->make_response_promise<committed>();
  const auto sensors = record.sensors;
  write(std::move(record),
        [this, promise, sensors, news, schedules, id = request.id](const caf::error& failed) mutable {
          if (failed) {
            return_schedules(schedules);
            promise.deliver(failed);
            return;
          }
          for (const auto& each : sensors) book_.put(each);
          book_.remove(id);
          publish(news, [promise]() mutable { promise.deliver(committed{}); });
        });
  return promise;
}

// --- sensors -----------------------------------------------------------------------

sensor_row coordinator_state::row(const sensor_record& sensor) const {
  sensor_row out;
  out.sensor = sensor;
  out.registry = book_.name_of(sensor.registry);
  const auto* job = queue_.held_by(sensor.agent);
  if (job != nullptr) out.claimed = job->id;
  bool scanning = job != nullptr;
  if (const auto use = sensor_uses_.find(sensor.agent); use != sensor_uses_.end()) {
    out.heard_at = use->second.heard_at;
    out.polled_at = use->second.polled_at;
    out.refused = use->second.refused;
    scanning = scanning || use->second.scanning;
  }
  out.status = !book_.alive(sensor.agent) ? sensor_status::offline
               : scanning                 ? sensor_status::scanning
                                          : sensor_status::online;
  out.hints = hints(out);
  return out;
}

std::vector<std::string> coordinator_state::hints(const sensor_row& row) const {
  std::vector<std::string> out;
  const auto at = ports_.utc_now();
  const auto* key = book_.find_key(row.sensor.key);
  if (key != nullptr && !is_good(*key, at))
    out.push_back("its key " + key->prefix + "... "
                  + (has_expired(*key, at) ? "has expired" : "was revoked"));
  if (row.refused > 0) out.push_back(std::to_string(row.refused) + " of its requests were answered with 401");
  if (row.sensor.registry == registry_id{}) out.push_back("it is bound to no registry, so it gets no scans");
  if (row.status == sensor_status::online && row.heard_at != utc_time{}
      && at - row.polled_at > stopped_polling)
    out.push_back(row.polled_at == utc_time{} ? "it has not asked for a scan since the manager's start"
                                              : "it beats, but no longer asks for scans");
  size_t same_host = 0;
  for (const auto& id : book_.bound_to(row.sensor.registry)) {
    const auto* other = book_.find(id);
    same_host += raw(other->agent) != 0 && other->facts.hostname == row.sensor.facts.hostname ? 1 : 0;
  }
  if (same_host > 1 && !row.sensor.facts.hostname.empty())
    out.push_back(std::to_string(same_host) + " sensors of its registry are on its host");
  return out;
}

sensor_list coordinator_state::list(const list_sensors& query) const {
  sensor_list out;
  for (const auto& [id, sensor] : book_.sensors()) {
    if (raw(sensor.agent) == 0 || (!query.sensor.empty() && id != query.sensor)
        || (query.registry && sensor.registry != *query.registry))
      continue;
    out.sensors.push_back(row(sensor));
  }
  return out;
}

caf::result<committed> coordinator_state::bind(const bind_sensor& request) {
  const auto* found = book_.find(request.sensor);
  if (found == nullptr || raw(found->agent) == 0) return caf::make_error(fleet_error::sensor_unknown);
  if (request.registry != registry_id{}) {
    const auto* registry = book_.find(request.registry);
    if (registry == nullptr || registry->tenant != found->tenant)
      return caf::make_error(fleet_error::registry_unknown);
  }
  auto sensor = *found;
  const auto before = std::exchange(sensor.registry, request.registry);
  record_sensors record;
  record.sensors = {sensor};
  record.audit = {
    audit(request.author, "sensor.rebound", sensor.id, "registry=" + book_.name_of(sensor.registry))};
  auto promise = self->make_response_promise<committed>();
  write(std::move(record), [this, promise, sensor, before](const caf::error& failed) mutable {
    if (failed) {
      promise.deliver(failed);
      return;
    }
    book_.put(sensor);
    publish({{}, {published(sensor)}}, [this, promise, sensor, before]() mutable {
      settle_registry(before, "its last sensor was bound to another");
      settle_registry(sensor.registry, {});
      promise.deliver(committed{});
    });
  });
  return promise;
}

// The fleet says when its agent is gone, and forget() does the rest.
caf::result<committed> coordinator_state::remove(const remove_sensor& request) {
  const auto* found = book_.find(request.sensor);
  if (found == nullptr || raw(found->agent) == 0) return caf::make_error(fleet_error::sensor_unknown);
  return self->delegate(ports_.fleet, remove_agent{found->agent, request.author});
}

}  // namespace muster
