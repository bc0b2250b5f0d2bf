// A fleet on virtual time between a fake ledger and a fake loop. Its agents are
// real, but silence means nothing to them unless a test sets a profile.
#pragma once

#include "actors/manager/fleet.hpp"

#include "tests/actors/fakes.hpp"

#include <boost/test/unit_test.hpp>

namespace muster::test {

struct fleet_fixture : virtual_time_fixture {
  fleet_fixture() {
    for (auto& profile : options.profiles) profile = {30s, std::nullopt, std::nullopt};
  }
  // The loop was told of every agent that the fleet has spawned.
  ~fleet_fixture() {
    for (const auto& news : loop->published)
      for (const auto& slot : news.slots) ends_with_test(slot.agent);
  }

  void start() {
    writer = spawn(fake_ledger, ledger);
    fleet_ports ports{writer,
                      listening,
                      [this] { return utc(); },
                      std::make_shared<counting_credentials>(),
                      [this](std::string_view event, const std::string&) { told.emplace_back(event); },
                      judge};
    subject = spawn(fleet, options, std::move(ports), restored);
    attach();
  }
  ingress_actor attach() {
    loop_handle = spawn(fake_loop, loop);
    tell(subject, attach_loops{{loop_handle}});
    return loop_handle;
  }

  utc_time utc() const {
    return noon + std::chrono::duration_cast<std::chrono::milliseconds>(sched.clock().now() - started);
  }

  static enrol_agent registration_of(const std::string& hostname) {
    enrol_agent request;
    request.tenant = "north";
    request.host.hostname = hostname;
    request.host.os = "Linux";
    request.labels = {{"role", "web"}};
    request.peer = "10.0.0.5:4711";
    return request;
  }
  caf::expected<enrolment> try_enrol(const enrol_agent& request) { return ask<enrolment>(subject, request); }
  enrolment enrol(const enrol_agent& request) {
    auto welcome = try_enrol(request);
    BOOST_REQUIRE(welcome);
    return *welcome;
  }
  enrolment enrol(const std::string& hostname) { return enrol(registration_of(hostname)); }

  // As if the store had known this agent when the manager started.
  agent_id restore(uint32_t slot, agent_status status = agent_status::online, uint64_t last_change = 0) {
    restored_agent agent;
    agent.record.id = make_agent_id(0, slot, slot + 1);
    agent.record.tenant = "north";
    agent.record.host.hostname = "host-" + std::to_string(slot);
    agent.record.tokens.current = {100 + slot, 100};
    agent.standing = {agent.record.id, status, noon - 1h, noon - 1h, last_change};
    restored.agents.push_back(agent);
    restored.last_serial = std::max(restored.last_serial, slot + 1);
    restored.last_change = std::max(restored.last_change, last_change);
    return agent.record.id;
  }

  state_change change_of(agent_id id, agent_status from, agent_status to,
                         change_cause cause = change_cause::silence) const {
    return {id, from, to, cause, utc(), utc() - 90s, 0};
  }
  void goes_stale(agent_id id) {
    tell(subject, agent_went_stale{change_of(id, agent_status::online, agent_status::stale)});
  }
  void comes_back(agent_id id) {
    tell(subject,
         agent_came_back{change_of(id, agent_status::stale, agent_status::online, change_cause::heartbeat)});
  }
  agent_departed departure_of(agent_id id) const {
    return {change_of(id, agent_status::online, agent_status::departed, change_cause::departure)};
  }

  fleet_counts counts() { return *ask<fleet_counts>(subject, count_agents{}); }
  std::vector<agent_row> rows() { return ask<agent_page>(subject, list_agents{})->agents; }
  agent_row row(agent_id id) {
    for (const auto& row : rows())
      if (row.id == id) return row;
    BOOST_FAIL("no row of " << to_string(id));
    return {};
  }
  // What the loop was told last of an agent's slot.
  slot_entry published(uint32_t slot) const {
    for (auto news = loop->published.rbegin(); news != loop->published.rend(); ++news)
      for (const auto& entry : news->slots)
        if (slot_of(entry.id) == slot) return entry;
    return {};
  }
  template <class Answer>
  static bool is(const caf::expected<Answer>& answer, fleet_error wanted) {
    return !answer && answer.error() == caf::make_error(wanted);
  }

  fleet_options options;
  restored_fleet restored;
  std::shared_ptr<ledger_book> ledger = std::make_shared<ledger_book>();
  std::shared_ptr<loop_book> loop = std::make_shared<loop_book>();
  std::shared_ptr<listening_clock> listening = std::make_shared<listening_clock>();
  std::shared_ptr<correlator_book> correlator = std::make_shared<correlator_book>();
  correlator_actor judge;         // none unless a test spawns one
  std::vector<std::string> told;  // events of the journal
  caf::actor_clock::time_point started = sched.clock().now();
  ledger_actor writer;
  ingress_actor loop_handle;
  fleet_actor subject;
};

}  // namespace muster::test
