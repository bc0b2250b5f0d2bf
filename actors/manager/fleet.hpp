// The fleet actor knows who exists. It admits and removes agents, keeps their
// standing in columns, gathers their state changes into few records and tells
// every loop which slot belongs to whom.
#pragma once

#include "actors/manager/agent.hpp"
#include "actors/manager/change_log.hpp"
#include "actors/manager/loss_watch.hpp"
#include "actors/manager/notices.hpp"
#include "actors/manager/policy_columns.hpp"
#include "actors/manager/restored_fleet.hpp"
#include "actors/manager/roster.hpp"
#include "actors/ports/credential_source.hpp"
#include "actors/ports/journal.hpp"
#include "messages/enrolment.hpp"
#include "messages/loops.hpp"
#include "messages/news.hpp"

namespace muster {

struct fleet_options {
  uint32_t agents = 2'000'000;                            // enrolled at once, at most max_slots
  std::chrono::milliseconds flush_delay{50};              // for changes to gather into one record
  std::chrono::milliseconds retry_delay{1'000};           // after the ledger refused changes
  std::chrono::milliseconds checkpoint_interval{60'000};  // between writes of the standings
  std::chrono::milliseconds departed_retention = std::chrono::hours{24 * 90};
  std::chrono::milliseconds request_timeout{30'000};  // for the ledger and for loops
  size_t checkpoint_blocks = 32;                      // in one message to the ledger
  size_t removals_per_checkpoint = 1'000;             // of agents that departed long ago
  std::array<liveness_profile, 3> profiles;           // index is dialect
  bool correlate_benign = false;                      // events too that an agent found benign
  loss_limits losses;
  bool second_thread = false;   // a start with many agents may use one; not on virtual time
  bool trust_everyone = false;  // whoever enrolled without a credential or is contested counts too
};

// What the fleet depends on.
struct fleet_ports {
  ledger_actor ledger;
  std::shared_ptr<const listening_clock> listening;
  calendar utc_now;
  std::shared_ptr<credential_source> credentials;
  journal tell;
  correlator_actor correlator = {};    // may be none
  policy_actor policy = {};            // may be none
  notice_listener_actor notices = {};  // hears who is lost; may be none
};

struct fleet_state {
  static inline const char* name = "muster.fleet";

  explicit fleet_state(fleet_actor::pointer actor) : self(actor) {}
  ~fleet_state();  // its agents end with it
  fleet_actor::behavior_type make_behavior(fleet_options options, fleet_ports ports, restored_fleet restored);

  caf::result<enrolment> enrol(const enrol_agent& request);
  void promote_token(const token_used& use);
  caf::result<committed> remove(const remove_agent& request);
  caf::result<committed> label(const label_agent& request);
  void note(const state_change& change);
  caf::result<committed> note_departure(const state_change& change);
  void note_contest(const state_change& change);
  void respawn(const agent_failed& failed);
  void attach(const attach_loops& loops);
  void note_beats(const beats_heard& heard);
  void follow(const follow_news& request);
  void note_pattern(const pattern_changed& change);
  caf::result<agent_details> show(const show_agent& request);
  fleet_counts count() const;
  agent_hostnames hostnames(const find_hostnames& query) const;
  profiles_known take(const publish_policy& news);
  profiles_known take(const publish_profiles& news);
  void note_policies(const policies_noted& news);
  agent_profiles profiles(const find_profiles& query) const;
  affected_agents affected(const find_affected& query) const;
  rollout_health compare(const compare_cohorts& query) const;
  policy_progress progress(const count_policy_progress& query) const;
  void flush();
  void checkpoint();
  caf::result<committed> close();

  fleet_actor::pointer self;

 private:
  using committed_promise = caf::typed_response_promise<committed>;

  void restore(restored_fleet& restored);
  void make_room(agent_id id);
  void spawn_restored(restored_agent& known);
  void spawn_agent(agent_id id, agent_status status, utc_time last_seen);
  void spawn_agent(agent_options options);
  void discard_agent(agent_id id);
  std::shared_ptr<const std::string> shared_tenant(const std::string& tenant);
  void reprofile(agent_id id, uint32_t from, const std::string& by, std::function<void()> then);
  void add_policy(agent_row& row) const;

  agent_page list(const list_agents& query) const;
  slot_entry entry(agent_id id) const;
  void publish(agent_id id, uint32_t slot);
  std::optional<agent_id> identity_of(const enrol_agent& request) const;
  agent_record composed(agent_id id, const enrol_agent& request, utc_time now) const;
  void restore_labels(const label_agent& refused, const std::map<std::string, std::string>& before);
  audit_entry audit(std::string actor, std::string action, agent_id subject, std::string detail) const;
  void gather(state_change change);
  template <class News>
  void tell_followers(const News& news);
  void tell_status(agent_id id, agent_status status, utc_time at);
  void tell_registrar(agent_id id, std::optional<agent_status> entered = {});

  // fleet_losses.cpp
  loss_watch::names groups_of(agent_id id) const;
  void regroup(const agent_record& record);
  void set_told_lost(agent_id id, bool told);
  void restore_told(agent_id id, const agent_standing& standing);
  void settle_losses();
  void arm_loss_timer();
  void check_losses(listening_time deadline);
  void tell_loss(state_change change);
  state_change change_so_far(agent_id id) const;
  void tell_flapping(agent_id id, bool flaps);
  void record_disruption(const named_disruption& which, const char* action);
  void tell_disruption(const named_disruption& which, bool ended);
  noticed_agent noticed(agent_id id) const;
  void add_losses(fleet_counts& counts) const;
  utc_time utc_of(listening_time at) const;
  listening_time listening_now() const;
  void direct(const direct_agents& request);
  void schedule_flush(std::chrono::milliseconds delay);
  standings_block durable_block(uint32_t number) const;
  void settle_changes(uint64_t until);
  void remove_long_departed();

  // Runs `done` once every loop knows the slot and the ledger has committed
  // `write`, or `failed` with what went wrong.
  template <class Write, class Done, class Failed>
  void publish_and_commit(slot_entry slot, Write write, Done done, Failed failed);

  fleet_options options_;
  fleet_ports ports_;
  std::shared_ptr<const agent_context> context_;
  roster roster_;
  policy_columns policies_;
  std::vector<agent_actor> agents_;                                    // index is a slot
  std::map<std::string, std::shared_ptr<const std::string>> tenants_;  // each shared by its agents
  std::vector<ingress_actor> loops_;
  registrar_actor registrar_;    // hears how nodes do; may be none
  dispatcher_actor dispatcher_;  // hears which nodes are no more; may be none
  steward_actor steward_;        // hears of new policy; may be none
  coordinator_actor coordinator_;
  std::vector<ingress_actor> followers_;  // those of them with listeners to news
  loss_watch losses_;
  std::vector<bool> told_lost_;         // by slot: people were told that it is
  listening_time losses_armed_for_{0};  // zero: no timer runs
  uint64_t disruptions_begun_ = 0;
  std::map<std::string, std::string> told_disruptions_;  // groups, and the tenants that their messages had
  change_log changes_;
  std::set<agent_id> removing_;  // until the ledger has forgotten them
  // Each with the number of the change record that must be durable first.
  std::vector<std::pair<uint64_t, committed_promise>> departures_;
  uint32_t last_serial_ = 0;
  uint64_t written_changes_ = 0;  // number of the last change record that is durable
  bool flush_pending_ = false;
  bool writing_ = false;
  bool closed_ = false;
  fleet_counts totals_;  // only what is counted since start
};

fleet_actor::behavior_type fleet(fleet_actor::stateful_pointer<fleet_state> self, fleet_options options,
                                 fleet_ports ports, restored_fleet restored);

}  // namespace muster
