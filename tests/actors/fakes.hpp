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
};

// Told `commit_due`, it answers what it has held back.
inline ledger_actor::behavior_type fake_ledger(ledger_actor::pointer self,
                                               std::shared_ptr<ledger_book> book) {
  return {
    [=](const record_agent& x) {
      book->agents.push_back(x);
      return book->desk(self, committed{});
    },
    [=](const forget_agent& x) {
      book->forgotten.push_back(x);
      return book->desk(self, committed{});
    },
    [=](const record_changes& x) {
      book->changes.push_back(x);
      return book->desk(self, committed{});
    },
    [=](const record_threats& x) {
      book->threats.push_back(x);
      return book->desk(self, committed{x.report.threats.empty() ? 0 : book->threats.size()});
    },
    [=](const record_standings& x) {
      book->standings.push_back(x);
      return book->desk(self, committed{});
    },
    [=](const record_pattern& x) {
      book->patterns.push_back(x);
      return book->desk(self, committed{});
    },
    [=](const record_audit&) { return book->desk(self, committed{}); },
    [=](const record_policy& x) {
      book->policies.push_back(x);
      return book->desk(self, committed{});
    },
    [=](const record_events& x) {
      book->events.push_back(x);
      return book->desk(self, committed{x.events.empty() ? 0 : x.events.back()->sequence});
    },
    [](const retention_limits&) {},
    [=](const commit_due&) { book->desk.release(); },
    [](const purge_due&) {},
  };
}

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
inline ingress_actor::behavior_type fake_loop(ingress_actor::pointer self, std::shared_ptr<loop_book> book) {
  return {
    [=](const publish_slots& x) {
      book->published.push_back(x);
      return book->desk(self, slots_published{});
    },
    [=](const publish_policy& x) {
      book->policies.push_back(x);
      return profiles_known{};
    },
    [=](const publish_profiles& x) {
      book->profiles.push_back(x);
      return profiles_known{};
    },
    [=](const news_followed& x) { book->followers.push_back(x.by.size()); },
    [=](const agent_changed& x) { book->changes.push_back(x); },
    [](const threats_reported&) {},
    [=](const pattern_changed& x) { book->patterns.push_back(x); },
    [](const push_due&) {},
    [](const pulse_due&) {},
    [=](const sweep_due&) { book->desk.release(); },
  };
}

// What a fake correlator was asked; it answers each report with the same patterns,
// and told `pattern_flush_due`, what it has held back.
struct correlator_book {
  answer_desk<joined_patterns> desk;
  std::vector<correlate_sightings> reports;
  std::vector<pattern_id> patterns;
};

inline correlator_actor::behavior_type fake_correlator(correlator_actor::pointer self,
                                                       std::shared_ptr<correlator_book> book) {
  return {
    [=](const correlate_sightings& x) {
      book->reports.push_back(x);
      return book->desk(self, joined_patterns{book->patterns});
    },
    [](const count_correlation&) { return correlation_counts{}; },
    [](const window_check_due&) {},
    [=](const pattern_flush_due&) { book->desk.release(); },
  };
}

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
  std::vector<publish_policy> policies;
  std::map<std::string, agent_id> addresses;  // of agents
  std::map<agent_id, uint32_t> profiles;      // of agents that exist
  rollout_health health;

  void note(std::string what, const state_change& change) {
    told.push_back(std::move(what));
    changes.push_back(change);
  }
};

inline fleet_actor::behavior_type fake_fleet(fleet_actor::pointer self, std::shared_ptr<fleet_book> book) {
  return {
    [](const enrol_agent&) { return enrolment{}; },
    [](const token_used&) {},
    [](const remove_agent&) { return committed{}; },
    [](const label_agent&) { return committed{}; },
    [=](const agent_went_stale& x) { book->note("went_stale", x.change); },
    [=](const agent_went_offline& x) { book->note("went_offline", x.change); },
    [=](const agent_came_back& x) { book->note("came_back", x.change); },
    [=](const agent_departed& x) {
      book->note("departed", x.change);
      return book->departures(self, committed{});
    },
    [=](const agent_contested& x) { book->note("contested", x.change); },
    [=](const agent_failed& x) { book->failures.push_back(x); },
    [](const attach_loops&) {},
    [](const beats_heard&) {},
    [](const follow_news&) {},
    [](const list_agents&) { return agent_page{}; },
    [](const show_agent&) { return agent_details{}; },
    [](const count_agents&) { return fleet_counts{}; },
    [](const find_hostnames&) { return agent_hostnames{}; },
    [=](const publish_policy& x) {
      book->policies.push_back(x);
      return profiles_known{};
    },
    [](const publish_profiles&) { return profiles_known{}; },
    [](const policies_noted&) {},
    [](const pattern_changed&) {},
    [=](const agent_erred& x) { book->errors.push_back(x); },
    [=](const find_profiles& query) {
      agent_profiles found;
      for (auto id : query.ids) {
        auto known = book->profiles.find(id);
        found.profiles.push_back(known == book->profiles.end() ? caf::none
                                                               : caf::optional<uint32_t>{known->second});
      }
      return found;
    },
    [=](const find_address& query) {
      auto owner = book->addresses.find(query.address);
      return address_owner{owner == book->addresses.end() ? caf::none
                                                          : caf::optional<agent_id>{owner->second}};
    },
    [=](const compare_cohorts&) { return book->health; },
    [](const find_affected&) { return affected_agents{}; },
    [](const count_policy_progress&) { return policy_progress{}; },
    [](const flush_due&) {},
    [](const checkpoint_due&) {},
    [](const close_fleet&) { return committed{}; },
  };
}

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
