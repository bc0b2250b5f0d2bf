// What nodes are told when their desired state changes.
#pragma once

#include "actors/ports/state_writer.hpp"
#include "messages/events.hpp"

namespace muster {

// The events for nodes that had `before` and have `after`, their audience left out. Metadata and data that
// take more than `inline_bytes` are not told, but that there is something to pull.
std::vector<node_event> state_news(const desired_state& before, const desired_state& after,
                                   const state_writer& write, size_t inline_bytes);

// {"peer_id":"…"}
std::string peer_payload(agent_id peer);

}  // namespace muster
