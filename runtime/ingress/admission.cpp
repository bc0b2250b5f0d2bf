// Token buckets and the spreading of those who must come again.
#include "runtime/ingress/admission.hpp"

#include <algorithm>

namespace muster {

namespace {
constexpr double least_spread = 4;  // seconds
constexpr double most_spread = 60;  // seconds
// Of the time that those who were refused need: who was refused first could not see how many would be, so
// some are refused again. With less they come too often; with more a herd takes longer than its lane needs.
constexpr double spread_share = 0.4;
}  // namespace

void token_bucket::set_rate(double rate) {
  held_ = rate_ == 0 ? burst(rate) : std::min(held_, burst(rate));
  rate_ = rate;
}

bool token_bucket::take(time_point now) {
  if (rate_ == 0) return true;
  if (filled_at_ != time_point{}) {
    const std::chrono::duration<double> passed = now - filled_at_;
    held_ = std::min(burst(rate_), held_ + passed.count() * rate_);
  }
  filled_at_ = now;
  if (held_ < 1) return false;
  held_ -= 1;
  return true;
}

void admission::set_rates(const std::array<double, lane_count>& per_second) {
  rates_ = per_second;
  for (size_t i = 0; i < lane_count; ++i) buckets_[i].set_rate(per_second[i]);
}

bool admission::admits(lane which, token_bucket::time_point now) {
  const auto i = static_cast<size_t>(which);
  if (buckets_[i].take(now)) return true;
  ++total_[i];
  backlog_[i] += 1;
  return false;
}

uint32_t admission::retry_after(lane which, uint64_t caller) const {
  const auto i = static_cast<size_t>(which);
  const auto drain_seconds = rates_[i] > 0 ? backlog_[i] / rates_[i] : 0;
  const auto spread =
    static_cast<uint32_t>(std::clamp(drain_seconds * spread_share, least_spread, most_spread));
  return 1 + static_cast<uint32_t>(caller * 0x9E3779B97F4A7C15u >> 32) % spread;
}

void admission::sweep() {
  for (size_t i = 0; i < lane_count; ++i) backlog_[i] = std::max(0.0, backlog_[i] - rates_[i]);
}

}  // namespace muster
