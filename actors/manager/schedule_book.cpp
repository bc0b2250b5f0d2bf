// Schedules in the order in which they are due.
#include "actors/manager/schedule_book.hpp"

#include <algorithm>
#include <utility>

namespace muster {

namespace {

constexpr uint32_t most_attempts = 10;
constexpr std::chrono::hours calendar_slack{1};
constexpr std::string_view zone_problem = "time zone: ";

}  // namespace

scan_job job_of(const scan_schedule& schedule) {
  scan_job job;
  job.registry = schedule.registry;
  job.tenant = schedule.tenant;
  job.image = schedule.image;
  job.source = schedule.source;
  job.tar_path = schedule.tar_path;
  job.scanners = schedule.scanners;
  job.priority = schedule.priority;
  job.max_attempts = schedule.max_attempts;
  job.schedule = schedule.number;
  return job;
}

std::optional<scan_problem> check_schedule(const scan_schedule& schedule) {
  if (auto problem = check_scan(job_of(schedule))) return problem;
  if (schedule.max_attempts == 0 || schedule.max_attempts > most_attempts)
    return scan_problem{"max_attempts", "must be from 1 to 10"};
  const auto read = read_cron(schedule.cron, schedule.zone);
  if (read.schedule) return std::nullopt;
  if (read.problem.starts_with(zone_problem))
    return scan_problem{"zone", read.problem.substr(zone_problem.size())};
  return scan_problem{"cron", read.problem};
}

// --- keeping them --------------------------------------------------------------

void schedule_book::restore(scan_schedule schedule) {
  remove(schedule.number);
  auto& one = all_[schedule.number];
  one.cron = read_cron(schedule.cron, schedule.zone);
  one.schedule = std::move(schedule);
  settle(one);
}

void schedule_book::put(scan_schedule schedule) {
  const auto number = schedule.number;
  restore(std::move(schedule));
  changed_.insert(number);
}

void schedule_book::remove(uint64_t number) {
  const auto found = all_.find(number);
  if (found == all_.end()) return;
  due_.erase({found->second.due, number});
  all_.erase(found);
  changed_.erase(number);
}

// When it is due follows from what it is.
void schedule_book::settle(entry& one) {
  const auto number = one.schedule.number;
  due_.erase({one.due, number});
  const bool rests = one.schedule.paused || !one.cron.schedule;
  one.due = rests ? utc_time{} : one.cron.schedule->next_after(one.schedule.due_after);
  if (!rests) due_.emplace(one.due, number);
}

template <class Change>
void schedule_book::change(uint64_t number, Change what) {
  const auto found = all_.find(number);
  if (found == all_.end()) return;
  what(found->second.schedule);
  settle(found->second);
  changed_.insert(number);
}

// --- what becomes of them ------------------------------------------------------

void schedule_book::pause(uint64_t number) {
  change(number, [](scan_schedule& one) { one.paused = true; });
}

void schedule_book::resume(uint64_t number, utc_time now) {
  change(number, [now](scan_schedule& one) {
    one.paused = false;
    one.due_after = now;
  });
}

void schedule_book::ran(uint64_t number, scan_id made, utc_time now) {
  change(number, [made, now](scan_schedule& one) {
    one.due_after = one.last_run_at = now;
    one.last_scan = made;
  });
}

void schedule_book::skip(uint64_t number, std::string why, utc_time now) {
  change(number, [&why, now](scan_schedule& one) {
    one.due_after = one.skipped_at = now;
    one.skipped_because = std::move(why);
    ++one.skipped;
  });
}

void schedule_book::follow_calendar(utc_time now) {
  for (const auto& [number, one] : all_)
    if (one.schedule.due_after > now + calendar_slack)
      change(number, [now](scan_schedule& ahead) { ahead.due_after = now; });
}

// --- what there is -------------------------------------------------------------

const scan_schedule* schedule_book::find(uint64_t number) const {
  const auto found = all_.find(number);
  return found == all_.end() ? nullptr : &found->second.schedule;
}

bool schedule_book::has_name(registry_id registry, const std::string& name) const {
  return std::any_of(all_.begin(), all_.end(), [&](const auto& each) {
    return each.second.schedule.registry == registry && each.second.schedule.name == name;
  });
}

std::vector<uint64_t> schedule_book::of(registry_id registry) const {
  std::vector<uint64_t> out;
  for (const auto& [number, one] : all_)
    if (one.schedule.registry == registry) out.push_back(number);
  return out;
}

utc_time schedule_book::next_due(uint64_t number) const {
  const auto found = all_.find(number);
  return found == all_.end() ? utc_time{} : found->second.due;
}

std::string schedule_book::problem(uint64_t number) const {
  const auto found = all_.find(number);
  return found == all_.end() ? std::string{} : found->second.cron.problem;
}

std::optional<utc_time> schedule_book::next_due() const {
  return due_.empty() ? std::nullopt : std::optional{due_.begin()->first};
}

std::vector<uint64_t> schedule_book::due(utc_time now, size_t most) const {
  std::vector<uint64_t> out;
  for (auto at = due_.begin(); at != due_.end() && at->first <= now && out.size() < most; ++at)
    out.push_back(at->second);
  return out;
}

// --- what is not written yet ---------------------------------------------------

void schedule_book::take_changes(std::vector<scan_schedule>& into) {
  for (const auto number : std::exchange(changed_, {})) into.push_back(all_.at(number).schedule);
}

void schedule_book::return_changes(const std::vector<scan_schedule>& of) {
  for (const auto& each : of)
    if (all_.contains(each.number)) changed_.insert(each.number);
}

}  // namespace muster
