// What happened in a run, counted. One per event loop; merged at the end.
#pragma once

#include "tools/muster-sim/latency_histogram.hpp"
#include "tools/muster-sim/request.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>

namespace muster::sim {

struct kind_tally {
  uint64_t sent = 0;  // whose turn came, also if no connection took them
  uint64_t ok = 0;
  uint64_t errors = 0;
  uint64_t excused = 0;       // turned away for a while, or failed while the manager restarted
  double per_second = 0;      // answered well; known at the end
  latency_histogram latency;  // of what was answered well

  uint64_t unanswered() const { return sent - ok - errors - excused; }
  void merge(const kind_tally& other);
};

struct tally {
  std::array<kind_tally, request_kinds> kinds;
  uint64_t newcomers = 0;    // registrations of agents that the manager had not known
  uint64_t reconnected = 0;  // and of those it had
  uint64_t given_up = 0;     // agents that may not register
  std::array<uint64_t, failures> failed{};
  std::array<uint64_t, 600> refusals{};  // by HTTP status
  uint64_t turned_away = 0;              // asked to come again later, and did
  uint64_t during_restart = 0;           // failures while the scenario restarted the manager
  latency_histogram policy;              // from a revision's push until an agent has it
  std::chrono::nanoseconds latest{0};    // by how much a heartbeat went out too late
  std::string first_refusal;  // status and text of the first registration that was refused for good

  kind_tally& operator[](request_kind kind) { return kinds[static_cast<size_t>(kind)]; }
  const kind_tally& operator[](request_kind kind) const { return kinds[static_cast<size_t>(kind)]; }
  uint64_t errors() const;
  std::map<std::string, uint64_t> errors_by_kind() const;  // "http_401", "refused", ...; without zeros
  void merge(const tally& other);
};

}  // namespace muster::sim
