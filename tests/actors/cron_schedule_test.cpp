// What cron expressions mean, and when on which clock.
#include "actors/manager/cron_schedule.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdio>

using namespace muster;
using namespace std::chrono_literals;

namespace {

utc_time utc(const char* text) {
  int y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0;
  BOOST_REQUIRE(std::sscanf(text, "%d-%d-%d %d:%d:%d", &y, &mo, &d, &h, &mi, &s) >= 5);
  const auto day = std::chrono::sys_days{std::chrono::year{y} / mo / d};
  return utc_time{day + std::chrono::hours{h} + std::chrono::minutes{mi} + std::chrono::seconds{s}};
}

std::string text_of(utc_time t) {
  const auto day = std::chrono::floor<std::chrono::days>(t);
  const std::chrono::year_month_day ymd{day};
  const std::chrono::hh_mm_ss time{t - day};
  std::array<char, 64> out{};
  std::snprintf(out.data(), out.size(), "%04d-%02u-%02u %02d:%02d", int{ymd.year()}, unsigned{ymd.month()},
                unsigned{ymd.day()}, static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()));
  if (time.seconds() != 0s || time.subseconds() != 0ms) return std::string{out.data()} + " and some seconds";
  return out.data();
}

// The next `count` times after `from`, all in UTC.
std::vector<std::string> times(std::string_view expression, std::string_view zone, const char* from,
                               size_t count) {
  const auto read = read_cron(expression, zone);
  BOOST_REQUIRE_MESSAGE(read.schedule, read.problem);
  std::vector<std::string> out;
  auto at = utc(from);
  while (out.size() < count) out.push_back(text_of(at = read.schedule->next_after(at)));
  return out;
}

std::string next(std::string_view expression, const char* from, std::string_view zone = "UTC") {
  return times(expression, zone, from, 1).front();
}

std::string problem(std::string_view expression, std::string_view zone = "UTC") {
  const auto read = read_cron(expression, zone);
  BOOST_TEST(read.problem.empty() == read.schedule.has_value());
  return read.problem;
}

bool same(std::string_view one, std::string_view other) {
  const auto a = read_cron(one, "UTC"), b = read_cron(other, "UTC");
  BOOST_REQUIRE_MESSAGE(a.schedule && b.schedule, a.problem + b.problem);
  return a.schedule->named() == b.schedule->named();
}

using list = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(cron_schedules)

// --- expressions ---------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_next_time_is_after_the_one_given) {
  BOOST_TEST(next("* * * * *", "2026-05-01 12:00") == "2026-05-01 12:01");
  BOOST_TEST(next("* * * * *", "2026-05-01 12:00:59") == "2026-05-01 12:01");
  BOOST_TEST(next("0 12 * * *", "2026-05-01 12:00") == "2026-05-02 12:00");
  BOOST_TEST(next("0 12 * * *", "2026-05-01 11:59:59") == "2026-05-01 12:00");
  BOOST_TEST(next("59 23 31 12 *", "2026-05-01 12:00") == "2026-12-31 23:59");
  BOOST_TEST(next("0 0 1 1 *", "2026-12-31 23:59") == "2027-01-01 00:00");
  BOOST_TEST(next("0 0 1 jun *", "2026-05-30 12:00") == "2026-06-01 00:00");
  BOOST_TEST(next("0 12 * * *", "1969-12-31 23:59") == "1970-01-01 12:00");
}

BOOST_AUTO_TEST_CASE(lists_ranges_and_steps_name_numbers) {
  BOOST_TEST((times("5,10-12,40-59/10 * * * *", "UTC", "2026-05-01 12:00", 7)
              == list{"2026-05-01 12:05", "2026-05-01 12:10", "2026-05-01 12:11", "2026-05-01 12:12",
                      "2026-05-01 12:40", "2026-05-01 12:50", "2026-05-01 13:05"}));
  BOOST_TEST(same("*/15 * * * *", "0,15,30,45 * * * *"));
  BOOST_TEST(same("* 8-18/5 * * *", "* 8,13,18 * * *"));
  BOOST_TEST(same("  0\t0  1 1   * ", "0 0 1 1 *"));
  BOOST_TEST(same("0 0 */10 * *", "0 0 1,11,21,31 * */1"));
}

