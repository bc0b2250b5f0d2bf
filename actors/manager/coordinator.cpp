// The coordinator: what it writes and publishes, and what follows from who lives.
#include "actors/manager/coordinator.hpp"

#include "actors/manager/notices.hpp"
#include "messages/errors.hpp"
#include "messages/type_ids.hpp"

#include <caf/all.hpp>

#include <algorithm>

namespace muster {

coordinator_actor::behavior_type coordinator_state::make_behavior(coordinator_options options,
                                                                  coordinator_ports ports,
                                                                  restored_sensors restored) {
  options_ = options;
  ports_ = std::move(ports);
  queue_ = scan_queue{options_.scans};
  restore(std::move(restored));
  self->delayed_send(self, options_.check_interval, scan_check_due{});
  return {
    [this](const register_sensor& request) { return enter(request); },
    [this](const recall_sensor& request) { return recall(request); },
    [this](const sensor_beat& beat) { note_beat(beat); },
    [this](const key_refused& refused) { note_refusal(refused); },
    [this](const claim_scan& request) { return claim(request); },
    [this](const finish_scan& request) { return finish(request); },
    [this](const store_result& request) { return store(request); },
    [this](const node_changed& change) { note(change); },
    [this](const agent_forgotten& gone) { forget(gone); },
    [this](const attach_loops& all) {
      loops_ = all.loops;
      publish_sensors whole;
      for (const auto& [number, key] : book_.keys()) whole.keys.push_back(key);
      for (const auto& [id, sensor] : book_.sensors())
        if (raw(sensor.agent) != 0) whole.sensors.push_back(published(sensor));
      publish(std::move(whole), [] {});
    },
    [this](const make_sensor_key& request) { return make_key(request); },
    [this](const list_sensor_keys&) { return list_keys(); },
    [this](const revoke_sensor_key& request) { return revoke(request); },
    [this](const make_registry& request) { return make(request); },
    [this](const list_registries&) { return list(); },
    [this](const remove_registry& request) { return remove(request); },
    [this](const list_sensors& query) { return list(query); },
    [this](const bind_sensor& request) { return bind(request); },
    [this](const remove_sensor& request) { return remove(request); },
    [this](const make_scan& request) { return make(request); },
    [this](const list_scans& query) { return list(query); },
    [this](const show_scan& query) { return show(query); },
    [this](const cancel_scan& request) { return cancel(request); },
    [this](const make_schedule& request) { return make(request); },
    [this](const list_schedules& query) { return list(query); },
    [this](const show_schedule& query) { return show(query); },
    [this](const change_schedule& request) { return change(request); },
    [this](const remove_schedule& request) { return remove(request); },
    [this](const schedule_due& due) { look(due); },
    [this](scan_check_due) { check(); },
  };
}

void coordinator_state::restore(restored_sensors restored) {
  // No id is given twice while anything still names it: a key would open another's registry.
  const auto named = [this](registry_id id) { last_registry_ = std::max(last_registry_, raw(id)); };
  for (auto& each : restored.keys) {
    last_key_ = std::max(last_key_, each.number);
    named(each.registry);
    book_.put(std::move(each));
  }
  for (auto& each : restored.registries) {
    named(each.id);
    book_.put(std::move(each));
  }
  for (auto& each : restored.sensors) {
    last_sensor_ = std::max(last_sensor_, each.number);
    if (const auto heard = restored.heard.find(each.agent); heard != restored.heard.end()) {
      sensor_uses_[each.agent].heard_at = heard->second;
      auto& last = key_uses_[each.key].last_at;
      last = std::max(last, heard->second);
    }
    book_.put(std::move(each));
  }
  for (const auto agent : restored.alive) book_.set_alive(agent, true);
  for (const auto& each : restored.scans) {
    named(each.registry);
    queue_.restore(each, now());
  }
  restore_schedules(restored);
  for (const auto& [id, sensor] : book_.sensors()) {
    if (book_.alive(sensor.agent)) continue;
    queue_.sensor_lost(sensor.agent, now());
    if (raw(sensor.agent) != 0) tell_sensor(sensor, true);
  }
  settle_restored_registries();
  for (const auto agent : restored.strangers)
    self->request(ports_.fleet, caf::infinite, remove_agent{agent, "manager"})
      .then([](const committed&) {}, [](caf::error&) {});
  flush();
}

// What their sensors' loss entailed may not have been written or told. Said again, it is told once.
void coordinator_state::settle_restored_registries() {
  std::vector<registry_id> all;
  for (const auto& [id, registry] : book_.registries()) all.push_back(id);
  for (const auto id : all) settle_registry(id, "its sensors lost connection");
}

audit_entry coordinator_state::audit(std::string author, std::string action, std::string subject,
                                     std::string detail) const {
  return {ports_.utc_now(), std::move(author), std::move(action), std::move(subject), std::move(detail)};
}

// --- writing and publishing ----------------------------------------------------

// With everything of the queue and of schedules that is not written yet.
void coordinator_state::write(record_sensors record, done then) {
  queue_.take_changes(record.scans);
  schedules_.take_changes(record.schedules);
  self->request(ports_.ledger, caf::infinite, record)
    .then(
      [this, then, scans = record.scans](const committed&) {
        tell_failures(scans);
        then({});
      },
      [this, then, scans = record.scans, schedules = record.schedules](caf::error& failed) {
        queue_.return_changes(scans);
        schedules_.return_changes(schedules);
        ports_.tell("scans_not_recorded", self->system().render(failed));
        then(failed);
      });
}

// What could not be written is written with what comes next, at the latest with the next check.
void coordinator_state::flush() {
  if (queue_.has_changes() || schedules_.has_changes()) write({}, [](const caf::error&) {});
}

publish_sensors::known coordinator_state::published(const sensor_record& sensor) {
  return {sensor.id, sensor.agent, sensor.tenant, sensor.registry};
}

// Then, once every loop knows it.
void coordinator_state::publish(publish_sensors news, std::function<void()> then) {
  if (loops_.empty()) return then();
  const auto left = std::make_shared<size_t>(loops_.size());
  const auto one_less = [left, then = std::move(then)] {
    if (--*left == 0) then();
  };
  for (const auto& loop : loops_)
    self->request(loop, caf::infinite, news)
      .then([one_less](const slots_published&) { one_less(); }, [one_less](caf::error&) { one_less(); });
}

// --- who lives -----------------------------------------------------------------

void coordinator_state::note(const node_changed& change) {
  const auto* sensor = book_.find(change.id);
  if (sensor == nullptr || change.status == agent_status::departed) return;  // agent_forgotten follows
  const bool alive = change.status == agent_status::online || change.status == agent_status::stale;
  const bool was_lost = book_.lost(change.id), was_alive = book_.alive(change.id);
  book_.set_alive(change.id, alive);
  book_.set_held(change.id, change.held && !alive);
  if (book_.lost(change.id) && !was_lost) lose(*sensor);
  else if (alive) queue_.resume(change.id);
  else if (change.held) queue_.hold(change.id);
  const bool quietly = change.quiet || (change.held && !alive);
  if (!quietly) tell_sensor(*sensor, book_.lost(change.id));
  settle_registry(sensor->registry, "sensor " + sensor->facts.name + " lost connection", quietly);
  if (alive == was_alive) return flush();
  record_sensors record;
  record.audit = {audit("manager", alive ? "sensor.online" : "sensor.offline", sensor->id)};
  write(std::move(record), [](const caf::error&) {});
}

void coordinator_state::lose(const sensor_record& sensor) {
  sensor_uses_[sensor.agent].scanning = false;
  queue_.sensor_lost(sensor.agent, now());
}

// Deleted by an operator of agents: like one that an operator of sensors deletes.
void coordinator_state::forget(const agent_forgotten& gone) {
  const auto* found = book_.find(gone.id);
  if (found == nullptr) return;
  auto sensor = *found;
  book_.set_alive(gone.id, false);
  book_.set_held(gone.id, false);
  tell_sensor(sensor, false);
  lose(sensor);
  sensor_uses_.erase(gone.id);
  sensor.agent = agent_id{};
  sensor.deleted_at = ports_.utc_now();
  book_.put(sensor);
  auto news = published(sensor);
  publish({{}, {news}}, [] {});
  settle_registry(sensor.registry, "sensor " + sensor.facts.name + " was deleted");
  record_sensors record;
  record.sensors = {sensor};
  write(std::move(record), [](const caf::error&) {});
}

// Its own record is written with what it comes to for its scans.
void coordinator_state::settle_registry(registry_id id, const std::string& why, bool quietly) {
  const auto* found = book_.find(id);
  if (found == nullptr) return;
  const auto due = book_.due_status(id);
  if (!due) {
    if (!quietly) tell_registry(*found);
    return;
  }
  auto registry = *found;
  registry.status = *due;
  registry.changed_at = ports_.utc_now();
  registry.reason = *due == registry_status::error ? why : std::string{};
  book_.put(registry);
  if (*due == registry_status::error) queue_.fail_waiting(id, "its registry is in error: " + why, now());
  if (!quietly) tell_registry(registry);
  record_sensors record;
  record.registries = {registry};
  record.audit = {audit("manager",
                        *due == registry_status::error       ? "registry.error"
                        : *due == registry_status::connected ? "registry.connected"
                                                             : "registry.pending",
                        to_string(id), registry.reason)};
  write(std::move(record), [](const caf::error&) {});
}

void coordinator_state::check() {
  const bool more = queue_.forget_finished(now(), options_.forgotten_at_once) == options_.forgotten_at_once;
  flush();
  check_keys();
  self->delayed_send(self, more ? options_.hurried_interval : options_.check_interval, scan_check_due{});
}

// --- people --------------------------------------------------------------------

void coordinator_state::tell_people(notice what) {
  what.at = ports_.utc_now();
  if (ports_.people) self->send(ports_.people, std::move(what));
}

// Each time that it is another than people know.
void coordinator_state::tell_sensor(const sensor_record& sensor, bool lost) {
  if (lost ? !told_lost_.insert(sensor.agent).second : told_lost_.erase(sensor.agent) == 0) return;
  notice what;
  what.event = lost ? notice_event::sensor_lost : notice_event::sensor_recovered;
  what.severity = lost ? notice_severity::high : notice_severity::info;
  what.stage = lost ? notice_stage::opens : notice_stage::resolves;
  what.tenant = sensor.tenant;
  what.title = std::string{kind_of(what.event).label} + ": " + sensor.facts.name;
  const auto who =
    sensor.facts.name + (sensor.facts.hostname.empty() ? "" : " (host " + sensor.facts.hostname + ")");
  const auto used = sensor_uses_.find(sensor.agent);
  const auto heard = used == sensor_uses_.end() || used->second.heard_at == utc_time{}
                       ? std::string{}
                       : text_of(used->second.heard_at);
  what.text = lost ? "No heartbeat from " + who + (heard.empty() ? "." : " since " + heard + ".")
              : book_.alive(sensor.agent) ? who + " is heard again."
                                          : who + ", which was lost, was deleted.";
  what.subject = sensor.id;
  what.path = "/sensors/" + sensor.id;
  what.key = "sensor/" + sensor.id;
  what.fields = {{"sensorId", sensor.id}, {"sensorName", sensor.facts.name}};
  if (!heard.empty()) what.fields["lastHeartbeatAt"] = heard;
  if (const auto* registry = book_.find(sensor.registry)) {
    what.labels["registry"] = registry->name;
    what.fields["registry.id"] = to_string(registry->id);
    what.fields["registry.name"] = registry->name;
    what.fields["registry.status"] = to_string(book_.due_status(registry->id).value_or(registry->status));
  }
  tell_people(std::move(what));
}

void coordinator_state::tell_registry(const scan_registry& registry) {
  const bool error = registry.status == registry_status::error;
  if (error ? !told_error_.insert(registry.id).second : told_error_.erase(registry.id) == 0) return;
  notice what;
  what.event = error ? notice_event::registry_error : notice_event::registry_recovered;
  what.severity = error ? notice_severity::high : notice_severity::info;
  what.stage = error ? notice_stage::opens : notice_stage::resolves;
  what.tenant = registry.tenant;
  what.labels = {{"registry", registry.name}};
  what.title = std::string{kind_of(what.event).label} + ": " + registry.name;
  what.text = error ? "No sensor is left for " + registry.name + ": " + registry.reason + "."
              : registry.status == registry_status::connected
                ? "A sensor of " + registry.name + " lives again."
                : registry.name + " was deleted.";
  what.subject = to_string(registry.id);
  what.path = "/registries/" + to_string(registry.id);
  what.key = "registry/" + to_string(registry.id);
  what.fields = {{"registry.id", to_string(registry.id)},
                 {"registry.name", registry.name},
                 {"registry.status", to_string(registry.status)}};
  tell_people(std::move(what));
}

// Those that an error of their registry has failed are told of with that.
void coordinator_state::tell_failures(const record_scans& written) {
  for (const auto& each : written.jobs)
    if (each.status == scan_status::failed && !each.result) tell_failed(each.id);
}

void coordinator_state::tell_failed(scan_id id) {
  const auto* job = queue_.find(id);
  if (job == nullptr || job->status != scan_status::failed) return;
  const auto* registry = book_.find(job->registry);
  if (registry != nullptr && registry->status == registry_status::error && job->attempts == 0) return;
  notice what;
  what.event = notice_event::job_failed;
  what.severity = notice_severity::medium;
  what.tenant = job->tenant;
  if (registry != nullptr) what.labels["registry"] = registry->name;
  what.title = std::string{kind_of(what.event).label} + ": " + job->image;
  what.text = "The scan of " + job->image + " has failed: " + job->reason + ".";
  what.subject = to_string(id);
  what.path = "/scans/" + to_string(id);
  what.key = "scan/" + to_string(id);
  what.fields = {{"scanId", to_string(id)}, {"image", job->image}, {"reason", job->reason}};
  tell_people(std::move(what));
}

void coordinator_state::check_keys() {
  const auto at = ports_.utc_now();
  for (const auto& [number, key] : book_.keys()) {
    if (key.expires_at == utc_time{} || key.revoked_at != utc_time{} || has_expired(key, at)
        || key.expires_at - at > options_.key_warning || !warned_.insert(number).second)
      continue;
    notice what;
    what.event = notice_event::key_expiring;
    what.severity = notice_severity::medium;
    what.tenant = key.tenant;
    what.title = std::string{kind_of(what.event).label} + ": " + key.prefix;
    const auto expires = text_of(key.expires_at);
    what.text = "Sensors that show the key " + key.prefix + "..."
                + (key.name.empty() ? "" : " (" + key.name + ")") + " are refused from " + expires + " on.";
    what.path = "/operator/v1/sensor-keys";
    what.subject = std::to_string(number);
    what.key = "key/" + std::to_string(number);
    what.fields = {{"keyPrefix", key.prefix}, {"keyName", key.name}, {"expiresAt", expires}};
    tell_people(std::move(what));
  }
}

coordinator_actor::behavior_type coordinator(coordinator_actor::stateful_pointer<coordinator_state> self,
                                             coordinator_options options, coordinator_ports ports,
                                             restored_sensors restored) {
  return self->state.make_behavior(std::move(options), std::move(ports), std::move(restored));
}

}  // namespace muster
