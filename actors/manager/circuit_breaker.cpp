// Closed, open, and open with a probe under way.
#include "actors/manager/circuit_breaker.hpp"

namespace muster {

bool circuit_breaker::take(time_point now) {
  if (!opened_) return true;
  if (probing_ || now < *opened_ + options_.cool_down) return false;
  return probing_ = true;
}

void circuit_breaker::note_success() {
  failures_.clear();
  opened_.reset();
  probing_ = false;
}

void circuit_breaker::note_failure(time_point now) {
  if (opened_) {
    if (probing_) opened_ = now;  // what was sent before it opened tells nothing new
    probing_ = false;
    return;
  }
  failures_.push_back(now);
  while (failures_.front() + options_.within < now) failures_.pop_front();
  if (failures_.size() < options_.failures) return;
  failures_.clear();
  opened_ = now;
}

std::optional<circuit_breaker::time_point> circuit_breaker::cooled_at() const {
  if (!opened_ || probing_) return std::nullopt;
  return *opened_ + options_.cool_down;
}

}  // namespace muster