BOOST_AUTO_TEST_CASE(months_and_days_have_names) {
  BOOST_TEST(same("0 0 * jan,MAR-May,Dec *", "0 0 * 1,3-5,12 *"));
  BOOST_TEST(same("0 0 * * Mon-FRI", "0 0 * * 1-5"));
  BOOST_TEST(same("0 0 * * fri-sun", "0 0 * * 5,6,0"));
  BOOST_TEST(same("0 0 * * sun-tue", "0 0 * * 0-2"));
}

BOOST_AUTO_TEST_CASE(sunday_is_0_and_7) {
  BOOST_TEST(same("0 0 * * 7", "0 0 * * 0"));
  BOOST_TEST(same("0 0 * * 5-7", "0 0 * * 0,5,6"));
  BOOST_TEST(next("0 0 * * 7", "2026-11-20 00:00") == "2026-11-22 00:00");
}

BOOST_AUTO_TEST_CASE(shorthands_stand_for_expressions) {
  BOOST_TEST(same("@hourly", "0 * * * *"));
  BOOST_TEST(same("@daily", "0 0 * * *"));
  BOOST_TEST(same("@midnight", "@daily"));
  BOOST_TEST(same("@Weekly", "0 0 * * 0"));
  BOOST_TEST(same("@monthly", "0 0 1 * *"));
  BOOST_TEST(same("@yearly", "0 0 1 1 *"));
  BOOST_TEST(same("@annually", "@yearly"));
}

BOOST_AUTO_TEST_CASE(one_of_two_restricted_day_fields_is_enough) {
  // Friday the 13th is in February, March and November of 2026.
  BOOST_TEST((times("0 0 13 * fri", "UTC", "2026-11-01 00:00", 4)
              == list{"2026-11-06 00:00", "2026-11-13 00:00", "2026-11-20 00:00", "2026-11-27 00:00"}));
  BOOST_TEST((times("0 0 12 * fri", "UTC", "2026-11-07 00:00", 3)
              == list{"2026-11-12 00:00", "2026-11-13 00:00", "2026-11-20 00:00"}));
}

BOOST_AUTO_TEST_CASE(a_day_field_that_starts_with_a_star_does_not_widen_the_other) {
  BOOST_TEST(
    (times("0 0 * * fri", "UTC", "2026-11-01 00:00", 2) == list{"2026-11-06 00:00", "2026-11-13 00:00"}));
  BOOST_TEST(
    (times("0 0 */2 * fri", "UTC", "2026-11-01 00:00", 2) == list{"2026-11-13 00:00", "2026-11-27 00:00"}));
  BOOST_TEST(
    (times("0 0 13 * *", "UTC", "2026-11-01 00:00", 2) == list{"2026-11-13 00:00", "2026-12-13 00:00"}));
}

BOOST_AUTO_TEST_CASE(short_months_and_common_years_are_passed_over) {
  BOOST_TEST((times("0 0 31 * *", "UTC", "2026-01-31 00:00", 3)
              == list{"2026-03-31 00:00", "2026-05-31 00:00", "2026-07-31 00:00"}));
  BOOST_TEST(
    (times("30 6 29 2 *", "UTC", "2026-01-01 00:00", 2) == list{"2028-02-29 06:30", "2032-02-29 06:30"}));
  BOOST_TEST(next("0 0 29 2 *", "2096-03-01 00:00") == "2104-02-29 00:00");
  BOOST_TEST(next("0 0 29 2 */7", "2026-01-01 00:00") == "2032-02-29 00:00", "the next on a Sunday");
}

BOOST_AUTO_TEST_CASE(days_that_never_come_are_refused) {
  for (const auto* never : {"0 0 31 2 *", "0 0 30 feb *", "0 0 31 2,4,6,9,11 *", "0 0 30-31 2 */2"})
    BOOST_TEST(problem(never) == "day of month: never comes in the months named", never);
  BOOST_TEST(problem("0 0 31 2,3 *") == "");
  BOOST_TEST(problem("0 0 31 2 mon") == "", "Mondays of February come");
}

