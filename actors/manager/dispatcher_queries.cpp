// What operators and nodes ask the dispatcher.
#include "actors/manager/dispatcher.hpp"
#include "messages/errors.hpp"
#include "messages/queries.hpp"

#include <algorithm>

namespace muster {

namespace {

size_t page_size(uint32_t asked) { return std::clamp<size_t>(asked, 1, max_page); }

}  // namespace

run_page dispatcher_state::list(const list_runs& wanted) const {
  run_page out;
  auto at = wanted.before == 0 ? runs_.end() : runs_.lower_bound(wanted.before);
  while (at != runs_.begin() && out.runs.size() < page_size(wanted.limit)) {
    const auto& run = (--at)->second;
    if (wanted.under_way && run.over()) continue;
    if (!wanted.action.empty() && run.record().action != wanted.action) continue;
    out.runs.push_back(run.row());
  }
  if (at != runs_.begin()) out.next = at->first;
  return out;
}

caf::expected<run_row> dispatcher_state::run_of(const read_run& wanted) const {
  const auto found = runs_.find(wanted.number);
  if (found == runs_.end()) return caf::make_error(fleet_error::run_unknown);
  return found->second.row();
}

caf::expected<execution_page> dispatcher_state::executions(const read_executions& wanted) const {
  const auto found = runs_.find(wanted.run);
  if (found == runs_.end()) return caf::make_error(fleet_error::run_unknown);
  const auto& all = found->second.executions();
  execution_page out;
  auto at =
    std::lower_bound(all.begin(), all.end(), wanted.from,
                     [](const execution_record& each, uint64_t from) { return slot_of(each.node) < from; });
  for (; at != all.end() && out.executions.size() < page_size(wanted.limit); ++at)
    if (!wanted.status || at->status == *wanted.status) out.executions.push_back(*at);
  if (at != all.end()) out.next = slot_of(at->node);
  return out;
}

caf::expected<execution_record> dispatcher_state::execution(const read_execution& wanted) const {
  const auto found = runs_.find(wanted.run);
  if (found == runs_.end()) return caf::make_error(fleet_error::run_unknown);
  const auto* what = found->second.of(slot_of(wanted.node));
  if (what == nullptr || what->node != wanted.node) return caf::make_error(fleet_error::execution_unknown);
  return *what;
}

pending_actions dispatcher_state::pending(const pending_actions_of& wanted) const {
  pending_actions out;
  for (const auto number : under_way_) {
    const auto& run = runs_.at(number);
    const auto* what = run.of(slot_of(wanted.node));
    if (what != nullptr && what->node == wanted.node && what->status == execution_status::sent)
      out.json.push_back(ports_.writer->request(order_of(run, *what)));
  }
  return out;
}

}  // namespace muster
