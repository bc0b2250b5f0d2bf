// Registries, keys and sensors as HarborGuard has them.
#pragma once

#include "tests/scenarios/scenario.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

using harness::answer;
using harness::request_options;

inline const std::string result_of_job =
  R"({"version":"1.0","image":{"ref":"app:1","digest":"sha256:aa","name":"app","tag":"1"},)"
  R"("scan":{"id":"JOB","startedAt":"2026-01-01T00:00:00Z","finishedAt":"2026-01-01T00:00:02Z","status":"PARTIAL"},)"
  R"("findings":{"vulnerabilities":[{"cveId":"CVE-1","source":"trivy","severity":"LOW","packageName":"a"},)"
  R"({"cveId":"CVE-2","source":"trivy","severity":"CRITICAL","packageName":"b","cvssScore":9.8}],)"
  R"("packages":[{"name":"a","version":"1","type":"deb","source":"syft"}],"compliance":[],"efficiency":[]},)"
  R"("aggregates":{"riskScore":48,"totalPackages":1}})";

struct sensor {
  std::string id;
  std::string key;
};

struct sensor_scenario {
  explicit sensor_scenario(options with = {}) : manager(std::move(with)) {}

  static std::string text(const answer& from, unsigned status, const char* member) {
    BOOST_REQUIRE_MESSAGE(from.status == status, from.body);
    return std::string{from.json().as_object().at(member).as_string()};
  }
  std::string make_registry(const std::string& name) {
    return text(manager.operate("POST", "/operator/v1/registries", R"({"name":")" + name + "\"}"), 201, "id");
  }
  std::string make_key(const std::string& where, const std::string& more = {}) {
    return text(
      manager.operate("POST", "/operator/v1/sensor-keys", R"({"registry":")" + where + "\"" + more + "}"),
      201, "key");
  }
  answer say(const std::string& with_key, const std::string& method, const std::string& path,
             const std::string& body = {}) {
    request_options with;
    with.token = with_key;
    return manager.request(method, path, body, with);
  }
  sensor join(const std::string& with_key, const std::string& name, const std::string& host = "n1") {
    const auto joined = say(with_key, "POST", "/api/agent/register",
                            R"({"name":")" + name + R"(","hostname":")" + host
                              + R"(","version":"0.1.0","os":"linux","arch":"amd64","capabilities":["scan"],)"
                                R"("scannerVersions":{"trivy":"Version: 0.69.3"},"s3Configured":false})");
    return {text(joined, 200, "agentId"), with_key};
  }
  answer beat(const sensor& who, bool scanning = false) {
    return say(who.key, "POST", "/api/agent/heartbeat",
               R"({"agentId":")" + who.id + R"(","status":")" + (scanning ? "scanning" : "idle")
                 + R"(","activeScans":)" + (scanning ? "1" : "0") + R"(,"uptimeSeconds":30})");
  }
  answer poll(const sensor& who) { return say(who.key, "GET", "/api/agent/jobs?agentId=" + who.id); }
  // The id of the job that it gets; empty if there is none.
  std::string claim(const sensor& who) {
    const auto offer = poll(who);
    BOOST_REQUIRE_MESSAGE(offer.status == 200, offer.body);
    const auto jobs = offer.json().as_object().at("jobs").as_array();
    return jobs.empty() ? "" : std::string{jobs.at(0).as_object().at("id").as_string()};
  }
  answer upload(const std::string& with_key, const std::string& scan, const std::string& image = "app:1",
                const std::string& sender = {}) {
    auto result = result_of_job;
    result.replace(result.find("JOB"), 3, scan);
    result.replace(result.find("app:1"), 5, image);
    if (!sender.empty()) result.insert(1, R"("sensor":{"id":")" + sender + R"("},)");
    return say(with_key, "POST", "/api/scans/upload", result);
  }
  std::string scan(const std::string& where, const std::string& image, const std::string& more = {}) {
    return text(manager.operate("POST", "/operator/v1/scans",
                                R"({"registry":")" + where + R"(","image":")" + image + "\"" + more + "}"),
                201, "id");
  }
  std::string of_scan(const std::string& id, const char* member) {
    return text(manager.operate("GET", "/operator/v1/scans/" + id), 200, member);
  }
  std::string status(const sensor& who) {
    return text(manager.operate("GET", "/operator/v1/sensors/" + who.id), 200, "status");
  }
  std::string registry_status(const std::string& id) {
    return text(manager.operate("GET", "/operator/v1/registries/" + id), 200, "status");
  }
  // `who` lives, everyone else is silent.
  void pass(std::chrono::seconds time, const std::vector<sensor>& who = {}) {
    for (auto left = time; left.count() > 0; left -= 10s) {
      for (const auto& each : who) beat(each);
      manager.advance(std::min<std::chrono::seconds>(left, 10s));
    }
  }

  virtual_manager manager;
  std::string registry = make_registry("prod");
  std::string key = make_key("prod");
};
