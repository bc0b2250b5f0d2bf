// The correlation window actor stands for one (tenant, kind, value) that was seen
// lately. It has no timer of its own, since a pending one would keep it alive:
// the correlator ends it.
#pragma once

#include "actors/manager/pattern_tracker.hpp"
#include "messages/interfaces.hpp"

#include <caf/typed_event_based_actor.hpp>

namespace muster {

struct correlation_window_options {
  pattern_options rules;
  pattern_key key;
  std::optional<pattern> restored;  // an open pattern to go on with
};

struct correlation_window_state {
  static inline const char* name = "muster.correlation_window";

  explicit correlation_window_state(correlation_window_actor::pointer actor) : self(actor) {}
  correlation_window_actor::behavior_type make_behavior(correlation_window_options options);

  sighting_verdict note(const note_sighting& seen);
  window_contents describe() const;
  window_contents retire(utc_time at);

  correlation_window_actor::pointer self;

 private:
  std::optional<pattern_tracker> tracker_;
};

correlation_window_actor::behavior_type correlation_window(
  correlation_window_actor::stateful_pointer<correlation_window_state> self,
  correlation_window_options options);

}  // namespace muster
