// What a manager knows of its event streams when it starts: read from the store once
// and handed to the event log at spawn.
#pragma once

#include "messages/events.hpp"

namespace muster {

struct restored_events {
  sealed_signing_keys sealed;                  // nothing in it before the first start
  signing_keys keys;                           // the same, as open_signing_keys() opened them
  std::vector<document<logged_event>> events;  // ascending within each stream
};

}  // namespace muster
