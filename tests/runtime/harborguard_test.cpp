// What HarborGuard sensors say and read.
#include "runtime/wire/harborguard.hpp"

#include "tests/runtime/json_text.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;

namespace {

template <class Read>
auto read(Read how, const std::string& text) {
  const muster::test::parsed body{text};
  BOOST_REQUIRE_MESSAGE(body.ok, body.problem());
  return how(body.root());
}

std::string list_of(size_t count, const std::string& item) {
  std::string out = "[";
  for (size_t i = 0; i < count; ++i) out += (i > 0 ? "," : "") + item;
  return out + "]";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(harborguard_wire)

BOOST_AUTO_TEST_CASE(registrations_are_read_with_host_name_for_a_name) {
  const auto facts = read(
    harborguard::read_registration,
    R"({"hostname":"n1","os":"linux","arch":"arm64","version":"0.1.0","scannerVersions":{"trivy":"v 1"},)"
    R"("capabilities":["scan"],"s3Configured":true,"more":{}})");
  BOOST_REQUIRE(facts.value);
  BOOST_TEST(facts.value->name == "n1");
  BOOST_TEST((facts.value->scanner_versions == std::map<std::string, std::string>{{"trivy", "v 1"}}));
  BOOST_TEST((facts.value->capabilities == std::vector<std::string>{"scan"}));
  BOOST_TEST(facts.value->has_store);
  for (const auto* wrong : {"{}", R"({"name":5})", R"({"name":"a","capabilities":[1]})",
                            R"({"name":"a","s3Configured":"yes"})", R"({"name":"a","scannerVersions":[]})"})
    BOOST_TEST(!read(harborguard::read_registration, wrong).value, wrong);
}

BOOST_AUTO_TEST_CASE(beats_are_read) {
  const auto beat = read(harborguard::read_beat,
                         R"({"agentId":"ag_1","status":"scanning","activeScans":1,"uptimeSeconds":30})");
  BOOST_REQUIRE(beat.value);
  BOOST_TEST(beat.value->sensor == "ag_1");
  BOOST_TEST(beat.value->scanning);
  BOOST_TEST(beat.value->active_scans == 1u);
  BOOST_TEST(*beat.value->report.uptime_milliseconds == 30'000);
  BOOST_TEST(read(harborguard::read_beat, "{}").problem == "$.agentId: is missing");
}

BOOST_AUTO_TEST_CASE(an_offer_has_both_lists_always) {
  BOOST_TEST(harborguard::write_offer({}) == R"({"jobs":[],"cancelJobs":[]})");
  scan_job job;
  job.id = scan_id{7};
  job.image = "app:1";
  job.created_at = utc_time{std::chrono::milliseconds{1'700'000'000'000}};
  job.scanners = {"trivy", "syft"};
  BOOST_TEST(harborguard::write_offer({job, {scan_id{3}}})
             == R"({"jobs":[{"id":"job-7","type":"SCAN","createdAt":"2023-11-14T22:13:20.000Z",)"
                R"("scan":{"imageRef":"app:1","source":"docker","scanners":["trivy","syft"]}}],)"
                R"("cancelJobs":["job-3"]})");
}

BOOST_AUTO_TEST_CASE(ends_are_read) {
  const auto failed = read(harborguard::read_status, R"({"status":"failed","error":"line\nbreak"})");
  BOOST_REQUIRE(failed.value);
  BOOST_TEST((failed.value->status == scan_status::failed));
  BOOST_TEST(failed.value->error == "line\nbreak");
  BOOST_TEST(read(harborguard::read_status, R"({"status":"done"})").problem
             == "$.status: must be completed, failed or cancelled");
}

BOOST_AUTO_TEST_CASE(a_result_is_counted_and_its_gravest_findings_come_first) {
  const auto result = read(
    harborguard::read_result,
    R"({"scan":{"id":"job-1","status":"SUCCESS"},"image":{"ref":"app:1"},"findings":{"vulnerabilities":[)"
    R"({"cveId":"a","severity":"LOW","packageName":"p","description":"left out"},)"
    R"({"cveId":"b","severity":"CRITICAL","cvssScore":9.8}],"packages":[{},{},{}]},"aggregates":{"riskScore":48}})");
  BOOST_REQUIRE(result.value);
  const auto& summary = result.value->summary;
  BOOST_TEST(summary.critical == 1u);
  BOOST_TEST(summary.low == 1u);
  BOOST_TEST(summary.packages == 3u);
  BOOST_TEST(summary.risk_score == 48u);
  const auto& findings = *result.value->findings;
  BOOST_TEST(findings.find(R"({"cveId":"b","severity":"CRITICAL","cvssScore":9.8})") != std::string::npos);
  BOOST_TEST(findings.find("\"b\"") < findings.find("\"a\""));
  BOOST_TEST(findings.find("left out") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_result_may_name_its_sensor) {
  const auto result =
    read(harborguard::read_result,
         R"({"sensor":{"id":"ag_1","version":"0.1.0"},"scan":{"id":"one-off","status":"SUCCESS"}})");
  BOOST_REQUIRE(result.value);
  BOOST_TEST(result.value->sender == "ag_1");
  BOOST_TEST(result.value->scan == "one-off");
}

BOOST_AUTO_TEST_CASE(of_many_findings_the_first_are_kept_and_all_are_counted) {
  const auto result = read(harborguard::read_result,
                           R"({"scan":{"id":"job-1","status":"PARTIAL"},"findings":{"vulnerabilities":)"
                             + list_of(5'001, R"({"cveId":"c","severity":"HIGH"})") + "}}");
  BOOST_REQUIRE(result.value);
  BOOST_TEST(result.value->summary.high == 5'001u);
  size_t kept = 0;
  for (size_t at = 0; (at = result.value->findings->find("cveId", at)) != std::string::npos; ++at) ++kept;
  BOOST_TEST(kept == 5'000u);
}

BOOST_AUTO_TEST_CASE(what_is_no_result_is_refused_with_its_place) {
  const auto problem = [](const std::string& text) { return read(harborguard::read_result, text).problem; };
  BOOST_TEST(problem("{}") == "$.scan: is missing");
  BOOST_TEST(problem(R"({"scan":{"id":"job-1","status":"OK"}})")
             == "$.scan.status: must be SUCCESS, PARTIAL or FAILED");
  BOOST_TEST(problem(R"({"scan":{"id":"job-1","status":"FAILED"},"aggregates":{"riskScore":101}})") != "");
}

BOOST_AUTO_TEST_SUITE_END()
