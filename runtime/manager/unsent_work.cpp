// Compares what was to be sent with what was.
#include "runtime/manager/unsent_work.hpp"

#include "runtime/json/tree.hpp"

#include <set>

namespace muster {

void return_unsent(restored_work& what, const std::vector<document<logged_event>>& events) {
  std::vector<execution_record*> unsure;
  for (auto& each : what.runs)
    for (auto& execution : each.executions)
      if (execution.status == execution_status::sent) unsure.push_back(&execution);
  if (unsure.empty()) return;
  std::set<std::string> requested;
  for (const auto& each : events) {
    if (each->what.type != "action_request") continue;
    const auto payload = nlohmann::json::parse(each->what.payload, nullptr, false);
    if (payload.is_object()) requested.insert(payload.value("execution_id", std::string{}));
  }
  for (auto* execution : unsure)
    if (!requested.contains(execution_name(execution->run, execution->node)))
      execution->status = execution_status::queued;
}

}  // namespace muster
