// Actions in the plexd dialect: how nodes are told of them, and what they answer.
#pragma once

#include "actors/ports/action_writer.hpp"
#include "messages/work.hpp"
#include "runtime/wire/reading.hpp"

namespace muster::plexd {

class work_writer : public action_writer {
 public:
  std::string request(const action_order& what) const override;
  std::string cancellation(const std::string& execution) const override;
  std::string problem_of(const action_order& what) const override;
};

// Bodies of POST …/executions/{execution}/ack and …/result from this node.
reading<execution_acknowledged> read_acknowledgement(const json::element& body, agent_id node,
                                                     std::string_view execution);
reading<execution_finished> read_result(const json::element& body, agent_id node, std::string_view execution);

// Elements of `pending_actions` in the node's state.
std::string write_pending(const pending_actions& what);

}  // namespace muster::plexd
