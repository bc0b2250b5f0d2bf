// Notices as a fleet would make them.
#pragma once

#include "messages/notifications.hpp"
#include "tests/actors/fakes.hpp"

namespace muster::test {

inline notice lost(const std::string& host, const std::string& tenant = "t") {
  notice out;
  out.event = notice_event::agent_lost;
  out.severity = notice_severity::high;
  out.stage = notice_stage::opens;
  out.tenant = tenant;
  out.labels = {{"env", "prod"}};
  out.title = "Agent lost connection: " + host;
  out.text = "No heartbeat from " + host + ".";
  out.subject = "ag-" + host;
  out.path = "/agents/" + host;
  out.key = "agent/" + host;
  out.at = noon;
  return out;
}

inline notice recovered(const std::string& host, const std::string& tenant = "t") {
  auto out = lost(host, tenant);
  out.event = notice_event::agent_recovered;
  out.severity = notice_severity::info;
  out.stage = notice_stage::resolves;
  out.title = "Agent recovered: " + host;
  out.text = host + " is heard again.";
  return out;
}

inline notice failed_job(const std::string& job) {
  notice out;
  out.event = notice_event::job_failed;
  out.severity = notice_severity::medium;
  out.tenant = "t";
  out.title = "Job failed: " + job;
  out.text = job + " failed.";
  out.subject = job;
  out.at = noon;
  return out;
}

inline notice_route route_to(std::vector<std::string> channels) {
  notice_route out;
  out.channels = std::move(channels);
  return out;
}

}  // namespace muster::test
