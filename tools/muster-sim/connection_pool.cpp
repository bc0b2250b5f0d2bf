// Dialing, handing out, losing.
#include "tools/muster-sim/connection_pool.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace muster::sim {

using namespace std::chrono_literals;

namespace {

constexpr size_t dials_at_once = 128;  // below the usual length of a listener's queue
constexpr auto first_pause = 50ms;
constexpr auto longest_pause = 1'000ms;
constexpr auto short_life = 1s;  // a connection that ends sooner without an answer is as bad as none
constexpr size_t receive_bytes = 64 * 1024;
constexpr size_t events_at_once = 512;
constexpr uint32_t not_a_line = UINT32_MAX;

}  // namespace

connection_pool::connection_pool(const pool_options& wanted, traffic& with)
  : wanted_(wanted),
    with_(with),
    epoll_(epoll_create1(EPOLL_CLOEXEC)),
    scratch_(receive_bytes),
    random_(wanted.first_source) {
  if (epoll_ < 0) throw std::system_error{errno, std::generic_category(), "epoll"};
  for (uint32_t i = 0; i < wanted.connections; ++i) slots_.emplace_back(wanted.depth);
  for (uint32_t i = wanted.connections; i > 0; --i) closed_.push_back(i - 1);
}

connection_pool::~connection_pool() { close(epoll_); }

void connection_pool::pump(time_point now) {
  dial_some(now);
  if (!reachable()) fail_queue();
  if (wanted_.own_lines) assign_own(now);
  else assign(now);
  for (const auto index : touched_) {
    slots_[index].touched = false;
    flush(index);
  }
  // A line with room left goes behind the others, so that all have their turn.
  if (ready_.size() > 1 && !touched_.empty() && ready_.front() == touched_.back()) {
    ready_.push_back(ready_.front());
    ready_.pop_front();
  }
  touched_.clear();
}

void connection_pool::dial_some(time_point now) {
  const auto limit = troubled_ ? size_t{1} : dials_at_once;
  while (!closed_.empty() && dialing_ < limit && now >= dial_at_) {
    const auto index = closed_.back();
    closed_.pop_back();
    if (!dial_one(index, now)) return;
  }
}

bool connection_pool::dial_one(uint32_t index, time_point now) {
  const auto source = wanted_.sources == 0 ? 0 : (wanted_.first_source + index) % wanted_.sources + 1;
  const int socket = dial(wanted_.to, source);
  if (socket < 0) {
    closed_.push_back(index);
    note_trouble(failure_of(errno), now);
    return false;
  }
  slots_[index].wire.begin(socket, now);
  ++dialing_;
  watch(index, true, true);
  return true;
}

// The request at the front of the queue to a connection with room.
void connection_pool::give(uint32_t index, time_point now) {
  auto& held = slots_[index];
  held.wire.add(queue_.front(), now, with_);
  queue_.pop_front();
  ++in_flight_;
  if (!held.touched) touched_.push_back(index);
  held.touched = true;
}

// What has to wait for its own connection goes behind, but keeps its due time.
void connection_pool::assign_own(time_point now) {
  for (auto left = queue_.size(); left > 0; --left) {
    const auto index = queue_.front().agent % wanted_.connections;
    if (slots_[index].wire.has_room()) {
      give(index, now);
      continue;
    }
    queue_.push_back(queue_.front());
    queue_.pop_front();
  }
}

void connection_pool::assign(time_point now) {
  while (!queue_.empty() && !ready_.empty()) {
    const auto index = ready_.front();
    auto& held = slots_[index];
    if (held.wire.has_room()) give(index, now);
    if (held.wire.has_room()) continue;
    held.ready = false;
    ready_.pop_front();
  }
}

void connection_pool::flush(uint32_t index) {
  auto& held = slots_[index];
  if (held.wire.status() != connection::state::open) return;
  if (const auto failed = held.wire.flush()) return lose(index, *failed, clock::now());
  if (held.wire.has_unsent() != held.watched_out) watch(index, held.wire.has_unsent());
}

