// What the coordinator goes on from after a restart.
#pragma once

#include "messages/scan_work.hpp"

#include <set>

namespace muster {

struct restored_sensors {
  std::vector<sensor_key> keys;
  std::vector<scan_registry> registries;
  std::vector<sensor_record> sensors;
  std::vector<scan_job> scans;
  std::vector<scan_schedule> schedules;
  std::set<agent_id> alive;  // of the sensors' agents
  std::map<agent_id, utc_time> heard;
  std::vector<agent_id> strangers;  // agents that are no sensor's: their manager was killed as they came
};

}  // namespace muster
