// In a file of their own, since actors with many messages take long to compile.
#include "tests/actors/fakes.hpp"

namespace muster::test {

ledger_actor::behavior_type fake_ledger(ledger_actor::pointer self, std::shared_ptr<ledger_book> book) {
  const auto keep = [=]<class T>(std::vector<T>* into) {
    return [=](const T& x) {
      into->push_back(x);
      return book->desk(self, committed{});
    };
  };
  return {
    keep(&book->agents),
    keep(&book->forgotten),
    keep(&book->changes),
    keep(&book->standings),
    keep(&book->patterns),
    keep(&book->policies),
    keep(&book->nodes),
    keep(&book->binaries),
    keep(&book->tokens),
    keep(&book->work),
    keep(&book->forgotten_runs),
    keep(&book->states),
    keep(&book->reports),
    keep(&book->entries),
    keep(&book->upgrades),
    keep(&book->notifications),
    keep(&book->sensors),
    [=](const record_threats& x) {
      book->threats.push_back(x);
      return book->desk(self, committed{x.report.threats.empty() ? 0 : book->threats.size()});
    },
    [=](const record_events& x) {
      book->events.push_back(x);
      return book->desk(self, committed{x.events.empty() ? 0 : x.events.back()->sequence});
    },
    [=](const record_audit&) { return book->desk(self, committed{}); },
    [](const retention_limits&) {},
    [=](const commit_due&) { book->desk.release(); },
    [](const purge_due&) {},
  };
}

ingress_actor::behavior_type fake_loop(ingress_actor::pointer self, std::shared_ptr<loop_book> book) {
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
    [](const publish_signing&) {},
    [](const publish_sensors&) { return slots_published{}; },
    [](const publish_events&) {},
    [](const pulse_due&) {},
    [=](const sweep_due&) { book->desk.release(); },
  };
}

correlator_actor::behavior_type fake_correlator(correlator_actor::pointer self,
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

fleet_actor::behavior_type fake_fleet(fleet_actor::pointer self, std::shared_ptr<fleet_book> book) {
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
    [](const attach_registrar&) {},
    [](const beats_heard&) {},
    [](const follow_news&) {},
    [=](const direct_agents& x) { book->directed.push_back(x); },
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
    [](const loss_check_due&) {},
    [](const close_fleet&) { return committed{}; },
  };
}

}  // namespace muster::test
