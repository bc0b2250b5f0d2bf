// The correlation window actor: messages become calls on its tracker.
#include "actors/manager/correlation_window.hpp"

#include "messages/type_ids.hpp"

#include <caf/all.hpp>

namespace muster {

namespace {

window_contents contents_of(const std::optional<pattern>& whole) {
  return whole ? window_contents{*whole} : window_contents{};
}

}  // namespace

correlation_window_actor::behavior_type correlation_window_state::make_behavior(
  correlation_window_options options) {
  tracker_.emplace(options.rules, std::move(options.key));
  if (options.restored) tracker_->restore(std::move(*options.restored));
  return {
    [this](const note_sighting& seen) { return note(seen); },
    [this](const describe_window&) { return describe(); },
    [this](const retire_window& end) { return retire(end.at); },
  };
}

sighting_verdict correlation_window_state::note(const note_sighting& seen) {
  sighting_verdict verdict;
  verdict.step = tracker_->note(seen);
  const auto& whole = tracker_->open_pattern();
  if (whole) verdict.id = whole->id;
  if (verdict.step == pattern_step::opened || verdict.step == pattern_step::became_critical)
    verdict.whole = *whole;
  return verdict;
}

window_contents correlation_window_state::describe() const { return contents_of(tracker_->open_pattern()); }

window_contents correlation_window_state::retire(utc_time at) {
  self->quit();
  return contents_of(tracker_->end(at));
}

correlation_window_actor::behavior_type correlation_window(
  correlation_window_actor::stateful_pointer<correlation_window_state> self,
  correlation_window_options options) {
  return self->state.make_behavior(std::move(options));
}

}  // namespace muster
