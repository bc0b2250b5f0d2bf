// Clients that no manager wants: slow ones send a few bytes a second of a request and never end it, broken
// ones send what is no HTTP or hang up within a request. A thread of its own keeps as many of them as the
// scenario says, apart from the fleet's connections.
#pragma once

#include "tools/muster-sim/run_board.hpp"
#include "tools/muster-sim/scenario.hpp"
#include "tools/muster-sim/target.hpp"

#include <thread>
#include <vector>

namespace muster::sim {

class rude_clients {
 public:
  rude_clients(const scenario& of, const run_board& board, const endpoint& to);

 private:
  struct client {
    int socket = -1;
    bool slow = false;
    size_t sent = 0;
  };
  void work(const std::stop_token& stop);
  void begin_steps(time_point now);
  void turn(client& which, uint32_t number);
  void begin(client& which);

  const scenario& of_;
  const run_board& board_;
  endpoint to_;
  size_t next_step_ = 0;
  std::vector<client> clients_;
  std::jthread worker_;
};

}  // namespace muster::sim
