// Gathers state changes into numbered records. A record holds at most one change
// per agent, since each change names the record with its agent's change before.
#pragma once

#include "messages/ledger.hpp"

#include <deque>

namespace muster {

class change_log {
 public:
  static constexpr size_t changes_per_record = 4096;

  change_log() = default;
  // Continues after the record numbered `last`.
  explicit change_log(uint64_t last) : last_(last) {}

  // Adds a change whose agent's change before it is in the record numbered
  // `change.previous`. Returns the number of the record that takes it.
  uint64_t add(state_change change);
  // Attaches an audit entry to the latest record; there must have been a change.
  void add(audit_entry entry);

  bool empty() const { return records_.empty(); }
  size_t records() const { return records_.size(); }
  uint64_t last() const { return last_; }

  // The newest record with a change of this agent that is durable, given the
  // newest of all: follows the chain back through what is not written yet.
  uint64_t durable_before(agent_id id, uint64_t number) const;

  // The oldest record that is not written yet. It takes no more changes.
  const record_changes& front();
  // The oldest one is durable.
  void pop() { records_.pop_front(); }

 private:
  std::deque<record_changes> records_;
  uint64_t last_ = 0;
  bool open_ = false;  // the newest record takes more
};

}  // namespace muster
