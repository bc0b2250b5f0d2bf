// The manager's metrics as Prometheus reads them.
#pragma once

#include "messages/channels.hpp"
#include "messages/correlation.hpp"
#include "messages/policy_control.hpp"
#include "messages/queries.hpp"
#include "runtime/ingress/ingress.hpp"

namespace muster {

struct metrics_snapshot {
  fleet_counts fleet;
  std::vector<ingress_counts> loops;  // up to a second old
  uint64_t store_bytes = 0;
  uint64_t store_limit = 0;
  correlation_counts correlation = {};
  policy_counts policy = {};
  notification_counts notifications = {};
};

// Prometheus text format 0.0.4. Names and units are in docs/operations.md.
std::string write_metrics(const metrics_snapshot& from);

}  // namespace muster
