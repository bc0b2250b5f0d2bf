// One connection. Requests are handled one after the other, so pipelined answers
// keep their order; answers gather in one buffer and leave with one write.
#pragma once

#include "runtime/http/request_parser.hpp"
#include "runtime/http/stream_queue.hpp"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/intrusive/list.hpp>

#include <atomic>
#include <functional>

namespace muster::http {

// All counted in sweeps, which come once a second.
struct session_limits {
  parser_limits parser;
  uint32_t header_seconds = 10;  // from the first byte of a request to the end of its head
  uint32_t body_seconds = 30;    // from there to the end of its body
  uint32_t idle_seconds = 90;    // between requests, and for a peer that does not read
  uint32_t answer_seconds = 10;  // for an actor to answer
  size_t in_flight = 4096;       // requests of this loop that wait for an answer
};

// Plain counts of one loop, read by its metrics.
struct session_counts {
  uint64_t requests = 0;
  uint64_t pipelined = 0;
  uint64_t unanswered = 0;             // 503 since no answer came in time
  uint64_t timed_out = 0;              // 408
  uint64_t overloaded = 0;             // 503 since too many waited
  std::array<uint64_t, 6> by_class{};  // answers, index is status / 100
  size_t streams = 0;                  // open now
};

class session;
using session_hook =
  boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;
using session_list = boost::intrusive::list<session, boost::intrusive::constant_time_size<false>>;

// Sessions of one loop whose answers leave together, at the end of this turn.
struct flush_round {
  std::vector<std::shared_ptr<session>> due;
  std::vector<std::shared_ptr<session>> under_way;
};

// What all sessions of one listener on one loop share.
struct session_environment {
  service& serves;
  const session_limits& limits;
  body_budget& budget;
  session_counts& counts;
  session_list& open;
  std::atomic<size_t>& total_connections;  // of the listener on all loops
  size_t& connections;                     // of the listener on this loop
  size_t& waiting;                         // requests of the loop without an answer yet
  const uint32_t& second;                  // sweeps so far
  const std::string& date;                 // value of the Date field now
  flush_round& flushes;
  std::function<void()> run_woken;  // lets actors run that a request has woken
};

class session final : public exchange, public session_hook, public std::enable_shared_from_this<session> {
 public:
  // Of the loop's own executor: one that may be any costs 5 % of a heartbeat.
  using executor = boost::asio::io_context::executor_type;
  using socket = boost::asio::basic_stream_socket<boost::asio::generic::stream_protocol, executor>;

  session(socket connected, session_environment& environment, std::string peer, bool trusted_peer);
  ~session() override;

  void start();
  void answer(uint32_t number, response&& with) override;
  void park(uint32_t number, uint32_t seconds) override;

  // Sends the answers that have gathered.
  static void flush_all(flush_round& round);

  // Looks at the clock: answers for whom none came, drops who is too slow.
  void sweep();
  // The manager stops: what is under way is answered, then the connection ends.
  void finish();
  void close();

  // What a stream's sending end does, see http::stream.
  bool send(std::shared_ptr<const std::string> bytes);
  size_t backlog() const { return writing_.size() + queue_.bytes(); }
  bool takes_more() const { return state_ == state::streaming && !close_after_write_; }
  void end_stream();

  // A request waits for its answer, or an answer is not out yet. Streams and parked
  // requests do not count: they might never be done.
  bool answering() const {
    return (state_ == state::waiting && parked_seconds_ == 0)
           || (state_ != state::streaming && (!out_.empty() || !writing_.empty()));
  }
  // A request has begun to arrive.
  bool receiving() const { return parser_ && (state_ == state::head || state_ == state::body); }
  bool idle() const { return state_ == state::head && in_.size() == 0 && out_.empty() && writing_.empty(); }

 private:
  enum class state : uint8_t { head, body, waiting, streaming, draining, closed };

  void read();
  void process();
  bool parse();  // false when more input is needed or the connection ends
  bool parse_head();
  bool parse_body();
  void skip_empty_lines();
  void begin_request();
  void refuse(response&& with);
  void fail(unsigned status, std::string_view detail);
  void write_head(const response& with, bool keep_alive);
  void append_answer(response&& with);
  void flush_soon();
  void flush();
  void write_rest();
  void enter(state next);
  void drain();
  void discard();
  void open_stream(response with);
  bool pull();
  void give_memory_back();
  void write_stream();

  socket socket_;
  session_environment& env_;
  boost::beast::flat_buffer in_;
  std::string out_;      // gathers answers
  std::string writing_;  // under way
  stream_queue queue_;   // goes out behind them, once the answer is a stream
  std::unique_ptr<std::function<std::shared_ptr<const std::string>()>> pulls_;  // what goes out behind that
  std::optional<request_parser> parser_;
  request request_;
  uint32_t number_ = 0;          // of the request under way
  size_t drained_ = 0;           // bytes after the last answer
  uint32_t since_ = 0;           // the second in which this state began
  uint32_t parked_seconds_ = 0;  // that a parked request may wait; 0 for one that is not
  state state_ = state::head;
  bool processing_ = false;
  bool reading_ = false;
  bool close_after_write_ = false;
  bool finishing_ = false;
  bool flush_due_ = false;
  bool awaiting_room_ = false;  // the kernel has taken all it could of queue_
};

}  // namespace muster::http
