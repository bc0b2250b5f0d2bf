// The coordinator: what operators do to keys and registries.
#include "actors/manager/coordinator.hpp"
#include "actors/manager/scan_checks.hpp"
#include "messages/errors.hpp"
#include "messages/type_ids.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <tuple>

namespace muster {

namespace {

constexpr size_t key_prefix = 10;

caf::error refuse(std::string why) { return caf::make_error(fleet_error::scan_refused, std::move(why)); }
caf::error full(std::string why) { return caf::make_error(fleet_error::scans_full, std::move(why)); }

}  // namespace

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
  auto registry = *found;
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
        [this, promise, sensors, news, schedules, registry](const caf::error& failed) mutable {
          if (failed) {
            return_schedules(schedules);
            promise.deliver(failed);
            return;
          }
          for (const auto& each : sensors) book_.put(each);
          book_.remove(registry.id);
          registry.status = registry_status::pending;
          tell_registry(registry);
          publish(news, [promise]() mutable { promise.deliver(committed{}); });
        });
  return promise;
}

}  // namespace muster
