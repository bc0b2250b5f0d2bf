// Writes any request of any simulated agent, in its dialect's words.
#pragma once

#include "tools/muster-sim/node_writer.hpp"
#include "tools/muster-sim/request.hpp"
#include "tools/muster-sim/request_writer.hpp"
#include "tools/muster-sim/run_plan.hpp"
#include "tools/muster-sim/sensor_writer.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace muster::sim {

// A scan that a sensor has got.
struct sensor_job {
  uint64_t number = 0;
  std::string image;
  bool told = false;  // the result is with the manager
};

// Who asks, and what it has to say.
struct speaker {
  const fleet_part& part;
  uint32_t number = 0;  // in the whole fleet
  credential as{};
  std::chrono::milliseconds uptime{0};
  uint32_t version = 1;             // of the policy that it has
  std::string_view clock{};         // what its own clock shows, if that is off
  const sighting* seen = nullptr;   // events
  const sensor_job* job = nullptr;  // work
  std::string_view last_event{};    // streams
};

// Whether the manager takes such a request for one.
bool is_sign_of_life(request_kind kind, dialect speaks);

class fleet_writer {
 public:
  fleet_writer(const run_plan& plan, uint64_t run);

  void write(request_kind kind, const speaker& who, std::string& out);

 private:
  void write_panguard(request_kind kind, const speaker& who, std::string& out);
  void write_sensor(request_kind kind, const speaker& who, std::string& out) const;
  void write_node(request_kind kind, const speaker& who, std::string& out) const;

  const run_plan& plan_;
  uint64_t run_;
  request_writer panguard_;
  sensor_writer sensors_;
  node_writer nodes_;
};

}  // namespace muster::sim
