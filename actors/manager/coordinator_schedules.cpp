// The coordinator: schedules make scans.
#include "actors/manager/coordinator.hpp"
#include "messages/errors.hpp"
#include "messages/type_ids.hpp"

#include <caf/all.hpp>

#include <algorithm>

namespace muster {

namespace {

using std::chrono::milliseconds;

// The calendar may be set while a timer runs.
constexpr milliseconds look_interval = std::chrono::minutes{1};

std::string described(const scan_schedule& schedule, const std::string& registry) {
  return "registry=" + registry + " image=" + schedule.image + " zone=" + schedule.zone
         + " cron=" + schedule.cron;
}

}  // namespace

// --- time ----------------------------------------------------------------------

// A number is not given again while a scan of its schedule is known.
void coordinator_state::restore_schedules(const restored_sensors& restored) {
  for (const auto& each : restored.scans) last_schedule_ = std::max(last_schedule_, each.schedule);
  for (const auto& each : restored.schedules) {
    last_schedule_ = std::max(last_schedule_, each.number);
    schedules_.restore(each);
  }
  arm_schedules();
}

void coordinator_state::arm_schedules() {
  const auto due = schedules_.next_due();
  if (!due) return;
  const auto left = std::clamp<milliseconds>(*due - ports_.utc_now(), milliseconds{0}, look_interval);
  self->delayed_send(self, left, schedule_due{++schedule_timer_});
}

// One record after the other, each with the scans and what their schedules know of them.
void coordinator_state::look(const schedule_due& due) {
  if (due.timer != schedule_timer_ || running_schedules_) return;
  const auto at = ports_.utc_now();
  schedules_.follow_calendar(at);
  const auto numbers = schedules_.due(at, options_.runs_at_once);
  if (numbers.empty()) return arm_schedules();
  record_sensors record;
  for (const auto number : numbers) run_schedule(number, record);
  running_schedules_ = true;
  write(std::move(record), [this](const caf::error&) {
    running_schedules_ = false;
    arm_schedules();
  });
}

void coordinator_state::run_schedule(uint64_t number, record_sensors& record) {
  const auto* schedule = schedules_.find(number);
  const auto* registry = book_.find(schedule->registry);
  const auto when = now();
  if (registry == nullptr) {  // it was deleted while the schedule was made
    schedules_.remove(number);
    record.removed_schedules.push_back(number);
    return;
  }
  const auto* former = queue_.find(schedule->last_scan);
  if (former != nullptr && !is_over(former->status))
    return schedules_.skip(number, to_string(former->id) + " was still " + to_string(former->status),
                           when.at);
  const auto made = queue_.add(job_of(*schedule), when);
  if (!made) return schedules_.skip(number, "too many scans waited for a sensor", when.at);
  if (registry->status == registry_status::error)
    queue_.fail(*made, "its registry is in error: " + registry->reason, when);
  schedules_.ran(number, *made, when.at);
}

// --- operators -----------------------------------------------------------------

schedule_row coordinator_state::row(const scan_schedule& schedule) const {
  return {schedule, book_.name_of(schedule.registry), schedules_.next_due(schedule.number),
          schedules_.problem(schedule.number)};
}

schedule_list coordinator_state::list(const list_schedules& query) const {
  schedule_list out;
  schedules_.for_each([&](const scan_schedule& each) {
    if (!query.registry || each.registry == *query.registry) out.schedules.push_back(row(each));
  });
  return out;
}

caf::result<schedule_row> coordinator_state::show(const show_schedule& query) const {
  const auto* found = schedules_.find(query.number);
  if (found == nullptr) return caf::make_error(fleet_error::schedule_unknown);
  return row(*found);
}

caf::result<schedule_row> coordinator_state::make(const make_schedule& request) {
  auto schedule = request.schedule;
  const auto* registry = book_.find(schedule.registry);
  if (registry == nullptr) return caf::make_error(fleet_error::registry_unknown);
  if (const auto problem = check_schedule(schedule))
    return caf::make_error(fleet_error::scan_refused, "'" + problem->field + "' " + problem->what);
  if (schedules_.size() >= options_.schedules)
    return caf::make_error(fleet_error::scans_full,
                           "there are " + std::to_string(options_.schedules) + " schedules");
  if (!schedule.name.empty() && schedules_.has_name(registry->id, schedule.name))
    return caf::make_error(fleet_error::scan_conflict,
                           "there is a schedule " + schedule.name + " of " + registry->name + " already");
  schedule.number = ++last_schedule_;
  schedule.tenant = registry->tenant;
  schedule.made_at = schedule.due_after = ports_.utc_now();
  record_sensors record;
  record.audit = {audit(schedule.author, "schedule.created", std::to_string(schedule.number),
                        described(schedule, registry->name))};
  schedules_.put(schedule);  // so that nobody else gets the name meanwhile
  arm_schedules();
  auto promise = self->make_response_promise<schedule_row>();
  write(std::move(record), [this, promise, number = schedule.number](const caf::error& failed) mutable {
    if (failed) schedules_.remove(number);
    tell_schedule(promise, number, failed);
  });
  return promise;
}

void coordinator_state::tell_schedule(schedule_promise& promise, uint64_t number, const caf::error& failed) {
  const auto* found = schedules_.find(number);
  if (failed) promise.deliver(failed);
  else if (found == nullptr) promise.deliver(caf::make_error(fleet_error::schedule_unknown));
  else promise.deliver(row(*found));
}

caf::result<schedule_row> coordinator_state::change(const change_schedule& request) {
  const auto* found = schedules_.find(request.number);
  if (found == nullptr) return caf::make_error(fleet_error::schedule_unknown);
  if (found->paused == request.paused) return row(*found);
  set_paused(request.number, request.paused);
  record_sensors record;
  record.audit = {audit(request.author, request.paused ? "schedule.paused" : "schedule.resumed",
                        std::to_string(request.number))};
  auto promise = self->make_response_promise<schedule_row>();
  write(std::move(record),
        [this, promise, number = request.number, paused = request.paused](const caf::error& failed) mutable {
          if (failed) set_paused(number, !paused);
          tell_schedule(promise, number, failed);
        });
  return promise;
}

void coordinator_state::set_paused(uint64_t number, bool paused) {
  if (paused) schedules_.pause(number);
  else schedules_.resume(number, ports_.utc_now());
  arm_schedules();
}

scan_schedule coordinator_state::take_schedule(uint64_t number, const std::string& author,
                                               record_sensors& record) {
  auto schedule = *schedules_.find(number);
  schedules_.remove(number);
  record.removed_schedules.push_back(number);
  record.audit.push_back(audit(author, "schedule.deleted", std::to_string(number),
                               described(schedule, book_.name_of(schedule.registry))));
  return schedule;
}

std::vector<scan_schedule> coordinator_state::take_schedules(registry_id of, const std::string& author,
                                                             record_sensors& record) {
  std::vector<scan_schedule> out;
  for (const auto number : schedules_.of(of)) out.push_back(take_schedule(number, author, record));
  return out;
}

// What could not be removed is there again.
void coordinator_state::return_schedules(const std::vector<scan_schedule>& schedules) {
  for (const auto& each : schedules) schedules_.put(each);
  arm_schedules();
}

caf::result<committed> coordinator_state::remove(const remove_schedule& request) {
  if (schedules_.find(request.number) == nullptr) return caf::make_error(fleet_error::schedule_unknown);
  record_sensors record;
  const auto schedule = take_schedule(request.number, request.author, record);
  auto promise = self->make_response_promise<committed>();
  write(std::move(record), [this, promise, schedule](const caf::error& failed) mutable {
    if (failed) {
      return_schedules({schedule});
      promise.deliver(failed);
    } else {
      promise.deliver(committed{schedule.number});
    }
  });
  return promise;
}

}  // namespace muster
