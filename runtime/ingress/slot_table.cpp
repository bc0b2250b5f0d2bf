// The loop's table of agents.
#include "runtime/ingress/slot_table.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace muster {

void slot_table::publish(const publish_slots& news) {
  uint32_t highest = 0;
  for (const auto& slot : news.slots) highest = std::max(highest, slot_of(slot.id));
  if (!news.slots.empty() && highest >= slots_.size()) slots_.resize(highest + 1);
  for (const auto& slot : news.slots) {
    auto& mine = slots_[slot_of(slot.id)];
    if (mine.id != slot.id) mine.heard = false;  // that was somebody else
    if (mine.speaks == dialect::plexd) nodes_.erase(mine.tokens.current, raw(mine.id));
    mine.id = slot.id;
    mine.tokens = slot.tokens;
    mine.agent = slot.agent;
    mine.speaks = slot.speaks;
    mine.profile = slot.profile;
    mine.tenant = number_of(slot.tenant);
    if (slot.speaks == dialect::plexd && slot.agent) nodes_.insert(slot.tokens.current, raw(slot.id));
  }
}

// 0 when there are too many to tell them apart: such nodes have no event stream.
uint16_t slot_table::number_of(const std::string& tenant) {
  const auto found = std::find(tenants_.begin(), tenants_.end(), tenant);
  if (found == tenants_.end() && tenants_.size() > std::numeric_limits<uint16_t>::max()) return 0;
  const auto number = found - tenants_.begin();
  if (found == tenants_.end()) tenants_.push_back(tenant);
  return static_cast<uint16_t>(number);
}

slot_table::entry* slot_table::find_node(const token_digest& key) {
  const auto owner = nodes_.find(key);
  return owner ? find(agent_id{*owner}) : nullptr;
}

slot_table::entry* slot_table::find(agent_id id) {
  const auto slot = slot_of(id);
  if (slot >= slots_.size() || slots_[slot].id != id || serial_of(id) == 0) return nullptr;
  return &slots_[slot];
}

token_verdict slot_table::check(const entry& slot, const token_digest& shown) {
  if (!slot.tokens.current.empty() && matches(slot.tokens.current, shown)) return token_verdict::current;
  if (!slot.tokens.issued.empty() && matches(slot.tokens.issued, shown)) return token_verdict::issued;
  if (!slot.tokens.superseded.empty() && matches(slot.tokens.superseded, shown))
    return token_verdict::superseded;
  return token_verdict::unknown;
}

void slot_table::note_heard(entry& slot, utc_time at) {
  slot.heard_at = at;
  if (slot.heard) return;
  slot.heard = true;
  heard_.push_back(slot_of(slot.id));
}

beats_heard slot_table::take_heard() {
  beats_heard out;
  out.beats.reserve(heard_.size());
  for (auto slot : heard_) {
    if (!std::exchange(slots_[slot].heard, false)) continue;
    out.beats.push_back({slots_[slot].id, slots_[slot].heard_at});
  }
  heard_.clear();
  return out;
}

}  // namespace muster
