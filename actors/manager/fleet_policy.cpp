// The fleet actor: who has which policy, as far as its columns tell.
#include "actors/manager/fleet.hpp"

#include "messages/errors.hpp"
#include "messages/type_ids.hpp"

#include <caf/all.hpp>

namespace muster {

namespace {

void add_silent(cohort_health& to, const cohort_health& of) {
  to.stale += of.stale;
  to.offline += of.offline;
}

uint64_t silent(const cohort_health& of) { return of.stale + of.offline; }

// Most of those with the candidate are silent, and few others.
bool is_of_the_candidate(const rollout_health& health) {
  const auto share = [](const cohort_health& of) {
    return of.agents == 0 ? 0.0 : static_cast<double>(silent(of)) / static_cast<double>(of.agents);
  };
  constexpr double clear_difference = 0.5;
  return health.rest.agents > 0 && share(health.staged) - share(health.rest) >= clear_difference;
}

}  // namespace

// Tells policy that an agent's layers may be others now, and loops its new profile.
void fleet_state::reprofile(agent_id id, uint32_t from, const std::string& by, std::function<void()> then) {
  if (!roster_.contains(id)) return then();
  const auto to = policies_.profile(id);
  if (!ports_.policy || from == to) return then();
  const auto goes_on = [this, id, then] {
    if (roster_.contains(id)) publish(id, slot_of(id));
    then();
  };
  auto ask = [this, id, from, to, by, goes_on] {
    self->request(ports_.policy, caf::infinite, agent_reprofiled{id, from, to, by})
      .then([goes_on](const policy_written&) { goes_on(); },
            [this, goes_on](caf::error& failed) {
              ports_.tell("policy_not_told", self->system().render(failed));
              goes_on();
            });
  };
  auto news = policies_.take_new_profiles();
  if (news.profiles.empty()) return ask();
  self->request(ports_.policy, caf::infinite, std::move(news))
    .then([ask](profiles_known) { ask(); }, [ask](caf::error&) { ask(); });
}

profiles_known fleet_state::take(const publish_policy& news) {
  policies_.publish(news);
  if (steward_) self->send(steward_, fleet_policy_changed{news.table->revision});
  return {};
}

profiles_known fleet_state::take(const publish_profiles& news) {
  policies_.publish(news);
  return {};
}

void fleet_state::note_policies(const policies_noted& news) {
  for (const auto& note : news.notes) {
    if (!roster_.contains(note.id)) continue;
    policies_.note(note);
    roster_.touch(note.id);
  }
}

agent_profiles fleet_state::profiles(const find_profiles& query) const {
  agent_profiles out;
  for (auto id : query.ids)
    out.profiles.push_back(roster_.contains(id) ? caf::optional<uint32_t>{policies_.profile(id)} : caf::none);
  return out;
}

affected_agents fleet_state::affected(const find_affected& query) const {
  affected_agents out;
  out.groups.resize(query.effects.size());
  roster_.each([&](agent_id id, agent_status, dialect) {
    const auto bucket = policy_bucket(id);
    const bool special = policies_.is_special(id);
    for (size_t i = 0; i < query.effects.size(); ++i) {
      const auto& effect = query.effects[i];
      if (effect.agent ? *effect.agent != id
                       : special || policies_.profile(id) != *effect.profile || bucket < effect.from_bucket
                           || bucket >= effect.to_bucket)
        continue;
      auto& group = out.groups[i];
      if (++group.agents > query.names) continue;
      group.ids.push_back(id);
      group.hostnames.push_back(roster_.row(id).hostname);
    }
  });
  return out;
}

// Silence that is held counts for nothing, unless it is that of those with the candidate and not of the rest:
// then it is no disruption of the network, whatever its extent. Without a disruption it is held for its grace
// only, which one in a hundred of those with the candidate is enough to wait for.
rollout_health fleet_state::compare(const compare_cohorts& query) const {
  rollout_health out, late;
  roster_.each([&](agent_id id, agent_status status, dialect) {
    const bool held = losses_.held(id);
    policies_.compare(id, status, held, query, out);
    if (held) policies_.compare(id, status, false, query, late);
  });
  if (losses_.under_way().empty()) {
    if (silent(late.staged) * 100 < out.staged.agents) out.held = 0;
    return out;
  }
  auto as_it_is = out;
  add_silent(as_it_is.staged, late.staged);
  add_silent(as_it_is.rest, late.rest);
  as_it_is.held = 0;
  return is_of_the_candidate(as_it_is) ? as_it_is : out;
}

policy_progress fleet_state::progress(const count_policy_progress& query) const {
  policy_progress out;
  std::vector<std::chrono::milliseconds> took;
  roster_.each([&](agent_id id, agent_status status, dialect speaks) {
    if (status == agent_status::departed) return;
    policies_.count(id, query.group_by == "dialect" ? to_string(speaks) : policies_.group(id, query.group_by),
                    out, took);
  });
  policies_.finish(out, took);
  return out;
}

void fleet_state::add_policy(agent_row& row) const {
  row.policy_profile = policies_.profile(row.id);
  row.policy_version = policies_.version(row.id);
  row.policy_acknowledged = policies_.acknowledged(row.id);
  row.disrupted = losses_.disrupted(row.id, groups_of(row.id));
  row.flapping = losses_.flapping(row.id);
}

agent_page fleet_state::list(const list_agents& query) const {
  auto page = roster_.list(query);
  for (auto& row : page.agents) add_policy(row);
  return page;
}

}  // namespace muster
