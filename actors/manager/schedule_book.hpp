// Schedules of scans by number, and which of them is due next. A plain value: it walks the
// calendar that it is told, and keeps what is not written yet.
//
// A schedule is due at the first of its times after the last one that was dealt with. So many
// times that were missed make one, and pausing a schedule lets the times of the pause go.
#pragma once

#include "actors/manager/cron_schedule.hpp"
#include "actors/manager/scan_checks.hpp"
#include "messages/scan_schedules.hpp"

#include <map>
#include <set>

namespace muster {

// The job of one run.
scan_job job_of(const scan_schedule& schedule);

// All that an operator gives: the scan as check_scan() has it, 1 to 10 attempts, "cron" and "zone".
std::optional<scan_problem> check_schedule(const scan_schedule& schedule);

class schedule_book {
 public:
  // The store has it just so.
  void restore(scan_schedule schedule);
  void put(scan_schedule schedule);
  void remove(uint64_t number);

  // --- what becomes of them ---

  void pause(uint64_t number);
  void resume(uint64_t number, utc_time now);
  void ran(uint64_t number, scan_id made, utc_time now);
  void skip(uint64_t number, std::string why, utc_time now);

  // Times that were dealt with while the calendar was more than an hour ahead come again.
  void follow_calendar(utc_time now);

  // --- what there is ---

  const scan_schedule* find(uint64_t number) const;
  bool has_name(registry_id registry, const std::string& name) const;
  std::vector<uint64_t> of(registry_id registry) const;
  size_t size() const { return all_.size(); }

  utc_time next_due(uint64_t number) const;    // zero if it is paused, or can't be due
  std::string problem(uint64_t number) const;  // why it can't be due
  std::optional<utc_time> next_due() const;

  // At most so many, those that have waited longest first.
  std::vector<uint64_t> due(utc_time now, size_t most) const;

  template <class Visit>
  void for_each(Visit visit) const {
    for (const auto& [number, one] : all_) visit(one.schedule);
  }

  // --- what is not written yet, each once ---

  bool has_changes() const { return !changed_.empty(); }
  void take_changes(std::vector<scan_schedule>& into);
  // That was not written after all.
  void return_changes(const std::vector<scan_schedule>& of);

 private:
  struct entry {
    scan_schedule schedule;
    cron_reading cron;
    utc_time due{};
  };

  void settle(entry& one);
  template <class Change>
  void change(uint64_t number, Change what);

  std::map<uint64_t, entry> all_;
  std::set<std::pair<utc_time, uint64_t>> due_;  // those that are due some time
  std::set<uint64_t> changed_;
};

}  // namespace muster
