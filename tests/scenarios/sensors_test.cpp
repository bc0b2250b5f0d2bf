// Sensors as HarborGuard has them, on virtual time: they come in by key, take scans one by
// one, fall silent, and what follows from that for their registry.
#include "tests/scenarios/sensor_scenario.hpp"

BOOST_FIXTURE_TEST_SUITE(sensors, sensor_scenario)

BOOST_AUTO_TEST_CASE(a_sensor_scans_what_it_is_given) {
  const auto one = join(key, "probe-1");
  BOOST_TEST(status(one) == "online");
  BOOST_TEST(registry_status(registry) == "CONNECTED");
  BOOST_TEST(poll(one).body == R"({"jobs":[],"cancelJobs":[]})");
  const auto low = scan(registry, "app:1");
  const auto high = scan(registry, "app:2", R"(,"priority":5,"scanners":["trivy"])");
  const auto offer = poll(one);
  BOOST_TEST(offer.body.find(R"("imageRef":"app:2","source":"docker","scanners":["trivy"])")
             != std::string::npos);
  BOOST_TEST(offer.body.find("app:1") == std::string::npos);
  BOOST_TEST(status(one) == "scanning");
  BOOST_TEST(beat(one, true).body == R"({"ok":true})");
  BOOST_TEST(upload(key, high).status == 200u);
  const auto done = [&] {
    return say(key, "POST", "/api/agent/jobs/" + high + "/status", R"({"status":"completed"})");
  };
  BOOST_TEST(done().status == 200u);
  BOOST_TEST(done().status == 200u);
  BOOST_TEST(of_scan(high, "status") == "completed");
  const auto shown = manager.operate("GET", "/operator/v1/scans/" + high).body;
  BOOST_TEST(shown.find(R"("risk_score":48)") != std::string::npos);
  BOOST_TEST(shown.find(R"("critical":1)") != std::string::npos);
  const auto findings = manager.operate("GET", "/operator/v1/scans/" + high + "/findings").body;
  BOOST_TEST(findings.find("CVE-2") < findings.find("CVE-1"));
  BOOST_TEST(claim(one) == low);
  manager.restart();
  BOOST_TEST(of_scan(low, "status") == "claimed");
  BOOST_TEST(of_scan(high, "status") == "completed");
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_refused) {
  const auto one = join(key, "probe-1");
  BOOST_TEST(say("hg_ak_0", "POST", "/api/agent/heartbeat", "{}").status == 401u);
  BOOST_TEST(say(key, "POST", "/api/agent/heartbeat", "{}").body == R"({"error":"$.agentId: is missing"})");
  BOOST_TEST(say(key, "GET", "/api/agent/jobs").status == 400u);
  BOOST_TEST(say(key, "POST", "/api/agent/jobs/job-99/status", R"({"status":"completed"})").status == 404u);
  BOOST_TEST(say(key, "POST", "/api/scans/upload", R"({"scan":{"id":"job-99"}})").status == 400u);
  const auto bad = manager.operate("POST", "/operator/v1/scans",
                                   R"({"registry":")" + registry + R"(","image":"a;rm -rf /"})");
  BOOST_TEST(bad.status == 400u);
  BOOST_TEST(bad.body.find("image") != std::string::npos);
  make_registry("test");
  const auto other = make_key("test");
  BOOST_TEST(beat({one.id, other}).status == 403u);
  const auto job = scan(registry, "app:1");
  BOOST_TEST(claim(one) == job);
  BOOST_TEST(say(other, "POST", "/api/agent/jobs/" + job + "/status", R"({"status":"failed"})").status
             == 403u);
}

BOOST_AUTO_TEST_CASE(a_result_that_nobody_asked_for_makes_one_scan) {
  const auto id = text(upload(key, "one-off-1"), 201, "scanId");
  BOOST_TEST(of_scan(id, "status") == "completed");
  BOOST_TEST(of_scan(id, "registry_id") == registry);
  BOOST_TEST(of_scan(id, "image") == "app:1");
  BOOST_TEST(of_scan(id, "own_id") == "one-off-1");
  BOOST_TEST(manager.operate("GET", "/operator/v1/scans/" + id + "/findings").body.find("CVE-2")
             != std::string::npos);
  BOOST_TEST(text(upload(key, "one-off-1"), 200, "scanId") == id);
  manager.restart();
  BOOST_TEST(text(upload(key, "one-off-1"), 200, "scanId") == id);
  BOOST_TEST(text(upload(key, "one-off-2"), 201, "scanId") != id);
}

