// A whole run: event loops on threads, signals, progress and report.
#pragma once

#include "tools/muster-sim/operator_client.hpp"
#include "tools/muster-sim/options.hpp"
#include "tools/muster-sim/run_plan.hpp"

#include <optional>
#include <string>

namespace muster::sim {

// Both return the exit status. They block SIGINT and SIGTERM and take them themselves, so no other thread may
// run yet.

// A run that is given by flags.
int simulate(const options& wanted);

struct scenario_run {
  run_plan plan;
  operator_address manager;
  bool json = false;
  std::string report_file;  // "": none
  std::string html_file;    // "": none
};
int simulate(scenario_run wanted);

}  // namespace muster::sim
