// The agent actor stands for one enrolled agent: it hears its beats, notices its
// silence and answers for its reports. There may be a million, so its hot state
// stays small and it holds at most one wanted alarm.
#pragma once

#include "actors/manager/alarm_clock.hpp"
#include "actors/manager/contest.hpp"
#include "actors/manager/event_ring.hpp"
#include "actors/manager/liveness_clock.hpp"
#include "actors/ports/calendar.hpp"
#include "actors/ports/listening_clock.hpp"
#include "messages/correlation.hpp"
#include "messages/heartbeat.hpp"
#include "messages/interfaces.hpp"
#include "messages/queries.hpp"
#include "messages/threats.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <array>
#include <memory>

namespace muster {

// What all agents share; made once by the fleet.
struct agent_context {
  fleet_actor fleet;
  ledger_actor ledger;
  std::shared_ptr<const listening_clock> listening;
  calendar utc_now;
  std::array<liveness_profile, 3> profiles;  // index is dialect
  std::shared_ptr<alarm_board> alarms;
  alarm_clock_actor alarm_clock;     // is told when the board has a new first alarm
  correlator_actor correlator = {};  // may be none
  bool correlate_benign = false;     // events too that the agent found benign
  bool trust_everyone = false;       // contested and openly enrolled agents count towards emergencies too
};

// What an agent starts with.
struct agent_options {
  agent_id id{};
  dialect speaks = dialect::panguard;
  agent_status status = agent_status::online;
  utc_time last_seen{};
  std::vector<uint64_t> recent_events;
  std::shared_ptr<const std::string> tenant = {};
  bool openly_enrolled = false;
  uint64_t policy_acknowledged = 0;  // version that it last said it has, 0 if it never did
};

struct agent_state {
  static inline const char* name = "muster.agent";

  explicit agent_state(agent_actor::pointer actor) : self(actor) {}
  void begin_life(agent_options options, std::shared_ptr<const agent_context> shared);

  heartbeat_ack hear(const heartbeat& beat);
  void reenrol(const agent_reenrolled& again);
  caf::result<committed> depart(utc_time at);
  caf::result<threats_accepted> store(report_threats& report);
  agent_details describe(const describe_agent& request) const;
  void check_liveness(listening_time deadline);
  void second_holder(listening_time at);
  void direct(const direct_agent& what) {
    directives_ = static_cast<uint8_t>((directives_ | what.set) & ~what.clear);
  }
  void acknowledge(uint64_t version) { policy_acknowledged_ = static_cast<uint32_t>(version); }

  agent_actor::pointer self;

 private:
  const liveness_profile& profile() const { return context_->profiles[static_cast<size_t>(speaks_)]; }
  std::chrono::nanoseconds stale_period() const;
  listening_time listening_now() const;
  bool trusted() const;
  uint64_t new_policy(uint64_t wanted) const;
  void tell_errors(const report_threats& report);
  void correlate(correlate_sightings sightings, threats_accepted answer,
                 caf::typed_response_promise<threats_accepted> promise);
  void note_heard(listening_time heard_at, utc_time at, change_cause cause);
  void arm_timer();
  state_change change(agent_status from, agent_status to, change_cause cause, utc_time at) const;

  std::shared_ptr<const agent_context> context_;
  std::shared_ptr<const std::string> tenant_;
  agent_id id_{};
  liveness_clock liveness_{agent_status::online, {}};
  listening_time armed_for_{};  // deadline of the pending alarm; zero for none
  utc_time last_seen_{};
  uint32_t heartbeats_ = 0;
  uint32_t reports_lost_ = 0;  // that the ledger refused
  dialect speaks_ = dialect::panguard;
  bool openly_enrolled_ = false;
  uint8_t directives_ = 0;  // of agent_directive, for the next acknowledgement
  uint32_t policy_acknowledged_ = 0;
  contest contest_;
  heartbeat_report report_;
  event_ring events_;
};

// The actor around the state. All agents share one behaviour, which finds the one whose turn it is by the
// thread that runs it: one of its own would take 416 bytes of each. Spawned lazily: it first runs when it is
// first told something.
class agent : public agent_actor::stateful_base<agent_state> {
 public:
  agent(caf::actor_config& config, agent_options options, std::shared_ptr<const agent_context> shared);
  behavior_type make_behavior() override;
  resume_result resume(caf::execution_unit* where, size_t messages) override;
};

}  // namespace muster