BOOST_AUTO_TEST_CASE(problems_name_the_field_and_the_place) {
  BOOST_TEST(problem("60 * * * *") == "minute: '60' at character 1 is not within 0 to 59");
  BOOST_TEST(problem("0 3,24 * * *") == "hour: '24' at character 5 is not within 0 to 23");
  BOOST_TEST(problem("0 0 0 * *") == "day of month: '0' at character 5 is not within 1 to 31");
  BOOST_TEST(problem("0 0 * 13 *") == "month: '13' at character 7 is not within 1 to 12");
  BOOST_TEST(problem("0 0 * * 8") == "day of week: '8' at character 9 is not within 0 to 7");
  BOOST_TEST(problem("0 5-x * * *") == "hour: 'x' at character 5 is no number");
  BOOST_TEST(problem("0 0 * foo *") == "month: 'foo' at character 7 is neither a number nor a name");
  BOOST_TEST(problem("0 0 * anf *") == "month: 'anf' at character 7 is neither a number nor a name");
  BOOST_TEST(problem("0 0 * 1,,2 *") == "month: nothing at character 9");
  BOOST_TEST(problem("0, 0 * * *") == "minute: nothing at character 3");
  BOOST_TEST(problem("0 18-8 * * *") == "hour: '18-8' at character 3 ends before it starts");
  BOOST_TEST(problem("*/0 * * * *") == "minute: '0' at character 3 is not within 1 to 59");
  BOOST_TEST(problem("*/ * * * *") == "minute: '' at character 3 is no number");
  BOOST_TEST(problem("5/15 * * * *")
             == "minute: '5/15' at character 1 has a step, which only '*' and ranges can have");
}

BOOST_AUTO_TEST_CASE(what_is_no_expression_is_refused) {
  for (const auto* bad :
       {"", "* * * *", "* * * * * *", "@reboot", "@", "-1 * * * *", "+1 * * * *", "1- * * * *", "? * * * *",
        "** * * * *", "0 0 L * *", "0 0 * * 1#2", "1-2-3 * * * *", "*/2/3 * * * *",
        "99999999999999999999 * * * *", "0 0 * * mon\n", "0x1 * * * *", "1.5 * * * *"})
    BOOST_TEST(problem(bad) != "", bad);
  BOOST_TEST(problem("* * *")
             == "it has 3 fields, not the five of minute, hour, day of month, month and day of week");
  BOOST_TEST(problem("@reboot") == "'@reboot' is none of @hourly, @daily, @weekly, @monthly, @yearly");
  BOOST_TEST(problem(std::string(256, ' ') + "* * * * *") == "it has more than 256 characters");
}

BOOST_AUTO_TEST_CASE(only_zones_of_the_database_are_zones) {
  for (const auto* zone : {"", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "europe/berlin", "CEST"})
    BOOST_TEST(problem("0 0 * * *", zone)
               == std::string{"time zone: '"} + zone + "' is not in the tz database");
  for (const auto* zone : {"UTC", "Etc/UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"})
    BOOST_TEST(problem("0 0 * * *", zone) == "", zone);
}

// --- daylight saving -----------------------------------------------------------

BOOST_AUTO_TEST_CASE(daily_times_follow_the_wall_clock) {
  BOOST_TEST((times("30 8 * * *", "Europe/Berlin", "2026-03-27 12:00", 3)
              == list{"2026-03-28 07:30", "2026-03-29 06:30", "2026-03-30 06:30"}));
  BOOST_TEST((times("30 8 * * *", "America/New_York", "2026-10-31 00:00", 3)
              == list{"2026-10-31 12:30", "2026-11-01 13:30", "2026-11-02 13:30"}));
}

