// Bodies as real sensors send them.
#include "tools/muster-sim/sensor_writer.hpp"

#include <fmt/format.h>

namespace muster::sim {

sensor_writer::sensor_writer(std::string_view authority, std::string_view path_prefix,
                             const std::vector<std::string>& keys)
  : host_line_(fmt::format(" HTTP/1.1\r\nHost: {}\r\n", authority)) {
  auto head = [&](std::string_view path) {
    return fmt::format("POST {}/api/{}{}", path_prefix, path, host_line_);
  };
  registration_head_ = head("agent/register");
  heartbeat_head_ = head("agent/heartbeat");
  result_head_ = head("scans/upload");
  poll_head_ = {fmt::format("GET {}/api/agent/jobs?agentId=", path_prefix), host_line_};
  job_head_ = fmt::format("POST {}/api/agent/jobs/job-", path_prefix);
  for (const auto& key : keys) keys_.push_back(fmt::format("Authorization: Bearer {}\r\n", key));
}

void sensor_writer::registration(std::string& out, uint32_t number, const simulated_host& host) const {
  out.append(registration_head_).append(credential_of(number)).append(json_head);
  append_body(out,
              fmt::format(R"({{"name":"{0}","hostname":"{0}","version":"0.1.0","os":"linux","arch":"{1}",)"
                          R"("scannerVersions":{{}},"capabilities":["scan"],"s3Configured":false}})",
                          host.hostname, host.arch == "x64" ? "amd64" : host.arch));
}

void sensor_writer::heartbeat(std::string& out, uint32_t number, uint64_t id,
                              std::chrono::milliseconds uptime) const {
  out.append(heartbeat_head_).append(credential_of(number)).append(json_head);
  append_body(
    out, fmt::format(R"({{"agentId":"ag-{:016x}","status":"idle","activeScans":0,"uptimeSeconds":{}}})", id,
                     uptime.count() / 1000));
}

void sensor_writer::poll(std::string& out, uint32_t number, uint64_t id) const {
  poll_head_.append(out, id);
  out.append(credential_of(number)).append("\r\n");
}

void sensor_writer::result(std::string& out, uint32_t number, uint64_t job, std::string_view image) const {
  out.append(result_head_).append(credential_of(number)).append(json_head);
  append_body(
    out, fmt::format(R"({{"version":"1.0","sensor":{{"version":"0.1.0","scannerVersions":{{}}}},)"
                     R"("image":{{"ref":"{}"}},"scan":{{"id":"job-{}","status":"SUCCESS"}},)"
                     R"("findings":{{"vulnerabilities":[],"packages":[],"compliance":[],"efficiency":[]}},)"
                     R"("aggregates":{{"riskScore":0,"totalPackages":0}}}})",
                     image, job));
}

void sensor_writer::status(std::string& out, uint32_t number, uint64_t job) const {
  out.append(job_head_);
  append_number(out, job);
  out.append("/status").append(host_line_).append(credential_of(number)).append(json_head);
  append_body(out, R"({"status":"completed"})");
}

}  // namespace muster::sim
