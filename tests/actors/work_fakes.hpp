// Who stands in for the registrar, the event log and the nodes when actions are sent.
#pragma once

#include "actors/ports/action_writer.hpp"
#include "messages/events.hpp"
#include "messages/nodes.hpp"
#include "messages/work.hpp"
#include "tests/actors/fakes.hpp"

namespace muster::test {

// What a fake registrar was asked; it answers with all nodes it has.
struct selector_book {
  answer_desk<node_selection> desk;
  std::vector<select_nodes> asked;
  std::vector<selected_node> nodes;
};
inline node_selector_actor::behavior_type fake_selector(node_selector_actor::pointer self,
                                                        std::shared_ptr<selector_book> book) {
  return {[=](const select_nodes& x) {
    book->asked.push_back(x);
    return book->desk(self, node_selection{book->nodes});
  }};
}

// What a fake event log was told, refused requests left out.
struct appender_book {
  answer_desk<committed> desk;
  std::vector<append_events> requests;
};
inline event_appender_actor::behavior_type fake_appender(event_appender_actor::pointer self,
                                                         std::shared_ptr<appender_book> book) {
  return {[=](const append_events& x) {
    if (book->desk.refusals == 0) book->requests.push_back(x);
    return book->desk(self, committed{});
  }};
}

// "x-1-0 ping 30s by ann": orders that can be read by eye.
class readable_writer : public action_writer {
 public:
  std::string request(const action_order& what) const override {
    return what.execution + " " + what.action + " " + std::to_string(what.timeout.count() / 1000) + "s by "
           + what.author + (what.checksum.empty() ? "" : " " + what.checksum);
  }
  std::string cancellation(const std::string& execution) const override { return execution; }
  std::string problem_of(const action_order& what) const override {
    return what.parameters.count("unreadable") > 0 ? "nobody can read it" : "";
  }
};

}  // namespace muster::test
