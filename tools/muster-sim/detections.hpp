// What the comparison of the manager's words with the truth found.
#pragma once

#include "tools/muster-sim/beat_record.hpp"
#include "tools/muster-sim/latency_histogram.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace muster::sim {

// An agent of which the manager said something wrong, late, or nothing.
struct offence {
  uint32_t agent = 0;
  std::string host;
  run_time heard = 0;
  run_time said = 0;   // 0: it did not
  uint64_t by_ms = 0;  // too early, too late, or overdue
};

// All are counted, the first of them named.
struct offences {
  static constexpr size_t named = 100;
  uint64_t count = 0;
  std::vector<offence> first;

  void add(offence one) {
    ++count;
    if (first.size() < named) first.push_back(std::move(one));
  }
};

// Delays of words, for figures and for a plot.
struct delays {
  static constexpr std::array<run_time, 13> bounds{1,   2,   5,     10,    20,    50,    100,
                                                   200, 500, 1'000, 2'000, 5'000, 10'000};  // milliseconds
  latency_histogram all;
  std::array<uint64_t, bounds.size() + 1> buckets{};  // up to and with each bound, and above the last

  void add(run_time delay) {
    all.record(std::chrono::milliseconds{delay});
    size_t i = 0;
    while (i < bounds.size() && delay > bounds[i]) ++i;
    ++buckets[i];
  }
};

// How the fleet should be seen.
struct fleet_truth {
  uint64_t online = 0;
  uint64_t stale = 0;
  uint64_t offline = 0;
};

struct detections {
  offences false_stale;
  offences late_stale;
  offences missed_stale;
  delays stale;                // from the threshold to the word `stale`, or `offline` where that comes first
  delays offline;              // the same for `offline` after `stale`
  delays back;                 // from the first beat of an agent that was silent to the word `online`
  uint64_t words = 0;          // that the manager said of this fleet
  uint64_t strangers = 0;      // words of agents that are none of ours
  uint64_t unjudged = 0;       // words of agents of whose hearing too little is known
  uint64_t unheard = 0;        // silences that ended while the news were interrupted
  uint64_t wide = 0;           // words whose agent was heard at a time known to no better than 100 ms
  uint64_t not_back = 0;       // agents held to be silent that were heard again, at the last look
  uint64_t interruptions = 0;  // of the news
  uint64_t restarts = 0;       // of the manager
  uint64_t deaf_ms = 0;        // in which the manager says it could not listen
  run_time status_lag_ms = 0;  // the largest by which its status was behind the truth
  fleet_truth states;          // at the last look
};

}  // namespace muster::sim
