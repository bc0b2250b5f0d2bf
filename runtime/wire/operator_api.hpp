// The operator API: answers of actors to JSON. docs/operations.md shows them.
#pragma once

#include "messages/queries.hpp"

#include <string>
#include <string_view>

namespace muster::operator_api {

struct status_facts {
  int process = 0;  // id
  utc_time started_at{};
  utc_time now{};
  std::string fleet_address;
  std::string operator_address;
  size_t loops = 0;
  uint64_t store_bytes = 0;
  uint64_t store_limit = 0;
};

std::string write_status(const fleet_counts& counts, const status_facts& facts);
std::string write_agents(const agent_page& page);
std::string write_agent(const agent_details& details, const agent_record& record);
std::string write_history(const change_page& page);
std::string write_audit(const audit_page& page);
std::string write_threats(const threat_page& page);
// RFC 9457.
std::string write_problem(unsigned status, std::string_view title, std::string_view detail);

}  // namespace muster::operator_api
