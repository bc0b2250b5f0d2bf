// Images that are scanned again and again: whenever a schedule is due, a scan of its image
// is queued for its registry.
#pragma once

#include "messages/scans.hpp"

namespace muster {

struct scan_schedule {
  uint64_t number = 0;  // from 1
  std::string name;     // unique within its registry; may be empty
  registry_id registry{};
  std::string tenant;
  std::string cron;          // actors/manager/cron_schedule.hpp says what it may be
  std::string zone = "UTC";  // a name of the tz database
  std::string image;         // this and what follows are those of its scans
  scan_source source = scan_source::docker;
  std::string tar_path;
  std::vector<std::string> scanners;
  int32_t priority = 0;
  uint32_t max_attempts = 3;
  bool paused = false;
  std::string author;
  utc_time made_at{};
  utc_time due_after{};    // it is due at the first of its times after this
  utc_time last_run_at{};  // zero: it never ran
  scan_id last_scan{};     // that this run has made
  uint64_t skipped = 0;    // times at which it was due and made none
  utc_time skipped_at{};   // the last of them
  std::string skipped_because;

  bool operator==(const scan_schedule&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, scan_schedule& x) {
  return f(caf::meta::type_name("scan_schedule"), x.number, x.name, x.registry, x.tenant, x.cron, x.zone,
           x.image, x.source, x.tar_path, x.scanners, x.priority, x.max_attempts, x.paused, x.author,
           x.made_at, x.due_after, x.last_run_at, x.last_scan, x.skipped, x.skipped_at, x.skipped_because);
}

struct schedule_row {
  scan_schedule schedule;
  std::string registry;  // its name
  utc_time next_due{};   // zero: it is paused, or can't be due
  std::string problem;   // why it can't be due
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, schedule_row& x) {
  return f(caf::meta::type_name("schedule_row"), x.schedule, x.registry, x.next_due, x.problem);
}

// Operators to the coordinator. Answered by `schedule_row` once it is durable; by
// registry_unknown, scan_refused if it can't be meant so, scan_conflict if its registry has
// one of this name, or scans_full.
struct make_schedule {
  scan_schedule schedule;  // what of it an operator decides, and the author
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, make_schedule& x) {
  return f(caf::meta::type_name("make_schedule"), x.schedule);
}

// Answered by `schedule_list`, by number.
struct list_schedules {
  caf::optional<registry_id> registry;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, list_schedules& x) {
  return f(caf::meta::type_name("list_schedules"), x.registry);
}
struct schedule_list {
  std::vector<schedule_row> schedules;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, schedule_list& x) {
  return f(caf::meta::type_name("schedule_list"), x.schedules);
}

// Answered by `schedule_row` or schedule_unknown.
struct show_schedule {
  uint64_t number = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, show_schedule& x) {
  return f(caf::meta::type_name("show_schedule"), x.number);
}

// It rests, or goes on with its next time. Answered by `schedule_row` once it is durable, also
// if nothing changes, or by schedule_unknown.
struct change_schedule {
  uint64_t number = 0;
  bool paused = false;
  std::string author;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, change_schedule& x) {
  return f(caf::meta::type_name("change_schedule"), x.number, x.paused, x.author);
}

// Answered by `committed` or schedule_unknown. Scans that it has made stay.
struct remove_schedule {
  uint64_t number = 0;
  std::string author;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, remove_schedule& x) {
  return f(caf::meta::type_name("remove_schedule"), x.number, x.author);
}

// The coordinator to itself: one may be due. Only the timer that was armed last counts.
struct schedule_due {
  uint64_t timer = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, schedule_due& x) {
  return f(caf::meta::type_name("schedule_due"), x.timer);
}

}  // namespace muster
