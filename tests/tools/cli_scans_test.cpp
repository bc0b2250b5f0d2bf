// Commands about registries, keys, sensors and scans: what they ask, what they print, what they refuse.
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

#include "tests/tools/scripted_manager.hpp"

using namespace muster;
using namespace muster::cli;

namespace {

const std::string registries = "/operator/v1/registries";
const std::string keys = "/operator/v1/sensor-keys";
const std::string sensors = "/operator/v1/sensors";
const std::string scans = "/operator/v1/scans";

std::string registry(const std::string& id, const std::string& name, const std::string& tenant) {
  return R"({"id":")" + id + R"(","name":")" + name + R"(","tenant":")" + tenant
         + R"(","status":"CONNECTED","reason":"","changed_at":"2026-11-21T11:00:00.000Z",)"
           R"("made_at":"2026-11-21T11:00:00.000Z","author":"ada","sensors":2,"alive":1,"queued":4,"claimed":1})";
}
const std::string known_registries = R"({"registries":[)" + registry("reg-1", "prod", "default") + ","
                                     + registry("reg-2", "prod", "north") + ","
                                     + registry("reg-3", "stage", "north") + "]}";

const std::string sensor_document =
  R"({"id":"build-1","agent":"ag-0000000100000002","name":"build","hostname":"web-1","tenant":"north",)"
  R"("registry":"stage","registry_id":"reg-3","status":"online","last_heartbeat_at":null,"last_poll_at":null,)"
  R"("version":"1.2.3","os":"linux","arch":"amd64","capabilities":["scan"],"scanner_versions":{"trivy":"0.50"},)"
  R"("registered_at":null,"key":"1","refused":2,"scan":"job-7","hints":["its key was revoked"]})";

const std::string scan_document =
  R"({"id":"job-7","image":"alpine:3.19","status":"completed","registry_id":"reg-3","tenant":"north",)"
  R"("source":"docker","tar_path":null,"scanners":[],"priority":0,"attempts":1,"max_attempts":3,)"
  R"("created_at":"2026-11-21T11:00:00.000Z","claimed_at":null,"finished_at":null,"not_before":null,)"
  R"("reason":"","result":{"outcome":"PARTIAL","risk_score":77,"critical":1,"high":2,"medium":3,"low":4,)"
  R"("info":5,"packages":60,"received_at":null},"registry":"stage","sensor":"build-1"})";

