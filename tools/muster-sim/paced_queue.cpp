// The pace is a row of time slots. Slots that passed unused are lost but for a short burst, so that a pause
// is not followed by a flood.
#include "tools/muster-sim/paced_queue.hpp"

#include <algorithm>

namespace muster::sim {

using namespace std::chrono_literals;

namespace {
constexpr auto longest_burst = 20ms;
}

paced_queue::paced_queue(uint32_t agents, double per_second, uint32_t at_once, time_point start)
  : agents_(agents), gap_(static_cast<int64_t>(1e9 / per_second)), at_once_(at_once), slot_(start) {}

std::optional<uint32_t> paced_queue::take(time_point now) {
  if (open_ >= at_once_ || now < slot_) return std::nullopt;
  uint32_t agent = 0;
  if (!later_.empty() && later_.top().at <= now) {
    agent = later_.top().agent;
    later_.pop();
  } else if (next_ < agents_) {
    agent = next_++;
  } else {
    return std::nullopt;
  }
  slot_ = std::max(slot_, now - longest_burst) + gap_;
  ++open_;
  return agent;
}

void paced_queue::put_off(uint32_t agent, time_point until) {
  --open_;
  add(agent, until);
}

time_point paced_queue::next_due() const {
  if (open_ >= at_once_) return time_point::max();
  if (next_ < agents_) return slot_;
  return later_.empty() ? time_point::max() : std::max(slot_, later_.top().at);
}

}  // namespace muster::sim
