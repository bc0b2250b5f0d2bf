// Who scans what: order, leases, bounds.
#include "tests/actors/scan_fixture.hpp"

using namespace muster;
using namespace muster::scan_testing;

namespace {

scan_limits small() {
  scan_limits out;
  out.unfinished = 4;
  out.finished = 3;
  out.keep = 24h;
  return out;
}

struct small_queue_fixture : queue_fixture {
  small_queue_fixture() { queue = scan_queue{small()}; }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(scan_queue_alone, queue_fixture)

BOOST_AUTO_TEST_CASE(higher_priority_goes_first_then_what_waits_longest) {
  const auto low = add(-1), first = add(), second = add(), high = add(5);
  BOOST_TEST(claim(agent_id{11}) == high);
  BOOST_TEST(claim(agent_id{12}) == first);
  BOOST_TEST(claim(agent_id{13}) == second);
  BOOST_TEST(claim(agent_id{14}) == low);
  BOOST_TEST(claim(agent_id{15}) == scan_id{});
}

BOOST_AUTO_TEST_CASE(sensors_get_jobs_of_their_registry_alone) {
  const auto job = add(0, west);
  BOOST_TEST(claim(ada, east) == scan_id{});
  BOOST_TEST(claim(ada, west) == job);
}

BOOST_AUTO_TEST_CASE(a_claim_says_who_and_when) {
  passed = 5s;
  const auto id = add();
  passed = 9s;
  claim();
  const auto& job = *queue.find(id);
  BOOST_TEST((job.claimed_by == ada && job.claimed_at == noon + 9s && job.created_at == noon + 5s));
  BOOST_TEST(job.attempts == 1u);
  BOOST_TEST(queue.held_by(ada) == &job);
  BOOST_TEST(queue.held_by(bob) == nullptr);
}

BOOST_AUTO_TEST_CASE(a_new_job_is_new_whatever_its_author_says) {
  scan_job job;
  job.id = scan_id{77};
  job.registry = east;
  job.tenant = "north";
  job.image = "a";
  job.source = scan_source::tar;
  job.tar_path = "/a.tar";
  job.scanners = {"syft"};
  job.priority = 3;
  job.schedule = 4;
  job.max_attempts = 0;
  auto expected = job;
  job.status = scan_status::completed;
  job.attempts = 9;
  job.reason = "x";
  job.claimed_by = bob;
  job.result = scan_summary{};
  const auto id = queue.add(job, now());
  expected.id = scan_id{1};
  expected.created_at = noon;
  expected.max_attempts = 1;
  BOOST_TEST((id == scan_id{1}));
  BOOST_TEST((*queue.find(*id) == expected));
}

BOOST_AUTO_TEST_CASE(a_sensor_with_a_job_gets_no_other) {
  const auto first = add(), second = add();
  BOOST_TEST(claim() == first);
  passed += 10s;
  BOOST_TEST(claim() == scan_id{});
  BOOST_TEST(state(second) == "queued");
  finish(ada, first);
  BOOST_TEST(claim() == second);
}

BOOST_AUTO_TEST_CASE(two_sensors_never_get_the_same_job) {
  add();
  BOOST_TEST((claim(ada) != scan_id{}));
  BOOST_TEST(claim(bob) == scan_id{});
}

// --- leases --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_a_lost_sensor_had_waits_twice_as_long_each_time) {
  const auto id = add(0, east, 4);
  for (const auto delay : {30s, 60s, 120s}) {
    BOOST_TEST(claim() == id);
    BOOST_TEST((queue.sensor_lost(ada, now()) == id));
    BOOST_TEST(state(id) == "queued: sensor_lost");
    BOOST_TEST((queue.find(id)->not_before == now().at + delay));
    passed += delay - 1ms;
    BOOST_TEST(claim(bob) == scan_id{});
    passed += 1ms;
  }
  BOOST_TEST(claim(bob) == id);
}

BOOST_AUTO_TEST_CASE(delays_have_an_end) {
  const auto id = add(0, east, 100);
  for (int i = 0; i < 70; ++i) {
    BOOST_TEST(claim() == id);
    queue.sensor_lost(ada, now());
    passed += 30min;
  }
  BOOST_TEST(claim() == id);
}

BOOST_AUTO_TEST_CASE(a_job_fails_when_its_attempts_are_used_up) {
  const auto id = add(0, east, 2);
  claim();
  queue.sensor_lost(ada, now());
  passed += 30s;
  claim(bob);
  passed += 1s;
  queue.sensor_lost(bob, now());
  BOOST_TEST(state(id) == "failed: sensor_lost");
  BOOST_TEST((queue.find(id)->finished_at == now().at));
  passed += 24h;
  BOOST_TEST(claim(eve) == scan_id{});
}

BOOST_AUTO_TEST_CASE(losing_a_sensor_without_a_job_is_nothing) {
  add();
  BOOST_TEST(!queue.sensor_lost(ada, now()));
  BOOST_TEST(queue.count(scan_status::queued) == 1u);
}

BOOST_AUTO_TEST_CASE(a_held_job_stays_its_sensors_until_that_is_given_up) {
  const auto id = add();
  claim();
  changes();
  queue.hold(ada);
  BOOST_TEST(state(id) == "claimed: its sensor is silent, as many are");
  BOOST_TEST(changes().jobs.size() == 1u);
  queue.hold(ada);
  BOOST_TEST(!queue.has_changes());
  passed += 10min;
  BOOST_TEST(claim(bob) == scan_id{});
  queue.resume(ada);
  BOOST_TEST(state(id) == "claimed");
  queue.hold(ada);
  BOOST_TEST((queue.sensor_lost(ada, now()) == id));
  BOOST_TEST(state(id) == "queued: sensor_lost");
}

BOOST_AUTO_TEST_CASE(a_restarted_sensor_may_have_its_job_again_at_once) {
  const auto id = add(0, east, 2);
  claim();
  BOOST_TEST((queue.registered(ada, now()) == id));
  BOOST_TEST(state(id) == "queued: sensor_restarted");
  BOOST_TEST(claim() == id);
  queue.registered(ada, now());
  BOOST_TEST(state(id) == "failed: sensor_restarted", "a job that kills its sensor does so twice at most");
  BOOST_TEST(!queue.registered(ada, now()));
}

BOOST_AUTO_TEST_CASE(two_idle_beats_in_a_row_tell_that_a_job_is_lost) {
  const auto id = add();
  claim();
  passed = 45s;
  BOOST_TEST(!queue.idle_beat(ada, now()));
  passed = 60s;
  BOOST_TEST((queue.idle_beat(ada, now()) == id));
  BOOST_TEST(state(id) == "queued: job_lost");
  BOOST_TEST(claim() == scan_id{}, "it waits its turn");
  passed = 90s;
  BOOST_TEST(claim() == id);
}

BOOST_AUTO_TEST_CASE(a_young_job_is_not_lost) {
  add();
  claim();
  for (passed = 1s; passed < 60s; passed += 1s) BOOST_TEST(!queue.idle_beat(ada, now()));
  BOOST_TEST(queue.idle_beat(ada, now()).has_value());
}

BOOST_AUTO_TEST_CASE(a_busy_beat_starts_the_count_again) {
  add();
  claim();
  passed = 90s;
  BOOST_TEST(!queue.idle_beat(ada, now()));
  queue.busy_beat(ada);
  BOOST_TEST(!queue.idle_beat(ada, now()));
  BOOST_TEST(queue.idle_beat(ada, now()).has_value());
}

BOOST_AUTO_TEST_CASE(idle_beats_of_one_job_do_not_count_for_the_next) {
  const auto first = add();
  add();
  claim();
  passed = 90s;
  queue.idle_beat(ada, now());
  finish(ada, first);
  claim();
  passed += 90s;
  BOOST_TEST(!queue.idle_beat(ada, now()));
}

BOOST_AUTO_TEST_CASE(a_job_whose_result_came_is_not_scanned_again) {
  for (const int way : {0, 1, 2}) {
    const auto id = add();
    claim();
    result(ada, id);
    if (way == 0) queue.sensor_lost(ada, now());
    if (way == 1) queue.registered(ada, now());
    passed += 90s;
    if (way == 2) queue.idle_beat(ada, now()), queue.idle_beat(ada, now());
    BOOST_TEST(state(id).starts_with("completed: "), "way " << way);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(scan_queue_bounds, small_queue_fixture)

BOOST_AUTO_TEST_CASE(too_many_unfinished_jobs_are_refused) {
  for (int i = 0; i < 4; ++i) BOOST_TEST((add() != scan_id{}));
  const auto first = claim();
  BOOST_TEST(add() == scan_id{}, "a claimed one counts");
  finish(ada, first);
  BOOST_TEST((add() != scan_id{}));
}

BOOST_AUTO_TEST_CASE(finished_jobs_go_when_they_are_old_or_too_many) {
  std::vector<scan_id> ids;
  for (int i = 0; i < 5; ++i) {
    ids.push_back(add());
    claim();
    finish(ada, ids.back());
    passed += 1h;
  }
  changes();
  BOOST_TEST(queue.forget_finished(now(), 1) == 1u);
  BOOST_TEST(queue.forget_finished(now()) == 1u);
  BOOST_TEST((changes().forgotten == std::vector{ids[0], ids[1]}));
  BOOST_TEST(queue.find(ids[1]) == nullptr);
  BOOST_TEST(finish(ada, ids[1]) == scan_answer::unknown);
  passed = 26h + 1ms;
  BOOST_TEST(queue.forget_finished(now()) == 1u);
  passed = 1000h;
  BOOST_TEST(queue.forget_finished(now()) == 1u, "the last one keeps its id from being given again");
  BOOST_TEST(queue.find(ids[4]) != nullptr);
  BOOST_TEST(queue.size() == 1u);
  BOOST_TEST(queue.count(scan_status::completed) == 1u);
}

BOOST_AUTO_TEST_CASE(a_forgotten_job_that_was_not_deleted_is_deleted_later) {
  const auto id = add();
  claim();
  finish(ada, id);
  add();
  passed = 48h;
  queue.forget_finished(now());
  const auto all = changes();
  queue.return_changes(all);
  const auto more = changes();
  BOOST_TEST((more.forgotten == std::vector{id}));
  BOOST_TEST(more.jobs.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

// A seeded crowd: whatever happens, nobody has two jobs and no job two sensors.
BOOST_AUTO_TEST_CASE(a_crowd_of_sensors_never_shares_a_job) {
  scan_queue queue;
  std::map<agent_id, scan_id> holds;
  uint64_t seed = 20261122;
  const auto next = [&](uint64_t below) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (seed >> 33) % below;
  };
  work_time when{noon, work_time::monotonic{} + 1h};
  for (int i = 0; i < 20'000; ++i) {
    scan_job job;
    job.registry = registry_id{1 + next(10)};
    job.priority = static_cast<int32_t>(next(5));
    queue.add(job, when);
  }
  for (int step = 0; step < 100'000; ++step) {
    when.at += 1ms, when.now += 1ms;
    const agent_id sensor{1 + next(500)};
    const auto held = holds.contains(sensor) ? holds[sensor] : scan_id{};
    switch (next(6)) {
      case 0: queue.sensor_lost(sensor, when); break;
      case 1: queue.registered(sensor, when); break;
      case 2: queue.finish(sensor, held, scan_status::completed, "", when); break;
      default: {
        const auto* job = queue.claim(sensor, registry_id{1 + raw(sensor) % 10}, when);
        BOOST_REQUIRE(!(job && held != scan_id{}));
        if (!job) continue;
        for (const auto& [other, id] : holds) BOOST_REQUIRE(id != job->id);
        holds[sensor] = job->id;
        continue;
      }
    }
    holds.erase(sensor);
    BOOST_REQUIRE(queue.held_by(sensor) == nullptr);
  }
  size_t total = 0;
  for (const auto status : {scan_status::queued, scan_status::claimed, scan_status::completed,
                            scan_status::failed, scan_status::cancelled})
    total += queue.count(status);
  BOOST_TEST(total == 20'000u);
  BOOST_TEST(queue.count(scan_status::claimed) == holds.size());
}