struct sensors_manager : scripted_manager {
  sensors_manager() { teach("GET " + registries, known_registries); }
  void teach_past(const std::string& jobs, const std::string& entries) {
    teach("GET " + sensors + "/build-1", sensor_document);
    teach("GET " + scans + "?sensor=build-1&limit=10", R"({"scans":[)" + jobs + R"(],"next_cursor":null})");
    teach("GET /operator/v1/audit?subject=build-1&limit=20",
          R"({"audit":[)" + entries + R"(],"next_cursor":null})");
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(cli_scans, sensors_manager)

BOOST_AUTO_TEST_CASE(registries_are_made_listed_shown_and_deleted) {
  teach("POST " + registries, registry("reg-4", "lab", "north"), 201);
  BOOST_TEST((run_command({"registries", "create", "lab", "--tenant", "north"}) == exit_code::ok));
  BOOST_TEST(asked.back() == "POST " + registries + R"( {"name":"lab","tenant":"north","author":"ada"})");
  BOOST_TEST(out.str() == "registry reg-4: lab\n");
  out.str("");
  BOOST_TEST((run_command({"registries", "list"}) == exit_code::ok));
  BOOST_TEST(contains(out.str(), "reg-3  stage  north    CONNECTED  2"), out.str());
  out.str("");
  BOOST_TEST((run_command({"registries", "list", "--json"}) == exit_code::ok));
  BOOST_TEST(out.str() == known_registries + "\n");
  out.str("");
  teach("GET " + registries + "/reg-3", registry("reg-3", "stage", "north"));
  BOOST_TEST((run_command({"registries", "show", "stage"}) == exit_code::ok));
  BOOST_TEST(contains(out.str(), "CONNECTED\n"), out.str());
  out.str("");
  teach("DELETE " + registries + "/reg-3?author=ada", "", 204);
  BOOST_TEST((run_command({"registries", "delete", "stage"}) == exit_code::ok));
  BOOST_TEST(out.str() == "deleted reg-3\n");
}

BOOST_AUTO_TEST_CASE(registry_is_found_by_its_name_if_only_one_has_it) {
  teach("PUT " + sensors + "/build-1/registry", "", 204);
  const auto bind = [this](const std::string& name, const std::string& more = "--json") {
    return run_command({"registries", "bind", name, "--sensor", "build-1", more});
  };
  BOOST_TEST((bind("stage") == exit_code::ok));
  BOOST_TEST(asked.back() == "PUT " + sensors + R"(/build-1/registry {"registry":"reg-3","author":"ada"})");
  BOOST_TEST(out.str() == "{\"sensor\":\"build-1\",\"registry\":\"reg-3\"}\n");
  BOOST_TEST((bind("reg-2") == exit_code::ok));
  BOOST_TEST(asked.back() == "PUT " + sensors + R"(/build-1/registry {"registry":"reg-2","author":"ada"})");
  BOOST_TEST((bind("prod") == exit_code::not_found));
  BOOST_TEST(contains(err.str(), R"("registries":["reg-1","reg-2"])"), err.str());
  BOOST_TEST((bind("lost") == exit_code::not_found));
  BOOST_TEST(contains(err.str(), "lost"), err.str());
}

BOOST_AUTO_TEST_CASE(key_is_made_and_printed_alone) {
  const std::string made = R"({"key":"hg_ak_00ff","id":"1"})";
  teach("POST " + keys, made, 201);
  BOOST_TEST((run_command({"keys", "create", "--dialect", "harborguard", "--registry", "prod", "--tenant",
                           "north", "--ttl", "90d", "--name", "ci"})
              == exit_code::ok));
  BOOST_TEST(asked.back()
             == "POST " + keys
                  + R"( {"name":"ci","tenant":"north","registry":"prod","ttl":"90d","author":"ada"})");
  BOOST_TEST(out.str() == "hg_ak_00ff\n");
  out.str("");
  BOOST_TEST((run_command({"keys", "create", "--registry", "stage", "--json"}) == exit_code::ok));
  BOOST_TEST(asked.back() == "POST " + keys + R"( {"tenant":"north","registry":"stage","author":"ada"})");
  BOOST_TEST(out.str() == made + "\n");
  BOOST_TEST((run_command({"keys", "create", "--registry", "prod"}) == exit_code::not_found));
  BOOST_TEST(
    (run_command({"keys", "create", "--registry", "stage", "--tenant", "east"}) == exit_code::not_found));
  BOOST_TEST(contains(err.str(), "of the tenant east"), err.str());
  BOOST_TEST((run_command({"keys", "create"}) == exit_code::ok));
  BOOST_TEST(asked.back() == "POST " + keys + R"( {"author":"ada"})");
}

BOOST_AUTO_TEST_CASE(keys_are_listed_and_revoked) {
  teach("GET " + keys,
        R"({"keys":[{"id":"1","prefix":"hg_ak_00ff","name":"ci","tenant":"north",)"
        R"("registry":null,"registry_id":null,"made_at":null,"expires_at":null,)"
        R"("revoked_at":null,"author":"ada","state":"good","last_used_at":null,"refused":3}]})");
  BOOST_TEST((run_command({"keys", "list"}) == exit_code::ok));
  BOOST_TEST(contains(out.str(), "1   hg_ak_00ff  ci    good   north   -"), out.str());
  out.str("");
  teach("DELETE " + keys + "/1?author=ada", "", 204);
  BOOST_TEST((run_command({"keys", "revoke", "1"}) == exit_code::ok));
  BOOST_TEST(out.str() == "revoked 1\n");
  BOOST_TEST((run_command({"keys", "revoke", "2"}) == exit_code::not_found));
}

BOOST_AUTO_TEST_CASE(sensors_are_listed_shown_and_deleted) {
  teach("GET " + sensors, R"({"sensors":[]})");
  teach("GET " + sensors + "?registry=reg-3", R"({"sensors":[)" + sensor_document + "]}");
  teach_past("", "");
  teach("DELETE " + sensors + "/build-1?author=ada", "", 204);
  BOOST_TEST((run_command({"sensors", "list"}) == exit_code::ok));
  BOOST_TEST(err.str() == "muster: no sensors\n");
  BOOST_TEST((run_command({"sensors", "list", "--registry", "stage"}) == exit_code::ok));
  BOOST_TEST(contains(out.str(), "build-1  build  web-1  north   stage     online"), out.str());
  out.str("");
  BOOST_TEST((run_command({"sensors", "show", "build-1"}) == exit_code::ok));
  BOOST_TEST(contains(out.str(), "trivy=0.50\n"), out.str());
  BOOST_TEST(out.str().ends_with("\nits key was revoked\n"), out.str());
  out.str("");
  BOOST_TEST((run_command({"sensors", "delete", "build-1"}) == exit_code::ok));
  BOOST_TEST(out.str() == "deleted build-1\n");
}

BOOST_AUTO_TEST_CASE(sensor_is_shown_with_its_jobs_and_its_history) {
  const auto entry = [](const std::string& action) {
    return R"({"at":"2026-11-21T11:00:00.000Z","actor":"agent","action":")" + action
           + R"(","subject":"build-1","detail":"key=1"})";
  };
  teach_past(scan_document, entry("sensor.registered"));
  BOOST_TEST((run_command({"sensors", "show", "build-1"}) == exit_code::ok));
  const auto text = out.str();
  const auto jobs = text.find("\nJobs\n"), history = text.find("\nHistory\n");
  BOOST_TEST((jobs < text.find("alpine:3.19") && text.find("alpine:3.19") < history), text);
  BOOST_TEST((history < text.find("sensor.registered") && text.ends_with("key=1\n")), text);
  out.str("");
  BOOST_TEST((run_command({"sensors", "show", "build-1", "--json"}) == exit_code::ok));
  BOOST_TEST(out.str()
             == sensor_document.substr(0, sensor_document.size() - 1) + ",\"jobs\":[" + scan_document
                  + "],\"history\":[" + entry("sensor.registered") + "]}\n");
}

