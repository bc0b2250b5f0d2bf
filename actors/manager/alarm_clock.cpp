// A heap of deadlines, and the actor that looks at its top.
#include "actors/manager/alarm_clock.hpp"

#include "messages/type_ids.hpp"

#include <caf/all.hpp>

#include <algorithm>

namespace muster {

namespace {

constexpr size_t rung_at_once = 4096;

bool is_later(const alarm& a, const alarm& b) { return a.deadline > b.deadline; }

}  // namespace

bool alarm_board::set(listening_time deadline, agent_actor who) {
  const std::lock_guard guard{lock_};
  const bool first = heap_.empty() || deadline < heap_.front().deadline;
  heap_.push_back({deadline, std::move(who)});
  std::push_heap(heap_.begin(), heap_.end(), is_later);
  return first;
}

std::optional<listening_time> alarm_board::next() const {
  const std::lock_guard guard{lock_};
  if (heap_.empty()) return std::nullopt;
  return heap_.front().deadline;
}

std::vector<alarm> alarm_board::take_due(listening_time now, size_t limit) {
  std::vector<alarm> due;
  const std::lock_guard guard{lock_};
  while (!heap_.empty() && heap_.front().deadline <= now && due.size() < limit) {
    std::pop_heap(heap_.begin(), heap_.end(), is_later);
    due.push_back(std::move(heap_.back()));
    heap_.pop_back();
  }
  return due;
}

alarm_clock_actor::behavior_type alarm_clock_state::make_behavior(
  std::shared_ptr<alarm_board> board, std::shared_ptr<const listening_clock> listening) {
  board_ = std::move(board);
  listening_ = std::move(listening);
  return {[this](const liveness_check_due& due) { look(due.deadline); }};
}

void alarm_clock_state::look(listening_time because) {
  if (because == armed_for_) armed_for_ = listening_time{0};
  const auto due = board_->take_due(listening_->at(self->clock().now()), rung_at_once);
  for (const auto& each : due) self->send(each.who, liveness_check_due{each.deadline});
  if (due.size() == rung_at_once) self->send(self, liveness_check_due{});
  else arm();
}

// The one place that arms the timer.
void alarm_clock_state::arm() {
  const auto next = board_->next();
  if (!next || (armed_for_ != listening_time{0} && armed_for_ <= *next)) return;
  armed_for_ = *next;
  constexpr listening_time least{10'000'000};  // while listening time stands still, do not spin
  const auto wait = std::max(*next - listening_->at(self->clock().now()), least);
  self->delayed_send(self, wait, liveness_check_due{armed_for_});
}

alarm_clock_actor::behavior_type alarm_clock(alarm_clock_actor::stateful_pointer<alarm_clock_state> self,
                                             std::shared_ptr<alarm_board> board,
                                             std::shared_ptr<const listening_clock> listening) {
  return self->state.make_behavior(std::move(board), std::move(listening));
}

}  // namespace muster