BOOST_AUTO_TEST_CASE(a_result_that_nobody_asked_for_is_of_a_registry) {
  const auto open = make_key("");
  BOOST_TEST(upload(open, "a").status == 403u);
  const auto one = join(open, "probe-1");
  const auto refused = upload(open, "a", "app:1", one.id);
  BOOST_TEST(refused.status == 403u);
  BOOST_TEST(refused.body.find("sensor.id") != std::string::npos);
  const auto bound = manager.operate("PUT", "/operator/v1/sensors/" + one.id + "/registry",
                                     R"({"registry":")" + registry + R"("})");
  BOOST_TEST(bound.status == 204u);
  const auto id = text(upload(open, "a", "app:1", one.id), 201, "scanId");
  BOOST_TEST(of_scan(id, "registry_id") == registry);
  BOOST_TEST(of_scan(id, "sensor") == one.id);
  const auto two = join(key, "probe-2", "n2");
  BOOST_TEST(upload(key, "a", "app:1", two.id).status == 409u);
  const auto elsewhere = make_registry("test");
  const auto other = make_key("test");
  BOOST_TEST(upload(other, "a", "app:1", one.id).status == 403u);
  BOOST_TEST(of_scan(text(upload(other, "a"), 201, "scanId"), "registry_id") == elsewhere);
}

BOOST_AUTO_TEST_CASE(what_nobody_asked_for_is_checked) {
  for (const auto* unknown : {"job-99", "job-007", "job-99999999999999999999"})
    BOOST_TEST(upload(key, unknown).status == 404u, unknown);
  for (const auto* image : {"", "a;rm -rf /", "$(id)", "../x"}) {
    const auto refused = upload(key, "a", image);
    BOOST_TEST(refused.status == 400u, image);
    BOOST_TEST(refused.body.find("'image.ref'") != std::string::npos, refused.body);
  }
  BOOST_TEST(manager.operate("GET", "/operator/v1/scans").body == R"({"scans":[],"next_cursor":null})");
}

