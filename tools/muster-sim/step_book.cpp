// Steps are few; what they do to many agents is computed, not kept.
#include "tools/muster-sim/step_book.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace muster::sim {

namespace {

bool makes_turns(step_kind kind) {
  return kind == step_kind::herd || kind == step_kind::restart_agents || kind == step_kind::worm
         || kind == step_kind::scan;
}

// What a pattern grows from must be new in each run, or it would be that of the run before.
std::string shown_by(const step& of, uint64_t random) {
  if (of.what == step_kind::worm)
    return fmt::format(R"("sha256":"{:016x}{:016x}{:016x}{:016x}")", mix(random), mix(random + 1),
                       mix(random + 2), mix(random + 3));
  if (of.what == step_kind::scan)  // an address of the class that nobody has
    return fmt::format(R"("sourceIP":"{}.{}.{}.{}")", 240 + random % 15, random >> 8 & 255,
                       random >> 16 & 255, random >> 24 & 255);
  return {};
}

}  // namespace

step_book::step_book(const scenario& of, uint64_t run) : of_(of) {
  for (size_t i = 0; i < of.steps.size(); ++i) {
    who_.emplace_back(of.agents(), of.steps[i].share, mix(of.seed) + i);
    shows_.push_back(shown_by(of.steps[i], mix(run + i)));
  }
}

std::optional<step_book::begun> step_book::take_begun(time_point now) {
  if (!begun_ || next_ == of_.steps.size() || *begun_ + of_.steps[next_].at > now) return std::nullopt;
  const auto at = *begun_ + of_.steps[next_].at;
  const auto number = static_cast<uint8_t>(++next_);
  const auto kind = of(number).what;
  if (makes_turns(kind) && who(number).count() > 0) bursts_.push_back({number, at});
  if (kind == step_kind::flap) flaps_.push_back({number, at});
  if (kind == step_kind::ramp) ramps_.push_back({number, at});
  if (kind == step_kind::skew) skews_.push_back(number);
  return begun{number, at};
}

time_point step_book::due_of(const burst& which) const {
  const auto span = std::chrono::duration_cast<std::chrono::nanoseconds>(of(which.number).span);
  return which.from + span * which.next / std::max(1u, who(which.number).count());
}

std::optional<step_book::turn> step_book::take_turn(time_point now) {
  for (auto& each : bursts_) {
    const auto due = due_of(each);
    if (due > now) continue;
    const turn out{due, who(each.number).at(each.next), each.number};
    if (++each.next == who(each.number).count()) {
      each = bursts_.back();
      bursts_.pop_back();
    }
    return out;
  }
  return std::nullopt;
}

time_point step_book::next_turn() const {
  auto next = time_point::max();
  for (const auto& each : bursts_) next = std::min(next, due_of(each));
  return next;
}

std::optional<step_book::toggle> step_book::take_toggle(time_point now) {
  for (auto& each : flaps_) {
    if (each.next > now) continue;
    each.next += of(each.number).span;
    const toggle out{each.number, each.toggles++ % 2 == 0};
    const auto rounds = of(each.number).count;
    if (rounds > 0 && each.toggles == 2 * rounds) {
      each = flaps_.back();
      flaps_.pop_back();
    }
    return out;
  }
  return std::nullopt;
}

double step_book::speed(time_point now) const {
  double speed = 1;
  for (const auto& [number, at] : ramps_) {
    const std::chrono::duration<double> passed{now - at}, span{of(number).span};
    const auto part = span.count() > 0 ? std::clamp(passed / span, 0.0, 1.0) : 1.0;
    speed += (of(number).rate - speed) * part;
  }
  return speed;
}

std::chrono::milliseconds step_book::skew(uint32_t agent) const {
  for (const auto number : skews_) {
    if (!who(number).has(agent)) continue;
    const auto part = 2 * unit_of(mix(of_.seed ^ mix(agent))) - 1;
    return std::chrono::milliseconds{
      static_cast<int64_t>(part * static_cast<double>(of(number).span.count()))};
  }
  return std::chrono::milliseconds{0};
}

}  // namespace muster::sim
