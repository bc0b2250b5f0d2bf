// What one run is asked to do, read from the command line.
#pragma once

#include "tools/muster-sim/target.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>

namespace muster::sim {

using namespace std::chrono_literals;

struct options {
  uint32_t agents = 0;
  std::chrono::milliseconds interval = 30s;
  std::chrono::milliseconds duration{0};  // after all are registered; 0: until stopped
  target where;
  uint32_t connections = 64;
  uint32_t pipeline = 1;  // requests under way on one connection
  uint32_t threads = 1;
  double register_rate = 2'000;  // a second
  double events_per_second = 0;
  std::string hostname_prefix = "sim";
  uint64_t seed = 1;
  std::string enrol_token;        // "": none
  std::string path_secret;        // "": none
  uint32_t source_addresses = 0;  // 0: the system chooses
  bool json = false;
  bool deregister = false;
  bool reregister = false;
  bool expect_no_errors = false;

  std::string path_prefix() const;  // of every route
};

// The run is not wanted, or not understood.
struct goodbye {
  int status = 0;  // for the shell; then `text` belongs on standard output, else on standard error
  std::string text;
};

std::variant<options, goodbye> parse_options(int argc, const char* const* argv);

}  // namespace muster::sim
