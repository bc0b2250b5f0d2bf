// One event loop with its share of agents and connections. Runs on a thread of its own; others may only read
// its pulse and ask it to stop.
#pragma once

#include "tools/muster-sim/conductor.hpp"
#include "tools/muster-sim/connection_pool.hpp"
#include "tools/muster-sim/progress.hpp"
#include "tools/muster-sim/stream_pool.hpp"

#include <atomic>
#include <mutex>

namespace muster::sim {

class engine {
 public:
  engine(const run_plan& plan, const endpoint& to, share part, run_board& board, uint64_t run);

  void run();

  // From any thread. The second call ends the run at once, also where agents are being deregistered.
  void stop() { ++stops_asked_; }
  bool finished() const { return finished_; }
  reading last_reading() const;

  // After `run` returned.
  const conductor& conducted() const { return conductor_; }

 private:
  void keep_house(time_point now);
  void publish(time_point now);

  stream_pool streams_;
  conductor conductor_;
  connection_pool pool_;
  time_point next_housekeeping_;
  time_point published_at_;
  int stops_taken_ = 0;
  std::atomic<int> stops_asked_ = 0;
  std::atomic<bool> finished_ = false;
  mutable std::mutex mutex_;
  reading last_;
};

}  // namespace muster::sim
