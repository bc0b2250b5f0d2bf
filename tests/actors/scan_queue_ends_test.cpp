// How scans end: what comes twice, late or never, and what is written of it.
#include "tests/actors/scan_fixture.hpp"

using namespace muster;
using namespace muster::scan_testing;

BOOST_FIXTURE_TEST_SUITE(scan_queue_ends, queue_fixture)

// --- ends ----------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(an_end_may_come_twice_but_not_in_another_way) {
  for (const auto status : {scan_status::completed, scan_status::failed, scan_status::cancelled}) {
    const auto id = add();
    claim();
    BOOST_TEST(finish(ada, id, status) == scan_answer::taken);
    changes();
    BOOST_TEST(finish(ada, id, status) == scan_answer::repeated);
    BOOST_TEST(!queue.has_changes());
    for (const auto other : {scan_status::completed, scan_status::failed, scan_status::cancelled})
      if (other != status) BOOST_TEST(finish(ada, id, other) == scan_answer::conflict);
    BOOST_TEST(state(id) == to_string(status) + (status == scan_status::failed ? ": no disk" : ""));
  }
}

BOOST_AUTO_TEST_CASE(only_who_has_a_job_can_end_it) {
  const auto id = add();
  BOOST_TEST(finish(ada, id) == scan_answer::foreign, "nobody has it");
  claim();
  BOOST_TEST(finish(bob, id) == scan_answer::foreign);
  BOOST_TEST(result(bob, id) == scan_answer::foreign);
  BOOST_TEST(finish(ada, scan_id{99}) == scan_answer::unknown);
  BOOST_TEST(result(ada, scan_id{99}) == scan_answer::unknown);
  BOOST_TEST(state(id) == "claimed");
}

BOOST_AUTO_TEST_CASE(what_an_earlier_holder_says_of_the_end_is_late) {
  const auto id = add();
  claim(ada);
  queue.sensor_lost(ada, now());
  BOOST_TEST(finish(ada, id, scan_status::failed) == scan_answer::late);
  passed += 30s;
  claim(bob);
  BOOST_TEST(finish(ada, id) == scan_answer::late);
  BOOST_TEST(state(id) == "claimed");
  BOOST_TEST(queue.held_by(bob) == queue.find(id));
  BOOST_TEST(finish(bob, id) == scan_answer::taken);
}

BOOST_AUTO_TEST_CASE(a_result_is_kept_with_who_sent_it_and_when) {
  const auto id = add();
  claim();
  passed = 70s;
  BOOST_TEST(result(ada, id, 7) == scan_answer::taken);
  BOOST_TEST(state(id) == "claimed", "the sensor reports the end itself");
  const auto& kept = *queue.find(id)->result;
  BOOST_TEST((kept.high == 7 && kept.sensor == ada && kept.received_at == noon + 70s));
  BOOST_TEST(result(ada, id, 8) == scan_answer::repeated);
  BOOST_TEST(queue.find(id)->result->high == 7u);
}

BOOST_AUTO_TEST_CASE(a_late_result_completes_what_was_queued_again) {
  const auto id = add();
  claim(ada);
  queue.sensor_lost(ada, now());
  BOOST_TEST(result(ada, id) == scan_answer::taken);
  BOOST_TEST(state(id) == "completed: by a result that came late");
  BOOST_TEST(queue.waiting(east) == 0u);
  BOOST_TEST(finish(ada, id) == scan_answer::repeated);
  passed += 1h;
  BOOST_TEST(claim(bob) == scan_id{});
}

BOOST_AUTO_TEST_CASE(a_late_result_completes_what_was_given_up) {
  const auto id = add(0, east, 1);
  claim();
  queue.sensor_lost(ada, now());
  const auto ended = now().at;
  passed += 1h;
  BOOST_TEST(result(ada, id) == scan_answer::taken);
  BOOST_TEST(state(id) == "completed: by a result that came late");
  BOOST_TEST((queue.find(id)->finished_at == ended));
  BOOST_TEST(queue.count(scan_status::failed) == 0u);
}

