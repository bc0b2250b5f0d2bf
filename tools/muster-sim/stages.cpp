// The stages of a run: running, draining (waiting for the last answers), departing, finished.
#include "tools/muster-sim/conductor.hpp"

namespace muster::sim {

namespace {

double rate(uint64_t count, std::chrono::nanoseconds span) {
  return span.count() > 0 ? static_cast<double>(count) / std::chrono::duration<double>(span).count() : 0;
}

}  // namespace

void conductor::advance(time_point now, bool reachable, size_t under_way) {
  if (stage_ == stage::running) {
    if (!said_ready_ && registrations_.done()) board_.loop_is_ready(now);
    said_ready_ = said_ready_ || registrations_.done();
    if (!steady_ && board_.has_begun()) {
      steady_ = mark{board_.begun_at(), {}};
      for (size_t i = 0; i < request_kinds; ++i) steady_->ok[i] = total_.kinds[i].ok;
      steps_.begin(steady_->at);
    }
    advance_steps(now);
    const bool nobody = steady_ && agents_.registered() == 0 && !plan_.reregister && what_.steps.empty();
    const bool over = steady_ && what_.duration.count() > 0 && now >= steady_->at + what_.duration;
    if (nobody || over) enter(stage::draining, now);
  }
  if (stage_ == stage::draining && under_way == 0 && (board_.may_depart || !what_.deregister))
    enter(what_.deregister ? stage::departing : stage::finished, now);
  if (stage_ == stage::departing && (departures_->done() || !reachable)) enter(stage::finished, now);
}

void conductor::stop(time_point now) {
  was_interrupted_ = was_interrupted_ || stage_ == stage::running;
  const bool in_order = what_.deregister && (stage_ == stage::running || stage_ == stage::draining);
  if (!in_order) return enter(stage::finished, now);
  enter(board_.may_depart ? stage::departing : stage::draining, now);
}

void conductor::enter(stage next, time_point now) {
  if (stage_ == next || stage_ == stage::finished) return;
  if (stage_ == stage::running) {
    close_books(now);
    for (uint32_t agent = 0; agent < agents_.size(); ++agent) close_stream(agent);
  }
  if (next == stage::departing) {
    departures_.emplace(agents_.size(), pace_, at_once_, now);
    departing_at_ = now;
  }
  if (stage_ == stage::departing) {
    auto& departures = total_[request_kind::departure];
    departures.per_second = rate(departures.ok, now - departing_at_);
  }
  stage_ = next;
}

// Rates are of the time in which the whole fleet was beating, if it came to that.
void conductor::close_books(time_point now) {
  registered_at_end_ = agents_.registered();
  const auto& since = steady_ ? *steady_ : start_;
  if (steady_) steady_time_ = now - steady_->at;
  for (size_t i = 0; i < request_kinds; ++i)
    total_.kinds[i].per_second = rate(total_.kinds[i].ok - since.ok[i], now - since.at);
  auto& registrations = total_[request_kind::registration];
  registrations.per_second = rate(registrations.ok, registered_at_ - start_.at);
}

}  // namespace muster::sim
