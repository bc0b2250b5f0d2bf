// What one sees while a run goes on: on a terminal a few lines that are rewritten each second, else one JSON
// object a line.
#pragma once

#include "tools/muster-sim/conductor.hpp"
#include "tools/muster-sim/timeline.hpp"

#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

namespace muster::sim {

// How an event loop, or all of them, did in the last second.
struct reading {
  uint32_t agents = 0;
  pulse last;
  std::chrono::nanoseconds span{0};  // that `last` counts
  size_t under_way = 0;
  size_t streams = 0;   // open
  bool is_over = true;  // only departures may follow

  void merge(const reading& other);
};

// What a reading tells of the second since the one before; the rest comes from whoever knows more.
sample sample_of(const reading& of, const reading& before, std::chrono::nanoseconds elapsed);

// Bytes that put `lines` where `before` lines stand, and what is below.
std::string rewritten(const std::vector<std::string>& lines, size_t before);

class progress {
 public:
  // Where it is shown: standard error.
  progress();

  // Once a second.
  void show(const sample& of, uint32_t agents, const mark* last = nullptr);
  // What is shown from now on stands below.
  void end();

 private:
  bool terminal_;
  size_t shown_ = 0;  // lines
};

}  // namespace muster::sim
