// The upgrader on virtual time: stages, halts, restarts, and what operators do to it.
#include "tests/actors/upgrader_fixture.hpp"

using namespace muster;
using namespace muster::test;

namespace {

using ids = std::vector<agent_id>;

struct staged_nodes : upgrader_fixture {
  agent_id one = add_node(0, 1000);
  agent_id two = add_node(0, 1000);
  agent_id three = add_node(1000, 5000);
  agent_id four = add_node(5000, policy_buckets);
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(upgraders, staged_nodes)

BOOST_AUTO_TEST_CASE(upgrade_in_three_stages_completes) {
  start_upgrader();
  const auto number = begin_upgrade(wanted());
  BOOST_TEST(number == 1u);
  BOOST_TEST(asked().empty());
  advance(5s);
  BOOST_TEST((asked() == ids{one, two}));
  const auto& order = runs->started.front();
  BOOST_TEST(order.action == "service.upgrade");
  BOOST_TEST(
    (order.parameters == std::map<std::string, std::string>{{"version", "1.5.0"}, {"checksum", good}}));
  obey(one);
  advance(2min);
  BOOST_TEST(shown(number).stage == 0u);
  BOOST_TEST((shown(number).counts == upgrade_counts{4, 1, 3, 0}));
  obey(two);
  advance(10s);
  BOOST_TEST(shown(number).stage == 1u);
  BOOST_TEST((asked() == ids{three}));
  obey(three);
  advance(30s);
  BOOST_TEST(shown(number).stage == 1u);  // it has not lasted
  advance(40s);
  BOOST_TEST((asked() == ids{four}));
  obey(four);
  advance(2min);
  const auto done = shown(number);
  BOOST_TEST((done.status == rollout_status::completed));
  BOOST_TEST((done.counts == upgrade_counts{4, 4, 0, 0}));
  BOOST_TEST((done.runs == std::vector<uint64_t>{1, 2, 3}));
  BOOST_TEST((book->upgrades.back().what.status == rollout_status::completed));
  BOOST_TEST(book->upgrades.back().audit.at(0).action == "upgrade.completed");
  BOOST_TEST(runs->cancelled.empty());
  BOOST_TEST(pending_timers() == 0u);
}

BOOST_AUTO_TEST_CASE(node_that_does_not_come_back_halts_it) {
  start_upgrader();
  const auto number = begin_upgrade(wanted());
  advance(5s);
  obey(one);
  finish(two);
  set_status(two, agent_status::stale);
  advance(4min);
  BOOST_TEST(status(number) == "running");
  advance(2min);
  const auto halted = shown(number);
  BOOST_TEST(to_string(halted.status) == "halted");
  BOOST_TEST(halted.outcome == "stage 1: " + host(two) + ": it is not online");
  BOOST_TEST((halted.failures == std::vector<upgrade_failure>{{two, host(two), "it is not online"}}));
  BOOST_TEST((book->upgrades.back().what.failures == halted.failures));
  BOOST_TEST((asked() == ids{one, two}));
  set_status(two, agent_status::online);
  advance(1h);
  BOOST_TEST(asked().empty());
  BOOST_TEST(status(number) == "halted");
  BOOST_TEST(journal_lines.size() == 1u);
}

BOOST_AUTO_TEST_CASE(halt_takes_back_what_was_not_done_yet) {
  start_upgrader();
  const auto number = begin_upgrade(wanted());
  advance(5s);
  finish(one, execution_status::failed, "no disk");
  advance(5s);
  BOOST_TEST(shown(number).outcome == "stage 1: " + host(one) + ": failed: no disk");
  BOOST_TEST((runs->cancelled == std::vector<uint64_t>{1}));
}

BOOST_AUTO_TEST_CASE(restart_in_the_middle_asks_nobody_twice) {
  options.page = 1;
  start_upgrader();
  const auto number = begin_upgrade(wanted());
  advance(5s);
  BOOST_TEST((asked() == ids{one, two}));
  BOOST_TEST(book->upgrades.back().what.runs.empty());  // so that they must be found
  restart();
  advance(1min);
  BOOST_TEST(asked().empty());
  BOOST_TEST((shown(number).runs == std::vector<uint64_t>{1}));
  obey(one);
  obey(two);
  advance(1min);
  BOOST_TEST((asked() == ids{three}));
  restart();
  obey(three);
  advance(70s);
  BOOST_TEST((asked() == ids{four}));
  obey(four);
  advance(70s);
  restart();
  BOOST_TEST(status(number) == "completed");
  BOOST_TEST(begin_upgrade(wanted()) == 2u);
}

BOOST_AUTO_TEST_CASE(nobody_is_asked_before_the_runs_of_old_are_known) {
  start_upgrader();
  begin_upgrade(wanted());
  BOOST_TEST(runs->lists == 0u);
  restart();
  BOOST_TEST(runs->lists == 1u);
  advance(5s);
  BOOST_TEST((asked() == ids{one, two}));
}

BOOST_AUTO_TEST_CASE(restart_ends_runs_of_an_upgrade_that_was_ended) {
  start_upgrader();
  const auto number = begin_upgrade(wanted());
  advance(5s);
  must(move(number, rollout_move::abort));
  BOOST_TEST((runs->cancelled == std::vector<uint64_t>{1}));
  restart();
  BOOST_TEST((runs->cancelled == std::vector<uint64_t>{1, 1}));
  finish(one);
  finish(two);
  restart();
  BOOST_TEST(runs->cancelled.size() == 2u);
}

BOOST_AUTO_TEST_CASE(paused_upgrade_asks_nobody_until_it_is_resumed) {
  start_upgrader();
  const auto number = begin_upgrade(wanted());
  const auto paused = must(move(number, rollout_move::pause, "lunch"));
  BOOST_TEST((paused.status == rollout_status::paused));
  BOOST_TEST(paused.outcome == "lunch");
  advance(1h);
  BOOST_TEST(asked().empty());
  restart();
  advance(1h);
  BOOST_TEST(asked().empty());
  must(move(number, rollout_move::resume));
  advance(5s);
  BOOST_TEST((asked() == ids{one, two}));
  obey(one);
  obey(two);
  must(move(number, rollout_move::pause));
  advance(1h);
  BOOST_TEST(shown(number).stage == 0u);
  BOOST_TEST(asked().empty());
  BOOST_TEST(runs->cancelled.empty());
}

BOOST_AUTO_TEST_CASE(aborted_upgrade_is_over) {
  start_upgrader();
  const auto number = begin_upgrade(wanted());
  advance(5s);
  asked();
  const auto aborted = must(move(number, rollout_move::abort, "wrong one"));
  BOOST_TEST((aborted.status == rollout_status::aborted));
  BOOST_TEST((aborted.ended_at == utc_now()));
  BOOST_TEST((runs->cancelled == std::vector<uint64_t>{1}));
  BOOST_TEST(book->upgrades.back().audit.at(0).actor == "bob");
  advance(1h);
  BOOST_TEST(asked().empty());
  BOOST_TEST(refusal(move(number, rollout_move::resume)).find("aborted already") != std::string::npos);
  BOOST_TEST(refusal(move(9, rollout_move::pause)).find("upgrade_unknown") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(start_names_platforms_without_a_checksum) {
  const auto odd = add_node(0, policy_buckets, "riscv64");
  start_upgrader();
  const auto why = refusal(ask<upgrade>(subject, wanted()));
  BOOST_TEST(why.find("upgrade_conflict") != std::string::npos);
  BOOST_TEST(why.find("linux/riscv64 (as of " + host(odd) + ")") != std::string::npos);
  BOOST_TEST(book->upgrades.empty());
  auto named = wanted();
  named.checksums["linux/riscv64"] = std::string(64, 'd');
  BOOST_TEST(shown(begin_upgrade(named)).asked.checksums.at("linux/riscv64") == std::string(64, 'd'));
}

BOOST_AUTO_TEST_CASE(start_is_refused_for_wrong_words_and_without_nodes) {
  start_upgrader();
  auto wrong = wanted();
  wrong.stages = {100};
  BOOST_TEST(refusal(ask<upgrade>(subject, wrong)).find("'stages' must end with 100%") != std::string::npos);
  wrong = wanted();
  wrong.tenant = "south";
  BOOST_TEST(refusal(ask<upgrade>(subject, wrong)).find("no node matches") != std::string::npos);
  BOOST_TEST(book->upgrades.empty());
}

BOOST_AUTO_TEST_CASE(node_has_one_upgrade_at_a_time) {
  start_upgrader();
  const auto first = request<upgrade>(subject, wanted());
  const auto second = request<upgrade>(subject, wanted());
  deliver();
  must(first());
  BOOST_TEST(refusal(second()).find("is one of the nodes of upgrade 1") != std::string::npos);
  must(move(1, rollout_move::abort));
  BOOST_TEST(begin_upgrade(wanted()) == 2u);
}

BOOST_AUTO_TEST_CASE(start_that_could_not_be_written_leaves_nothing) {
  start_upgrader();
  book->desk.refuse(fleet_error::store_full, 1);
  BOOST_TEST(refusal(ask<upgrade>(subject, wanted())).find("store_full") != std::string::npos);
  BOOST_TEST(must(ask<upgrade_list>(subject, list_upgrades{})).upgrades.empty());
  BOOST_TEST(begin_upgrade(wanted()) == 1u);
}

BOOST_AUTO_TEST_CASE(stage_that_could_not_be_written_begins_later) {
  start_upgrader();
  const auto number = begin_upgrade(wanted());
  for (auto& [id, row] : nodes->nodes) row.binary_checksum = good;
  book->desk.refuse(fleet_error::store_full, 1);
  advance(1min + 5s);
  BOOST_TEST(journal_lines.size() == 1u);
  advance(5s);
  BOOST_TEST(shown(number).stage == 1u);
}

BOOST_AUTO_TEST_CASE(full_dispatcher_is_asked_again) {
  start_upgrader();
  begin_upgrade(wanted());
  runs->desk.refuse(fleet_error::runs_full);
  advance(10min);
  BOOST_TEST(asked().empty());
  runs->desk.refuse_none();
  advance(5s);
  BOOST_TEST((asked() == ids{one, two}));
}

BOOST_AUTO_TEST_CASE(registrar_that_does_not_answer_puts_it_off) {
  start_upgrader();
  const auto number = begin_upgrade(wanted());
  nodes->desk.refuse(fleet_error::shutting_down);
  advance(10min);
  BOOST_TEST(status(number) == "running");
  BOOST_TEST(asked().empty());
  nodes->desk.refuse_none();
  advance(5s);
  BOOST_TEST((asked() == ids{one, two}));
}

BOOST_AUTO_TEST_CASE(large_stage_is_asked_in_several_runs) {
  options.nodes_per_run = 1;
  options.page = 2;
  start_upgrader();
  begin_upgrade(wanted());
  advance(5s);
  BOOST_TEST((asked() == ids{one, two}));
  BOOST_TEST(runs->started.size() == 2u);
}

BOOST_AUTO_TEST_CASE(oldest_that_are_over_are_forgotten) {
  options.kept_upgrades = 2;
  start_upgrader();
  for (uint64_t number = 1; number <= 3; ++number) {
    BOOST_TEST(begin_upgrade(wanted()) == number);
    must(move(number, rollout_move::abort));
  }
  const auto all = must(ask<upgrade_list>(subject, list_upgrades{})).upgrades;
  BOOST_REQUIRE(!all.empty());
  BOOST_TEST(all.size() <= 2u);
  BOOST_TEST(all.front().number == 3u);
  restart();
  BOOST_TEST(begin_upgrade(wanted()) == 4u);
}

BOOST_AUTO_TEST_SUITE_END()
