// The loop: sleep until something is due or comes in, take all that is due, send it in one go.
#include "tools/muster-sim/engine.hpp"

#include <fmt/chrono.h>

namespace muster::sim {

namespace {

constexpr auto housekeeping_pause = 50ms;
constexpr auto publishing_pause = 1s;

std::string utc_now() {
  const auto now = std::chrono::system_clock::now();
  const auto milliseconds =
    std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()) % 1s;
  return fmt::format("{:%FT%T}.{:03}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(now)),
                     milliseconds.count());
}

pool_options pool_of(const options& wanted, const endpoint& to, share part) {
  pool_options out;
  out.to = to;
  out.connections = part.of(wanted.connections);
  out.depth = wanted.pipeline;
  out.sources = wanted.source_addresses;
  out.first_source = part.index * (wanted.connections / part.count);
  return out;
}

}  // namespace

engine::engine(const options& wanted, const endpoint& to, share part, time_point start, uint64_t run)
  : conductor_(wanted, part, start, run),
    pool_(pool_of(wanted, to, part), conductor_),
    next_housekeeping_(start),
    published_at_(start) {
  publish(start);
}

void engine::run() {
  while (!conductor_.finished()) {
    pool_.wait(std::min(next_housekeeping_, conductor_.next_due(pool_.reachable())));
    const auto now = clock::now();
    if (now >= next_housekeeping_) keep_house(now);
    while (const auto due = conductor_.take_due(now, pool_.reachable())) pool_.submit(*due);
    pool_.pump(now);
  }
  publish(clock::now());
  finished_ = true;
}

void engine::keep_house(time_point now) {
  next_housekeeping_ = now + housekeeping_pause;
  pool_.sweep(now);
  conductor_.set_calendar(utc_now());
  for (; stops_taken_ < stops_asked_; ++stops_taken_) conductor_.stop(now);
  conductor_.advance(now, pool_.reachable(), pool_.under_way());
  if (now >= published_at_ + publishing_pause) publish(now);
}

void engine::publish(time_point now) {
  reading fresh;
  fresh.agents = conductor_.agents();
  fresh.last = conductor_.take_pulse();
  fresh.last.latest = std::max(fresh.last.latest, pool_.backlog(now));
  fresh.span = now - published_at_;
  fresh.under_way = pool_.under_way();
  published_at_ = now;
  const std::lock_guard lock{mutex_};
  last_ = fresh;
}

reading engine::last_reading() const {
  const std::lock_guard lock{mutex_};
  return last_;
}

}  // namespace muster::sim
