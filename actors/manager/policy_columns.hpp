// What the fleet knows of policy per slot: who is alike to its layers, which
// version everyone should have, was sent and has acknowledged.
#pragma once

#include "actors/manager/published_policy.hpp"

#include <unordered_map>

namespace muster {

class policy_columns {
 public:
  // Finds or numbers the profile of an agent and remembers it for the slot.
  uint32_t place(agent_id id, const policy_profile& profile);
  void clear(agent_id id);  // it is no more
  // Profiles that nobody was told of yet.
  know_profiles take_new_profiles();

  uint32_t profile(agent_id id) const { return rows_[slot_of(id)].profile; }
  uint64_t acknowledged(agent_id id) const { return rows_[slot_of(id)].acknowledged; }
  void restore_acknowledged(agent_id id, uint64_t version);

  void publish(const publish_policy& news);
  void publish(const publish_profiles& news) { published_.take(news); }
  // 0 while it is not known.
  uint64_t version(agent_id id) const;
  // Whether its document is its own rather than its profile's.
  bool is_special(agent_id id) const;

  void note(const policy_note& note);
  void note_pattern(const pattern& seen);
  void note_error(agent_id id, utc_time at) { errors_[raw(id)] = at; }

  // One agent counted; departed ones are left out by the caller.
  void count(agent_id id, const std::string& group, policy_progress& into,
             std::vector<std::chrono::milliseconds>& took) const;
  void finish(policy_progress& into, std::vector<std::chrono::milliseconds>& took) const;
  // By "tenant", "organization" or a label; empty text where it has none.
  std::string group(agent_id id, const std::string& by) const;

  // The health of one agent counted for a rollout, if the scope concerns it.
  // The silence of one that is held counts for nothing yet.
  void compare(agent_id id, agent_status status, bool held, const compare_cohorts& query,
               rollout_health& into) const;

 private:
  struct row_data {
    uint32_t profile = 0;
    uint32_t delivered = 0;
    uint32_t acknowledged = 0;
    uint32_t took_milliseconds = 0;  // from the revision to its acknowledgement, at most 49 days
  };

  row_data& row(agent_id id);
  bool since(const std::unordered_map<uint64_t, utc_time>& times, agent_id id, utc_time from) const;

  std::vector<policy_profile> profiles_;
  std::unordered_map<std::string, uint32_t> numbers_;  // by a profile's text
  uint32_t told_ = 0;                                  // profiles below this
  std::vector<row_data> rows_;                         // index is a slot
  published_policy published_;
  std::map<uint64_t, utc_time> revisions_;  // when the latest of them were made
  std::unordered_map<uint64_t, utc_time> in_patterns_;
  std::unordered_map<uint64_t, utc_time> errors_;
};

}  // namespace muster
