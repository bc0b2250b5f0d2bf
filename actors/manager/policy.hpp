// The policy actor owns the book of policy. Changes wait in a queue: each is made
// on a copy of the book, becomes durable, reaches every loop, and only then is
// answered; a copy that could not be written is dropped.
#pragma once

#include "actors/manager/emergency_rules.hpp"
#include "actors/manager/policy_book.hpp"
#include "actors/manager/rollout.hpp"

#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <deque>
#include <set>

namespace muster {

struct policy_options {
  emergency_options emergencies;
  uint32_t emergency_revisions_per_minute = 10;  // more are merged into one
  size_t queued_changes = 1'000;                 // that wait for their turn
  rollout_options rollouts;
};

struct policy_ports {
  ledger_actor ledger;
  calendar utc_now;
  policy_renderer render;
  journal tell;
  notice_listener_actor notices = {};  // hears of emergencies and halted rollouts; may be none
};

struct policy_actor_state {
  static inline const char* name = "muster.policy";

  explicit policy_actor_state(policy_actor::pointer actor) : self(actor) {}
  ~policy_actor_state();  // its rollouts end with it
  policy_actor::behavior_type make_behavior(policy_options options, policy_ports ports,
                                            policy_state restored);

  caf::result<policy_written> write(const write_policy& request);
  policy_overview overview() const;
  policy_counts count() const;
  caf::result<policy_written> revoke(const revoke_emergency& request);
  caf::result<policy_written> start(const start_rollout& request);
  caf::result<policy_written> move(const move_rollout& request);
  caf::result<profiles_known> know(const know_profiles& news);
  caf::result<policy_written> reprofile(const agent_reprofiled& request);
  void forget(agent_id id);
  void attach(const attach_policy& all);
  void hear(const pattern_changed& change);
  void check_emergencies(uint64_t generation);

  policy_actor::pointer self;

 private:
  using written_promise = caf::typed_response_promise<policy_written>;
  using edit = std::function<caf::expected<policy_revision>(policy_book&)>;
  struct queued_change {
    edit make;
    std::string subject;  // for the audit
    std::function<void(uint64_t revision)> done;
    std::function<void(caf::error&)> failed;
    std::vector<agent_id> names = {};  // agents whose profiles the book must know for it
    bool wants_known = false;          // fails if none of them is enrolled
  };
  using places = std::vector<std::pair<agent_id, caf::optional<uint32_t>>>;

  // policy.cpp: the queue
  written_promise enqueue(
    edit make, std::string subject, std::function<void()> count = [] {}, std::vector<agent_id> names = {},
    bool wants_known = false);
  void enqueue(queued_change what);
  void make_next();
  void place_first();
  void write_down(policy_book next, policy_revision made, queued_change what);
  void settle(queued_change what, uint64_t revision);
  template <class Message, class Done>
  void tell_everyone(const Message& news, Done done);
  caf::result<policy_written> preview(edit make, const std::vector<agent_id>& named);
  void with_places(const std::vector<agent_id>& ids, std::function<void(const places&)> then);
  void take_up();
  void follow_rollouts();
  void tell_of_halt(const policy_rollout& rollout);

  // policy_emergencies.cpp
  void drop_never_blocked();
  std::optional<emergency> judge(const pattern& cause);
  void refuse(const pattern& cause, const std::string& why);
  void publish_in_turn(emergency answer);
  void publish_emergencies();
  void tell_of_emergencies(const std::vector<emergency>& published);
  void expire_emergencies();
  std::chrono::milliseconds until_turn() const;
  void arm_timer(std::chrono::milliseconds least = std::chrono::milliseconds{1});

  policy_options options_;
  policy_ports ports_;
  std::optional<emergency_rules> rules_;
  std::optional<policy_book> book_;  // what is durable
  std::optional<policy_book> next_;  // with the change that is being written
  std::deque<queued_change> queue_;
  bool placing_ = false;                // the first of the queue waits for the fleet
  bool begun_ = false;                  // the fleet is known, and where each named agent belongs
  std::vector<pattern_changed> early_;  // heard before that
  fleet_actor fleet_;
  std::vector<ingress_actor> loops_;
  std::map<uint64_t, rollout_actor> rollouts_;
  std::map<pattern_id, emergency> waiting_;  // for their turn
  std::deque<utc_time> published_;           // emergency revisions of the last minute
  uint64_t generation_ = 0;                  // of the timer that counts
  bool expiring_ = false;                    // what is over waits to be written
  policy_counts counts_;                     // only what is counted since start
  std::set<pattern_id> refused_;             // open patterns that caused nothing
};

policy_actor::behavior_type policy(policy_actor::stateful_pointer<policy_actor_state> self,
                                   policy_options options, policy_ports ports, policy_state restored);

}  // namespace muster
