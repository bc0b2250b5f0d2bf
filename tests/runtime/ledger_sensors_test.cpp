// Sensors, registries, keys and scans in the ledger.
#include "ledger_fixture.hpp"

#include "runtime/ledger/archive.hpp"
#include "runtime/ledger/ledger.hpp"
#include "runtime/ledger/load_fleet.hpp"
#include "runtime/ledger/load_sensors.hpp"
#include "runtime/ledger/schedule_records.hpp"
#include "runtime/ledger/sensor_records.hpp"

using namespace muster;
using namespace muster::ledger_test;

namespace {

sensor_key sample_key() {
  return {
    3,         {0x8123456789abcdef, 7}, "hg_ak_0123", "edge", "north", registry_id{2}, "ann", noon, noon + 1h,
    noon + 1ms};
}

scan_registry sample_registry() {
  return {registry_id{2}, "prod", "north", "ann", noon, registry_status::error, "it \"failed\"", noon + 1s};
}

sensor_record sample_sensor(agent_id agent, uint64_t number = 5) {
  const sensor_facts facts{"probe", "n1", "linux", "arm64", "0.1.0", {{"trivy", "v 1"}}, {"scan"}, true};
  return {number,   "ag_" + std::to_string(number), agent, "north", registry_id{2}, 3, facts, noon, noon + 1s,
          noon + 2s};
}

scan_job sample_scan() {
  scan_job out;
  out.id = scan_id{9};
  out.registry = registry_id{2};
  out.tenant = "north";
  out.image = "app:1";
  out.source = scan_source::tar;
  out.tar_path = "/srv/app.tar";
  out.scanners = {"trivy"};
  out.priority = -5;
  out.schedule = 4;
  out.created_at = noon;
  out.status = scan_status::failed;
  out.reason = "sensor_lost";
  out.attempts = 2;
  out.max_attempts = 7;
  out.not_before = noon + 1s;
  out.claimed_by = agent_at(1, 2);
  out.claimed_before = {agent_at(3, 4)};
  out.claimed_at = noon + 2s;
  out.finished_at = noon + 3s;
  out.result = scan_summary{scan_outcome::partial, agent_at(3, 4), noon + 4s, 1, 2, 3, 4, 5, 6, 77};
  out.own_id = "one-off-1";
  return out;
}

scan_schedule sample_schedule() {
  scan_schedule out;
  out.number = 4;
  out.name = "nightly";
  out.registry = registry_id{2};
  out.tenant = "north";
  out.cron = "0 3 * * *";
  out.zone = "Europe/Berlin";
  out.image = "app:1";
  out.source = scan_source::tar;
  out.tar_path = "/srv/app.tar";
  out.scanners = {"trivy"};
  out.priority = -5;
  out.max_attempts = 7;
  out.paused = true;
  out.author = "ann";
  out.made_at = noon;
  out.due_after = noon + 1s;
  out.last_run_at = noon + 2s;
  out.last_scan = scan_id{9};
  out.skipped = 3;
  out.skipped_at = noon + 3s;
  out.skipped_because = "job-9 was still \"queued\"";
  return out;
}

struct sensor_ledger : actor_fixture {
  sensor_ledger() {
    open();
    writer = spawn(ledger, data, ledger_options{});
    reader = spawn(archive, data, archive_options{});
  }
  ~sensor_ledger() {
    for (const auto& each : {caf::actor_cast<caf::actor>(writer), caf::actor_cast<caf::actor>(reader)})
      caf::anon_send_exit(each, caf::exit_reason::user_shutdown);
    deliver();
    sched.clock().cancel_all();
  }
  void write(const record_sensors& what) { must(ask<committed>(writer, what)); }
  void enrol(uint32_t slot) {
    record_agent agent{sample_agent(slot, slot + 1), {}, {}};
    agent.record.speaks = dialect::harborguard;
    must(ask<committed>(writer, agent));
  }
  restored_sensors load() { return must(load_sensors(*data, must(load_fleet(*data, noon, {})))); }

  ledger_actor writer;
  archive_actor reader;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(sensors_in_the_ledger, sensor_ledger)

BOOST_AUTO_TEST_CASE(records_with_a_value_in_every_member_are_read_back) {
  enrol(1);
  record_sensors record;
  record.keys = {sample_key()};
  record.registries = {sample_registry()};
  record.sensors = {sample_sensor(agent_at(1, 2))};
  record.scans.jobs = {sample_scan()};
  record.schedules = {sample_schedule()};
  write(record);
  const auto found = load();
  BOOST_TEST((found.keys == record.keys));
  BOOST_TEST((found.registries == record.registries));
  BOOST_TEST((found.sensors == record.sensors));
  BOOST_TEST((found.scans == record.scans.jobs));
  BOOST_TEST((found.schedules == record.schedules));
  BOOST_TEST((found.alive == std::set{agent_at(1, 2)}));
  BOOST_TEST(found.strangers.empty());
}

BOOST_AUTO_TEST_CASE(findings_go_with_their_scan) {
  record_sensors record;
  record.scans.jobs = {sample_scan()};
  record.found = scan_id{9};
  record.findings = document{std::string{R"({"v":1})"}};
  write(record);
  BOOST_TEST(must(ask<scan_findings>(reader, read_findings{scan_id{9}})).json == R"({"v":1})");
  record_sensors gone;
  gone.scans.forgotten = {scan_id{9}};
  gone.removed_registries = {registry_id{2}};
  write(gone);
  BOOST_TEST(load().scans.empty());
  BOOST_TEST((ask<scan_findings>(reader, read_findings{scan_id{9}}).error() == fleet_error::record_missing));
}

BOOST_AUTO_TEST_CASE(schedules_are_replaced_and_removed) {
  record_sensors record;
  record.schedules = {sample_schedule()};
  write(record);
  record.schedules[0].paused = false;
  record.schedules.push_back(sample_schedule());
  record.schedules[1].number = 5;
  write(record);
  BOOST_TEST((load().schedules == record.schedules));
  record_sensors gone;
  gone.removed_schedules = {4};
  write(gone);
  const auto left = load().schedules;
  BOOST_REQUIRE(left.size() == 1u);
  BOOST_TEST(left[0].number == 5u);
}

BOOST_AUTO_TEST_CASE(what_a_kill_left_half_done_is_told_apart) {
  enrol(1);
  enrol(3);
  record_sensors record;
  record.sensors = {sample_sensor(agent_at(1, 2), 5), sample_sensor(agent_at(7, 8), 6)};
  write(record);
  const auto found = load();
  BOOST_TEST((found.sensors[0].agent == agent_at(1, 2)));
  BOOST_TEST((found.sensors[1].agent == agent_id{}), "its agent was forgotten");
  BOOST_TEST((found.strangers == std::vector{agent_at(3, 4)}), "it never became a sensor");
}

BOOST_AUTO_TEST_CASE(what_is_no_such_record_is_refused_with_its_place) {
  for (const std::string json :
       {"{", "{}", R"({"v":1})", R"({"v":1,"status":"lost","source":"docker","max_attempts":3})"})
    BOOST_TEST(describe_store_error(decode_scan({ledger_table::scans, 5, json}).error()).find("scans/5: ")
               != std::string::npos);
  for (const std::string json : {"{", R"({"v":1})", R"({"v":1,"registry":1,"cron":"@daily","zone":"UTC"})"})
    BOOST_TEST(
      describe_store_error(decode_schedule({ledger_table::schedules, 5, json}).error()).find("schedules/5: ")
      != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
