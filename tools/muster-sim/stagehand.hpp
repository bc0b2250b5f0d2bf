// Does what operators do in a scenario: lets sensors and nodes in, writes policy, restarts the manager; on a
// thread of its own, since the operator listener is asked one thing after the other.
#pragma once

#include "tools/muster-sim/operator_client.hpp"
#include "tools/muster-sim/run_board.hpp"
#include "tools/muster-sim/run_plan.hpp"

#include <atomic>
#include <mutex>
#include <string>
#include <thread>

namespace muster::sim {

// Makes the keys and tokens that the fleet needs. Says what went wrong, or nothing.
std::string let_in(run_plan& plan, operator_client& manager);

class stagehand {
 public:
  stagehand(const run_plan& plan, run_board& board, const endpoint& fleet, operator_address manager);

  // What could not be done, or nothing. From any thread.
  std::string problem() const;

 private:
  void work(const std::stop_token& stop);
  std::string act(const step& what, size_t number, const std::stop_token& stop);
  std::string push_policy(size_t number);
  std::string restart_manager(const std::stop_token& stop);
  bool wait_until(const std::stop_token& stop, time_point until) const;

  const run_plan& plan_;
  run_board& board_;
  endpoint fleet_;
  operator_client manager_;
  mutable std::mutex mutex_;
  std::string problem_;
  std::jthread worker_;
};

}  // namespace muster::sim
