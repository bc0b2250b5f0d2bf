// What one loop knows of policy: which version each agent should have, who waits
// for a new one and who listens on a stream. A change reaches those who listen at
// a set pace, each with what is newest when its turn comes, encoded once for all.
#pragma once

#include "actors/manager/published_policy.hpp"
#include "runtime/http/message.hpp"

#include <deque>
#include <map>
#include <unordered_map>

namespace muster {

// Plain counts of one desk, for metrics.
struct policy_desk_counts {
  size_t streams = 0;   // open now
  size_t polls = 0;     // that wait now
  uint64_t pushes = 0;  // new versions sent to either
};

class policy_desk {
 public:
  void publish(const publish_policy& news);
  void publish(const publish_profiles& news) { published_.take(news); }

  // Nothing while it is not known.
  const policy_version* of(agent_id id, uint32_t profile) const { return published_.of(id, profile); }
  uint64_t revision() const { return published_.table() ? published_.table()->revision : 0; }

  // The body and the tag of a version.
  std::shared_ptr<const std::string> body(const policy_version& version);
  static std::string tag(uint64_t version);

  // Answers as soon as the agent should have another version than `has`, or at
  // `deadline` (a second of the loop) with 304. The agent must have a version now.
  void wait(agent_id id, uint32_t profile, uint64_t has, uint32_t deadline, http::reply to);

  // An answer that tells each new version from now on, and the present one unless
  // the peer has it: `last_event_id` is the last version that it saw.
  http::response listen(agent_id id, uint32_t profile, std::string_view last_event_id);

  // Progress for the fleet.
  void note_delivered(agent_id id, uint64_t version);
  void note_acknowledged(agent_id id, uint64_t version, utc_time at);
  policies_noted take_notes();

  // Once a second. `profile_of` tells an agent's profile now, or nothing if it is no more.
  using find_profile = std::function<std::optional<uint32_t>(agent_id)>;
  void sweep(uint32_t second, const find_profile& profile_of);

  // Sends to at most `most` of those who are due. True if more are.
  bool push(size_t most);
  bool pushing() const { return !due_.empty(); }
  size_t listeners() const { return listeners_.size(); }
  const policy_desk_counts& counts() const { return counts_; }

 private:
  struct listener {
    agent_id id{};
    uint32_t profile = 0;
    uint64_t has = 0;
    bool due = false;
    uint32_t deadline = 0;  // of one that waits
    std::optional<http::reply> waits;
    std::shared_ptr<http::stream> listens;
  };
  using encoded = std::map<std::pair<const effective_policy*, uint64_t>, std::shared_ptr<const std::string>>;

  void make_due(const std::shared_ptr<listener>& one);
  bool serve(listener& one);
  static void dismiss(listener& one);
  static void answer_same(listener& one);
  std::shared_ptr<const std::string> event(const policy_version& version);
  bool known(uint64_t version) const;
  policy_note& note(agent_id id);

  published_policy published_;
  std::vector<std::shared_ptr<listener>> listeners_;
  std::deque<std::shared_ptr<listener>> due_;
  encoded bodies_;
  encoded events_;
  std::unordered_map<uint64_t, policy_note> notes_;
  policy_desk_counts counts_;  // streams and polls as of the last sweep
};

}  // namespace muster
