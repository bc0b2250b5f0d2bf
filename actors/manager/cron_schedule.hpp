// When something is due that people put on a calendar: five-field cron expressions on the
// wall clock of a time zone.
//
// The fields are minute (0-59), hour (0-23), day of month (1-31), month (1-12 or jan-dec) and day of
// week (0-7 or sun-sat, 0 and 7 both Sunday), each a list of numbers, names, ranges and '*', the last two
// with a step if wanted: "*/15 8-18 * * mon-fri". As in Vixie cron, a day is one that both day fields name,
// but when neither starts with '*' it is enough that one does. @hourly, @daily or @midnight, @weekly,
// @monthly, @yearly or @annually stand for expressions.
//
// Every wall time counts once. One that daylight saving skips is due at the end of the gap, together with
// all that were skipped with it; one that comes twice is due the first time. So nothing that is due daily is
// ever left out or doubled, and what is due each few minutes rests while the clock repeats an hour.
//
// Zones are those of the system's tz database, which is read when a zone is used first. Years beyond its
// table (2037) have the zone's last known offset from UTC.
#pragma once

#include "messages/time.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace date {
class time_zone;
}

namespace muster {

struct cron_reading;

class cron_schedule {
 public:
  // Which numbers a field names, bit by number. Sunday is 0.
  struct fields {
    uint64_t minutes = 0;
    uint64_t hours = 0;
    uint64_t days = 0;
    uint64_t months = 0;
    uint64_t weekdays = 0;
    bool either_day = false;  // rather than both

    bool operator==(const fields&) const = default;
  };

  // The first instant after `t` at which it is due.
  utc_time next_after(utc_time t) const;

  const fields& named() const { return named_; }

 private:
  friend cron_reading read_cron(std::string_view expression, std::string_view zone);
  cron_schedule(const fields& named, const date::time_zone* zone) : named_(named), zone_(zone) {}

  fields named_;
  const date::time_zone* zone_;  // lives as long as the process
};

struct cron_reading {
  std::optional<cron_schedule> schedule;
  std::string problem;  // why there is none: which field, what is wrong, at which character (from 1)
};

// `zone` is a name of the tz database, such as "Europe/Berlin" or "UTC". A day that never comes, such as
// 31 February, is a problem too. At most 256 characters.
cron_reading read_cron(std::string_view expression, std::string_view zone);

}  // namespace muster
