// The coordinator: scans are made, handed out and ended.
#include "actors/manager/coordinator.hpp"
#include "actors/manager/scan_checks.hpp"
#include "messages/errors.hpp"
#include "messages/type_ids.hpp"

#include <caf/all.hpp>

#include <algorithm>

namespace muster {

namespace {

constexpr size_t longest_reason = 1024;
constexpr uint32_t most_attempts = 10;

// Of the form that we give to scans, whether there is one or not.
bool is_ours(const std::string& scan) {
  return scan.starts_with("job-") && scan.find_first_not_of("0123456789", 4) == scan.npos;
}

caf::error error_of(scan_answer answer) {
  switch (answer) {
    case scan_answer::unknown: return caf::make_error(fleet_error::scan_unknown);
    case scan_answer::foreign: return caf::make_error(fleet_error::scan_foreign);
    case scan_answer::conflict:
      return caf::make_error(fleet_error::scan_conflict, std::string{"the scan is over in another way"});
    default: return {};
  }
}

}  // namespace

// --- sensors -------------------------------------------------------------------

// What it should stop is asked first, since a claim forgets that. What could not be written is
// not handed out.
caf::result<scan_offer> coordinator_state::claim(const claim_scan& request) {
  const auto* sensor = book_.find(request.sensor);
  if (sensor == nullptr) return caf::make_error(fleet_error::sensor_unknown);
  used(request.key, request.sensor);
  sensor_uses_[request.sensor].polled_at = ports_.utc_now();
  scan_offer offer;
  offer.cancelled = queue_.cancellations(request.sensor);
  if (sensor->registry != registry_id{})
    if (const auto* job = queue_.claim(request.sensor, sensor->registry, now())) offer.job = *job;
  if (!offer.job) return offer;
  auto promise = self->make_response_promise<scan_offer>();
  record_sensors record;
  record.audit = {audit("agent", "job.claimed", to_string(offer.job->id), "sensor=" + sensor->id)};
  write(std::move(record), [this, promise, offer, agent = request.sensor](const caf::error& failed) mutable {
    if (!failed) {
      promise.deliver(offer);
      return;
    }
    queue_.registered(agent, now());  // it never got it
    note_failed(agent);
    promise.deliver(failed);
  });
  return promise;
}

caf::result<committed> coordinator_state::finish(const finish_scan& request) {
  const auto* job = queue_.find(request.id);
  const auto* key = book_.find_key(request.key);
  if (job == nullptr) return caf::make_error(fleet_error::scan_unknown);
  const auto* sensor = sender_of(*job, request.sensor);
  if (sensor == nullptr || key == nullptr || !sensor_book::covers(*key, sensor->tenant, sensor->registry))
    return caf::make_error(fleet_error::scan_foreign);
  const auto agent = sensor->agent;
  used(request.key, agent);
  auto why = request.error.substr(0, longest_reason);
  if (why.empty() && request.status == scan_status::failed) why = "the sensor gave no reason";
  const auto answer = queue_.finish(agent, request.id, request.status, why, now());
  if (auto failed = error_of(answer)) return failed;
  if (answer != scan_answer::taken) return committed{raw(agent)};
  auto promise = self->make_response_promise<committed>();
  record_sensors record;
  record.audit = {audit("agent", "job." + to_string(request.status), to_string(request.id), why)};
  write(std::move(record), [this, promise, agent](const caf::error& failed) mutable {
    if (!failed) {
      promise.deliver(committed{raw(agent)});
      return;
    }
    note_failed(agent);
    promise.deliver(failed);
  });
  return promise;
}

// A connection may be shared, so that who spoke last on it is believed only if it had the scan. Else it is
// of the sensor that has it, if the key may speak for that.
const sensor_record* coordinator_state::sender_of(const scan_job& job, agent_id spoke_last) const {
  const auto& before = job.claimed_before;
  const bool had = std::find(before.begin(), before.end(), spoke_last) != before.end();
  return book_.find(had ? spoke_last : job.claimed_by);
}

caf::result<result_stored> coordinator_state::store(const store_result& request) {
  if (!is_ours(request.scan)) return store_unasked(request);
  const auto id = parse_scan_id(request.scan);
  const auto* job = id ? queue_.find(*id) : nullptr;
  const auto* key = book_.find_key(request.key);
  if (job == nullptr) return caf::make_error(fleet_error::scan_unknown);
  const auto* sensor = sender_of(*job, request.summary.sensor);
  if (sensor == nullptr || key == nullptr || !sensor_book::covers(*key, sensor->tenant, sensor->registry))
    return caf::make_error(fleet_error::scan_foreign);
  used(request.key, sensor->agent);
  auto summary = request.summary;
  summary.sensor = sensor->agent;
  summary.received_at = ports_.utc_now();
  const auto answer = queue_.result(sensor->agent, *id, summary, now());
  if (auto failed = error_of(answer)) return failed;
  note_clock(sensor->agent, request);
  if (answer != scan_answer::taken && !unwritten_findings_.contains(*id)) return result_stored{*id, false};
  return write_result(*id, request, sensor->id, false);
}

// Until it is written it is written again whenever it comes.
caf::result<result_stored> coordinator_state::write_result(scan_id id, const store_result& request,
                                                           const std::string& sensor, bool created) {
  unwritten_findings_.insert(id);
  auto promise = self->make_response_promise<result_stored>();
  record_sensors record;
  record.found = id;
  record.findings = request.findings;
  record.audit = {
    audit("agent", created ? "scan.uploaded" : "scan.result", to_string(id), "sensor=" + sensor)};
  write(std::move(record), [this, promise, id, created, sensor](const caf::error& failed) mutable {
    if (!failed) {
      unwritten_findings_.erase(id);
      promise.deliver(result_stored{id, created});
      return;
    }
    if (const auto* sender = book_.find(sensor)) note_failed(sender->agent);
    promise.deliver(failed);
  });
  return promise;
}

// --- operators -----------------------------------------------------------------

caf::result<scan_job> coordinator_state::make(const make_scan& request) {
  const auto* registry = book_.find(request.job.registry);
  if (registry == nullptr) return caf::make_error(fleet_error::registry_unknown);
  if (const auto problem = check_scan(request.job))
    return caf::make_error(fleet_error::scan_refused, "'" + problem->field + "' " + problem->what);
  if (request.job.max_attempts == 0 || request.job.max_attempts > most_attempts)
    return caf::make_error(fleet_error::scan_refused, std::string{"'max_attempts' must be from 1 to 10"});
  if (registry->status == registry_status::error)
    return caf::make_error(fleet_error::scan_conflict,
                           "the registry " + registry->name + " is in error: " + registry->reason);
  auto job = request.job;
  job.tenant = registry->tenant;
  const auto id = queue_.add(std::move(job), now());
  if (!id) return caf::make_error(fleet_error::scans_full, std::string{"too many scans wait for a sensor"});
  auto promise = self->make_response_promise<scan_job>();
  record_sensors record;
  record.audit = {audit(request.author, "scan.created", to_string(*id), request.job.image)};
  write(std::move(record), [this, promise, id = *id](const caf::error& failed) mutable {
    if (failed) {
      queue_.cancel(id, "it could not be written", now());
      promise.deliver(failed);
    } else if (const auto* made = queue_.find(id)) {
      promise.deliver(*made);
    }
  });
  return promise;
}

scan_row coordinator_state::row(const scan_job& job) const {
  scan_row out{job, book_.name_of(job.registry), {}};
  if (const auto* sensor = book_.find(job.claimed_by)) out.sensor = sensor->id;
  return out;
}

scan_page coordinator_state::list(const list_scans& query) const {
  scan_page out;
  queue_.for_each(query.before, [&](const scan_job& job) {
    if ((query.registry && job.registry != *query.registry) || (query.status && job.status != *query.status)
        || (raw(query.sensor) != 0 && job.claimed_by != query.sensor))
      return true;
    if (out.scans.size() == query.limit) {
      out.next = out.scans.back().job.id;
      return false;
    }
    out.scans.push_back(row(job));
    return true;
  });
  return out;
}

caf::result<scan_row> coordinator_state::show(const show_scan& query) const {
  const auto* job = queue_.find(query.id);
  if (job == nullptr) return caf::make_error(fleet_error::scan_unknown);
  return row(*job);
}

caf::result<scan_job> coordinator_state::cancel(const cancel_scan& request) {
  const auto answer = queue_.cancel(request.id, "an operator cancelled it", now());
  if (auto failed = error_of(answer)) return failed;
  if (answer == scan_answer::repeated) return *queue_.find(request.id);
  auto promise = self->make_response_promise<scan_job>();
  record_sensors record;
  record.audit = {audit(request.author, "scan.cancelled", to_string(request.id))};
  write(std::move(record), [this, promise, id = request.id](const caf::error& failed) mutable {
    if (failed) promise.deliver(failed);
    else promise.deliver(*queue_.find(id));
  });
  return promise;
}

}  // namespace muster
