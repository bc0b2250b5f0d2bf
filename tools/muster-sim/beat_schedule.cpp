// An interval is cut into as many slices as there are agents; each beat lies at random within its slice.
#include "tools/muster-sim/beat_schedule.hpp"

#include "tools/muster-sim/random.hpp"

#include <numeric>

namespace muster::sim {

beat_schedule::beat_schedule(uint32_t agents, std::chrono::nanoseconds interval, uint64_t seed,
                             time_point start)
  : agents_(agents),
    interval_(interval),
    seed_(mix(seed)),
    round_start_(start),
    real_base_(start),
    planned_base_(start) {
  stride_ = mix(seed_) % agents_;
  while (std::gcd(stride_, uint64_t{agents_}) != 1) stride_ = (stride_ + 1) % agents_;
  agent_ = static_cast<uint32_t>(mix(seed_ + 1) % agents_);
  compute_due();
}

void beat_schedule::compute_due() {
  const auto slice = static_cast<double>(interval_.count()) / agents_;
  const auto offset = (turn_ + unit_of(mix(seed_ ^ turn_))) * slice;
  planned_ = round_start_ + std::chrono::nanoseconds{static_cast<int64_t>(offset)};
  next_due_ = real(planned_);
}

time_point beat_schedule::real(time_point planned) const {
  if (speed_ == 1) return planned + (real_base_ - planned_base_);
  const auto ahead = static_cast<double>((planned - planned_base_).count()) / speed_;
  return real_base_ + std::chrono::nanoseconds{static_cast<int64_t>(ahead)};
}

void beat_schedule::set_speed(double times, time_point now) {
  if (times == speed_) return;
  const auto passed = static_cast<double>((now - real_base_).count()) * speed_;
  planned_base_ += std::chrono::nanoseconds{static_cast<int64_t>(passed)};
  real_base_ = now;
  speed_ = times;
  next_due_ = real(planned_);
}

uint32_t beat_schedule::take() {
  const auto agent = agent_;
  agent_ = static_cast<uint32_t>((agent_ + stride_) % agents_);
  if (++turn_ == agents_) {
    turn_ = 0;
    round_start_ += interval_;
  }
  compute_due();
  return agent;
}

}  // namespace muster::sim