BOOST_AUTO_TEST_CASE(a_late_result_frees_the_sensor_that_scans_again) {
  const auto id = add();
  claim(ada);
  queue.sensor_lost(ada, now());
  passed += 30s;
  claim(bob);
  BOOST_TEST(result(ada, id) == scan_answer::taken);
  BOOST_TEST(queue.held_by(bob) == nullptr);
  BOOST_TEST((queue.cancellations(bob) == std::vector{id}));
  BOOST_TEST(result(bob, id) == scan_answer::conflict, "there is one");
  BOOST_TEST(finish(bob, id) == scan_answer::repeated);
  BOOST_TEST(queue.cancellations(bob).empty());
}

BOOST_AUTO_TEST_CASE(the_result_of_a_cancelled_scan_is_kept_but_changes_nothing) {
  const auto id = add();
  claim();
  queue.cancel(id, "by amy", now());
  BOOST_TEST(result(ada, id) == scan_answer::taken);
  BOOST_TEST(state(id) == "cancelled: by amy");
  BOOST_TEST(result(ada, id) == scan_answer::repeated);
}

// --- operators -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_queued_job_is_cancelled_at_once) {
  const auto id = add();
  BOOST_TEST(queue.cancel(id, "by amy", now()) == scan_answer::taken);
  BOOST_TEST(state(id) == "cancelled: by amy");
  BOOST_TEST(queue.cancel(id, "by amy", now()) == scan_answer::repeated);
  BOOST_TEST(claim() == scan_id{});
  BOOST_TEST(queue.cancel(scan_id{99}, "", now()) == scan_answer::unknown);
}

BOOST_AUTO_TEST_CASE(a_delayed_job_can_be_cancelled) {
  const auto id = add();
  claim();
  queue.sensor_lost(ada, now());
  BOOST_TEST(queue.cancel(id, "", now()) == scan_answer::taken);
  passed += 1h;
  BOOST_TEST(claim() == scan_id{});
  BOOST_TEST(queue.waiting(east) == 0u);
}

BOOST_AUTO_TEST_CASE(a_sensor_is_told_of_a_cancelled_job_until_it_reports_it) {
  const auto id = add();
  claim();
  queue.cancel(id, "", now());
  BOOST_TEST((queue.cancellations(ada) == std::vector{id}));
  BOOST_TEST(queue.cancellations(bob).empty());
  BOOST_TEST(finish(ada, id, scan_status::cancelled) == scan_answer::repeated);
  BOOST_TEST(queue.cancellations(ada).empty());
}

BOOST_AUTO_TEST_CASE(a_sensor_that_takes_the_next_job_or_restarts_runs_no_cancelled_one) {
  for (const bool restarts : {false, true}) {
    const auto id = add();
    claim();
    queue.cancel(id, "", now());
    const auto next = add();
    if (restarts) BOOST_TEST(!queue.registered(ada, now()));
    else BOOST_TEST(claim() == next, "it is free");
    BOOST_TEST(queue.cancellations(ada).empty());
    if (!restarts) finish(ada, next);
  }
}

BOOST_AUTO_TEST_CASE(what_is_over_can_not_be_cancelled) {
  const auto id = add();
  claim();
  finish(ada, id);
  BOOST_TEST(queue.cancel(id, "", now()) == scan_answer::conflict);
  BOOST_TEST(state(id) == "completed");
}

BOOST_AUTO_TEST_CASE(all_that_waits_for_a_registry_fails_with_it) {
  const auto delayed = add(9);
  claim();
  queue.sensor_lost(ada, now());
  const auto running = add(8);
  claim(bob);
  const auto first = add(), second = add(), other = add(0, west);
  BOOST_TEST(queue.waiting(east) == 3u);
  BOOST_TEST(queue.fail_waiting(east, "registry_error", now(), 2) == 2u);
  BOOST_TEST(queue.fail_waiting(east, "registry_error", now(), 2) == 1u);
  BOOST_TEST(queue.fail_waiting(east, "registry_error", now()) == 0u);
  for (const auto id : {delayed, first, second}) BOOST_TEST(state(id) == "failed: registry_error");
  BOOST_TEST(state(running) == "claimed");
  BOOST_TEST(state(other) == "queued");
  BOOST_TEST(queue.waiting(west) == 1u);
}

