// The coordinator: sensors come in, show signs of life, and are shown, bound and removed.
#include "actors/manager/coordinator.hpp"
#include "actors/manager/scan_checks.hpp"
#include "messages/errors.hpp"
#include "messages/type_ids.hpp"

#include <caf/all.hpp>

#include <algorithm>

namespace muster {

namespace {

constexpr std::chrono::milliseconds stopped_polling = std::chrono::minutes{2};
constexpr std::chrono::minutes tolerated_skew{5};

void deliver(caf::typed_response_promise<sensor_known>& promise, caf::error why) {
  promise.deliver(std::move(why));
}

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
  if (!is_sensor_id(request.id))
    return caf::make_error(fleet_error::scan_refused,
                           std::string{"'agentId' must be 1 to 64 letters, digits, '_' and '-'"});
  auto promise = self->make_response_promise<sensor_known>();
  sensor_record sensor;
  if (const auto* known = book_.find(request.id)) {
    if (!sensor_book::covers(*key, known->tenant, known->registry))
      return caf::make_error(fleet_error::sensor_foreign);
    if (raw(known->agent) != 0) {  // a loop had not heard of it yet, perhaps since it could not be written
      enrolled(*known, "sensor.recalled", promise);
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
    return deliver(promise, caf::make_error(fleet_error::scans_full,
                                            "there are " + std::to_string(options_.sensors) + " sensors"));
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
  book_.put(sensor);
  book_.set_alive(sensor.agent, true);
  used(sensor.key, sensor.agent);
  record_sensors record;
  record.sensors = {sensor};
  record.audit = {audit(
    "agent", action, sensor.id,
    "name=" + sensor.facts.name + " host=" + sensor.facts.hostname + " key=" + std::to_string(sensor.key))};
  write(std::move(record), [this, sensor, promise](const caf::error& failed) mutable {
    if (failed) {
      promise.deliver(failed);
      return;
    }
    publish({{}, {published(sensor)}}, [this, sensor, promise]() mutable {
      promise.deliver(sensor_known{sensor.id, sensor.agent});
      settle_registry(sensor.registry, {});
    });
  });
}

// --- signs of life ---------------------------------------------------------------

void coordinator_state::used(uint64_t key, agent_id sensor) {
  const auto at = ports_.utc_now();
  if (key != 0) key_uses_[key].last_at = at;
  if (raw(sensor) == 0) return;
  sensor_uses_[sensor].heard_at = at;
  if (const auto* known = book_.find(sensor); known != nullptr && key != 0 && known->key != key) {
    auto changed = *known;
    changed.key = key;
    book_.put(std::move(changed));
  }
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

// A result comes soon after its scan.
void coordinator_state::note_clock(agent_id sensor, const store_result& result) {
  if (raw(sensor) != 0 && result.finished_at != utc_time{})
    sensor_uses_[sensor].skew = result.finished_at - ports_.utc_now();
}

void coordinator_state::note_refusal(const key_refused& refused) {
  ++key_uses_[refused.key].refused;
  const auto* sensor = book_.find(refused.sensor);
  if (const auto agent = parse_agent_id(refused.sensor); sensor == nullptr && agent)
    sensor = book_.find(*agent);
  if (sensor == nullptr) sensor = only_one_with(refused.key);
  if (sensor != nullptr && raw(sensor->agent) != 0) ++sensor_uses_[sensor->agent].refused;
}

// Who else should it have been? Null if several came by this key.
const sensor_record* coordinator_state::only_one_with(uint64_t key) const {
  const sensor_record* out = nullptr;
  for (const auto& [id, sensor] : book_.sensors()) {
    if (sensor.key != key || raw(sensor.agent) == 0) continue;
    if (out != nullptr) return nullptr;
    out = &sensor;
  }
  return out;
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
  if (row.status == sensor_status::offline && !book_.lost(row.sensor.agent))
    out.push_back("many may have fallen silent with it, so what follows from its loss waits");
  if (row.refused > 0) out.push_back(std::to_string(row.refused) + " of its requests were answered with 401");
  if (const auto use = sensor_uses_.find(row.sensor.agent); use != sensor_uses_.end()) {
    if (use->second.failed > 0)
      out.push_back(std::to_string(use->second.failed)
                    + " of its requests failed here (5xx), see the manager's log");
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(use->second.skew).count();
    if (std::abs(minutes) >= tolerated_skew.count())
      out.push_back("its clock is " + std::to_string(std::abs(minutes)) + " minutes "
                    + (minutes > 0 ? "ahead" : "behind") + ", as its last result has it");
  }
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
