// Schedules of scans over days of virtual time: local clocks that change, scans that are not
// over, registries in error, restarts and pauses.
#include "tests/scenarios/scenario.hpp"

#include "runtime/wire/timestamp.hpp"

#include <boost/json/serialize.hpp>

namespace {

using texts = std::vector<std::string>;
using harness::answer;
using harness::request_options;

const std::string path = "/operator/v1/schedules";

struct scheduled_manager {
  explicit scheduled_manager(const char* start = "2026-05-01T12:00:00Z") : manager(starting(start)) {
    BOOST_TEST(manager.operate("POST", "/operator/v1/registries", R"({"name":"prod"})").status == 201u);
  }
  static options starting(const char* start) {
    options with;
    with.start = *parse_rfc3339(start);
    return with;
  }

  answer try_schedule(const std::string& cron, const std::string& more = {}) {
    return manager.operate("POST", path,
                           R"({"registry":"reg-1","image":"app:1","cron":")" + cron + "\"" + more + "}");
  }
  std::string schedule(const std::string& cron, const std::string& more = {}) {
    const auto made = try_schedule(cron, more);
    BOOST_REQUIRE_MESSAGE(made.status == 201u, made.body);
    return std::string{made.json().at("id").as_string()};
  }
  // A member as JSON; strings without their quotes.
  std::string of(const std::string& id, const char* member) {
    const auto shown = manager.operate("GET", path + "/" + id);
    BOOST_REQUIRE_MESSAGE(shown.status == 200u, shown.body);
    const auto all = shown.json();
    const auto& value = all.at(member);
    return value.is_string() ? std::string{value.as_string()} : boost::json::serialize(value);
  }
  boost::json::array scans() {
    return manager.operate("GET", "/operator/v1/scans?limit=1000").json().at("scans").as_array();
  }
  // When the schedule's scans were made, oldest first, to the minute.
  texts runs(const std::string& id) {
    texts out;
    for (const auto& each : scans())
      if (each.at("schedule").is_string() && each.at("schedule").as_string() == id)
        out.insert(out.begin(), std::string{each.at("created_at").as_string()}.substr(0, 16));
    return out;
  }
  // Days of which each ends with all scans over.
  void pass_days(int count) {
    for (; count > 0; --count) {
      manager.advance(24h);
      for (const auto& each : scans())
        if (each.at("status").as_string() == "queued")
          manager.operate("POST", "/operator/v1/scans/" + std::string{each.at("id").as_string()} + "/cancel");
    }
  }
  unsigned move(const std::string& id, const char* step) {
    return manager.operate("POST", path + "/" + id + "/" + step).status;
  }
  answer as_sensor(const std::string& key, const std::string& method, const std::string& target,
                   const std::string& body = {}) {
    request_options with;
    with.token = key;
    return manager.request(method, target, body, with);
  }
  // A sensor that is heard once: its key and its id.
  std::pair<std::string, std::string> join() {
    const auto made = manager.operate("POST", "/operator/v1/sensor-keys", R"({"registry":"prod"})");
    BOOST_REQUIRE_MESSAGE(made.status == 201u, made.body);
    const std::string key{made.json().at("key").as_string()};
    const auto joined = as_sensor(key, "POST", "/api/agent/register",
                                  R"({"name":"probe-1","hostname":"n1","version":"0.1.0","os":"linux",)"
                                  R"("arch":"amd64","capabilities":["scan"],"scannerVersions":{},)"
                                  R"("s3Configured":false})");
    BOOST_REQUIRE_MESSAGE(joined.status == 200u, joined.body);
    return {key, std::string{joined.json().at("agentId").as_string()}};
  }
  texts audited() {
    texts out;
    for (const auto& each : manager.audit({"", "schedule."})) out.push_back(each.action);
    return out;
  }

