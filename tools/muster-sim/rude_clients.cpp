// Each client has its turn five times a second; what the manager answers is nobody's business.
#include "tools/muster-sim/rude_clients.hpp"

#include "tools/muster-sim/random.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

namespace muster::sim {

using namespace std::chrono_literals;

namespace {

constexpr auto turn_pause = 200ms;
constexpr std::string_view endless =
  "POST /api/agents/register HTTP/1.1\r\nHost: slow\r\nX-Slow: "
  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr std::string_view broken[] = {
  "\x16\x03\x01\x02\x01\x01\xfc\x03",  // TLS
  "NONSENSE\r\n\r\n",
  "GET / HTTP/9.9\r\nHost: broken\r\n\r\n",
  "POST /api/agents/register HTTP/1.1\r\nHost: broken\r\nContent-Length: 1000\r\n\r\n{\"host",  // then hangs
                                                                                                // up
  "POST /api/agents/register HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
  "POST /api/agents/register HTTP/1.1\r\nHost: broken\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
};

// Whether the other side has ended it; what it said is thrown away.
bool is_over(int socket) {
  std::array<char, 4096> scratch;
  for (;;) {
    const auto got = recv(socket, scratch.data(), scratch.size(), MSG_DONTWAIT);
    if (got > 0) continue;
    return got == 0 || (errno != EAGAIN && errno != EINTR && errno != ENOTCONN);
  }
}

}  // namespace

rude_clients::rude_clients(const scenario& of, const run_board& board, const endpoint& to)
  : of_(of), board_(board), to_(to) {
  worker_ = std::jthread{[this](const std::stop_token& stop) { work(stop); }};
}

void rude_clients::work(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    begin_steps(clock::now());
    for (uint32_t i = 0; i < clients_.size(); ++i) turn(clients_[i], i);
    std::this_thread::sleep_for(turn_pause);
  }
  for (const auto& each : clients_)
    if (each.socket >= 0) close(each.socket);
}

void rude_clients::begin_steps(time_point now) {
  if (!board_.has_begun()) return;
  while (next_step_ < of_.steps.size() && board_.begun_at() + of_.steps[next_step_].at <= now) {
    const auto& step = of_.steps[next_step_++];
    const bool slow = step.what == step_kind::slow_clients;
    if (slow || step.what == step_kind::broken_clients)
      clients_.insert(clients_.end(), step.count, {-1, slow, 0});
  }
}

void rude_clients::turn(client& which, uint32_t number) {
  if (which.socket >= 0 && is_over(which.socket)) {
    close(which.socket);
    which.socket = -1;
  }
  if (which.socket < 0) return begin(which);
  const auto left = endless.substr(which.sent % endless.size());
  const auto bytes = which.slow ? left.substr(0, 1) : broken[mix(number + which.sent) % std::size(broken)];
  const auto sent = send(which.socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent > 0) which.sent += static_cast<size_t>(sent);
  if (which.slow || sent <= 0) return;
  close(which.socket);
  which.socket = -1;
}

void rude_clients::begin(client& which) {
  which.socket = dial(to_, 0);
  if (which.slow) which.sent = 0;
}

}  // namespace muster::sim
