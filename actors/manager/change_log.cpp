// Gathering of state changes.
#include "actors/manager/change_log.hpp"

namespace muster {

uint64_t change_log::add(state_change change) {
  if (!open_ || change.previous == last_ || records_.back().changes.size() >= changes_per_record) {
    records_.push_back({++last_, {}, {}});
    open_ = true;
  }
  records_.back().changes.push_back(std::move(change));
  return last_;
}

void change_log::add(audit_entry entry) { records_.back().audit.push_back(std::move(entry)); }

uint64_t change_log::durable_before(agent_id id, uint64_t number) const {
  for (auto record = records_.rbegin(); record != records_.rend(); ++record) {
    if (record->number != number) continue;
    for (const auto& change : record->changes)
      if (change.id == id) number = change.previous;
  }
  return number;
}

const record_changes& change_log::front() {
  if (records_.size() == 1) open_ = false;
  return records_.front();
}

}  // namespace muster
