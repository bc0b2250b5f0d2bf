// Who exists: the columns of the fleet, one row per slot. Answers lists and
// finds the identity that a registering host has had before.
#pragma once

#include "actors/manager/host_index.hpp"
#include "actors/manager/text_pool.hpp"
#include "messages/ledger.hpp"
#include "messages/policy.hpp"
#include "messages/queries.hpp"

#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace muster {

class roster {
 public:
  // Makes room for that many.
  void reserve(size_t agents);
  // Takes an agent that the store knows. Its slot must be free.
  void restore(const agent_record& record, const agent_standing& standing);

  // Gives `record` a free slot and an id of its own, online as of its enrolled_at.
  agent_id admit(agent_record record, uint32_t serial);

  // Takes over what a host said when it registered again.
  void update(const agent_record& record);
  void remove(agent_id id);

  bool contains(agent_id id) const;
  size_t size() const { return size_; }
  size_t slots() const { return rows_.size(); }

  // The identities that one host has for agents of a dialect, by slot. Usually one.
  std::vector<agent_id> of_host(dialect speaks, std::string_view tenant, const host_facts& host) const;

  // All of an agent's record; `id` must exist.
  agent_record record(agent_id id) const;
  agent_row row(agent_id id) const;
  agent_standing standing(agent_id id) const;
  std::optional<agent_id> at_slot(uint32_t slot) const;
  agent_status status(agent_id id) const { return rows_[slot_of(id)].status; }

  void set_tokens(agent_id id, const agent_tokens& tokens) { rows_[slot_of(id)].tokens = tokens; }
  const agent_tokens& tokens(agent_id id) const { return rows_[slot_of(id)].tokens; }
  dialect speaks(agent_id id) const { return rows_[slot_of(id)].speaks; }
  const std::string& tenant(agent_id id) const { return texts_[rows_[slot_of(id)].tenant]; }
  bool enrolled_openly(agent_id id) const { return rows_[slot_of(id)].enrolled_openly; }

  void seen(agent_id id, utc_time at);
  void set_contested(agent_id id, bool contested);
  // Lets the next checkpoint write its standing.
  void touch(agent_id id);
  // Applies a change that the change record numbered `number` holds.
  void apply(const state_change& change, uint64_t number);

  agent_page list(const list_agents& query) const;
  // Adds what is in the columns; totals since start are the fleet's.
  void count(fleet_counts& counts) const;

  // Calls `visit(id, status, dialect)` for every agent.
  template <class Visit>
  void each(Visit visit) const {
    for (const auto& row : rows_)
      if (raw(row.id) != 0) visit(row.id, row.status, row.speaks);
  }
  // The agent that calls an address its own; both in their normal form.
  std::optional<agent_id> of_address(const std::string& address) const;
  policy_profile profile(agent_id id) const;

  // Blocks of standings touched since the last call.
  std::vector<uint32_t> take_touched_blocks();
  // Lets the next checkpoint write everything, after one that failed.
  void touch_all() { touched_.assign(touched_.size(), true); }
  standings_block block(uint32_t number) const;

  // At most `limit` agents that departed before `since`.
  std::vector<agent_id> departed_before(utc_time since, size_t limit) const;

 private:
  struct row_data {
    agent_id id{};  // zero: the slot is free
    agent_tokens tokens;
    std::unique_ptr<char[]> names;  // what the host says of itself, each text ended by 0
    utc_time last_seen{};
    utc_time changed_at{};
    utc_time registered_at{};
    utc_time enrolled_at{};
    uint64_t last_change = 0;
    text_pool::key tenant = 0;
    text_pool::key organization = 0;
    text_pool::key labels = 0;
    agent_status status = agent_status::online;
    dialect speaks = dialect::panguard;
    bool contested = false;
    bool enrolled_openly = false;
  };

  row_data& fill(const agent_record& record);
  void set_facts(row_data& row, const agent_record& record);
  bool matches(const row_data& row, const list_agents& query) const;
  agent_row describe(const row_data& row) const;
  static uint64_t host_key(dialect speaks, std::string_view tenant, std::string_view organization,
                           std::string_view hostname);

  text_pool texts_;
  std::vector<row_data> rows_;
  std::vector<std::array<uint32_t, 2>> addresses_;  // by slot: fingerprints of both addresses, or 0
  std::vector<uint32_t> free_;
  host_index hosts_;           // by host_key; rows are compared too
  std::vector<bool> touched_;  // index is a block
  size_t size_ = 0;
  std::array<uint64_t, agent_status_count> by_status_{};
  std::array<uint64_t, 3> by_dialect_{};
  uint64_t contested_ = 0;
};

// Labels as one text, "key=value" lines in key order, and back.
std::string join_labels(const std::map<std::string, std::string>& labels);
std::map<std::string, std::string> split_labels(std::string_view text);

}  // namespace muster
