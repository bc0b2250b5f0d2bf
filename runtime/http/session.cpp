// A connection's way from bytes to answers and back.
#include "runtime/http/session.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>

#include <array>
#include <cassert>
#include <charconv>

namespace muster::http {

namespace net = boost::asio;
using boost::beast::error_code;

namespace {
constexpr size_t read_step = 2048;
constexpr size_t body_step = 16 * 1024;
constexpr size_t discard_step = 4 * 1024;
constexpr size_t write_early = 64 * 1024;   // answers that do not wait for more of them
constexpr size_t drain_limit = 256 * 1024;  // of a refused body, read so that the answer arrives
constexpr size_t keep_buffer = 4 * 1024;    // a larger input buffer is given back when idle
}  // namespace

session::session(socket connected, session_environment& environment, std::string peer, bool trusted_peer)
  : socket_(std::move(connected)), env_(environment), since_(environment.second) {
  request_.peer = std::move(peer);
  request_.trusted_peer = trusted_peer;
  error_code ignored;
  socket_.non_blocking(true, ignored);
  env_.open.push_back(*this);
  ++env_.connections;
  ++env_.total_connections;
}

session::~session() {
  enter(state::closed);
  --env_.connections;
  --env_.total_connections;
}

void session::start() { read(); }

void session::read() {
  if (reading_ || state_ == state::closed) return;
  reading_ = true;
  const auto step = state_ == state::body ? body_step : read_step;
  socket_.async_read_some(in_.prepare(step), [me = shared_from_this()](error_code failed, size_t size) {
    me->reading_ = false;
    if (failed) return me->close();
    me->in_.commit(size);
    if (me->state_ == state::draining) return me->drain();
    me->process();
    me->env_.run_woken();
  });
}

// Throws away what the peer still sends, to learn when it goes. Holds no memory meanwhile.
void session::discard() {
  if (reading_ || state_ == state::closed) return;
  reading_ = true;
  socket_.async_wait(socket::wait_read, [me = shared_from_this()](error_code failed) {
    me->reading_ = false;
    std::array<char, discard_step> unwanted;
    size_t size = 0;
    if (!failed) size = me->socket_.read_some(net::buffer(unwanted), failed);
    if (failed && failed != net::error::would_block) return me->close();
    if (me->state_ == state::draining && (me->drained_ += size) > drain_limit) return me->close();
    me->discard();
  });
}

// Handles what the buffer holds, as far as it goes.
void session::process() {
  if (processing_) return;
  processing_ = true;
  while (parse()) {
  }
  processing_ = false;
  if (state_ == state::closed) return;
  if (state_ == state::streaming) {
    give_memory_back();
    return discard();
  }
  flush_soon();
  if (state_ == state::waiting) return;
  if (state_ == state::head && in_.size() == 0 && in_.capacity() > keep_buffer) in_.shrink_to_fit();
  if (!close_after_write_ && writing_.empty()) read();  // write_rest() comes back here
}

bool session::parse() {
  if (out_.size() > write_early) flush();
  if (!writing_.empty() && out_.size() > write_early) return false;  // the peer must read first
  if (close_after_write_) return false;
  if (state_ == state::head) return parse_head();
  if (state_ == state::body) return parse_body();
  return false;
}

// Some clients end a body with a line that no length counts.
void session::skip_empty_lines() {
  const auto* text = static_cast<const char*>(in_.data().data());
  size_t skipped = 0;
  while (skipped < in_.size() && (text[skipped] == '\r' || text[skipped] == '\n')) ++skipped;
  in_.consume(skipped);
}

void session::begin_request() {
  parser_.reset();
  request_.clear();
  parser_.emplace(request_, env_.limits.parser, env_.budget);
  since_ = env_.second;
}

bool session::parse_head() {
  if (!parser_) skip_empty_lines();
  if (in_.size() == 0) return false;
  if (!parser_) begin_request();
  error_code failed;
  in_.consume(parser_->put(in_.data(), failed));
  if (failed == boost::beast::http::error::need_more) return false;
  if (failed) {
    fail(request_parser::status_of(failed), request_parser::describe(failed));
    return false;
  }
  if (!parser_->is_header_done()) return true;
  if (auto refusal = env_.serves.admit(request_)) {
    refuse(std::move(*refusal));
    return true;
  }
  if (!parser_->takes_body()) {
    fail(413, "the body is too large");
    return false;
  }
  enter(state::body);
  parser_->eager(true);
  if (parser_->expects_continue() && request_.has_body && in_.size() == 0 && !request_.old_version) {
    out_ += "HTTP/1.1 100 Continue\r\n\r\n";
    flush();
  }
  return true;
}

bool session::parse_body() {
  if (!parser_->is_done()) {
    error_code failed;
    if (in_.size() == 0 && request_.has_body) return false;
    in_.consume(parser_->put(in_.data(), failed));
    if (failed && failed != boost::beast::http::error::need_more) {
      fail(request_parser::status_of(failed), request_parser::describe(failed));
      return false;
    }
    if (!parser_->is_done()) return !failed && in_.size() > 0;
  }
  if (env_.waiting >= env_.limits.in_flight) {
    ++env_.counts.overloaded;
    append_answer(env_.serves.problem(503, "too many requests are waiting").with("Retry-After", "1"));
    return true;
  }
  enter(state::waiting);
  ++env_.counts.requests;
  env_.serves.serve(request_, reply{shared_from_this(), ++number_});
  return true;
}

// Answers a request whose body was not read. If all of it is here it is skipped,
// else the connection ends, since what follows could not be told from a request.
void session::refuse(response&& with) {
  ++env_.counts.requests;
  if (request_.has_body) {
    const auto length = request_.content_length.value_or(SIZE_MAX);
    if (length <= in_.size()) in_.consume(length);
    else with.close = true;
  }
  append_answer(std::move(with));
}

// Answers what cannot be understood and ends the connection.
void session::fail(unsigned status, std::string_view detail) {
  auto words = env_.serves.problem(status, detail);
  if (status == 503) words.with("Retry-After", "1");
  words.close = true;
  append_answer(std::move(words));
  flush();
}

// Requests that wait and streams that are open count for as long as they are.
void session::enter(state next) {
  if (state_ == state::waiting && parked_seconds_ == 0) --env_.waiting;
  parked_seconds_ = 0;
  if (state_ == state::streaming) --env_.counts.streams;
  state_ = next;
  since_ = env_.second;
  if (state_ == state::waiting) ++env_.waiting;
  if (state_ == state::streaming) ++env_.counts.streams;
}

void session::park(uint32_t number, uint32_t seconds) {
  if (state_ != state::waiting || number != number_ || parked_seconds_ != 0) return;
  --env_.waiting;
  parked_seconds_ = std::max<uint32_t>(seconds, 1);
}

void session::answer(uint32_t number, response&& with) {
  if (state_ != state::waiting || number != number_) return;  // too late
  append_answer(std::move(with));
  process();
}

void session::append_answer(response&& with) {
  const bool has_body = request_.method != verb::head && with.status != 204 && with.status != 304;
  const bool goes_on = has_body && (with.opens || with.pulls);
  const bool keep_alive = !goes_on && !with.close && !finishing_ && parser_ && parser_->keep_alive();
  write_head(with, keep_alive);
  if (has_body) out_ += with.body;
  ++env_.counts.by_class[std::min<size_t>(with.status / 100, 5)];
  if (in_.size() > 0) ++env_.counts.pipelined;
  parser_.reset();
  if (goes_on) return open_stream(std::move(with));
  if (!keep_alive) close_after_write_ = true;
  enter(state::head);
}

void session::write_head(const response& with, bool keep_alive) {
  char digits[24];
  auto number = [&](auto value) {
    return std::string_view{
      digits, static_cast<size_t>(std::to_chars(digits, digits + sizeof digits, value).ptr - digits)};
  };
  if (with.status == 200) out_ += "HTTP/1.1 200 OK\r\nDate: ";
  else
    out_.append("HTTP/1.1 ")
      .append(number(with.status))
      .append(" ")
      .append(reason_phrase(with.status))
      .append("\r\nDate: ");
  out_ += env_.date;
  if (with.status != 204 && with.status != 304) {
    if (!with.content_type.empty()) out_.append("\r\nContent-Type: ").append(with.content_type);
    if (!with.opens)
      out_.append("\r\nContent-Length: ").append(number(with.pulls ? with.length : with.body.size()));
  }
  if (!keep_alive) out_ += "\r\nConnection: close";
  else if (request_.old_version) out_ += "\r\nConnection: keep-alive";
  out_ += "\r\n";
  out_ += with.headers;
  out_ += "\r\n";
}

// Answers leave after everything that is ready now was handled: they share a
// write with those behind them, and a sleeping peer is woken once for many.
void session::flush_soon() {
  if (flush_due_ || (out_.empty() && !close_after_write_)) return;
  flush_due_ = true;
  env_.flushes.due.push_back(shared_from_this());
  if (env_.flushes.due.size() == 1)
    net::post(socket_.get_executor(), [me = shared_from_this()] { flush_all(me->env_.flushes); });
}

void session::flush_all(flush_round& round) {
  assert(round.under_way.empty());
  round.under_way.swap(round.due);
  for (auto& ready : round.under_way) {
    ready->flush_due_ = false;
    ready->flush();
  }
  round.under_way.clear();
}

void session::flush() {
  if (!writing_.empty() || state_ == state::streaming || state_ == state::closed) return;
  if (!out_.empty()) {
    error_code failed;
    const auto sent = socket_.write_some(net::buffer(out_), failed);
    if (failed && failed != net::error::would_block) return close();
    if (sent < out_.size()) {
      writing_.swap(out_);
      writing_.erase(0, sent);
      since_ = env_.second;
      return write_rest();
    }
    out_.clear();
    if (out_.capacity() > write_early) out_.shrink_to_fit();
  }
  if (close_after_write_) drain();
}

void session::write_rest() {
  net::async_write(socket_, net::buffer(writing_), [me = shared_from_this()](error_code failed, size_t) {
    if (failed) return me->close();
    me->writing_.clear();
    if (me->state_ == state::waiting) return me->flush();
    if (me->state_ == state::streaming) {
      me->give_memory_back();
      return me->write_stream();
    }
    me->process();
    me->env_.run_woken();
  });
}

// The last answer is out. What the peer still sends is read for a while, so that
// its kernel does not throw the answer away with a reset.
void session::drain() {
  error_code ignored;
  if (state_ != state::draining) {
    enter(state::draining);
    socket_.shutdown(socket::shutdown_send, ignored);
  }
  drained_ += in_.size();
  in_.consume(in_.size());
  if (drained_ > drain_limit) return close();
  discard();
}

void session::close() {
  if (state_ == state::closed) return;
  enter(state::closed);
  queue_.clear();
  pulls_.reset();
  error_code ignored;
  socket_.close(ignored);
}

void session::sweep() {
  const auto waited = env_.second - since_;
  const auto& limits = env_.limits;
  if (backlog() > 0) {
    if (waited > limits.idle_seconds) close();
  } else if (state_ == state::waiting && waited > std::max(limits.answer_seconds, parked_seconds_)) {
    ++env_.counts.unanswered;
    answer(number_, env_.serves.problem(503, "no answer in time").with("Retry-After", "1"));
  } else if (state_ == state::head && !parser_ && waited >= limits.idle_seconds) {
    close();
  } else if ((state_ == state::head && parser_ && waited > limits.header_seconds)
             || (state_ == state::body && waited > limits.body_seconds)) {
    ++env_.counts.timed_out;
    fail(408, "the request took too long to arrive");
  } else if (state_ == state::draining && waited > 2) {
    close();
  }
}

void session::finish() {
  finishing_ = true;
  if (state_ == state::streaming) end_stream();
  else if (parked_seconds_ != 0)
    answer(number_, env_.serves.problem(503, "the manager is stopping").with("Retry-After", "5"));
  else if (idle()) close();
}

}  // namespace muster::http
