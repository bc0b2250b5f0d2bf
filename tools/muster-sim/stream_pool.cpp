// A stream is dialed, asks, reads the head of the answer, and then events until one side ends it.
#include "tools/muster-sim/stream_pool.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <system_error>

namespace muster::sim {

using namespace std::chrono_literals;

namespace {

constexpr size_t dials_at_once = 128;  // below the usual length of a listener's queue
constexpr auto opening_patience = 10s;
constexpr auto first_pause = 1s;  // before a lost stream is opened again; and up to as much more
constexpr size_t longest_head = 16 * 1024;
constexpr size_t events_at_once = 256;

unsigned status_of(std::string_view head) {
  unsigned status = 0;
  if (head.size() >= 12) std::from_chars(head.data() + 9, head.data() + 12, status);
  return status;
}

}  // namespace

stream_pool::stream_pool(const endpoint& to, uint32_t sources, uint64_t seed)
  : to_(to), sources_(sources), random_(mix(seed)), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_ < 0) throw std::system_error{errno, std::generic_category(), "epoll"};
}

stream_pool::~stream_pool() {
  for (auto& [agent, each] : streams_)
    if (each.socket >= 0) ::close(each.socket);
  ::close(epoll_);
}

void stream_pool::open(uint32_t agent, time_point at, std::chrono::milliseconds life) {
  auto& made = streams_[agent];
  drop(made);
  made.due = at;
  made.life = life;
  to_open_.push({at, agent});
}

void stream_pool::close(uint32_t agent) {
  const auto found = streams_.find(agent);
  if (found == streams_.end()) return;
  drop(found->second);
  streams_.erase(found);
}

void stream_pool::drop(stream& which) {
  if (which.socket < 0) return;
  --(which.is == state::open ? open_ : dialing_);
  ::close(which.socket);
  which.socket = -1;
  which.is = state::dialing;
  which.head.clear();
  which.reader = {};
}

void stream_pool::pump(time_point now) {
  while (!to_cut_.empty() && to_cut_.top().at <= now) {
    const auto [at, agent] = to_cut_.top();
    to_cut_.pop();
    const auto found = streams_.find(agent);
    // Else it has been opened anew since.
    if (found == streams_.end() || found->second.is != state::open
        || found->second.since + found->second.life > at)
      continue;
    open(agent, at, found->second.life);
  }
  while (!to_open_.empty() && to_open_.top().at <= now && dialing_ < dials_at_once) {
    const auto agent = to_open_.top().agent;
    to_open_.pop();
    const auto found = streams_.find(agent);
    if (found != streams_.end() && found->second.socket < 0) dial_one(agent, now);
  }
  if (dialing_ == 0) return;
  std::vector<uint32_t> late;
  for (const auto& [agent, each] : streams_)
    if (each.socket >= 0 && each.is != state::open && each.since + opening_patience < now)
      late.push_back(agent);
  for (const auto agent : late) lose(agent, 0, failure::timeout, now);
}

void stream_pool::dial_one(uint32_t agent, time_point now) {
  auto& which = streams_[agent];
  audience_->stream_opening();
  const int socket = dial(to_, sources_ == 0 ? 0 : agent % sources_ + 1);
  if (socket < 0) return lose(agent, 0, failure_of(errno), now);
  which.socket = socket;
  which.is = state::dialing;
  which.since = now;
  ++dialing_;
  epoll_event wanted{};
  wanted.events = EPOLLOUT;
  wanted.data.u32 = agent;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &wanted);
}

void stream_pool::handle(time_point now) {
  std::array<epoll_event, events_at_once> events;
  const int count = epoll_wait(epoll_, events.data(), events_at_once, 0);
  for (int i = 0; i < count; ++i) {
    const auto agent = events[static_cast<size_t>(i)].data.u32;
    const auto found = streams_.find(agent);
    if (found == streams_.end() || found->second.socket < 0) continue;
    if (found->second.is == state::dialing) ask(agent, found->second, now);
    else receive(agent, found->second, now);
  }
}

void stream_pool::ask(uint32_t agent, stream& which, time_point now) {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(which.socket, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return lose(agent, 0, failure_of(error), now);
  std::string question;
  audience_->write_stream(agent, which.last_event, question);
  // A new socket has room for so few bytes.
  if (send(which.socket, question.data(), question.size(), MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
    return lose(agent, 0, failure_of(errno), now);
  which.is = state::asked;
  epoll_event wanted{};
  wanted.events = EPOLLIN;
  wanted.data.u32 = agent;
  epoll_ctl(epoll_, EPOLL_CTL_MOD, which.socket, &wanted);
}

void stream_pool::receive(uint32_t agent, stream& which, time_point now) {
  std::array<char, 64 * 1024> scratch;
  const auto got = recv(which.socket, scratch.data(), scratch.size(), MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) return lose(agent, 0, got == 0 ? failure::reset : failure_of(errno), now);
  std::string_view bytes{scratch.data(), static_cast<size_t>(got)};
  if (which.is == state::asked && !take_head(agent, which, bytes, now)) return;
  if (which.is != state::open || bytes.empty()) return;
  auto heed = [&](const server_event& event) {
    if (!event.id.empty()) which.last_event = event.id;
    audience_->stream_event(agent, event, now);
  };
  if (!which.reader.feed(bytes, heed)) lose(agent, 0, failure::bad_answer, now);
}

bool stream_pool::take_head(uint32_t agent, stream& which, std::string_view& bytes, time_point now) {
  const auto before = which.head.size();
  which.head += bytes;
  const auto end = which.head.find("\r\n\r\n");
  if (end == std::string::npos) {
    if (which.head.size() > longest_head) lose(agent, 0, failure::bad_answer, now);
    return false;
  }
  const auto status = status_of(which.head);
  if (status != 200) {
    lose(agent, status, failure::bad_answer, now);
    return false;
  }
  bytes.remove_prefix(end + 4 - before);
  which.head = {};
  which.is = state::open;
  --dialing_;
  ++open_;
  audience_->stream_opened(which.due, now);
  if (which.life > 0ms) to_cut_.push({which.since + which.life, agent});
  return true;
}

void stream_pool::lose(uint32_t agent, unsigned status, failure why, time_point now) {
  auto& which = streams_[agent];
  const bool was_open = which.socket >= 0 && which.is == state::open;
  drop(which);
  if (was_open) audience_->stream_opening();  // it must be opened once more, which went wrong so far
  if (!audience_->stream_failed(agent, status, why)) return;
  const std::chrono::duration<double> spread{random_.unit()};
  const auto at = now + first_pause + std::chrono::duration_cast<std::chrono::nanoseconds>(spread);
  which.due = at;
  to_open_.push({at, agent});
}

}  // namespace muster::sim
