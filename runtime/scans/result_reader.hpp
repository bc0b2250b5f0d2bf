// Reads what sensors upload, one after the other, so that no loop stands still for a large
// result, and only one is in memory as a tree.
#pragma once

#include "messages/sensor_interfaces.hpp"
#include "runtime/json/document.hpp"

#include <caf/typed_event_based_actor.hpp>

namespace muster {

struct result_reader_state {
  static inline const char* name = "muster.result_reader";

  explicit result_reader_state(result_reader_actor::pointer actor) : self(actor) {}

  result_reader_actor::pointer self;
  json::document parser;
};

result_reader_actor::behavior_type result_reader(
  result_reader_actor::stateful_pointer<result_reader_state> self, coordinator_actor coordinator);

}  // namespace muster