BOOST_AUTO_TEST_CASE(a_skipped_time_is_due_once_at_the_end_of_the_gap) {
  // Berlin: 02:00 to 03:00 on 29 March 2026, at 01:00 UTC. New York: likewise on 8 March, at 07:00 UTC.
  BOOST_TEST((times("30 2 * * *", "Europe/Berlin", "2026-03-28 00:00", 3)
              == list{"2026-03-28 01:30", "2026-03-29 01:00", "2026-03-30 00:30"}));
  BOOST_TEST((times("30 2 * * *", "America/New_York", "2026-03-07 00:00", 3)
              == list{"2026-03-07 07:30", "2026-03-08 07:00", "2026-03-09 06:30"}));
  BOOST_TEST((times("*/15 * * * *", "Europe/Berlin", "2026-03-29 00:30", 3)
              == list{"2026-03-29 00:45", "2026-03-29 01:00", "2026-03-29 01:15"}));
  BOOST_TEST((times("0 2,3 * * *", "Europe/Berlin", "2026-03-28 12:00", 2)
              == list{"2026-03-29 01:00", "2026-03-30 00:00"}));
}

BOOST_AUTO_TEST_CASE(a_time_that_comes_twice_is_due_the_first_time) {
  // Berlin: 02:00 to 03:00 twice on 25 October 2026, until 01:00 UTC and after.
  BOOST_TEST((times("30 2 * * *", "Europe/Berlin", "2026-10-24 12:00", 2)
              == list{"2026-10-25 00:30", "2026-10-26 01:30"}));
  BOOST_TEST(next("30 2 * * *", "2026-10-25 01:10", "Europe/Berlin") == "2026-10-26 01:30");
  BOOST_TEST((times("30 1 * * *", "America/New_York", "2026-11-01 00:00", 2)
              == list{"2026-11-01 05:30", "2026-11-02 06:30"}));
  BOOST_TEST((times("0 * * * *", "Europe/Berlin", "2026-10-24 23:30", 3)
              == list{"2026-10-25 00:00", "2026-10-25 02:00", "2026-10-25 03:00"}));
  BOOST_TEST((times("*/30 * * * *", "Europe/Berlin", "2026-10-25 00:00", 2)
              == list{"2026-10-25 00:30", "2026-10-25 02:00"}));
}

BOOST_AUTO_TEST_CASE(half_an_hour_of_change_in_the_south_is_followed_too) {
  // Lord Howe: 02:00 becomes 02:30 on 4 October 2026 (15:30 UTC before), 02:00 becomes 01:30 on 5 April.
  BOOST_TEST((times("15 2 * * *", "Australia/Lord_Howe", "2026-10-02 20:00", 2)
              == list{"2026-10-03 15:30", "2026-10-04 15:15"}));
  BOOST_TEST((times("45 1 * * *", "Australia/Lord_Howe", "2026-04-03 20:00", 2)
              == list{"2026-04-04 14:45", "2026-04-05 15:15"}));
}

BOOST_AUTO_TEST_CASE(a_day_that_a_zone_left_out_is_made_up_for_once) {
  // Samoa had no 30 December 2011: it ended at 10:00 UTC, where the 31st began.
  BOOST_TEST((times("0 12 * * *", "Pacific/Apia", "2011-12-29 00:00", 3)
              == list{"2011-12-29 22:00", "2011-12-30 10:00", "2011-12-30 22:00"}));
}

BOOST_AUTO_TEST_CASE(a_year_of_days_has_each_day_once) {
  for (const auto* zone :
       {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"})
    for (const auto* expression : {"30 2 * * *", "45 1 * * *", "0 0 * * *"}) {
      const auto schedule = read_cron(expression, zone).schedule;
      BOOST_REQUIRE(schedule.has_value());
      auto at = utc("2026-01-01 18:00");
      for (int day = 0; day < 365; ++day) {
        const auto then = schedule->next_after(at);
        if (day > 0) BOOST_TEST((then - at >= 22h && then - at <= 26h), zone << " " << text_of(at));
        BOOST_TEST((schedule->next_after(then - 1ms) == then));
        at = then;
      }
      BOOST_TEST((at > utc("2026-12-31 00:00") && at < utc("2027-01-02 12:00")), zone << " " << expression);
    }
}

BOOST_AUTO_TEST_SUITE_END()
