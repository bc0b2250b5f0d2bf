// Scores that decay.
#include "actors/manager/flap_window.hpp"

#include <algorithm>
#include <cmath>

namespace muster {

namespace {

using ticks = std::chrono::duration<int64_t, std::deci>;

constexpr int64_t last_tick = (int64_t{1} << 31) - 1;

}  // namespace

flap_window::tick flap_window::tick_of(listening_time now) {
  return static_cast<tick>(std::clamp(std::chrono::floor<ticks>(now).count(), int64_t{0}, last_tick));
}

double flap_window::decayed(const cell& one, tick now) const {
  if (one.score == 0 || now <= one.at) return double{one.score};
  const std::chrono::duration<double, std::milli> passed = ticks{int64_t{now} - int64_t{one.at}};
  return double{one.score}
         * std::exp2(-passed / std::chrono::duration<double, std::milli>{limits_.half_life});
}

// The first tick at which the score is below `stop`.
flap_window::tick flap_window::calm_at(const cell& one) const {
  const auto half_lives = std::log2(double{one.score} / limits_.stop);
  const auto span = half_lives * (std::chrono::duration<double, std::deci>{limits_.half_life}).count();
  const auto end = int64_t{one.at} + static_cast<int64_t>(std::floor(std::max(span, 0.0))) + 1;
  return static_cast<tick>(std::min(end, last_tick));
}

flap_edge flap_window::note(uint32_t slot, listening_time now) {
  if (slot >= cells_.size()) cells_.resize(slot + 1);
  auto& one = cells_[slot];
  const auto at = tick_of(now);
  const auto score = decayed(one, at);
  const bool was = one.flapping;
  const bool calm = was && calm_at(one) <= at;
  if (was) calm_at_.erase({calm_at(one), slot});
  one.score = static_cast<float>(std::min(score + 1, limits_.most));
  one.at = std::max<tick>(one.at, at) & static_cast<tick>(last_tick);
  const bool flaps = double{one.score} >= limits_.start || (was && !calm);
  one.flapping = flaps;
  if (flaps) calm_at_.emplace(calm_at(one), slot);
  if (flaps == was) return flap_edge::none;
  return flaps ? flap_edge::began_flapping : flap_edge::calm_again;
}

std::optional<uint32_t> flap_window::calmed(listening_time now) {
  if (calm_at_.empty() || calm_at_.begin()->first > tick_of(now)) return std::nullopt;
  const auto slot = calm_at_.extract(calm_at_.begin()).value().second;
  cells_[slot].flapping = false;
  return slot;
}

std::optional<listening_time> flap_window::next_calm() const {
  if (calm_at_.empty()) return std::nullopt;
  return ticks{calm_at_.begin()->first};
}

double flap_window::score(uint32_t slot, listening_time now) const {
  return slot < cells_.size() ? decayed(cells_[slot], tick_of(now)) : 0;
}

void flap_window::forget(uint32_t slot) {
  if (slot >= cells_.size()) return;
  if (cells_[slot].flapping) calm_at_.erase({calm_at(cells_[slot]), slot});
  cells_[slot] = {};
}

}  // namespace muster
