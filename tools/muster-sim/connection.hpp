// One keep-alive connection. Requests go out in order and answers come back in that order, so the first one
// under way is the one that an answer belongs to.
#pragma once

#include "tools/muster-sim/request.hpp"

#include <boost/circular_buffer.hpp>

#include <optional>
#include <span>
#include <string>

namespace muster::sim {

// What a socket's error number means to a request.
failure failure_of(int error);

class connection {
 public:
  enum class state : uint8_t { closed, dialing, open };

  explicit connection(uint32_t depth) : under_way_(depth) {}
  connection(connection&& other) = delete;
  ~connection() { close(); }

  // Takes over a socket that is being connected.
  void begin(int socket, time_point now);
  // The socket says that connecting came to an end.
  std::optional<failure> establish();
  void close();

  state status() const { return state_; }
  int socket() const { return socket_; }
  bool has_room() const { return state_ == state::open && !under_way_.full(); }
  size_t under_way() const { return under_way_.size(); }
  bool has_answered() const { return answered_; }
  bool has_unsent() const { return !out_.empty(); }
  time_point begun_at() const { return begun_at_; }

  // A request for the next flush. There must be room.
  void add(const request& what, time_point now, traffic& from);
  // Sends what it can. What remains waits for the socket.
  std::optional<failure> flush();
  // Reads once and hands on the answers. On a failure, also the peer's orderly end, the connection is of no
  // more use.
  std::optional<failure> receive(std::span<char> scratch, traffic& to);

  // Whether the oldest request, or the dialing, is older than that.
  bool is_older(time_point limit) const;
  // Tells all that are under way; a bad answer only spoils the first of them.
  void fail_all(failure why, traffic& to);

 private:
  struct flight {
    request what;
    time_point sent_at;
  };

  std::optional<failure> take_answers(std::string_view bytes, traffic& to);

  int socket_ = -1;
  state state_ = state::closed;
  bool answered_ = false;
  time_point begun_at_;
  boost::circular_buffer<flight> under_way_;
  std::string in_;  // the first part of an answer
  std::string out_;
  size_t sent_ = 0;  // bytes of out_
};

}  // namespace muster::sim
