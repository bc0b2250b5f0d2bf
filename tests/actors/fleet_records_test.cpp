// What the fleet gathers from agents and loops, and how it writes it: changes in
// numbered records, standings in blocks, and the end.
#include "tests/actors/fleet_fixture.hpp"

using namespace muster;
using namespace muster::test;

namespace {

using numbers = std::vector<uint64_t>;

struct records_suite : fleet_fixture {
  numbers written() const {
    numbers out;
    for (const auto& record : ledger->changes) out.push_back(record.number);
    return out;
  }
  std::vector<uint32_t> blocks_of(const record_standings& write) const {
    std::vector<uint32_t> out;
    for (const auto& block : write.blocks) out.push_back(block.block);
    return out;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(fleet_changes, records_suite)

BOOST_AUTO_TEST_CASE(changes_gather_into_one_record) {
  const auto a = restore(0, agent_status::online, 7), b = restore(1, agent_status::online, 9);
  start();
  goes_stale(a);
  advance(30ms);
  goes_stale(b);
  BOOST_TEST(ledger->changes.empty());
  advance(20ms);
  BOOST_REQUIRE(ledger->changes.size() == 1u);
  const auto& record = ledger->changes[0];
  BOOST_TEST(record.number == 10u);
  BOOST_REQUIRE(record.changes.size() == 2u);
  BOOST_TEST((record.changes[0].id == a));
  BOOST_TEST(record.changes[0].previous == 7u);
  BOOST_TEST(record.changes[1].previous == 9u);
  BOOST_TEST((row(a).status == agent_status::stale));
  BOOST_TEST(counts().transitions == 2u);
}

BOOST_AUTO_TEST_CASE(each_change_names_the_record_with_the_one_before) {
  const auto id = restore(0);
  start();
  goes_stale(id);
  comes_back(id);
  advance(50ms);
  goes_stale(id);
  advance(50ms);
  BOOST_TEST(written() == (numbers{1, 2, 3}), boost::test_tools::per_element());
  for (uint64_t i = 0; i < 3; ++i) BOOST_TEST(ledger->changes[i].changes.at(0).previous == i);
}

BOOST_AUTO_TEST_CASE(records_become_durable_one_after_the_other) {
  const auto a = restore(0), b = restore(1);
  start();
  ledger->desk.holds = true;
  goes_stale(a);
  advance(50ms);
  goes_stale(b);
  advance(1s);
  BOOST_TEST(written() == numbers{1});
  tell(writer, commit_due{});
  BOOST_TEST(written() == (numbers{1, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_record_that_was_refused_is_written_again_later) {
  const auto a = restore(0), b = restore(1);
  start();
  ledger->desk.refuse(fleet_error::store_full, 1);
  goes_stale(a);
  advance(50ms);
  BOOST_TEST(told == std::vector<std::string>{"changes_not_recorded"});
  goes_stale(b);
  advance(999ms);
  BOOST_TEST(written() == numbers{1});
  advance(1ms);
  BOOST_TEST(written() == (numbers{1, 1, 2}), boost::test_tools::per_element());
  BOOST_TEST(ledger->changes[1].changes.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_departure_is_answered_when_it_is_durable) {
  const auto id = restore(0);
  start();
  ledger->desk.holds = true;
  auto answer = request<committed>(subject, departure_of(id));
  advance(50ms);
  BOOST_TEST(!answered());
  tell(writer, commit_due{});
  BOOST_TEST(bool{answer()});
  BOOST_TEST((row(id).status == agent_status::departed));
}

BOOST_AUTO_TEST_CASE(a_departure_that_could_not_be_recorded_fails_but_is_written_later) {
  const auto id = restore(0);
  start();
  ledger->desk.refuse(fleet_error::store_failed, 1);
  auto answer = request<committed>(subject, departure_of(id));
  advance(50ms);
  BOOST_TEST(is(answer(), fleet_error::store_failed));
  advance(1s);
  BOOST_TEST(written() == (numbers{1, 1}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_said_of_nobody_is_not_written) {
  start();
  const auto nobody = make_agent_id(0, 3, 3);
  goes_stale(nobody);
  BOOST_TEST(is(ask<committed>(subject, departure_of(nobody)), fleet_error::agent_unknown));
  tell(subject, agent_contested{change_of(nobody, {}, {}, change_cause::contest)});
  tell(subject, beats_heard{{{nobody, utc()}}});
  advance(1s);
  BOOST_TEST(ledger->changes.empty());
}

BOOST_AUTO_TEST_CASE(contests_are_counted_and_audited) {
  const auto id = restore(0);
  start();
  tell(subject, agent_contested{change_of(id, {}, {}, change_cause::contest)});
  BOOST_TEST(counts().contested == 1u);
  BOOST_TEST(counts().contests == 1u);
  tell(subject, agent_contested{change_of(id, {}, {}, change_cause::contest_over)});
  BOOST_TEST(counts().contested == 0u);
  BOOST_TEST(counts().contests == 1u);
  advance(50ms);
  BOOST_REQUIRE(ledger->changes.size() == 2u);
  BOOST_TEST(ledger->changes[0].audit.at(0).action == "agent.contested");
  BOOST_TEST(ledger->changes[1].audit.at(0).action == "agent.uncontested");
}

BOOST_AUTO_TEST_CASE(an_agent_shows_its_latest_change_that_is_durable) {
  const auto id = restore(0, agent_status::online, 4);
  start();
  goes_stale(id);
  BOOST_TEST(ask<agent_details>(subject, show_agent{id})->row.last_change == 4u);
  advance(50ms);
  BOOST_TEST(ask<agent_details>(subject, show_agent{id})->row.last_change == 5u);
}

BOOST_AUTO_TEST_CASE(a_real_agent_that_falls_silent_is_recorded) {
  options.profiles[0] = {30s, 90s, std::nullopt};
  start();
  const auto id = enrol("web-1").id;
  advance(90s + 50ms);
  BOOST_REQUIRE(ledger->changes.size() == 1u);
  const auto& change = ledger->changes[0].changes.at(0);
  BOOST_TEST((change.id == id));
  BOOST_TEST((change.at == noon + 90s));
  BOOST_TEST((change.last_seen == noon));
  BOOST_TEST((row(id).changed_at == noon + 90s));
}

BOOST_AUTO_TEST_CASE(beats_are_seen_in_lists) {
  const auto id = restore(0);
  start();
  tell(subject, beats_heard{{{id, noon + 5s}}});
  BOOST_TEST((row(id).last_seen == noon + 5s));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(fleet_checkpoints, records_suite)

BOOST_AUTO_TEST_CASE(a_checkpoint_writes_the_blocks_that_were_touched) {
  const auto a = restore(0);
  const auto b = restore(3 * standings_per_block);
  restore(standings_per_block);
  start();
  tell(subject, beats_heard{{{a, noon + 1s}, {b, noon + 2s}}});
  advance(60s);
  BOOST_REQUIRE(ledger->standings.size() == 1u);
  BOOST_TEST(blocks_of(ledger->standings[0]) == (std::vector<uint32_t>{0, 3}),
             boost::test_tools::per_element());
  BOOST_TEST((ledger->standings[0].blocks[0].standings.at(0)
              == agent_standing{a, agent_status::online, noon + 1s, noon - 1h, 0}));
  advance(60s);
  BOOST_TEST(ledger->standings.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_large_checkpoint_is_written_in_parts_and_then_the_point_moves) {
  options.checkpoint_blocks = 2;
  beats_heard all;
  for (uint32_t block = 0; block < 5; ++block)
    all.beats.push_back({restore(block * standings_per_block, agent_status::online, 9), noon + 1s});
  start();
  tell(subject, all);
  advance(60s);
  BOOST_REQUIRE(ledger->standings.size() == 4u);
  BOOST_TEST(ledger->standings[0].blocks.size() == 2u);
  BOOST_TEST(ledger->standings[2].blocks.size() == 1u);
  for (size_t i = 0; i < 3; ++i) BOOST_TEST(ledger->standings[i].changes_until == 0u);
  BOOST_TEST(ledger->standings[3].blocks.empty());
  BOOST_TEST(ledger->standings[3].changes_until == 9u);
}

BOOST_AUTO_TEST_CASE(the_point_stays_when_a_part_of_a_checkpoint_fails) {
  options.checkpoint_blocks = 1;
  beats_heard all;
  for (uint32_t block = 0; block < 2; ++block)
    all.beats.push_back({restore(block * standings_per_block, agent_status::online, 9), noon + 1s});
  start();
  tell(subject, all);
  ledger->desk.refuse(fleet_error::store_full, 1);
  advance(60s);
  BOOST_REQUIRE(ledger->standings.size() == 2u);
  for (const auto& part : ledger->standings) BOOST_TEST(part.changes_until == 0u);
}

BOOST_AUTO_TEST_CASE(a_failed_checkpoint_is_made_up_for_by_the_next) {
  const auto a = restore(0);
  restore(standings_per_block);
  start();
  tell(subject, beats_heard{{{a, noon + 1s}}});
  ledger->desk.refuse(fleet_error::store_failed, 1);
  advance(60s);
  BOOST_TEST(told == std::vector<std::string>{"standings_not_recorded"});
  advance(60s);
  BOOST_REQUIRE(ledger->standings.size() == 2u);
  BOOST_TEST(blocks_of(ledger->standings[1]) == (std::vector<uint32_t>{0, 1}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_checkpoint_names_no_change_that_is_not_durable) {
  const auto id = restore(0, agent_status::online, 4);
  start();
  ledger->desk.refuse(fleet_error::store_full, 1);
  advance(60s - 100ms);
  goes_stale(id);
  advance(100ms);  // the change was refused and waits; the checkpoint is written
  BOOST_REQUIRE(ledger->standings.size() == 2u);
  BOOST_TEST(ledger->standings[1].changes_until == 4u);
  BOOST_TEST(ledger->standings[0].blocks.at(0).standings.at(0).last_change == 4u);
}

BOOST_AUTO_TEST_CASE(agents_that_departed_long_ago_are_removed) {
  options.departed_retention = 2h;
  const auto gone = restore(0, agent_status::departed);
  const auto kept = restore(1, agent_status::offline);
  start();
  advance(59min);
  BOOST_TEST(ledger->forgotten.empty());
  advance(2min);
  BOOST_REQUIRE(ledger->forgotten.size() == 1u);
  BOOST_TEST((ledger->forgotten[0].id == gone));
  BOOST_TEST(ledger->forgotten[0].audit.at(0).actor == "manager");
  BOOST_TEST((published(0).id == make_agent_id(0, 0, 0)));
  BOOST_TEST(counts().removed == 1u);
  BOOST_TEST((row(kept).id == kept));
}

BOOST_AUTO_TEST_CASE(removals_of_the_long_departed_are_spread_over_checkpoints) {
  options.departed_retention = 1s;
  options.removals_per_checkpoint = 2;
  for (uint32_t slot = 0; slot < 3; ++slot) restore(slot, agent_status::departed);
  start();
  advance(60s);
  BOOST_TEST(ledger->forgotten.size() == 2u);
  advance(60s);
  BOOST_TEST(ledger->forgotten.size() == 3u);
}

BOOST_AUTO_TEST_CASE(an_agent_that_an_operator_is_removing_is_not_removed_twice) {
  options.departed_retention = 1s;
  const auto id = restore(0, agent_status::departed);
  start();
  ledger->desk.holds = true;
  advance(50s);
  auto answer = request<committed>(subject, remove_agent{id, "operator"});
  advance(10s);
  tell(writer, commit_due{});
  BOOST_TEST(bool{answer()});
  BOOST_TEST(ledger->forgotten.size() == 1u);
  BOOST_TEST(counts().removed == 1u);
  BOOST_TEST(counts().total() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(fleet_end, records_suite)

BOOST_AUTO_TEST_CASE(a_closed_fleet_takes_nobody_new) {
  start();
  BOOST_TEST(bool{ask<committed>(subject, close_fleet{})});
  BOOST_TEST(is(try_enrol(registration_of("web-1")), fleet_error::shutting_down));
}

BOOST_AUTO_TEST_CASE(closing_writes_what_has_gathered_before_it_is_answered) {
  const auto id = restore(0);
  start();
  goes_stale(id);
  comes_back(id);
  ledger->desk.holds = true;
  auto answer = request<committed>(subject, close_fleet{});
  deliver();
  BOOST_TEST(written() == (numbers{1, 2}), boost::test_tools::per_element());
  BOOST_REQUIRE(ledger->standings.size() == 2u);
  BOOST_TEST(ledger->standings[0].blocks.at(0).standings.at(0).last_change == 2u);
  BOOST_TEST(ledger->standings[1].blocks.empty());
  BOOST_TEST(!answered());
  tell(writer, commit_due{});
  BOOST_TEST(bool{answer()});
}

BOOST_AUTO_TEST_CASE(a_record_on_its_way_is_not_written_twice_at_the_end) {
  const auto a = restore(0), b = restore(1);
  start();
  ledger->desk.holds = true;
  goes_stale(a);
  advance(50ms);
  goes_stale(b);
  auto answer = request<committed>(subject, close_fleet{});
  deliver();
  tell(writer, commit_due{});
  BOOST_TEST(bool{answer()});
  advance(10s);
  BOOST_TEST(written() == (numbers{1, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(closing_twice_is_answered_twice_and_writes_once) {
  const auto id = restore(0);
  start();
  goes_stale(id);
  BOOST_TEST(bool{ask<committed>(subject, close_fleet{})});
  BOOST_TEST(bool{ask<committed>(subject, close_fleet{})});
  BOOST_TEST(written() == numbers{1});
}

BOOST_AUTO_TEST_SUITE_END()
