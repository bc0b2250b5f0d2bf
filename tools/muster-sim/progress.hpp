// What one sees while a run goes on: on a terminal one line that is rewritten each second, else a line each
// five.
#pragma once

#include "tools/muster-sim/conductor.hpp"

#include <chrono>
#include <string>

namespace muster::sim {

// How an event loop, or all of them, did in the last second.
struct reading {
  uint32_t agents = 0;
  pulse last;
  std::chrono::nanoseconds span{0};  // that `last` counts
  size_t under_way = 0;

  void merge(const reading& other);
};

// "12 s  10000/10000 registered  333.0 beats/s  p50 0.41 ms  p99 1.20 ms  0 errors  3 in flight  0.1 ms
// behind"
std::string progress_line(const reading& of, std::chrono::nanoseconds elapsed);

class progress {
 public:
  // Where it is shown: standard error.
  explicit progress(time_point start);

  // Once a second.
  void show(const reading& of, time_point now);
  // Clears or ends the line, so that the report starts on its own.
  void end();

 private:
  time_point start_;
  bool terminal_;
  int calls_ = 0;
};

}  // namespace muster::sim
