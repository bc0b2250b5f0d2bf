// Schedules of scans on a calendar: which is due when, and what becomes of missed times.
#include "actors/manager/schedule_book.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;
using namespace std::chrono_literals;

namespace {

constexpr utc_time noon{std::chrono::sys_days{std::chrono::year{2026} / 5 / 1} + 12h};
constexpr registry_id east{1}, west{2};

scan_schedule hourly(uint64_t number, registry_id registry = east, const std::string& name = {}) {
  scan_schedule out;
  out.number = number;
  out.name = name;
  out.registry = registry;
  out.cron = "0 * * * *";
  out.image = "app:1";
  out.made_at = out.due_after = noon;
  return out;
}

std::string problem(const scan_schedule& schedule) {
  const auto found = check_schedule(schedule);
  return found ? found->field + " " + found->what : "";
}

using numbers = std::vector<uint64_t>;

struct book_fixture {
  schedule_book book;

  std::vector<scan_schedule> changes() {
    std::vector<scan_schedule> out;
    book.take_changes(out);
    return out;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(schedule_books, book_fixture)

// --- when ----------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_schedule_is_due_at_its_first_time_after_it_was_made) {
  BOOST_TEST(!book.next_due());
  book.put(hourly(1));
  BOOST_TEST((book.next_due() == noon + 1h));
  BOOST_TEST((book.next_due(1) == noon + 1h));
  BOOST_TEST(book.due(noon + 1h - 1ms, 9).empty());
  BOOST_TEST((book.due(noon + 1h, 9) == numbers{1}));
}

BOOST_AUTO_TEST_CASE(those_that_have_waited_longest_come_first) {
  auto early = hourly(7);
  early.cron = "30 * * * *";
  book.put(hourly(1));
  book.put(early);
  book.put(hourly(2));
  BOOST_TEST((book.due(noon + 1h, 9) == numbers{7, 1, 2}));
  BOOST_TEST((book.due(noon + 1h, 2) == numbers{7, 1}));
  BOOST_TEST((book.due(noon + 30min, 9) == numbers{7}));
}

BOOST_AUTO_TEST_CASE(many_missed_times_make_one_run) {
  book.put(hourly(1));
  BOOST_TEST((book.due(noon + 5h + 30min, 9) == numbers{1}));
  book.ran(1, scan_id{4}, noon + 5h + 30min);
  BOOST_TEST((book.next_due() == noon + 6h));
  BOOST_TEST((book.find(1)->last_run_at == noon + 5h + 30min));
  BOOST_TEST((book.find(1)->last_scan == scan_id{4}));
}

BOOST_AUTO_TEST_CASE(a_skipped_time_is_counted_and_its_reason_kept) {
  book.put(hourly(1));
  book.skip(1, "busy", noon + 1h);
  book.skip(1, "still busy", noon + 2h);
  BOOST_TEST(book.find(1)->skipped == 2u);
  BOOST_TEST((book.find(1)->skipped_at == noon + 2h));
  BOOST_TEST(book.find(1)->skipped_because == "still busy");
  BOOST_TEST((book.find(1)->last_run_at == utc_time{}));
  BOOST_TEST((book.next_due() == noon + 3h));
}

BOOST_AUTO_TEST_CASE(the_times_of_a_pause_are_gone) {
  book.put(hourly(1));
  book.pause(1);
  BOOST_TEST(!book.next_due());
  BOOST_TEST((book.next_due(1) == utc_time{}));
  BOOST_TEST(book.due(noon + 9h, 9).empty());
  book.resume(1, noon + 3h + 1min);
  BOOST_TEST((book.next_due() == noon + 4h));
}

BOOST_AUTO_TEST_CASE(daily_runs_keep_their_local_time_when_clocks_change) {
  const std::chrono::sys_days spring{std::chrono::year{2026} / 3 / 28};
  const std::chrono::sys_days autumn{std::chrono::year{2026} / 10 / 24};
  auto one = hourly(1);
  one.cron = "0 9 * * *";
  one.zone = "Europe/Berlin";
  for (const auto& [day, hours] :
       {std::pair{spring, std::array{8h, 31h, 55h}}, std::pair{autumn, std::array{7h, 32h, 56h}}}) {
    one.due_after = day;
    book.put(one);
    for (const auto hour : hours) {
      BOOST_TEST((book.next_due() == utc_time{day} + hour));
      book.ran(1, scan_id{1}, *book.next_due());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_calendar_that_was_ahead_is_followed_back) {
  book.put(hourly(1));
  book.put(hourly(2));
  book.ran(1, scan_id{1}, noon + 24h * 365);
  book.ran(2, scan_id{2}, noon + 1h);
  changes();
  book.follow_calendar(noon + 30min);
  BOOST_TEST((book.next_due(1) == noon + 1h));
  BOOST_TEST((book.next_due(2) == noon + 2h), "nothing runs twice for a clock that is put right");
  const auto changed = changes();
  BOOST_REQUIRE(changed.size() == 1u);
  BOOST_TEST(changed[0].number == 1u);
}

BOOST_AUTO_TEST_CASE(a_zone_that_is_gone_is_shown_and_never_due) {
  auto lost = hourly(1);
  lost.zone = "Mars/Olympus";
  book.restore(lost);
  BOOST_TEST(!book.next_due());
  BOOST_TEST(book.problem(1).find("Mars/Olympus") != std::string::npos);
  BOOST_TEST(book.size() == 1u);
  book.restore(hourly(1));
  BOOST_TEST((book.next_due() == noon + 1h));
  BOOST_TEST(book.problem(1) == "");
}

// --- what there is -------------------------------------------------------------

BOOST_AUTO_TEST_CASE(names_are_unique_within_a_registry) {
  book.put(hourly(1, east, "nightly"));
  book.put(hourly(2, west, "weekly"));
  BOOST_TEST(book.has_name(east, "nightly"));
  BOOST_TEST(!book.has_name(west, "nightly"));
  BOOST_TEST((book.of(west) == numbers{2}));
  book.remove(1);
  BOOST_TEST(!book.has_name(east, "nightly"));
  BOOST_TEST(book.find(1) == nullptr);
  BOOST_TEST((book.due(noon + 1h, 9) == numbers{2}));
}

BOOST_AUTO_TEST_CASE(each_change_is_written_once) {
  book.restore(hourly(1));
  BOOST_TEST(!book.has_changes());
  book.put(hourly(2));
  book.ran(1, scan_id{1}, noon + 1h);
  book.pause(1);
  const auto changed = changes();
  BOOST_REQUIRE(changed.size() == 2u);
  BOOST_TEST(changed[0].paused);
  BOOST_TEST((changed[0].last_scan == scan_id{1}));
  BOOST_TEST(!book.has_changes());
  book.remove(2);
  book.return_changes(changed);
  BOOST_TEST(changes().size() == 1u, "what was removed meanwhile is not written again");
}

// --- what is refused -----------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_is_wrong_is_named) {
  BOOST_TEST(problem(hourly(1)) == "");
  auto wrong = hourly(1);
  wrong.cron = "61 * * * *";
  BOOST_TEST(problem(wrong).starts_with("cron minute: '61' at character 1"));
  wrong.cron = "* * * *";
  BOOST_TEST(problem(wrong).starts_with("cron it has 4 fields"));
  wrong = hourly(1);
  wrong.zone = "Mars/Olympus";
  BOOST_TEST(problem(wrong) == "zone 'Mars/Olympus' is not in the tz database");
  wrong = hourly(1);
  wrong.image = "a;b";
  BOOST_TEST(problem(wrong).starts_with("imageRef "));
  wrong = hourly(1);
  wrong.scanners = {"nmap"};
  BOOST_TEST(problem(wrong).starts_with("scanners "));
  wrong = hourly(1);
  wrong.tar_path = "/a";
  BOOST_TEST(problem(wrong).starts_with("tarPath "));
  for (const auto attempts : {0u, 11u}) {
    wrong = hourly(1);
    wrong.max_attempts = attempts;
    BOOST_TEST(problem(wrong) == "max_attempts must be from 1 to 10");
  }
}

BOOST_AUTO_TEST_CASE(a_job_is_what_its_schedule_says) {
  auto one = hourly(3, west);
  one.tenant = "north";
  one.source = scan_source::tar;
  one.tar_path = "/srv/a.tar";
  one.scanners = {"trivy"};
  one.priority = -5;
  one.max_attempts = 2;
  const auto job = job_of(one);
  BOOST_TEST((job.registry == west));
  BOOST_TEST(job.tenant == "north");
  BOOST_TEST(job.image == "app:1");
  BOOST_TEST((job.source == scan_source::tar));
  BOOST_TEST(job.tar_path == "/srv/a.tar");
  BOOST_TEST((job.scanners == std::vector<std::string>{"trivy"}));
  BOOST_TEST(job.priority == -5);
  BOOST_TEST(job.max_attempts == 2u);
  BOOST_TEST(job.schedule == 3u);
}

BOOST_AUTO_TEST_SUITE_END()
