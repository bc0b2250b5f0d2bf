// The life of scan jobs.
#include "actors/manager/scan_queue.hpp"

#include <algorithm>
#include <utility>

namespace muster {

namespace {

using std::chrono::milliseconds;

bool had_before(const scan_job& job, agent_id sensor) {
  const auto& all = job.claimed_before;
  return std::find(all.begin(), all.end(), sensor) != all.end();
}

bool had(const scan_job& job, agent_id sensor) { return job.claimed_by == sensor || had_before(job, sensor); }

bool has(const scan_job& job, agent_id sensor) {
  return job.status == scan_status::claimed && job.claimed_by == sensor;
}

constexpr const char* held = "its sensor is silent, as many are";

}  // namespace

void scan_queue::restore(const scan_job& job, work_time when) {
  auto& one = jobs_[job.id];
  one.job = job;
  last_ = std::max(last_, job.id);
  if (!job.own_id.empty()) kept_[{job.registry, job.own_id}] = job.id;
  ++counts_[static_cast<size_t>(job.status)];
  switch (job.status) {
    case scan_status::queued:
      // As long as there was left when it was recorded, whatever the calendar did since.
      enqueue(one, when.now + std::clamp(job.not_before - when.at, milliseconds{0}, limits_.longest_delay),
              when.now);
      break;
    case scan_status::claimed:
      one.claimed_at = when.now;
      sensors_[job.claimed_by].job = job.id;
      break;
    default: finished_.emplace(job.finished_at, job.id); break;
  }
}

std::optional<scan_id> scan_queue::add(scan_job job, work_time when) {
  if (count(scan_status::queued) + count(scan_status::claimed) >= limits_.unfinished) return std::nullopt;
  last_ = scan_id{raw(last_) + 1};
  auto& one = jobs_[last_];
  one.job.id = last_;
  one.job.registry = job.registry;
  one.job.tenant = std::move(job.tenant);
  one.job.image = std::move(job.image);
  one.job.source = job.source;
  one.job.tar_path = std::move(job.tar_path);
  one.job.scanners = std::move(job.scanners);
  one.job.priority = job.priority;
  one.job.schedule = job.schedule;
  one.job.max_attempts = std::max(job.max_attempts, 1u);
  one.job.created_at = when.at;
  ++counts_[static_cast<size_t>(scan_status::queued)];
  enqueue(one, when.now, when.now);
  changed_.insert(last_);
  return last_;
}

// --- places --------------------------------------------------------------------

scan_queue::entry* scan_queue::entry_of(scan_id id) {
  const auto found = jobs_.find(id);
  return found == jobs_.end() ? nullptr : &found->second;
}

void scan_queue::enqueue(entry& one, monotonic ready_at, monotonic now) {
  auto& at = lanes_[one.job.registry];
  one.ready_at = ready_at;
  if (ready_at > now) at.delayed.emplace(ready_at, one.job.id);
  else at.ready.insert({one.job.priority, one.job.id});
}

void scan_queue::dequeue(const entry& one) {
  const auto found = lanes_.find(one.job.registry);
  auto& [ready, delayed] = found->second;
  if (ready.erase({one.job.priority, one.job.id}) == 0) delayed.erase({one.ready_at, one.job.id});
  if (ready.empty() && delayed.empty()) lanes_.erase(found);
}

void scan_queue::leave_sensor(const entry& one) {
  const auto found = sensors_.find(one.job.claimed_by);
  found->second.job = {};
  if (found->second.cancelled == scan_id{}) sensors_.erase(found);
}

// Whatever place it had before, it has the one of `status` after.
void scan_queue::enter(entry& one, scan_status status, std::string why, work_time when) {
  if (one.job.status == scan_status::queued) dequeue(one);
  if (one.job.status == scan_status::claimed) leave_sensor(one);
  --counts_[static_cast<size_t>(one.job.status)];
  ++counts_[static_cast<size_t>(status)];
  one.job.status = status;
  one.job.reason = std::move(why);
  changed_.insert(one.job.id);
  if (!is_over(status)) return;
  if (one.job.finished_at == utc_time{}) one.job.finished_at = when.at;  // its first end
  finished_.emplace(one.job.finished_at, one.job.id);
}

// --- sensors -------------------------------------------------------------------

const scan_job* scan_queue::claim(agent_id sensor, registry_id registry, work_time when) {
  const auto has_one = sensors_.find(sensor);
  if (has_one != sensors_.end() && has_one->second.job != scan_id{}) return nullptr;
  const auto found = lanes_.find(registry);
  if (found == lanes_.end()) return nullptr;
  auto& [ready, delayed] = found->second;
  while (!delayed.empty() && delayed.begin()->first <= when.now) {
    const auto id = delayed.extract(delayed.begin()).value().second;
    ready.insert({jobs_.at(id).job.priority, id});
  }
  if (ready.empty()) return nullptr;
  auto& one = jobs_.at(ready.begin()->id);
  enter(one, scan_status::claimed, {}, when);
  auto& job = one.job;
  if (job.claimed_by != agent_id{} && !had_before(job, job.claimed_by))
    job.claimed_before.push_back(job.claimed_by);
  ++job.attempts;
  job.claimed_by = sensor;
  job.claimed_at = when.at;
  one.claimed_at = when.now;
  sensors_[sensor] = {job.id, {}, 0};
  return &job;
}

std::optional<scan_id> scan_queue::idle_beat(agent_id sensor, work_time when) {
  const auto found = sensors_.find(sensor);
  if (found == sensors_.end() || found->second.job == scan_id{}) return std::nullopt;
  auto& one = jobs_.at(found->second.job);
  if (++found->second.idle_beats < limits_.idle_beats || when.now - one.claimed_at < limits_.lost_after)
    return std::nullopt;
  take_back(one, "job_lost", delay_after(one.job.attempts), when);
  return one.job.id;
}

void scan_queue::busy_beat(agent_id sensor) {
  const auto found = sensors_.find(sensor);
  if (found != sensors_.end()) found->second.idle_beats = 0;
}

std::optional<scan_id> scan_queue::registered(agent_id sensor, work_time when) {
  forget_cancelled(sensor);
  const auto* job = held_by(sensor);
  if (!job) return std::nullopt;
  take_back(jobs_.at(job->id), "sensor_restarted", milliseconds{0}, when);
  return job->id;
}

std::optional<scan_id> scan_queue::sensor_lost(agent_id sensor, work_time when) {
  forget_cancelled(sensor);
  const auto* job = held_by(sensor);
  if (!job) return std::nullopt;
  take_back(jobs_.at(job->id), "sensor_lost", delay_after(job->attempts), when);
  return job->id;
}

// A job with a result was scanned: only the report of its end is missing.
void scan_queue::take_back(entry& one, const std::string& why, milliseconds delay, work_time when) {
  if (one.job.result) return enter(one, scan_status::completed, why + " after its result", when);
  if (one.job.attempts >= one.job.max_attempts) return enter(one, scan_status::failed, why, when);
  enter(one, scan_status::queued, why, when);
  one.job.not_before = when.at + delay;
  enqueue(one, when.now + delay, when.now);
}

milliseconds scan_queue::delay_after(uint32_t attempts) const {
  auto out = limits_.first_delay;
  for (; attempts > 1 && out < limits_.longest_delay; --attempts) out *= 2;
  return std::min(out, limits_.longest_delay);
}

void scan_queue::hold(agent_id sensor) {
  const auto* job = held_by(sensor);
  if (!job || job->reason == held) return;
  jobs_.at(job->id).job.reason = held;
  changed_.insert(job->id);
}

void scan_queue::resume(agent_id sensor) {
  const auto* job = held_by(sensor);
  if (!job || job->reason != held) return;
  jobs_.at(job->id).job.reason.clear();
  changed_.insert(job->id);
}

std::vector<scan_id> scan_queue::cancellations(agent_id sensor) const {
  const auto found = sensors_.find(sensor);
  if (found == sensors_.end() || found->second.cancelled == scan_id{}) return {};
  return {found->second.cancelled};
}

void scan_queue::forget_cancelled(agent_id sensor) {
  const auto found = sensors_.find(sensor);
  if (found == sensors_.end()) return;
  found->second.cancelled = {};
  if (found->second.job == scan_id{}) sensors_.erase(found);
}

scan_answer scan_queue::finish(agent_id sensor, scan_id id, scan_status status, const std::string& why,
                               work_time when) {
  auto* one = entry_of(id);
  if (!one) return scan_answer::unknown;
  if (!had(one->job, sensor)) return scan_answer::foreign;
  if (cancellations(sensor) == std::vector{id}) forget_cancelled(sensor);
  if (is_over(one->job.status))
    return one->job.status == status ? scan_answer::repeated : scan_answer::conflict;
  if (!has(one->job, sensor)) return scan_answer::late;
  enter(*one, status, why, when);
  return scan_answer::taken;
}

scan_answer scan_queue::result(agent_id sensor, scan_id id, const scan_summary& summary, work_time when) {
  auto* one = entry_of(id);
  if (!one) return scan_answer::unknown;
  if (!had(one->job, sensor)) return scan_answer::foreign;
  if (one->job.result)
    return one->job.result->sensor == sensor ? scan_answer::repeated : scan_answer::conflict;
  one->job.result = summary;
  one->job.result->sensor = sensor;
  one->job.result->received_at = when.at;
  changed_.insert(id);
  const bool settled = has(one->job, sensor) || one->job.status == scan_status::completed
                       || one->job.status == scan_status::cancelled;
  if (settled) return scan_answer::taken;
  const auto other = one->job.status == scan_status::claimed ? one->job.claimed_by : agent_id{};
  enter(*one, scan_status::completed, "by a result that came late", when);
  if (other != agent_id{}) sensors_[other].cancelled = id;
  return scan_answer::taken;
}

scan_id scan_queue::keep(scan_job job, work_time when) {
  forget_finished(when, 2);
  last_ = scan_id{raw(last_) + 1};
  job.id = last_;
  job.created_at = job.claimed_at = job.finished_at = when.at;
  ++counts_[static_cast<size_t>(job.status)];
  finished_.emplace(when.at, last_);
  kept_[{job.registry, job.own_id}] = last_;
  jobs_[last_].job = std::move(job);
  changed_.insert(last_);
  return last_;
}

// --- operators -----------------------------------------------------------------

scan_answer scan_queue::cancel(scan_id id, const std::string& why, work_time when) {
  auto* one = entry_of(id);
  if (!one) return scan_answer::unknown;
  if (one->job.status == scan_status::cancelled) return scan_answer::repeated;
  if (is_over(one->job.status)) return scan_answer::conflict;
  const auto sensor = one->job.status == scan_status::claimed ? one->job.claimed_by : agent_id{};
  enter(*one, scan_status::cancelled, why, when);
  if (sensor != agent_id{}) sensors_[sensor].cancelled = id;
  return scan_answer::taken;
}

void scan_queue::fail(scan_id id, const std::string& why, work_time when) {
  auto* one = entry_of(id);
  if (one && one->job.status == scan_status::queued) enter(*one, scan_status::failed, why, when);
}

size_t scan_queue::fail_waiting(registry_id registry, const std::string& why, work_time when, size_t most) {
  size_t failed = 0;
  for (auto found = lanes_.find(registry); failed < most && found != lanes_.end();
       found = lanes_.find(registry), ++failed) {
    const auto& [ready, delayed] = found->second;
    enter(jobs_.at(ready.empty() ? delayed.begin()->second : ready.begin()->id), scan_status::failed, why,
          when);
  }
  return failed;
}

size_t scan_queue::forget_finished(work_time when, size_t most) {
  size_t gone = 0;
  for (auto at = finished_.begin(); gone < most && at != finished_.end();) {
    const auto [ended, id] = *at;
    if (finished_.size() <= limits_.finished && when.at - ended <= limits_.keep) break;
    if (id == last_) {
      ++at;
      continue;
    }
    at = finished_.erase(at);
    erase(id);
    ++gone;
  }
  return gone;
}

void scan_queue::erase(scan_id id) {
  const auto found = jobs_.find(id);
  const auto& job = found->second.job;
  --counts_[static_cast<size_t>(job.status)];
  if (!job.own_id.empty()) kept_.erase({job.registry, job.own_id});
  jobs_.erase(found);
  changed_.erase(id);
  forgotten_.insert(id);
}

// --- what there is -------------------------------------------------------------

const scan_job* scan_queue::find(scan_id id) const {
  const auto found = jobs_.find(id);
  return found == jobs_.end() ? nullptr : &found->second.job;
}

const scan_job* scan_queue::find_kept(registry_id registry, const std::string& own_id) const {
  const auto found = kept_.find({registry, own_id});
  return found == kept_.end() ? nullptr : find(found->second);
}

const scan_job* scan_queue::held_by(agent_id sensor) const {
  const auto found = sensors_.find(sensor);
  return found == sensors_.end() ? nullptr : find(found->second.job);
}

size_t scan_queue::waiting(registry_id registry) const {
  const auto found = lanes_.find(registry);
  return found == lanes_.end() ? 0 : found->second.ready.size() + found->second.delayed.size();
}

void scan_queue::take_changes(record_scans& into) {
  for (const auto id : std::exchange(changed_, {})) into.jobs.push_back(jobs_.at(id).job);
  for (const auto id : std::exchange(forgotten_, {})) into.forgotten.push_back(id);
}

void scan_queue::return_changes(const record_scans& of) {
  for (const auto& each : of.jobs)
    if (jobs_.contains(each.id)) changed_.insert(each.id);
  forgotten_.insert(of.forgotten.begin(), of.forgotten.end());
}

}  // namespace muster
