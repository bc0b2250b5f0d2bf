// Schedules in the coordinator: what is written with what, what happens when the ledger
// refuses, and calendars that are set. Days and daylight saving are in
// tests/scenarios/schedules_test.cpp.
#include "actors/manager/coordinator.hpp"

#include "tests/actors/fleet_fixture.hpp"

using namespace muster;
using namespace muster::test;
using namespace std::chrono_literals;

namespace {

constexpr registry_id prod{1};

struct schedule_suite : fleet_fixture {
  schedule_suite() {
    start();
    scan_registry registry;
    registry.id = prod;
    registry.name = "prod";
    registry.tenant = "north";
    known.registries = {registry};
  }
  ~schedule_suite() {
    caf::anon_send_exit(desk, caf::exit_reason::user_shutdown);
    deliver();
  }
  void open() {
    coordinator_ports ports;
    ports.fleet = subject;
    ports.ledger = writer;
    ports.utc_now = [this] { return calendar_now(); };
    ports.tell = [this](std::string_view event, const std::string&) { told.emplace_back(event); };
    desk = spawn(coordinator, limits, std::move(ports), known);
    deliver();
  }
  utc_time calendar_now() const { return utc() + set_by; }

  static scan_schedule hourly(const std::string& name = {}) {
    scan_schedule out;
    out.name = name;
    out.registry = prod;
    out.cron = "0 * * * *";
    out.image = "app:1";
    out.author = "ann";
    return out;
  }
  caf::expected<schedule_row> make(const scan_schedule& what) {
    return ask<schedule_row>(desk, make_schedule{what});
  }
  schedule_row made(const scan_schedule& what) {
    auto row = make(what);
    BOOST_REQUIRE(row);
    return *row;
  }
  scan_schedule shown(uint64_t number) {
    auto row = ask<schedule_row>(desk, show_schedule{number});
    BOOST_REQUIRE(row);
    return row->schedule;
  }
  size_t count() { return ask<schedule_list>(desk, list_schedules{})->schedules.size(); }
  std::vector<scan_row> scans() { return ask<scan_page>(desk, list_scans{})->scans; }
  // Until shortly before the next full hour.
  void wait_for_hour() {
    const auto hour = std::chrono::ceil<std::chrono::hours>(calendar_now());
    advance(hour - calendar_now() - 1s);
  }

