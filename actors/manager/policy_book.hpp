// Knows every layer of policy and from them which document each agent should
// have, and since which revision. A plain value: whoever changes it copies it
// first, and drops the copy if the change could not be made durable.
//
// A version is the revision at which the merged document last changed for its
// holder, not the revision of some layer: a write that changes nothing for an
// agent leaves its version alone. Versions are kept per profile and band of
// buckets, and per agent where an agent differs from its profile.
#pragma once

#include "messages/policy_control.hpp"

#include <functional>
#include <map>

namespace muster {

// How agents read a document: JSON members. Made once per distinct document.
using policy_renderer = std::function<std::string(const policy_document&)>;

// Who did it and when; what every change is recorded with.
struct policy_act {
  std::string action;
  std::string author;
  std::string reason;
  utc_time at{};
};

class policy_book {
 public:
  explicit policy_book(policy_renderer render, policy_state restored = {});

  uint64_t revision() const { return state_.revision; }
  const policy_state& contents() const { return state_; }
  // What must be durable to be restored exactly.
  policy_state state() const;

  // Profiles are numbered from 0 without gaps; those known already are passed over.
  void add_profiles(const know_profiles& news);
  std::vector<policy_version> versions(uint32_t profile) const { return entries_[profile]; }
  size_t profiles() const { return profiles_.size(); }
  // The profile of an agent that the next change names by itself, or that is named already. None: it is
  // not enrolled, and has no version.
  void place_agent(agent_id id, caf::optional<uint32_t> profile);
  // Agents that are named by layers, emergencies or versions of their own.
  std::vector<agent_id> named_agents() const;

  const stored_policy* find(const policy_scope& scope) const;
  const emergency* find(pattern_id cause) const;
  const policy_rollout* find_rollout(uint64_t id) const;
  const policy_rollout* rollout_of(const policy_scope& scope) const;  // that has not ended
  bool revoked(pattern_id cause) const;

  // Each of these is one revision, returned as the history keeps it.
  policy_revision write(const policy_scope& scope, caf::optional<policy_document> what, policy_act act);
  policy_revision put_emergencies(std::vector<emergency> all, policy_act act);
  policy_revision drop_emergencies(const std::vector<pattern_id>& causes, bool for_good, policy_act act);
  policy_revision start(policy_rollout rollout, policy_document candidate, policy_act act);
  policy_revision move(uint64_t rollout, rollout_move move, policy_act act);
  policy_revision reprofile(agent_id id, uint32_t from, uint32_t to, policy_act act);
  void forget(agent_id id);
  void allow_again(pattern_id cause);  // a pattern that was revoked has ended

  policy_table table() const;
  policy_version fleet_wide() const;
  agent_policy explain(agent_id id, uint32_t profile) const;
  // Those for whom `other`, a later state of this book, has another document.
  std::vector<policy_effect> effects(const policy_book& other) const;

 private:
  using documents = std::vector<const policy_document*>;
  struct named_agent {
    caf::optional<uint32_t> profile;
    policy_version has;
  };
  // Documents made so far, by their layers. Points into `state_`, so a copy of
  // the book starts without.
  struct made_documents {
    made_documents() = default;
    made_documents(const made_documents&) {}
    made_documents(made_documents&&) = default;
    made_documents& operator=(const made_documents&) {
      of.clear();
      return *this;
    }
    made_documents& operator=(made_documents&&) = default;

    std::map<documents, document<effective_policy>> of;
  };
  class composer;

  stored_policy& layer(const policy_scope& scope);
  void drop_empty_layer(const policy_scope& scope);
  policy_revision revise(policy_act act, caf::optional<policy_scope> scope, uint64_t previous);
  void recompute();
  void split_bands();
  std::vector<uint32_t> wanted_bounds() const;
  size_t band_of(uint32_t bucket) const { return policy_band(bounds_, bucket); }
  documents layers_for(const policy_profile& profile, uint32_t bucket, const agent_id* id,
                       std::vector<std::string>* names = nullptr) const;
  uint64_t version_by_marks(const policy_profile& profile, uint32_t bucket) const;
  utc_time time_of(uint64_t revision) const;
  void drop_idle_times();
  void drop_idle_specials();
  bool named(agent_id id) const;

  policy_renderer render_;
  policy_state state_;  // exceptions and specials only until they are restored
  std::vector<policy_profile> profiles_;
  std::vector<uint32_t> bounds_{policy_buckets};
  std::vector<std::vector<policy_version>> entries_;  // index is a profile, then a band
  std::map<agent_id, named_agent> specials_;
  made_documents made_;
};

}  // namespace muster
