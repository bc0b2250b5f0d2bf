// What a manager knows after a restart.
#include "ledger_fixture.hpp"

#include "actors/manager/event_ring.hpp"
#include "runtime/ledger/ledger_batch.hpp"
#include "runtime/ledger/load_fleet.hpp"

using namespace muster;
using namespace muster::ledger_test;

namespace {

struct load_suite : store_fixture {
  load_suite() { open(); }

  void write(const auto&... requests) {
    record_encoder encoder;
    ledger_batch batch{*data, encoder};
    (batch.apply(requests), ...);
    BOOST_REQUIRE(!batch.commit());
  }
  restored_fleet load() {
    reopen();
    return must(load_fleet(*data, noon, keep));
  }
  restored_agent load_only() {
    auto fleet = load();
    BOOST_REQUIRE(fleet.agents.size() == 1u);
    return std::move(fleet.agents[0]);
  }
  record_standings checkpoint(uint64_t until, agent_standing standing) {
    return {until, {{slot_of(standing.id) / standings_per_block, {standing}}}};
  }

  retention_limits keep;
  agent_id agent = agent_at(1500, 7);
  agent_standing stale{agent, agent_status::stale, noon - 10min, noon - 8min, 4};
};

constexpr auto online = agent_status::online;
constexpr auto departed = agent_status::departed;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(ledger_load, load_suite)

BOOST_AUTO_TEST_CASE(empty_store_gives_an_empty_fleet) {
  auto fleet = load();
  BOOST_TEST(fleet.agents.empty());
  BOOST_TEST(fleet.last_change == 0u);
  BOOST_TEST(fleet.last_serial == 0u);
}

BOOST_AUTO_TEST_CASE(agent_without_a_standing_was_last_seen_when_it_enrolled) {
  write(record_agent{sample_agent(1500, 7), {}});
  auto restored = load_only();
  BOOST_TEST((restored.record == sample_agent(1500, 7)));
  BOOST_TEST((restored.standing == agent_standing{agent, online, noon - 1h, noon - 1h, 0}));
}

BOOST_AUTO_TEST_CASE(standing_of_the_last_checkpoint_is_restored) {
  write(record_agent{sample_agent(1500, 7), {}}, record_agent{sample_agent(2, 8), {}}, checkpoint(4, stale));
  auto fleet = load();
  BOOST_REQUIRE(fleet.agents.size() == 2u);
  BOOST_TEST(fleet.last_change == 4u);
  BOOST_TEST(fleet.last_serial == 8u);
  for (const auto& each : fleet.agents)
    BOOST_TEST((each.standing.status == (each.record.id == agent ? agent_status::stale : online)));
}

BOOST_AUTO_TEST_CASE(standing_of_the_slots_former_agent_is_not_used) {
  write(record_agent{sample_agent(1500, 7), {}}, checkpoint(4, stale), forget_agent{agent, {}},
        record_agent{sample_agent(1500, 9), {}});
  write(record_changes{5, {sample_change(agent, online, departed, change_cause::departure)}, {}});
  auto restored = load_only();
  BOOST_TEST((restored.standing == agent_standing{agent_at(1500, 9), online, noon - 1h, noon - 1h, 0}));
}

BOOST_AUTO_TEST_CASE(changes_since_the_checkpoint_are_replayed) {
  write(record_agent{sample_agent(1500, 7), {}},
        record_changes{4, {sample_change(agent, online, departed, change_cause::departure)}, {}},
        checkpoint(4, stale),
        record_changes{5, {sample_change(agent_at(3, 3), online, departed, change_cause::departure)}, {}},
        record_changes{
          6, {sample_change(agent, agent_status::stale, online, change_cause::heartbeat, 4, noon)}, {}});
  auto fleet = load();
  BOOST_TEST(fleet.last_change == 6u);
  BOOST_TEST((fleet.agents.at(0).standing == agent_standing{agent, online, noon, noon, 6}));
}

BOOST_AUTO_TEST_CASE(all_changes_of_one_record_are_replayed_in_order) {
  write(record_agent{sample_agent(1500, 7), {}}, checkpoint(4, stale),
        record_changes{5,
                       {sample_change(agent, agent_status::stale, online, change_cause::heartbeat, 4, noon),
                        sample_change(agent, online, departed, change_cause::departure, 5, noon + 1s)},
                       {}});
  auto restored = load_only();
  BOOST_TEST((restored.standing.status == departed));
  BOOST_TEST((restored.standing.changed_at == noon + 1s));
}

BOOST_AUTO_TEST_CASE(change_that_a_standing_contains_is_not_replayed) {
  stale.last_change = 6;  // checkpointed later than the others
  write(record_agent{sample_agent(1500, 7), {}}, checkpoint(4, stale),
        record_changes{6, {sample_change(agent, online, departed, change_cause::departure)}, {}});
  BOOST_TEST((load_only().standing == stale));
}

BOOST_AUTO_TEST_CASE(contest_is_remembered_without_a_change_of_status) {
  write(record_agent{sample_agent(1500, 7), {}}, checkpoint(4, stale),
        record_changes{5, {sample_change(agent, online, departed, change_cause::contest)}, {}},
        record_changes{6, {sample_change(agent, online, departed, change_cause::contest_over)}, {}});
  stale.last_change = 6;
  BOOST_TEST((load_only().standing == stale));
}

BOOST_AUTO_TEST_CASE(serials_and_numbers_of_what_is_gone_are_not_given_again) {
  write(record_agent{sample_agent(1500, 7), {}}, record_agent{sample_agent(1501, 40), {}},
        forget_agent{agent_at(1501, 40), {}});
  write_transaction writing{*data};
  writing.set(meta_number::changes_purged, 77);
  BOOST_REQUIRE(!writing.commit());
  auto fleet = load();
  BOOST_TEST(fleet.last_serial == 40u);
  BOOST_TEST(fleet.last_change == 77u);
}

BOOST_AUTO_TEST_CASE(number_of_a_change_that_only_a_standing_knows_is_not_given_again) {
  stale.last_change = 12;
  write(record_agent{sample_agent(1500, 7), {}}, checkpoint(4, stale));
  BOOST_TEST(load().last_change == 12u);
}

BOOST_AUTO_TEST_CASE(event_ids_come_back_oldest_first) {
  write(record_agent{sample_agent(1500, 7), {}}, record_agent{sample_agent(2, 8), {}},
        record_threats{{agent, noon - 25h, {sample_threat("expired")}}},
        record_threats{{agent, noon - 2h, {sample_threat("a"), sample_threat("b")}}},
        record_threats{{agent_at(2, 8), noon - 2h, {sample_threat("x")}}},
        record_threats{{agent_at(5, 5), noon - 2h, {sample_threat("removed")}}},
        record_threats{{agent, noon - 1h, {sample_threat("c")}}});
  auto fleet = load();
  BOOST_REQUIRE(fleet.agents.size() == 2u);
  auto ids = [](std::initializer_list<const char*> names) {
    std::vector<uint64_t> result;
    for (const auto* name : names) result.push_back(event_fingerprint(name));
    return result;
  };
  for (const auto& each : fleet.agents)
    BOOST_TEST((each.recent_events == (each.record.id == agent ? ids({"a", "b", "c"}) : ids({"x"}))));
}

BOOST_AUTO_TEST_CASE(only_as_many_event_ids_come_back_as_the_ring_holds) {
  write(record_agent{sample_agent(1500, 7), {}});
  std::vector<uint64_t> expected;
  constexpr size_t size = 1000;  // of a report; the ring's end falls into the middle of one
  for (size_t report = 0; report < event_ring::capacity / size + 2; ++report) {
    record_threats request{{agent, noon, {}}};
    for (size_t i = 0; i < size; ++i) {
      request.report.threats.push_back(sample_threat(std::to_string(report * size + i)));
      expected.push_back(event_fingerprint(request.report.threats.back().event_id));
    }
    write(request);
  }
  expected.erase(expected.begin(), expected.end() - event_ring::capacity);
  BOOST_TEST((load_only().recent_events == expected));
}

BOOST_AUTO_TEST_CASE(unreadable_record_stops_the_start_and_is_named) {
  {
    write_transaction writing{*data};
    writing.put(ledger_table::agents, raw(agent), R"({"v":1,"id":"ag-000005dc00000007","dialect":"cobol"})");
    BOOST_REQUIRE(!writing.commit());
  }
  auto fleet = load_fleet(*data, noon, keep);
  BOOST_REQUIRE(!fleet);
  BOOST_TEST(describe_store_error(fleet.error())
             == "store_failed: agents/ag-000005dc00000007: 'dialect' can't be 'cobol'");
}

BOOST_AUTO_TEST_SUITE_END()