  virtual_manager manager;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(schedules)

BOOST_AUTO_TEST_CASE(a_daily_scan_keeps_its_local_time_when_summer_time_begins) {
  scheduled_manager of{"2026-03-27T23:30:00Z"};
  const auto morning = of.schedule("0 9 * * *", R"(,"zone":"Europe/Berlin")");
  const auto night = of.schedule("30 2 * * *", R"(,"zone":"Europe/Berlin")");
  of.pass_days(3);
  BOOST_TEST((of.runs(morning) == texts{"2026-03-28T08:00", "2026-03-29T07:00", "2026-03-30T07:00"}));
  BOOST_TEST((of.runs(night) == texts{"2026-03-28T01:30", "2026-03-29T01:00", "2026-03-30T00:30"}));
  BOOST_TEST(of.of(night, "skipped") == "0");
}

BOOST_AUTO_TEST_CASE(a_daily_scan_keeps_its_local_time_when_summer_time_ends) {
  scheduled_manager of{"2026-10-23T23:30:00Z"};
  const auto morning = of.schedule("0 9 * * *", R"(,"zone":"Europe/Berlin")");
  const auto night = of.schedule("30 2 * * *", R"(,"zone":"Europe/Berlin")");
  of.pass_days(3);
  BOOST_TEST((of.runs(morning) == texts{"2026-10-24T07:00", "2026-10-25T08:00", "2026-10-26T08:00"}));
  BOOST_TEST((of.runs(night) == texts{"2026-10-24T00:30", "2026-10-25T00:30", "2026-10-26T01:30"}));
  BOOST_TEST(of.of(night, "skipped") == "0", "the hour that comes twice has one run");
}

BOOST_AUTO_TEST_CASE(a_time_is_skipped_while_the_former_scan_is_not_over) {
  scheduled_manager of;
  const auto id = of.schedule("0 * * * *");
  BOOST_TEST(of.of(id, "next_due_at") == "2026-05-01T13:00:00.000Z");
  of.manager.advance(2h + 30min);
  BOOST_TEST((of.runs(id) == texts{"2026-05-01T13:00"}));
  BOOST_TEST(of.of(id, "last_run_at") == "2026-05-01T13:00:00.000Z");
  BOOST_TEST(of.of(id, "last_scan") == "job-1");
  BOOST_TEST(of.of(id, "skipped") == "1");
  BOOST_TEST(of.of(id, "skipped_at") == "2026-05-01T14:00:00.000Z");
  BOOST_TEST(of.of(id, "skipped_because") == "job-1 was still queued");
  BOOST_TEST(of.of(id, "next_due_at") == "2026-05-01T15:00:00.000Z");
  BOOST_TEST(of.manager.operate("POST", "/operator/v1/scans/job-1/cancel").status == 200u);
  of.manager.advance(1h);
  BOOST_TEST((of.runs(id) == texts{"2026-05-01T13:00", "2026-05-01T15:00"}));
  of.manager.restart();
  BOOST_TEST(of.of(id, "skipped") == "1");
  BOOST_TEST(of.of(id, "last_scan") == "job-2");
}

BOOST_AUTO_TEST_CASE(in_a_registry_in_error_a_run_fails_at_once) {
  scheduled_manager of;
  of.join();
  of.manager.advance(3min);
  const auto id = of.schedule("0 * * * *");
  of.manager.advance(2h);
  BOOST_TEST((of.runs(id) == texts{"2026-05-01T13:00", "2026-05-01T14:00"}));
  BOOST_TEST(of.of(id, "skipped") == "0");
  for (const auto& each : of.scans()) {
    BOOST_TEST(each.at("status").as_string() == "failed");
    BOOST_TEST(each.at("reason").as_string().starts_with("its registry is in error: "));
    BOOST_TEST(each.at("attempts").as_int64() == 0);
  }
}

BOOST_AUTO_TEST_CASE(a_sensor_gets_what_a_schedule_asks_for) {
  scheduled_manager of;
  of.schedule("5 * * * *", R"(,"scanners":["trivy"],"priority":4,"max_attempts":2)");
  of.manager.advance(5min);
  const auto [key, sensor] = of.join();
  const auto offer = of.as_sensor(key, "GET", "/api/agent/jobs?agentId=" + sensor);
  BOOST_TEST(offer.body.find(R"("imageRef":"app:1","source":"docker","scanners":["trivy"])")
             != std::string::npos);
  const auto scan = of.scans().at(0);
  BOOST_TEST(scan.at("status").as_string() == "claimed");
  BOOST_TEST(scan.at("priority").as_int64() == 4);
  BOOST_TEST(scan.at("max_attempts").as_int64() == 2);
}

BOOST_AUTO_TEST_CASE(times_that_a_stopped_manager_missed_make_one_run) {
  scheduled_manager of;
  const auto id = of.schedule("0 * * * *");
  of.manager.restart(30min);
  BOOST_TEST(of.runs(id).empty(), "nothing was missed yet");
  of.manager.restart(5h);
  BOOST_TEST((of.runs(id) == texts{"2026-05-01T17:30"}));
  BOOST_TEST(of.of(id, "next_due_at") == "2026-05-01T18:00:00.000Z");
  of.manager.operate("POST", "/operator/v1/scans/job-1/cancel");
  of.manager.crash();
  BOOST_TEST((of.runs(id) == texts{"2026-05-01T17:30"}));
  of.manager.crash(1h);
  BOOST_TEST((of.runs(id) == texts{"2026-05-01T17:30", "2026-05-01T18:30"}));
}

BOOST_AUTO_TEST_CASE(a_paused_schedule_does_not_make_up_for_its_pause) {
  scheduled_manager of;
  const auto id = of.schedule("0 * * * *");
  BOOST_TEST(of.move(id, "pause") == 200u);
  BOOST_TEST(of.move(id, "pause") == 200u);
  BOOST_TEST(of.of(id, "paused") == "true");
  BOOST_TEST(of.of(id, "next_due_at") == "null");
  of.manager.advance(90min);
  of.manager.restart(2h);
  BOOST_TEST(of.of(id, "paused") == "true");
  BOOST_TEST(of.move(id, "resume") == 200u);
  BOOST_TEST(of.of(id, "next_due_at") == "2026-05-01T16:00:00.000Z");
  of.manager.advance(29min);
  BOOST_TEST(of.runs(id).empty());
  of.manager.advance(1min);
  BOOST_TEST((of.runs(id) == texts{"2026-05-01T16:00"}));
  BOOST_TEST((of.audited() == texts{"schedule.resumed", "schedule.paused", "schedule.created"}));
}

BOOST_AUTO_TEST_CASE(a_deleted_schedule_leaves_its_scans) {
  scheduled_manager of;
  const auto id = of.schedule("0 * * * *");
  of.manager.advance(1h);
  BOOST_TEST(of.manager.operate("DELETE", path + "/" + id + "?author=ann").status == 204u);
  BOOST_TEST(of.manager.operate("GET", path + "/" + id).status == 404u);
  of.manager.advance(2h);
  BOOST_TEST(of.runs(id).size() == 1u);
  BOOST_TEST(of.audited().front() == "schedule.deleted");
  of.manager.restart();
  BOOST_TEST(of.manager.operate("GET", path).body == R"({"schedules":[]})");
  BOOST_TEST(of.schedule("@daily") != id);
}

BOOST_AUTO_TEST_CASE(schedules_go_with_their_registry) {
  scheduled_manager of;
  const auto id = of.schedule("0 * * * *");
  const auto other =
    of.manager.operate("POST", "/operator/v1/registries", R"({"name":"stage"})").json().at("id").as_string();
  const auto listed = [&of](const std::string& query) {
    return of.manager.operate("GET", path + query).json().at("schedules").as_array().size();
  };
  BOOST_TEST(listed("?registry=reg-1") == 1u);
  BOOST_TEST(listed("?registry=" + std::string{other}) == 0u);
  BOOST_TEST(of.manager.operate("DELETE", "/operator/v1/registries/reg-1").status == 204u);
  BOOST_TEST(listed("") == 0u);
  BOOST_TEST(of.audited().front() == "schedule.deleted");
  of.manager.restart(2h);
  BOOST_TEST(listed("") == 0u);
  BOOST_TEST(of.runs(id).empty());
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_refused) {
  scheduled_manager of;
  const auto refused = [&of](const std::string& cron, const std::string& more, unsigned status,
                             const std::string& words) {
    const auto got = of.try_schedule(cron, more);
    BOOST_TEST(got.status == status, got.body);
    BOOST_TEST(got.body.find(words) != std::string::npos, got.body);
  };
  refused("61 * * * *", "", 400, "$.cron: minute: '61' at character 1");
  refused("0 0 31 2 *", "", 400, "$.cron: day of month: never comes");
  refused("@daily", R"(,"zone":"Mars/Olympus")", 400, "$.zone: 'Mars/Olympus' is not in the tz database");
  refused("@daily", R"(,"source":"tar")", 400, "$.tar_path: is empty");
  refused("@daily", R"(,"paused":true)", 400, "$.paused: is not known");
  of.schedule("@daily", R"(,"name":"nightly")");
  refused("@daily", R"(,"name":"nightly")", 409, "nightly");
  BOOST_TEST(
    of.manager.operate("POST", path, R"({"registry":"reg-9","image":"a","cron":"@daily","name":"nightly"})")
      .status
    == 404u);
  BOOST_TEST(of.move("1", "stop") == 404u);
  BOOST_TEST(of.move("2", "pause") == 404u);
  BOOST_TEST(of.move("first", "pause") == 404u);
  BOOST_TEST(of.manager.operate("DELETE", path + "/2").status == 404u);
  BOOST_TEST(of.manager.operate("GET", path + "?registry=prod").status == 400u);
}

BOOST_AUTO_TEST_SUITE_END()
