// Flags into a scenario.
#include "tools/muster-sim/run_plan.hpp"

namespace muster::sim {

run_plan plan_of(const options& wanted) {
  run_plan out;
  out.what.seed = wanted.seed;
  fleet_part everyone;
  everyone.agents = wanted.agents;
  everyone.beat = wanted.interval;
  everyone.prefix = wanted.hostname_prefix;
  out.what.fleet.push_back(everyone);
  out.what.duration = wanted.duration;
  out.what.register_rate = wanted.register_rate;
  out.what.connections = wanted.connections;
  out.what.pipeline = wanted.pipeline;
  out.what.threads = wanted.threads;
  out.what.source_addresses = wanted.source_addresses;
  out.what.events_per_second = wanted.events_per_second;
  out.what.deregister = wanted.deregister;
  out.where = wanted.where;
  out.path_prefix = wanted.path_prefix();
  out.enrol_token = wanted.enrol_token;
  out.reregister = wanted.reregister;
  return out;
}

}  // namespace muster::sim
