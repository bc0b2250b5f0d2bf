// The event streams that agents hold open, each on a connection of its own, for one event loop. Streams are
// opened as fast as the listener's queue takes them, cut when their life is over, and opened again when they
// were lost. Used by one thread.
#pragma once

#include "tools/muster-sim/conductor.hpp"
#include "tools/muster-sim/connection.hpp"
#include "tools/muster-sim/target.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <queue>
#include <unordered_map>
#include <vector>

namespace muster::sim {

class stream_pool final : public stream_keeper {
 public:
  // Throws std::system_error if the system has no epoll instance left. `sources` as those of connections.
  stream_pool(const endpoint& to, uint32_t sources, uint64_t seed);
  ~stream_pool();
  stream_pool(const stream_pool&) = delete;
  stream_pool& operator=(const stream_pool&) = delete;

  void set_audience(conductor& audience) { audience_ = &audience; }
  int descriptor() const { return epoll_; }  // can be read when `handle` has work
  size_t open_streams() const { return open_; }

  void open(uint32_t agent, time_point at, std::chrono::milliseconds life) override;
  void close(uint32_t agent) override;

  void handle(time_point now);
  // A few times a second: opens what waits, cuts what is over.
  void pump(time_point now);

 private:
  enum class state : uint8_t { dialing, asked, open };
  struct stream {
    int socket = -1;
    state is = state::dialing;
    time_point due;    // when it was to be opened
    time_point since;  // when it was dialed
    std::chrono::milliseconds life{0};
    std::string head;  // of the answer, until it is complete
    std::string last_event;
    event_reader reader;
  };
  struct turn {
    time_point at;
    uint32_t agent;
    bool operator>(const turn& other) const { return at > other.at; }
  };

  void dial_one(uint32_t agent, time_point now);
  void ask(uint32_t agent, stream& which, time_point now);
  void receive(uint32_t agent, stream& which, time_point now);
  // What is behind the head; nothing if the answer is none that opens a stream.
  bool take_head(uint32_t agent, stream& which, std::string_view& bytes, time_point now);
  void lose(uint32_t agent, unsigned status, failure why, time_point now);
  void drop(stream& which);

  endpoint to_;
  uint32_t sources_;
  random_stream random_;
  int epoll_;
  conductor* audience_ = nullptr;
  std::unordered_map<uint32_t, stream> streams_;  // of those that want one, open or not
  std::priority_queue<turn, std::vector<turn>, std::greater<>> to_open_, to_cut_;
  size_t dialing_ = 0;
  size_t open_ = 0;
};

}  // namespace muster::sim
