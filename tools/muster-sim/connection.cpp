// System calls: one send for what gathered, one receive for what came.
#include "tools/muster-sim/connection.hpp"

#include "tools/muster-sim/answer_parser.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace muster::sim {

failure failure_of(int error) {
  switch (error) {
    case ECONNREFUSED: return failure::refused;
    case ETIMEDOUT: return failure::timeout;
    case EHOSTUNREACH:
    case ENETUNREACH:
    case ENETDOWN: return failure::unreachable;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case EADDRINUSE:
    case EADDRNOTAVAIL:
    case EAGAIN: return failure::local;
    default: return failure::reset;
  }
}

void connection::begin(int socket, time_point now) {
  socket_ = socket;
  state_ = state::dialing;
  begun_at_ = now;
}

std::optional<failure> connection::establish() {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return failure_of(error);
  state_ = state::open;
  return std::nullopt;
}

void connection::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
  state_ = state::closed;
  answered_ = false;
  in_.clear();
  out_.clear();
  sent_ = 0;
}

void connection::add(const request& what, time_point now, traffic& from) {
  under_way_.push_back({what, now});
  from.write(what, now, out_);
}

std::optional<failure> connection::flush() {
  while (sent_ < out_.size()) {
    const auto sent = send(socket_, out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return errno == EAGAIN ? std::nullopt : std::optional{failure_of(errno)};
    sent_ += static_cast<size_t>(sent);
  }
  out_.clear();
  sent_ = 0;
  return std::nullopt;
}

std::optional<failure> connection::receive(std::span<char> scratch, traffic& to) {
  const auto got = recv(socket_, scratch.data(), scratch.size(), MSG_DONTWAIT);
  if (got < 0) return errno == EAGAIN || errno == EINTR ? std::nullopt : std::optional{failure_of(errno)};
  if (got == 0) return failure::reset;
  const std::string_view bytes{scratch.data(), static_cast<size_t>(got)};
  if (in_.empty()) return take_answers(bytes, to);
  auto all = std::move(in_);
  in_.clear();
  all += bytes;
  return take_answers(all, to);
}

std::optional<failure> connection::take_answers(std::string_view bytes, traffic& to) {
  const auto now = clock::now();
  while (!bytes.empty()) {
    auto result = parse_answer(bytes);
    if (result.state == parse_state::malformed) return failure::bad_answer;
    if (result.state == parse_state::incomplete) break;
    bytes.remove_prefix(result.used);
    if (result.read.status < 200) continue;
    if (under_way_.empty()) return failure::bad_answer;
    const auto what = under_way_.front().what;
    result.read.sent_at = under_way_.front().sent_at;
    under_way_.pop_front();
    answered_ = true;
    to.answered(what, result.read, now);
    if (!result.read.keep_alive) return failure::reset;
  }
  in_.assign(bytes);
  return std::nullopt;
}

bool connection::is_older(time_point limit) const {
  if (state_ == state::dialing) return begun_at_ < limit;
  return !under_way_.empty() && under_way_.front().sent_at < limit;
}

void connection::fail_all(failure why, traffic& to) {
  while (!under_way_.empty()) {
    const auto what = under_way_.front().what;
    under_way_.pop_front();
    to.failed(what, why);
    if (why == failure::bad_answer) why = failure::reset;
  }
}

}  // namespace muster::sim
