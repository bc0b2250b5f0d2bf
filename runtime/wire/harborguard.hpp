// The HarborGuard dialect: what its sensors say and read.
#pragma once

#include "messages/agents.hpp"
#include "messages/scan_work.hpp"
#include "runtime/wire/reading.hpp"

namespace muster::harborguard {

// POST /api/agent/register
reading<sensor_facts> read_registration(json::element body);
std::string write_registered(const std::string& id);  // {"agentId"}

// POST /api/agent/heartbeat
struct beat {
  std::string sensor;
  bool scanning = false;
  uint32_t active_scans = 0;
  heartbeat_report report;
};
reading<beat> read_beat(json::element body);

// GET /api/agent/jobs: always with an array of jobs, since sensors ask a second time for null.
std::string write_offer(const scan_offer& offer);

// POST /api/agent/jobs/{id}/status
struct job_end {
  scan_status status = scan_status::completed;
  std::string error;
};
reading<job_end> read_status(json::element body);

// POST /api/scans/upload. Of its findings are kept those that people look at: vulnerabilities,
// the gravest first and 5,000 at most, compliance and efficiency, 1,000 each. Packages are counted.
reading<store_result> read_result(json::element body);
std::string write_stored(const result_stored& stored);

std::string write_error(std::string_view detail);  // {"error"}

}  // namespace muster::harborguard
