// Actors and ports that stand in for the rest of the manager: they write down
// what they were told and fail or keep silent when a test wants it.
#pragma once

#include "actors/ports/credential_source.hpp"
#include "tests/support/virtual_time.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace muster::test {

// What answers the requests of a fake actor: now, with an error, or when told.
template <class Answer>
struct answer_desk {
  caf::error refusal;   // answered instead, when set
  size_t refusals = 0;  // how many more get it
  bool holds = false;   // answers wait for release()
  std::vector<caf::typed_response_promise<Answer>> held;

  template <class Self>
  caf::result<Answer> operator()(Self* self, Answer answer) {
    if (refusals > 0) {
      --refusals;
      return refusal;
    }
    if (!holds) return answer;
    held.push_back(self->template make_response_promise<Answer>());
    return held.back();
  }
  void refuse(fleet_error why, size_t times = 1'000'000) {
    refusal = caf::make_error(why);
    refusals = times;
  }
  void refuse_none() { refusals = 0; }
  // Call inside the actor that made the promises.
  void release() {
    holds = false;
    for (auto& promise : held) {
      if (refusals > 0) promise.deliver(refusal);
      else promise.deliver(Answer{});
    }
    held.clear();
  }
};

// What a fake ledger was asked to write, refused requests included.
struct ledger_book {
  answer_desk<committed> desk;
  std::vector<record_agent> agents;
  std::vector<forget_agent> forgotten;
  std::vector<record_changes> changes;
  std::vector<record_threats> threats;
  std::vector<record_standings> standings;
  std::vector<record_pattern> patterns;
  std::vector<record_policy> policies;
  std::vector<record_events> events;
  std::vector<record_state> states;
  std::vector<record_token> tokens;
  std::vector<record_node> nodes;
  std::vector<record_binaries> binaries;
  std::vector<record_work> work;
  std::vector<forget_run> forgotten_runs;
  std::vector<record_node_reports> reports;
  std::vector<record_node_entries> entries;
  std::vector<record_upgrade> upgrades;
  std::vector<record_notifications> notifications;
  std::vector<record_sensors> sensors;
};

// Told `commit_due`, it answers what it has held back.
ledger_actor::behavior_type fake_ledger(ledger_actor::pointer self, std::shared_ptr<ledger_book> book);

// What a fake loop was told of slots.
struct loop_book {
  answer_desk<slots_published> desk;
  std::vector<publish_slots> published;
  std::vector<publish_policy> policies;
  std::vector<publish_profiles> profiles;
  std::vector<size_t> followers;  // how many there were each time it was told
  std::vector<agent_changed> changes;
  std::vector<pattern_changed> patterns;
};

// Told `sweep_due`, it answers what it has held back.
ingress_actor::behavior_type fake_loop(ingress_actor::pointer self, std::shared_ptr<loop_book> book);

// What a fake correlator was asked; it answers each report with the same patterns,
// and told `pattern_flush_due`, what it has held back.
struct correlator_book {
  answer_desk<joined_patterns> desk;
  std::vector<correlate_sightings> reports;
  std::vector<pattern_id> patterns;
};

correlator_actor::behavior_type fake_correlator(correlator_actor::pointer self,
                                                std::shared_ptr<correlator_book> book);

// What a listener was told of patterns.
inline pattern_listener_actor::behavior_type fake_listener(
  pattern_listener_actor::pointer, std::shared_ptr<std::vector<pattern_changed>> told) {
  return {[=](const pattern_changed& x) { told->push_back(x); }};
}

// What agents told a fake fleet, in order.
struct fleet_book {
  answer_desk<committed> departures;
  std::vector<std::string> told;  // "went_stale", "came_back", ...
  std::vector<state_change> changes;
  std::vector<agent_failed> failures;
  std::vector<agent_erred> errors;
  std::vector<direct_agents> directed;
  std::vector<publish_policy> policies;
  std::map<std::string, agent_id> addresses;  // of agents
  std::map<agent_id, uint32_t> profiles;      // of agents that exist
  rollout_health health;

  void note(std::string what, const state_change& change) {
    told.push_back(std::move(what));
    changes.push_back(change);
  }
};

fleet_actor::behavior_type fake_fleet(fleet_actor::pointer self, std::shared_ptr<fleet_book> book);

// Tokens in order: "token-1" has the digest {1, 1}.
class counting_credentials : public credential_source {
 public:
  credential issue(agent_id) override {
    ++issued_;
    return {"token-" + std::to_string(issued_), digest(issued_)};
  }
  static token_digest digest(uint64_t number) { return {number, number}; }

 private:
  uint64_t issued_ = 0;
};

constexpr utc_time noon{std::chrono::milliseconds{1'700'000'000'000}};

}  // namespace muster::test
