// Registries, keys, sensors and scans as operators write and read them.
#include "runtime/wire/operator_scans.hpp"

#include "tests/runtime/json_text.hpp"

#include <boost/json/serialize.hpp>

using namespace muster;
using namespace std::chrono_literals;
using muster::test::hostile_texts;
using muster::test::read_text;
using muster::test::strict;

namespace {

constexpr utc_time noon{std::chrono::milliseconds{1'700'000'000'000}};
const std::string noon_text = R"("2023-11-14T22:13:20.000Z")";

const auto read_registry_text = [](const std::string& text) {
  return read_text(text, operator_api::read_registry);
};
const auto read_key = [](const std::string& text) { return read_text(text, operator_api::read_sensor_key); };
const auto read_scan_text = [](const std::string& text) { return read_text(text, operator_api::read_scan); };
const auto read_bind = [](const std::string& text) { return read_text(text, operator_api::read_binding); };

// The same but for the order of members.
void check_written(const std::string& text, const std::string& expected) {
  const auto written = strict(text);
  BOOST_TEST((written == strict(expected)), boost::json::serialize(written));
}

sensor_key key() {
  sensor_key out;
  out.number = 1;
  out.prefix = "hg_ak_0123";
  out.name = "ci";
  out.tenant = "north";
  out.registry = registry_id{3};
  out.author = "ann";
  out.made_at = noon;
  return out;
}

const std::string key_json =
  R"("id":"1","prefix":"hg_ak_0123","name":"ci","tenant":"north","registry":"prod","registry_id":"reg-3",)"
  R"("made_at":)"
  + noon_text + R"(,"author":"ann","revoked_at":null)";

scan_job job() {
  scan_job out;
  out.id = scan_id{7};
  out.registry = registry_id{3};
  out.tenant = "north";
  out.image = "alpine:3.19";
  out.scanners = {"trivy", "syft"};
  out.priority = -5;
  out.created_at = noon;
  out.attempts = 1;
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(operator_scans)

BOOST_AUTO_TEST_CASE(registry_is_read) {
  const auto all = read_registry_text(R"({"name":"prod","tenant":"north","author":"ann"})");
  BOOST_TEST(all.problem == "");
  BOOST_TEST(all.value.name == "prod");
  BOOST_TEST(all.value.tenant == "north");
  BOOST_TEST(all.value.author == "ann");
  BOOST_TEST(read_registry_text(R"({"name":"prod"})").value.tenant == "default");
  BOOST_TEST(read_registry_text("{}").problem == "$.name: is missing");
  BOOST_TEST(read_registry_text(R"({"name":7})").problem == "$.name: expected a string, got a number");
  BOOST_TEST(read_registry_text(R"({"name":"a","tenant":"b c"})").problem.starts_with("$.tenant: must be"));
  BOOST_TEST(read_registry_text(R"({"name":"a","bogus":1})").problem == "$.bogus: is not known");
}

BOOST_AUTO_TEST_CASE(key_is_read) {
  const auto all = read_key(
    R"({"name":"ci","tenant":"north","registry":"prod","ttl":"90d","author":"ann","secret":"hg_ak_00ff"})");
  BOOST_TEST(all.problem == "");
  BOOST_TEST(all.value.name == "ci");
  BOOST_TEST(all.value.registry == "prod");
  BOOST_TEST((all.value.lifetime == std::chrono::hours{24 * 90}));
  BOOST_TEST(all.value.secret == "hg_ak_00ff");
  const auto bare = read_key("{}");
  BOOST_TEST(bare.problem == "");
  BOOST_TEST(bare.value.tenant == "default");
  BOOST_TEST((bare.value.lifetime == 0ms));
  BOOST_TEST(read_key(R"({"ttl":"soon"})").problem == "$.ttl: must be a duration like 90d");
  BOOST_TEST(read_key(R"({"ttl":"0s"})").problem == "$.ttl: must be a duration like 90d");
  BOOST_TEST(read_key(R"({"secret":"sesame"})").problem == "$.secret: must begin with hg_ak_");
  BOOST_TEST(read_key(R"({"registry":["a"]})").problem == "$.registry: expected a string, got an array");
}

BOOST_AUTO_TEST_CASE(scan_is_read) {
  const auto all =
    read_scan_text(R"({"registry":"reg-3","image":"alpine:3.19","source":"tar","tar_path":"/srv/a.tar",)"
                   R"("scanners":["trivy","syft"],"priority":-5,"max_attempts":1,"author":"ann"})");
  BOOST_TEST(all.problem == "");
  const auto& wanted = all.value.job;
  BOOST_TEST((wanted.registry == registry_id{3}));
  BOOST_TEST(wanted.image == "alpine:3.19");
  BOOST_TEST((wanted.source == scan_source::tar));
  BOOST_TEST(wanted.tar_path == "/srv/a.tar");
  BOOST_TEST((wanted.scanners == std::vector<std::string>{"trivy", "syft"}));
  BOOST_TEST(wanted.priority == -5);
  BOOST_TEST(wanted.max_attempts == 1u);
  BOOST_TEST(all.value.author == "ann");
  const auto bare = read_scan_text(R"({"registry":"reg-3","image":"alpine"})");
  BOOST_TEST(bare.problem == "");
  BOOST_TEST((bare.value.job.source == scan_source::docker));
  BOOST_TEST(bare.value.job.max_attempts == 3u);
}

BOOST_AUTO_TEST_CASE(wrong_scans_name_the_member) {
  const auto problem = [](const std::string& members) {
    return read_scan_text(R"({"registry":"reg-3","image":"alpine",)" + members + "}").problem;
  };
  BOOST_TEST(read_scan_text(R"({"image":"a"})").problem == "$.registry: is missing");
  BOOST_TEST(read_scan_text(R"({"registry":"reg-3"})").problem == "$.image: is missing");
  BOOST_TEST(read_scan_text(R"({"registry":"prod","image":"a"})").problem
             == "$.registry: must be a registry's id, like reg-1");
  BOOST_TEST(read_scan_text(R"({"registry":"reg-3","image":"a;id"})").problem
             == "$.image: has ';' at position 2");
  BOOST_TEST(problem(R"("source":"ftp")") == "$.source: must be docker, registry or tar");
  BOOST_TEST(problem(R"("source":"tar")") == "$.tar_path: is empty");
  BOOST_TEST(problem(R"("tar_path":"/a")") == "$.tar_path: is for the source 'tar' alone");
  BOOST_TEST(problem(R"("scanners":["nmap"])").starts_with("$.scanners: item 1 is none of"));
  BOOST_TEST(problem(R"("scanners":[7])") == "$.scanners[0]: expected a string, got a number");
  BOOST_TEST(problem(R"("scanners":"trivy")") == "$.scanners: expected an array, got a string");
  BOOST_TEST(problem(R"("priority":101)").starts_with("$.priority: must be from"));
  BOOST_TEST(problem(R"("priority":1.5)") == "$.priority: must be a whole number");
  BOOST_TEST(problem(R"("max_attempts":0)").starts_with("$.max_attempts: must be from"));
  BOOST_TEST(problem(R"("bogus":1)") == "$.bogus: is not known");
}

BOOST_AUTO_TEST_CASE(binding_is_read_and_null_binds_to_none) {
  const auto some = read_bind(R"({"registry":"reg-3","author":"ann"})");
  BOOST_TEST(some.problem == "");
  BOOST_TEST((some.value.registry == registry_id{3}));
  BOOST_TEST(some.value.author == "ann");
  for (const auto* none : {R"({"registry":null})", R"({"registry":""})"}) {
    const auto unbound = read_bind(none);
    BOOST_TEST(unbound.problem == "");
    BOOST_TEST((unbound.value.registry == registry_id{}));
  }
  BOOST_TEST(read_bind("{}").problem == "$.registry: is missing: null binds to none");
  BOOST_TEST(read_bind(R"({"registry":"prod"})").problem
             == "$.registry: must be a registry's id, like reg-1");
}

BOOST_AUTO_TEST_CASE(registries_are_written) {
  scan_registry one;
  one.id = registry_id{3};
  one.name = "prod";
  one.tenant = "north";
  one.author = "ann";
  one.made_at = noon;
  one.status = registry_status::error;
  one.reason = "sensor a lost connection";
  const auto wanted = [](const std::string& counts) {
    return R"({"id":"reg-3","name":"prod","tenant":"north","status":"ERROR","reason":"sensor a lost connection",)"
           R"("changed_at":null,"made_at":)"
           + noon_text + R"(,"author":"ann",)" + counts + "}";
  };
  check_written(operator_api::write_registry(one), wanted(R"("sensors":0,"alive":0,"queued":0,"claimed":0)"));
  check_written(operator_api::write_registries({{registry_row{one, 4, 3, 2, 1}}}),
                R"({"registries":[)" + wanted(R"("sensors":4,"alive":3,"queued":2,"claimed":1)") + "]}");
  BOOST_TEST(operator_api::write_registries({}) == R"({"registries":[]})");
}

BOOST_AUTO_TEST_CASE(keys_are_written_and_their_text_only_once) {
  check_written(operator_api::write_made_key({"hg_ak_0123456789", key()}, "prod"),
                R"({"key":"hg_ak_0123456789",)" + key_json + R"(,"expires_at":null})");
  sensor_key_row row{key(), "prod", noon, 4};
  const auto state_at = [&row](utc_time now) {
    const auto written = strict(operator_api::write_sensor_keys({{row}}, now));
    return std::string{written.at("keys").at(0).at("state").as_string()};
  };
  check_written(operator_api::write_sensor_keys({{row}}, noon),
                R"({"keys":[{)" + key_json + R"(,"expires_at":null,"state":"good","last_used_at":)"
                  + noon_text + R"(,"refused":4}]})");
  row.key.expires_at = noon;
  BOOST_TEST(state_at(noon - 1ms) == "good");
  BOOST_TEST(state_at(noon) == "expired");
  row.key.revoked_at = noon;
  BOOST_TEST(state_at(noon) == "revoked");
}

BOOST_AUTO_TEST_CASE(sensors_are_written) {
  sensor_row row;
  row.sensor.id = "build-1";
  row.sensor.agent = make_agent_id(0, 1, 2);
  row.sensor.tenant = "north";
  row.sensor.registry = registry_id{3};
  row.sensor.key = 1;
  row.sensor.facts.name = "build";
  row.sensor.facts.hostname = "web-1";
  row.sensor.facts.os = "linux";
  row.sensor.facts.arch = "amd64";
  row.sensor.facts.version = "1.2.3";
  row.sensor.facts.capabilities = {"scan"};
  row.sensor.facts.scanner_versions = {{"trivy", "0.50"}};
  row.sensor.registered_at = noon;
  row.registry = "prod";
  row.status = sensor_status::scanning;
  row.heard_at = noon;
  row.refused = 2;
  row.claimed = scan_id{7};
  row.hints = {"2 of its requests were answered with 401"};
  check_written(operator_api::write_sensors({{row}}),
                R"({"sensors":[{"id":"build-1","agent":"ag-0000000100000002","name":"build",)"
                R"("hostname":"web-1","tenant":"north","registry":"prod","registry_id":"reg-3",)"
                R"("status":"scanning","last_heartbeat_at":)"
                  + noon_text + R"(,"last_poll_at":null,"version":"1.2.3","os":"linux","arch":"amd64",)"
                  + R"("capabilities":["scan"],"scanner_versions":{"trivy":"0.50"},"registered_at":)"
                  + noon_text + R"(,"key":"1","refused":2,"scan":"job-7",)"
                  + R"("hints":["2 of its requests were answered with 401"]}]})");
  row.registry.clear();
  row.sensor.registry = {};
  row.claimed = {};
  const auto unbound = strict(operator_api::write_sensor(row));
  BOOST_TEST(unbound.at("registry").is_null());
  BOOST_TEST(unbound.at("registry_id").is_null());
  BOOST_TEST(unbound.at("scan").is_null());
}

BOOST_AUTO_TEST_CASE(scans_are_written) {
  const auto wanted = [](const std::string& rest) {
    return R"({"id":"job-7","image":"alpine:3.19","registry_id":"reg-3","tenant":"north","source":"docker",)"
           R"("tar_path":null,"scanners":["trivy","syft"],"priority":-5,"attempts":1,"max_attempts":3,)"
           R"("created_at":)"
           + noon_text
           + R"(,"claimed_at":null,"finished_at":null,"not_before":null,"schedule":null,"own_id":null,)"
           + rest + "}";
  };
  check_written(operator_api::write_scan_job(job()),
                wanted(R"("status":"queued","reason":"","result":null)"));
  auto done = job();
  done.status = scan_status::completed;
  done.reason = "late";
  scan_summary found;
  found.outcome = scan_outcome::partial;
  found.received_at = noon;
  found.critical = 1;
  found.high = 2;
  found.medium = 3;
  found.low = 4;
  found.info = 5;
  found.packages = 60;
  found.risk_score = 77;
  done.result = found;
  const auto result = R"({"outcome":"PARTIAL","risk_score":77,"critical":1,"high":2,"medium":3,"low":4,)"
                      R"("info":5,"packages":60,"received_at":)"
                      + noon_text + "}";
  check_written(
    operator_api::write_scan({done, "prod", "build-1"}),
    wanted(R"("registry":"prod","sensor":"build-1","status":"completed","reason":"late","result":)"
           + result));
  auto of_schedule = job();
  of_schedule.schedule = 3;
  BOOST_TEST(strict(operator_api::write_scan_job(of_schedule)).at("schedule").as_string() == "3");
  const auto page = strict(operator_api::write_scans({{{job(), "", ""}}, scan_id{7}}));
  BOOST_TEST(page.at("scans").at(0).at("registry").is_null());
  BOOST_TEST(page.at("next_cursor").is_string());
  BOOST_TEST(operator_api::write_scans({}) == R"({"scans":[],"next_cursor":null})");
}

BOOST_AUTO_TEST_CASE(texts_of_strangers_stay_texts) {
  for (const auto& hostile : hostile_texts) {
    sensor_row row;
    row.sensor.facts.name = hostile;
    row.sensor.facts.scanner_versions = {{"trivy", hostile}};
    row.hints = {hostile};
    const auto sensor = strict(operator_api::write_sensor(row));
    BOOST_TEST(sensor.at("name").as_string() == hostile);
    BOOST_TEST(sensor.at("scanner_versions").at("trivy").as_string() == hostile);
    BOOST_TEST(sensor.at("hints").at(0).as_string() == hostile);
    auto one = job();
    one.reason = hostile;
    BOOST_TEST(strict(operator_api::write_scan_job(one)).at("reason").as_string() == hostile);
  }
}

BOOST_AUTO_TEST_SUITE_END()