// The store is not searched without end for a sensor whose last entry is old.
BOOST_AUTO_TEST_CASE(history_of_a_sensor_is_looked_for_on_ten_pages) {
  teach_past("", "");
  const auto audit = [](const std::string& more) {
    return "GET /operator/v1/audit?subject=build-1&limit=" + more;
  };
  const std::string nothing = R"({"audit":[],"next_cursor":"9"})";
  teach(audit("20"), R"({"audit":[{"at":null,"action":"sensor.registered"}],"next_cursor":"9"})");
  teach(audit("19&cursor=9"), nothing);
  BOOST_TEST((run_command({"sensors", "show", "build-1"}) == exit_code::ok));
  BOOST_TEST(std::count(asked.begin(), asked.end(), audit("19&cursor=9")) == 9);
  BOOST_TEST(contains(out.str(), "there is more: muster audit --subject build-1\n"), out.str());
}

BOOST_AUTO_TEST_CASE(sensor_is_bound_to_none) {
  teach("PUT " + sensors + "/build-1/registry", "", 204);
  BOOST_TEST((run_command({"registries", "unbind", "--sensor", "build-1"}) == exit_code::ok));
  BOOST_TEST(asked.back() == "PUT " + sensors + R"(/build-1/registry {"registry":null,"author":"ada"})");
  BOOST_TEST(out.str() == "build-1 is bound to no registry\n");
  out.str("");
  BOOST_TEST((run_command({"registries", "unbind", "--sensor", "build-1", "--json"}) == exit_code::ok));
  BOOST_TEST(out.str() == "{\"sensor\":\"build-1\",\"registry\":null}\n");
  BOOST_TEST(contains(parse_command_line({"registries", "unbind"}).text, "--sensor"));
}

