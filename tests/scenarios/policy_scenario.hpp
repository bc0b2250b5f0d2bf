// Three agents whose reports can make patterns, and what operators ask of policy.
#pragma once

#include "tests/scenarios/scenario.hpp"

inline std::string attack(const std::string& ip, const std::string& id = "") {
  return R"({"event":{)" + (id.empty() ? std::string{} : R"("id":")" + id + R"(",)")
         + R"("severity":"high","category":"intrusion","metadata":{"sourceIP":")" + ip
         + R"("}},"verdict":{"conclusion":"malicious","confidence":90}})";
}

struct policy_scenario {
  boost::json::object get(const std::string& target) {
    auto given = manager.operate("GET", target);
    BOOST_REQUIRE_MESSAGE(given.status == 200, target << " answered " << given.status << ": " << given.body);
    return given.json().as_object();
  }
  boost::json::array patterns(const std::string& query = "") {
    return get("/operator/v1/patterns" + query).at("patterns").as_array();
  }
  harness::answer poll(const harness::simulated_agent& agent, const std::string& query = "") {
    return manager.request("GET", "/api/policy/agent/" + to_string(agent.id()) + query, {},
                           {agent.token(), {}});
  }
  int64_t version(const harness::simulated_agent& agent) {
    return poll(agent).json().at("version").to_number<int64_t>();
  }
  int64_t write(const std::string& scope, const std::string& body) {
    auto given = manager.operate("PUT", "/operator/v1/policies/layers/" + scope, body);
    BOOST_REQUIRE_MESSAGE(given.status == 200, scope << " answered " << given.status << ": " << given.body);
    return given.json().at("revision").to_number<int64_t>();
  }
  std::vector<std::string> blocked(const harness::simulated_agent& agent) {
    std::vector<std::string> out;
    const auto body = poll(agent).json();
    for (const auto& ip : body.at("policy").at("blocklist").at("ips").as_array())
      out.emplace_back(ip.as_string());
    return out;
  }

  virtual_manager manager;
  harness::simulated_agent first = manager.enrol("web-1");
  harness::simulated_agent second = manager.enrol("web-2");
  harness::simulated_agent third = manager.enrol("web-3");
};