  coordinator_options limits;
  restored_sensors known;
  std::chrono::milliseconds set_by{0};  // how far the calendar was set forward
  coordinator_actor desk;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(coordinator_schedules, schedule_suite)

BOOST_AUTO_TEST_CASE(a_run_and_what_its_schedule_knows_of_it_are_one_record) {
  open();
  const auto row = made(hourly("nightly"));
  BOOST_TEST(row.registry == "prod");
  BOOST_TEST(row.schedule.tenant == "north");
  BOOST_TEST((row.next_due == std::chrono::ceil<std::chrono::hours>(utc())));
  BOOST_TEST(ledger->sensors.back().audit.at(0).action == "schedule.created");
  wait_for_hour();
  BOOST_TEST(scans().empty());
  advance(1s);
  const auto& record = ledger->sensors.back();
  BOOST_REQUIRE(record.scans.jobs.size() == 1u);
  BOOST_REQUIRE(record.schedules.size() == 1u);
  BOOST_TEST(record.scans.jobs[0].schedule == 1u);
  BOOST_TEST(record.scans.jobs[0].tenant == "north");
  BOOST_TEST((record.schedules[0].last_scan == record.scans.jobs[0].id));
  BOOST_TEST((record.schedules[0].last_run_at == utc()));
}

BOOST_AUTO_TEST_CASE(what_could_not_be_written_is_written_with_the_next_record) {
  open();
  made(hourly());
  wait_for_hour();
  ledger->desk.refuse(fleet_error::store_full, 1);
  advance(1s);
  BOOST_TEST((told == std::vector<std::string>{"scans_not_recorded"}));
  const auto records = ledger->sensors.size();
  advance(1min);
  BOOST_REQUIRE(ledger->sensors.size() == records + 1);
  BOOST_TEST(ledger->sensors.back().scans.jobs.size() == 1u);
  BOOST_TEST(ledger->sensors.back().schedules.size() == 1u);
  BOOST_TEST(scans().size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_the_ledger_refuses_did_not_happen) {
  open();
  made(hourly("nightly"));
  ledger->desk.refuse(fleet_error::store_full);
  BOOST_TEST(is(make(hourly("weekly")), fleet_error::store_full));
  BOOST_TEST(is(ask<schedule_row>(desk, change_schedule{1, true, "ann"}), fleet_error::store_full));
  BOOST_TEST(is(ask<committed>(desk, remove_schedule{1, "ann"}), fleet_error::store_full));
  BOOST_TEST(is(ask<committed>(desk, remove_registry{prod, "ann"}), fleet_error::store_full));
  ledger->desk.refuse_none();
  BOOST_TEST(count() == 1u);
  BOOST_TEST(!shown(1).paused);
  wait_for_hour();
  advance(1s);
  BOOST_TEST(scans().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_time_is_skipped_while_the_former_scan_runs) {
  auto one = hourly();
  one.number = 3;
  one.due_after = utc();
  one.last_scan = scan_id{9};
  scan_job running;
  running.id = scan_id{9};
  running.registry = prod;
  running.schedule = 7;
  running.status = scan_status::claimed;
  running.claimed_by = make_agent_id(0, 1, 1);
  known.schedules = {one};
  known.scans = {running};
  open();
  wait_for_hour();
  advance(1s);
  BOOST_TEST(scans().size() == 1u);
  BOOST_TEST(shown(3).skipped == 1u);
  BOOST_TEST((shown(3).skipped_at == utc()));
  BOOST_TEST(shown(3).skipped_because == "job-9 was still claimed");
  BOOST_TEST(ledger->sensors.back().schedules.at(0).skipped == 1u);
  BOOST_TEST(made(hourly()).schedule.number == 8u, "a number that a scan names is not given again");
}

BOOST_AUTO_TEST_CASE(many_that_are_due_at_once_run_in_several_records) {
  limits.runs_at_once = 2;
  open();
  for (int i = 0; i < 5; ++i) made(hourly());
  wait_for_hour();
  const auto before = ledger->sensors.size();
  advance(1s);
  BOOST_TEST(scans().size() == 5u);
  for (uint64_t number = 1; number <= 5; ++number) BOOST_TEST((shown(number).last_run_at == utc()));
  BOOST_REQUIRE(ledger->sensors.size() == before + 3);
  for (size_t i = before; i < ledger->sensors.size(); ++i)
    BOOST_TEST(ledger->sensors[i].scans.jobs.size() <= 2u);
}

BOOST_AUTO_TEST_CASE(while_a_record_is_under_way_no_other_run_begins) {
  limits.runs_at_once = 1;
  open();
  made(hourly());
  made(hourly());
  wait_for_hour();
  ledger->desk.holds = true;
  advance(1min);
  BOOST_TEST(scans().size() == 1u);
  tell(writer, commit_due{});
  advance(1min);
  BOOST_TEST(scans().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_calendar_that_is_set_is_followed_within_a_minute) {
  open();
  auto daily = hourly();
  daily.cron = "0 0 * * *";
  const auto due = made(daily).next_due;
  advance(1min);
  set_by = due - calendar_now();
  advance(1min);
  BOOST_TEST(scans().size() == 1u);
  set_by = -24h;
  advance(1min);
  BOOST_TEST((ask<schedule_row>(desk, show_schedule{1})->next_due < due),
             "it was ahead, and is not any more");
  BOOST_TEST(scans().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_schedule_without_its_registry_ends) {
  auto one = hourly();
  one.number = 3;
  one.registry = registry_id{77};
  one.due_after = utc();
  known.schedules = {one};
  open();
  wait_for_hour();
  advance(1s);
  BOOST_TEST(count() == 0u);
  BOOST_TEST(scans().empty());
  BOOST_TEST((ledger->sensors.back().removed_schedules == std::vector<uint64_t>{3}));
}

BOOST_AUTO_TEST_CASE(there_are_only_so_many) {
  limits.schedules = 2;
  open();
  made(hourly("a"));
  made(hourly("b"));
  BOOST_TEST(is(make(hourly("c")), fleet_error::scans_full));
  BOOST_TEST(bool{ask<committed>(desk, remove_schedule{1, "ann"})});
  BOOST_TEST(ledger->sensors.back().audit.at(0).action == "schedule.deleted");
  made(hourly("c"));
}

BOOST_AUTO_TEST_SUITE_END()