BOOST_AUTO_TEST_CASE(silence_of_more_than_two_minutes_is_offline) {
  const auto one = join(key, "probe-1");
  beat(one);
  manager.advance(119'900ms);
  BOOST_TEST(status(one) == "online");
  BOOST_TEST(registry_status(registry) == "CONNECTED");
  manager.advance(200ms);
  BOOST_TEST(status(one) == "offline");
  BOOST_TEST(registry_status(registry) == "ERROR");
  BOOST_TEST(beat(one).status == 200u);
  manager.advance(100ms);
  BOOST_TEST(status(one) == "online");
  BOOST_TEST(registry_status(registry) == "CONNECTED");
}

BOOST_AUTO_TEST_CASE(a_registry_is_in_error_when_its_last_sensor_is_lost) {
  const auto one = join(key, "probe-1");
  const auto two = join(key, "probe-2", "n2");
  const auto waits = scan(registry, "app:1");
  pass(130s, {two});
  BOOST_TEST(status(one) == "offline");
  BOOST_TEST(registry_status(registry) == "CONNECTED");
  BOOST_TEST(of_scan(waits, "status") == "queued");
  pass(130s);
  BOOST_TEST(registry_status(registry) == "ERROR");
  BOOST_TEST(of_scan(waits, "status") == "failed");
  BOOST_TEST(of_scan(waits, "reason").find("lost connection") != std::string::npos);
  const auto refused =
    manager.operate("POST", "/operator/v1/scans", R"({"registry":")" + registry + R"(","image":"a:1"})");
  BOOST_TEST(refused.status == 409u);
}

BOOST_AUTO_TEST_CASE(a_job_of_a_lost_sensor_is_given_to_another) {
  const auto one = join(key, "probe-1");
  const auto two = join(key, "probe-2", "n2");
  const auto job = scan(registry, "app:1");
  BOOST_TEST(claim(one) == job);
  BOOST_TEST(claim(two) == "");
  pass(130s, {two});
  BOOST_TEST(of_scan(job, "status") == "queued");
  pass(60s, {two});
  BOOST_TEST(claim(two) == job);
  BOOST_TEST(claim(one) == "");
}

BOOST_AUTO_TEST_CASE(a_sensor_that_starts_again_keeps_its_row_and_loses_its_job) {
  const auto one = join(key, "probe-1");
  const auto job = scan(registry, "app:1");
  BOOST_TEST(claim(one) == job);
  const auto again = join(key, "probe-1");
  BOOST_TEST(again.id == one.id);
  BOOST_TEST(claim(again) == job);
}

BOOST_AUTO_TEST_CASE(who_ends_a_job_is_known_when_others_share_the_connection) {
  const auto one = join(key, "probe-1");
  const auto two = join(key, "probe-2", "n2");
  const auto job = scan(registry, "app:1");
  BOOST_TEST(claim(one) == job);
  beat(two);
  BOOST_TEST(say(key, "POST", "/api/agent/jobs/" + job + "/status", R"({"status":"completed"})").status
             == 200u);
  BOOST_TEST(of_scan(job, "status") == "completed");
  pass(110s, {two});
  say(key, "POST", "/api/agent/jobs/" + job + "/status", R"({"status":"completed"})");
  pass(20s, {two});
  BOOST_TEST(status(one) == "online");
}

BOOST_AUTO_TEST_CASE(a_revoked_key_is_refused_and_shown_as_the_reason) {
  const auto one = join(key, "probe-1");
  const auto second = make_key("prod");
  BOOST_TEST(manager.operate("DELETE", "/operator/v1/sensor-keys/1").status == 204u);
  BOOST_TEST(poll(one).status == 401u);
  const auto shown = manager.operate("GET", "/operator/v1/sensors/" + one.id).body;
  BOOST_TEST(shown.find("was revoked") != std::string::npos);
  BOOST_TEST(shown.find(R"("refused":1)") != std::string::npos);
  BOOST_TEST(beat({one.id, second}).status == 200u);
  manager.restart();
  BOOST_TEST(poll(one).status == 401u);
  BOOST_TEST(poll({one.id, second}).status == 200u);
}

BOOST_AUTO_TEST_CASE(no_key_opens_the_registry_that_came_after_its_own) {
  const auto gone = make_registry("gone");
  const auto of_gone = make_key("gone");
  BOOST_TEST(manager.operate("DELETE", "/operator/v1/registries/" + gone).status == 204u);
  manager.restart();
  const auto fresh = make_registry("fresh");
  BOOST_TEST(fresh != gone);
  scan(fresh, "app:1");
  BOOST_TEST(claim(join(of_gone, "probe-1")) == "");
}

BOOST_AUTO_TEST_CASE(last_signs_of_life_are_known_after_a_restart) {
  const auto one = join(key, "probe-1");
  manager.advance(130s);
  const auto shown = [&](const std::string& of) {
    return manager.operate("GET", "/operator/v1/" + of).json();
  };
  const auto before = shown("sensors/" + one.id).at("last_heartbeat_at");
  manager.restart(10s);
  BOOST_TEST((shown("sensors/" + one.id).at("last_heartbeat_at") == before));
  BOOST_TEST(!shown("sensor-keys").at("keys").at(0).at("last_used_at").is_null());
}

BOOST_AUTO_TEST_CASE(a_key_expires) {
  const auto brief = make_key("prod", R"(,"ttl":"1h")");
  const auto one = join(brief, "probe-1");
  manager.advance(1h);
  const auto refused = beat(one);
  BOOST_TEST(refused.status == 401u);
  BOOST_TEST(refused.body.find("expired") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_deleted_sensor_comes_back_with_its_next_heartbeat) {
  const auto one = join(key, "probe-1");
  BOOST_TEST(manager.operate("DELETE", "/operator/v1/sensors/" + one.id).status == 204u);
  BOOST_TEST(manager.operate("GET", "/operator/v1/sensors/" + one.id).status == 404u);
  BOOST_TEST(beat(one).status == 200u);
  BOOST_TEST(text(manager.operate("GET", "/operator/v1/sensors/" + one.id), 200, "name") == "probe-1");
  const sensor stranger{"ag_of_another_store", key};
  BOOST_TEST(beat(stranger).status == 200u);
  BOOST_TEST(status(stranger) == "online");
}

BOOST_AUTO_TEST_CASE(a_cancelled_scan_is_named_to_its_sensor) {
  const auto one = join(key, "probe-1");
  const auto job = scan(registry, "app:1");
  BOOST_TEST(claim(one) == job);
  BOOST_TEST(manager.operate("POST", "/operator/v1/scans/" + job + "/cancel").status == 200u);
  BOOST_TEST(poll(one).body.find(R"("cancelJobs":[")" + job + "\"]") != std::string::npos);
  BOOST_TEST(of_scan(job, "status") == "cancelled");
}

BOOST_AUTO_TEST_SUITE_END()