BOOST_AUTO_TEST_CASE(a_job_can_fail_before_a_sensor_had_it) {
  const auto waits = add(), runs = add(5);
  claim(ada);
  queue.fail(waits, "registry_error", now());
  queue.fail(runs, "registry_error", now());
  queue.fail(scan_id{99}, "registry_error", now());
  BOOST_TEST(state(waits) == "failed: registry_error");
  BOOST_TEST((queue.find(waits)->finished_at == now().at));
  BOOST_TEST(state(runs) == "claimed");
  BOOST_TEST(queue.waiting(east) == 0u);
}

BOOST_AUTO_TEST_CASE(jobs_are_listed_newest_first) {
  const auto a = add(), b = add(), c = add();
  std::vector<scan_id> seen;
  const auto note = [&](const scan_job& job) { return seen.push_back(job.id), seen.size() % 2 == 1; };
  queue.for_each({}, note);
  BOOST_TEST((seen == std::vector{c, b}));
  seen.clear();
  queue.for_each(b, note);
  BOOST_TEST((seen == std::vector{a}));
}

// --- what nobody had asked for -------------------------------------------------

BOOST_AUTO_TEST_CASE(a_scan_that_is_over_is_kept_under_its_own_id_in_its_registry) {
  const auto id = keep("a");
  BOOST_TEST(queue.find_kept(east, "a")->id == id);
  BOOST_TEST(queue.find_kept(west, "a") == nullptr);
  BOOST_TEST(queue.count(scan_status::completed) == 1u);
  const auto written = changes();
  BOOST_REQUIRE(written.jobs.size() == 1u);
  queue = scan_queue{};
  queue.restore(written.jobs[0], now());
  BOOST_TEST(queue.find_kept(east, "a")->id == id);
}

BOOST_AUTO_TEST_CASE(as_many_are_kept_as_may_be) {
  queue = scan_queue{scan_limits{100, 3}};
  for (const char* own : {"a", "b", "c", "d", "e", "f"}) keep(own);
  BOOST_TEST(queue.size() == 4u);
  BOOST_TEST(queue.find_kept(east, "b") == nullptr);
  BOOST_TEST(queue.find_kept(east, "c") != nullptr);
}

// --- changes -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(each_change_is_written_once_as_it_is_then) {
  const auto id = add();
  claim();
  auto all = changes();
  BOOST_REQUIRE(all.jobs.size() == 1u);
  BOOST_TEST((all.jobs[0] == *queue.find(id)));
  BOOST_TEST(changes().jobs.empty());
  finish(ada, id);
  queue.return_changes(all);
  BOOST_TEST((changes().jobs.at(0).status == scan_status::completed));
}

BOOST_AUTO_TEST_CASE(a_restored_queue_goes_on_where_it_was) {
  const auto free = add(), claimed = add(9), over = add(8), delayed = add(7, east, 5);
  claim(ada);
  claim(bob);
  finish(bob, over);
  claim(bob);
  passed += 10s;
  queue.sensor_lost(bob, now());
  const auto all = changes();

  passed += 20s;
  scan_queue again;
  for (const auto& job : all.jobs) again.restore(job, now());
  queue = std::move(again);
  BOOST_TEST(!queue.has_changes());
  BOOST_TEST(queue.held_by(ada)->id == claimed);
  BOOST_TEST(state(over) == "completed");
  BOOST_TEST(claim(bob) == free);
  BOOST_TEST(claim(eve) == scan_id{}, "it has 10 s to wait still");
  passed += 10s;
  BOOST_TEST(claim(eve) == delayed);
  BOOST_TEST((add() > delayed));
  BOOST_TEST((queue.sensor_lost(ada, now()) == claimed));
}

BOOST_AUTO_TEST_CASE(a_calendar_that_was_put_back_does_not_keep_a_job_for_ever) {
  const auto id = add();
  claim();
  queue.sensor_lost(ada, now());
  const auto all = changes();
  scan_queue again;
  again.restore(all.jobs[0], {noon - 24h * 365, now().now});
  queue = std::move(again);
  passed += 30min;
  BOOST_TEST(claim() == id);
}

BOOST_AUTO_TEST_SUITE_END()
