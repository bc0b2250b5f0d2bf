// The loop: sleep until something is due or comes in, take all that is due, send it in one go.
#include "tools/muster-sim/engine.hpp"

namespace muster::sim {

namespace {

constexpr auto housekeeping_pause = 50ms;
constexpr auto publishing_pause = 1s;

pool_options pool_of(const run_plan& plan, const endpoint& to, share part) {
  const auto& wanted = plan.what;
  pool_options out;
  out.to = to;
  out.connections = part.of(wanted.all_connections());
  out.depth = wanted.pipeline;
  out.sources = wanted.source_addresses;
  out.first_source = part.index * (wanted.all_connections() / part.count);
  out.own_lines = wanted.own_connections();
  return out;
}

}  // namespace

engine::engine(const run_plan& plan, const endpoint& to, share part, run_board& board, uint64_t run)
  : streams_(to, plan.what.source_addresses, plan.what.seed + part.index),
    conductor_(plan, part, board, run, &streams_),
    pool_(pool_of(plan, to, part), conductor_),
    next_housekeeping_(board.record.start()),
    published_at_(board.record.start()) {
  streams_.set_audience(conductor_);
  pool_.attach(streams_.descriptor(), [this] { streams_.handle(clock::now()); });
  publish(board.record.start());
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
  streams_.pump(now);
  conductor_.set_calendar(std::chrono::system_clock::now());
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
  fresh.is_over = conductor_.is_over();
  fresh.streams = streams_.open_streams();
  published_at_ = now;
  const std::lock_guard lock{mutex_};
  last_ = fresh;
}

reading engine::last_reading() const {
  const std::lock_guard lock{mutex_};
  return last_;
}

}  // namespace muster::sim
