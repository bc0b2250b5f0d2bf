// Which executions count as sent but were not: the manager was killed before the event
// log had written the request.
#pragma once

#include "actors/manager/restored_work.hpp"
#include "messages/events.hpp"

namespace muster {

// They are queued again. `events` are all that the log has kept: a node that was sent
// a request which is kept no longer refuses it when it comes again.
void return_unsent(restored_work& what, const std::vector<document<logged_event>>& events);

}  // namespace muster
