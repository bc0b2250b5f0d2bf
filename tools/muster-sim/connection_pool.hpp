// The connections that all agents of one event loop share, on one epoll instance. Requests wait here for a
// free one; connections that were lost are dialed again, one at a time while the manager is down. Used by one
// thread.
#pragma once

#include "tools/muster-sim/connection.hpp"
#include "tools/muster-sim/random.hpp"
#include "tools/muster-sim/target.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

namespace muster::sim {

// As long as a real agent waits.
constexpr std::chrono::seconds patience{10};

struct pool_options {
  endpoint to;
  uint32_t connections = 1;
  uint32_t depth = 1;         // requests under way on one
  uint32_t sources = 0;       // loopback addresses to connect from; 0: the system chooses
  uint32_t first_source = 0;  // where among them to begin
  bool own_lines = false;     // agent n has connection n % connections to itself, else any may carry it
};

class connection_pool {
 public:
  // Throws std::system_error if the system has no epoll instance left.
  connection_pool(const pool_options& wanted, traffic& with);
  ~connection_pool();
  connection_pool(const connection_pool&) = delete;
  connection_pool& operator=(const connection_pool&) = delete;

  // False while every attempt to connect fails.
  bool reachable() const { return open_ > 0 || !troubled_; }

  // Takes a request for the next pump.
  void submit(const request& what) { queue_.push_back(what); }
  // Dials, hands waiting requests to free connections and sends. While nothing is reachable, they fail at
  // once.
  void pump(time_point now);
  // Waits for the sockets, but only until then, and handles what they bring.
  void wait(time_point until);
  // Calls `handle` from `wait` whenever that descriptor can be read.
  void attach(int descriptor, std::function<void()> handle);
  // A few times a second: ends what took too long.
  void sweep(time_point now);

  size_t under_way() const { return queue_.size() + in_flight_; }
  // For how long the oldest request has been waiting for a connection.
  std::chrono::nanoseconds backlog(time_point now) const;

 private:
  struct slot {
    explicit slot(uint32_t depth) : wire(depth) {}
    connection wire;
    bool ready = false;        // in ready_
    bool touched = false;      // in touched_
    bool watched_out = false;  // epoll tells when it can be written
  };

  void dial_some(time_point now);
  bool dial_one(uint32_t index, time_point now);
  void assign(time_point now);
  void assign_own(time_point now);
  void give(uint32_t index, time_point now);
  void flush(uint32_t index);
  void watch(uint32_t index, bool out, bool first = false);
  void handle(uint32_t index, uint32_t events);
  void lose(uint32_t index, failure why, time_point now);
  void note_trouble(failure why, time_point now);
  void offer(uint32_t index);
  void fail_queue();

  pool_options wanted_;
  traffic& with_;
  int epoll_;
  std::vector<char> scratch_;
  std::deque<slot> slots_;
  std::deque<request> queue_;
  std::deque<uint32_t> ready_;     // with room for a request, the least recently used first
  std::vector<uint32_t> touched_;  // to be flushed
  std::vector<uint32_t> closed_;
  size_t open_ = 0;
  size_t dialing_ = 0;
  size_t in_flight_ = 0;

  bool troubled_ = false;  // the last attempt to connect came to nothing
  failure trouble_ = failure::refused;
  time_point dial_at_;  // not before
  std::chrono::milliseconds dial_pause_{0};
  random_stream random_;
  std::function<void()> attached_;
};

}  // namespace muster::sim