BOOST_AUTO_TEST_CASE(scan_is_made_with_what_was_written) {
  teach("POST " + scans, scan_document, 201);
  BOOST_TEST((run_command({"scans", "create", "--registry", "stage", "--image", "alpine:3.19", "--scanners",
                           "trivy,syft", "--source", "tar", "--tar-path", "/srv/a.tar", "--priority", "-5",
                           "--attempts", "2"})
              == exit_code::ok));
  BOOST_TEST(asked.back()
             == "POST " + scans
                  + R"( {"registry":"reg-3","image":"alpine:3.19","source":"tar","tar_path":"/srv/a.tar",)"
                    R"("scanners":["trivy","syft"],"priority":-5,"max_attempts":2,"author":"ada"})");
  BOOST_TEST(out.str() == "scan job-7 of alpine:3.19: completed\n");
  out.str("");
  BOOST_TEST(
    (run_command({"scans", "create", "--registry", "reg-3", "--image", "a", "--json"}) == exit_code::ok));
  BOOST_TEST(asked.back() == "POST " + scans + R"( {"registry":"reg-3","image":"a","author":"ada"})");
  BOOST_TEST(out.str() == scan_document + "\n");
}

BOOST_AUTO_TEST_CASE(scans_are_listed_shown_and_cancelled) {
  teach("GET " + scans + "?registry=reg-3&status=completed&limit=100",
        R"({"scans":[)" + scan_document + R"(],"next_cursor":null})");
  teach("GET " + scans + "/job-7", scan_document);
  teach("POST " + scans + "/job-7/cancel?author=ada", scan_document);
  const std::vector<std::string> list{"scans", "list", "--registry", "stage", "--status", "completed"};
  BOOST_TEST((run_command(list) == exit_code::ok));
  BOOST_TEST(contains(out.str(), "PARTIAL: 1 critical, 2 high, 12 others"), out.str());
  out.str("");
  auto as_json = list;
  as_json.push_back("--json");
  BOOST_TEST((run_command(as_json) == exit_code::ok));
  BOOST_TEST(out.str() == R"({"scans":[)" + scan_document + "],\"next_cursor\":null}\n");
  out.str("");
  BOOST_TEST((run_command({"scans", "show", "job-7"}) == exit_code::ok));
  BOOST_TEST(contains(out.str(), "77\n"), out.str());
  out.str("");
  BOOST_TEST((run_command({"scans", "cancel", "job-7"}) == exit_code::ok));
  BOOST_TEST(out.str() == "scan job-7: completed\n");
  BOOST_TEST((run_command({"scans", "show", "job-8"}) == exit_code::not_found));
}

BOOST_AUTO_TEST_CASE(findings_are_printed_as_json) {
  const std::string findings = R"({"vulnerabilities":[{"id":"CVE-1"}]})";
  teach("GET " + scans + "/job-7/findings", findings);
  BOOST_TEST((run_command({"scans", "findings", "job-7", "--json"}) == exit_code::ok));
  BOOST_TEST(out.str() == findings + "\n");
  out.str("");
  BOOST_TEST((run_command({"scans", "findings", "job-7"}) == exit_code::ok));
  BOOST_TEST(contains(out.str(), "  \"vulnerabilities\": ["), out.str());
}

BOOST_AUTO_TEST_CASE(mistakes_are_told_before_anyone_is_asked) {
  const auto mistake = [](const std::vector<std::string>& words) { return parse_command_line(words).text; };
  BOOST_TEST(contains(mistake({"registries", "create"}), "NAME"));
  BOOST_TEST(contains(mistake({"registries", "bind", "prod"}), "--sensor"));
  BOOST_TEST(contains(mistake({"keys", "create", "--dialect", "plexd"}), "plexd"));
  BOOST_TEST(contains(mistake({"keys", "create", "--ttl", "soon"}), "--ttl soon"));
  BOOST_TEST(contains(mistake({"keys", "revoke", "first"}), "first is not a whole number"));
  BOOST_TEST(contains(mistake({"scans", "create", "--image", "a"}), "--registry"));
  BOOST_TEST(contains(mistake({"scans", "create", "--registry", "a"}), "--image"));
  BOOST_TEST(contains(mistake({"scans", "create", "--registry", "a", "--image", "b", "--attempts", "-1"}),
                      "-1 is not a whole"));
  BOOST_TEST(contains(mistake({"scans", "list", "--status", "lost"}), "lost"));
}

BOOST_AUTO_TEST_SUITE_END()
