// Writes what a HarborGuard sensor sends. Sensors show a key that several of them share.
#pragma once

#include "tools/muster-sim/prepared_head.hpp"
#include "tools/muster-sim/request_writer.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace muster::sim {

class sensor_writer {
 public:
  // Of the fleet's agent number n the key is keys[n % size].
  sensor_writer(std::string_view authority, std::string_view path_prefix,
                const std::vector<std::string>& keys);

  void registration(std::string& out, uint32_t number, const simulated_host& host) const;
  void heartbeat(std::string& out, uint32_t number, uint64_t id, std::chrono::milliseconds uptime) const;
  void poll(std::string& out, uint32_t number, uint64_t id) const;
  // What the scan of a job found: nothing. Then that the job is done.
  void result(std::string& out, uint32_t number, uint64_t job, std::string_view image) const;
  void status(std::string& out, uint32_t number, uint64_t job) const;

 private:
  std::string_view credential_of(uint32_t number) const { return keys_[number % keys_.size()]; }

  std::string registration_head_;
  std::string heartbeat_head_;
  head_with_id poll_head_;
  std::string result_head_;
  std::string job_head_;
  std::string host_line_;
  std::vector<std::string> keys_;  // as a line of a head
};

}  // namespace muster::sim