void connection_pool::watch(uint32_t index, bool out, bool first) {
  epoll_event wanted{};
  wanted.events = EPOLLIN | (out ? EPOLLOUT : 0u);
  wanted.data.u32 = index;
  epoll_ctl(epoll_, first ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, slots_[index].wire.socket(), &wanted);
  slots_[index].watched_out = out;
}

void connection_pool::attach(int descriptor, std::function<void()> handle) {
  attached_ = std::move(handle);
  epoll_event wanted{};
  wanted.events = EPOLLIN;
  wanted.data.u32 = not_a_line;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &wanted);
}

void connection_pool::wait(time_point until) {
  const auto left = std::max<std::chrono::nanoseconds>(until - clock::now(), 0ns);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
  const timespec timeout{seconds.count(), (left - seconds).count()};
  std::array<epoll_event, events_at_once> events;
  const int count = epoll_pwait2(epoll_, events.data(), events_at_once, &timeout, nullptr);
  for (int i = 0; i < count; ++i)
    handle(events[static_cast<size_t>(i)].data.u32, events[static_cast<size_t>(i)].events);
}

void connection_pool::handle(uint32_t index, uint32_t events) {
  if (index == not_a_line) return attached_();
  auto& held = slots_[index];
  if (held.wire.status() == connection::state::dialing) {
    if (const auto failed = held.wire.establish()) return lose(index, *failed, clock::now());
    --dialing_;
    ++open_;
    watch(index, false);
    return offer(index);
  }
  if ((events & EPOLLOUT) != 0) flush(index);
  if (held.wire.status() != connection::state::open || (events & ~static_cast<uint32_t>(EPOLLOUT)) == 0)
    return;
  const bool proven = held.wire.has_answered();
  const auto before = held.wire.under_way();
  const auto failed = held.wire.receive(scratch_, with_);
  in_flight_ -= before - held.wire.under_way();
  if (!proven && held.wire.has_answered()) {
    troubled_ = false;
    dial_pause_ = 0ms;
    dial_at_ = {};
  }
  if (failed) return lose(index, *failed, clock::now());
  offer(index);
}

void connection_pool::lose(uint32_t index, failure why, time_point now) {
  auto& wire = slots_[index].wire;
  const bool never_open = wire.status() == connection::state::dialing;
  const bool useless = !wire.has_answered() && (wire.under_way() > 0 || now - wire.begun_at() < short_life);
  --(never_open ? dialing_ : open_);
  in_flight_ -= wire.under_way();
  wire.fail_all(why, with_);
  wire.close();
  closed_.push_back(index);
  if (never_open || useless) note_trouble(why, now);
}

// While attempts fail, the pauses between them grow. Those that fail together count as one.
void connection_pool::note_trouble(failure why, time_point now) {
  troubled_ = true;
  trouble_ = why;
  if (now < dial_at_) return;
  dial_pause_ = std::clamp<std::chrono::milliseconds>(dial_pause_ * 2, first_pause, longest_pause);
  const auto spread = 0.75 + 0.5 * random_.unit();
  dial_at_ = now + std::chrono::duration_cast<std::chrono::nanoseconds>(dial_pause_ * spread);
}

void connection_pool::offer(uint32_t index) {
  auto& held = slots_[index];
  if (held.ready || !held.wire.has_room()) return;
  held.ready = true;
  ready_.push_back(index);
}

void connection_pool::sweep(time_point now) {
  for (uint32_t index = 0; index < slots_.size(); ++index)
    if (slots_[index].wire.is_older(now - patience)) lose(index, failure::timeout, now);
  // In turns, since requests that wait for their own connections stand in no order.
  for (auto left = queue_.size(); left > 0; --left) {
    const auto what = queue_.front();
    queue_.pop_front();
    if (what.due < now - patience) with_.failed(what, failure::unsent);
    else queue_.push_back(what);
  }
}

void connection_pool::fail_queue() {
  for (const auto& what : queue_) with_.failed(what, trouble_);
  queue_.clear();
}

std::chrono::nanoseconds connection_pool::backlog(time_point now) const {
  if (wanted_.own_lines) return 0ns;  // each waits for itself
  return queue_.empty() ? 0ns : std::max<std::chrono::nanoseconds>(now - queue_.front().due, 0ns);
}

}  // namespace muster::sim
