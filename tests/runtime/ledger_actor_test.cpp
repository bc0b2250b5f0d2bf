// The ledger as an actor: group commit, failure, retention.
#include "ledger_fixture.hpp"

#include "runtime/ledger/ledger.hpp"
#include "runtime/ledger/record_decoder.hpp"

using namespace muster;
using namespace muster::ledger_test;

namespace {

struct ledger_suite : actor_fixture {
  ledger_suite() {
    options.now_utc = [this] { return now; };
    options.purge_failed = [this](const caf::error& why) { trouble = why; };
    open();
    start();
  }

  void start() { writer = spawn(ledger, data, options); }
  void stop() {
    caf::anon_send_exit(writer, caf::exit_reason::user_shutdown);
    deliver();
    sched.clock().cancel_all();
    writer = nullptr;
  }
  void restart() {
    stop();
    reopen();
    start();
  }

  auto begin(auto what) { return request<committed>(writer, std::move(what)); }
  uint64_t commit(auto what) { return must(ask<committed>(writer, std::move(what))).number; }

  template <class Result>
  std::vector<Result> all(ledger_table of,
                          caf::expected<Result> (record_decoder::*read)(const stored_record&)) {
    std::vector<Result> found;
    record_decoder decoder;
    read_transaction view{*data};
    record_cursor at{view, of};
    for (bool more = at.first(); more; more = at.next())
      found.push_back(std::move(*(decoder.*read)(at.record())));
    return found;
  }

  record_threats one_threat(utc_time at = noon) { return {{agent_at(1, 1), at, {sample_threat("e")}}}; }

  utc_time now = noon;
  caf::error trouble;
  ledger_options options;
  ledger_actor writer;
};

// What doesn't fit into the smallest store.
record_threats huge_report() {
  record_threats huge{{agent_at(1, 1), noon, {sample_threat("e")}}};
  huge.report.threats[0].event = "\"" + std::string(2u << 20, 'x') + "\"";
  return huge;
}

struct small_ledger_suite : ledger_suite {
  small_ledger_suite() {
    stop();
    data.reset();
    std::filesystem::remove_all(directory.path() / "data");
    store_bytes = 1u << 20;
    open();
    start();
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(ledger_writer, ledger_suite)

BOOST_AUTO_TEST_CASE(every_kind_of_request_is_stored_and_there_after_reopening) {
  const auto agent = sample_agent(4, 9);
  const std::vector changes{
    sample_change(agent.id, agent_status::online, agent_status::stale, change_cause::silence)};
  const std::vector standings{agent_standing{agent.id, agent_status::stale, noon, noon - 1s, 5}};
  BOOST_TEST(commit(record_agent{agent, {sample_audit("agent.enrolled", "a")}}) == 0u);
  BOOST_TEST(commit(record_changes{5, changes, {sample_audit("agent.stale", "b")}}) == 0u);
  BOOST_TEST(commit(one_threat()) == 1u);
  BOOST_TEST(commit(record_standings{5, {{0, standings}}}) == 0u);
  BOOST_TEST(commit(record_audit{{sample_audit("manager.started", "c"), sample_audit("x", "d")}}) == 0u);
  BOOST_TEST(commit(record_pattern{open_pattern(noon), {sample_audit("pattern.opened", "e")}}) == 0u);
  restart();
  BOOST_TEST((all(ledger_table::agents, &record_decoder::agent) == std::vector{agent}));
  BOOST_TEST((all(ledger_table::changes, &record_decoder::changes).at(0) == changes));
  BOOST_TEST((all(ledger_table::threats, &record_decoder::threats) == std::vector{one_threat().report}));
  BOOST_TEST((all(ledger_table::standings, &record_decoder::standings).at(0) == standings));
  BOOST_TEST((keys(ledger_table::audit) == std::vector<uint64_t>{1, 2, 3, 4, 5}));
  BOOST_TEST((all(ledger_table::patterns, &record_decoder::patterns) == std::vector{open_pattern(noon)}));
  BOOST_TEST((keys(ledger_table::patterns) == std::vector{raw(open_pattern(noon).id)}));
  BOOST_TEST(all(ledger_table::audit, &record_decoder::audit)[2].action == "manager.started");
  BOOST_TEST((keys(ledger_table::changes) == std::vector<uint64_t>{5}));
  BOOST_TEST(number(meta_number::changes_until) == 5u);
  BOOST_TEST(number(meta_number::last_serial) == 9u);
}

BOOST_AUTO_TEST_CASE(forgotten_agent_is_gone_and_its_serial_remembered) {
  commit(record_agent{sample_agent(4, 9), {}});
  commit(record_agent{sample_agent(2, 3), {}});
  commit(forget_agent{agent_at(4, 9), {sample_audit("agent.removed", "a")}});
  commit(forget_agent{agent_at(7, 7), {}});
  BOOST_TEST((keys(ledger_table::agents) == std::vector{raw(agent_at(2, 3))}));
  BOOST_TEST(number(meta_number::last_serial) == 9u);
  BOOST_TEST(keys(ledger_table::audit).size() == 1u);
}

BOOST_AUTO_TEST_CASE(requests_that_arrive_together_share_one_transaction) {
  std::vector<std::function<caf::expected<committed>()>> answers;
  for (int i = 0; i < 500; ++i) answers.push_back(begin(one_threat()));
  deliver();
  BOOST_TEST(data->transactions() == 1u);
  for (uint64_t i = 0; i < answers.size(); ++i) BOOST_TEST(answers[i]()->number == i + 1);
}

BOOST_AUTO_TEST_CASE(nothing_is_answered_before_its_commit) {
  auto answered = false;
  // With an argument: without any, CAF 0.17.6 dereferences a null pointer to its empty tuple.
  sys.spawn(
    [&](caf::event_based_actor* asker, const ledger_actor& to) {
      asker->request(to, caf::infinite, one_threat()).then([&](const committed&) {
        answered = true;
        BOOST_TEST(keys(ledger_table::threats).size() == 1u);
      });
    },
    writer);
  while (!answered && sched.try_run_once()) BOOST_TEST((data->transactions() == 1u || !answered));
  BOOST_TEST(answered);
}

BOOST_AUTO_TEST_CASE(batch_is_limited_in_requests_and_bytes) {
  stop();
  options.batch_requests = 10;
  start();
  std::vector<std::function<caf::expected<committed>()>> answers;
  for (int i = 0; i < 25; ++i) answers.push_back(begin(one_threat()));
  deliver();
  BOOST_TEST(data->transactions() == 3u);
  for (auto& answer : answers) BOOST_TEST(!!answer());
  stop();
  options.batch_bytes = 1;
  start();
  for (auto& answer : answers) answer = begin(one_threat());
  deliver();
  BOOST_TEST(data->transactions() == 28u);
  for (auto& answer : answers) BOOST_TEST(!!answer());
}

BOOST_AUTO_TEST_CASE(empty_report_is_answered_in_its_turn_without_a_write) {
  BOOST_TEST(commit(record_threats{{agent_at(1, 1), noon, {}}}) == 0u);
  BOOST_TEST(data->transactions() == 0u);
  std::string order;
  auto tell = [&](record_threats what, char letter) {
    sys.spawn(
      [=, &order](caf::event_based_actor* asker, const ledger_actor& to) {
        asker->request(to, caf::infinite, what).then([&order, letter](const committed&) { order += letter; });
      },
      writer);
  };
  tell(one_threat(), 'a');
  tell({{agent_at(1, 1), noon, {}}}, 'b');
  tell(one_threat(), 'c');
  deliver();
  BOOST_TEST(order == "abc");
}

BOOST_AUTO_TEST_CASE(numbers_go_on_after_a_restart_even_when_all_was_purged) {
  BOOST_TEST(commit(one_threat()) == 1u);
  BOOST_TEST(commit(one_threat()) == 2u);
  restart();
  BOOST_TEST(commit(one_threat()) == 3u);
  now = noon + 25h;
  advance(1min);
  BOOST_TEST(keys(ledger_table::threats).empty());
  restart();
  BOOST_TEST(commit(one_threat()) == 4u);
}

BOOST_AUTO_TEST_CASE(ledger_that_is_told_to_exit_commits_and_answers_first) {
  auto answer = begin(one_threat());
  caf::anon_send_exit(writer, caf::exit_reason::user_shutdown);  // overtakes the ledger's own commit_due
  deliver();
  BOOST_TEST(must(answer()).number == 1u);
  BOOST_TEST(data->transactions() == 1u);
}

BOOST_AUTO_TEST_CASE(request_of_nobody_is_stored_too) {
  caf::anon_send(writer, record_audit{{sample_audit("a", "b")}});
  deliver();
  BOOST_TEST(keys(ledger_table::audit).size() == 1u);
}

BOOST_AUTO_TEST_CASE(expired_records_are_purged_in_small_batches) {
  stop();
  options.purge_batch = 10;
  start();
  for (int i = 0; i < 35; ++i) caf::anon_send(writer, one_threat(i < 25 ? noon - 24h : noon));
  commit(record_changes{1, {sample_change(agent_at(1, 1), {}, {}, {}, 0, noon - 24h * 30 - 1s)}, {}});
  commit(record_changes{2, {sample_change(agent_at(1, 1), {}, {}, {}, 0, noon - 24h * 29)}, {}});
  commit(
    record_audit{{sample_audit("old", "", noon - 24h * 31), sample_audit("young", "", noon - 24h * 29)}});
  const auto before = data->transactions();
  now = noon + 1ms;
  advance(59s);
  BOOST_TEST(keys(ledger_table::threats).size() == 35u);
  advance(1s);
  BOOST_TEST(keys(ledger_table::threats).front() == 11u);
  advance(options.purge_pause);
  BOOST_TEST(keys(ledger_table::threats).front() == 21u);
  advance(options.purge_pause);
  BOOST_TEST(keys(ledger_table::threats).front() == 26u);
  BOOST_TEST(keys(ledger_table::threats).size() == 10u);
  BOOST_TEST((keys(ledger_table::changes) == std::vector<uint64_t>{2}));
  BOOST_TEST((keys(ledger_table::audit) == std::vector<uint64_t>{2}));
  BOOST_TEST(data->transactions() == before + 3);
  advance(10min);
  BOOST_TEST(data->transactions() == before + 3);
  BOOST_TEST(!trouble);
}

BOOST_AUTO_TEST_CASE(pattern_that_is_written_again_replaces_itself) {
  commit(record_pattern{open_pattern(noon), {}});
  commit(record_pattern{sample_pattern(noon - 1h), {}});
  commit(record_pattern{sample_pattern(noon), {}});
  BOOST_TEST((all(ledger_table::patterns, &record_decoder::patterns)
              == std::vector{sample_pattern(noon - 1h), sample_pattern(noon)}));
}

BOOST_AUTO_TEST_CASE(expired_patterns_are_purged_unless_they_are_open) {
  stop();
  options.purge_batch = 2;
  start();
  const auto old = noon - 24h * 31;
  for (int i = 0; i < 5; ++i) commit(record_pattern{sample_pattern(old + i * 1s), {}});
  commit(record_pattern{open_pattern(old, "still open"), {}});
  commit(record_pattern{open_pattern(old + 10s, "open too"), {}});
  commit(record_pattern{sample_pattern(noon - 24h * 30 + 1ms), {}});
  auto left = [this] { return all(ledger_table::patterns, &record_decoder::patterns); };
  advance(1min);
  BOOST_TEST(left().size() == 6u);
  advance(options.purge_pause);
  BOOST_TEST(left().size() == 4u);
  advance(options.purge_pause);
  BOOST_TEST((left()
              == std::vector{open_pattern(old, "still open"), open_pattern(old + 10s, "open too"),
                             sample_pattern(noon - 24h * 30 + 1ms)}));
  const auto before = data->transactions();
  now = noon + 24h * 300;
  advance(10min);
  BOOST_TEST(left().size() == 2u);
  BOOST_TEST(data->transactions() == before + 1);
  BOOST_TEST(!trouble);
}

BOOST_AUTO_TEST_CASE(retention_can_be_changed_while_it_runs) {
  commit(one_threat(noon - 2h));
  self->send(writer, retention_limits{1h, 1h});
  advance(1min);
  BOOST_TEST(keys(ledger_table::threats).empty());
}

BOOST_AUTO_TEST_CASE(failure_of_a_purge_is_told) {
  {
    write_transaction writing{*data};
    writing.append(ledger_table::threats, 1, "{}");
    BOOST_REQUIRE(!writing.commit());
  }
  advance(1min);
  BOOST_TEST(describe_store_error(trouble).find("threats/1: ") != std::string::npos);
  BOOST_TEST(commit(one_threat()) == 2u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(small_ledger, small_ledger_suite)

BOOST_AUTO_TEST_CASE(failed_batch_answers_everybody_and_leaves_the_store_usable) {
  commit(record_agent{sample_agent(1, 1), {}});
  auto first = begin(record_agent{sample_agent(2, 2), {}});
  auto second = begin(huge_report());
  auto third = begin(record_audit{{sample_audit("a", "b")}});
  auto empty = begin(record_threats{{agent_at(1, 1), noon, {}}});
  deliver();
  for (auto* answer : {&first, &second, &third, &empty}) {
    auto result = (*answer)();
    BOOST_REQUIRE(!result);
    BOOST_TEST((result.error() == fleet_error::store_full));
  }
  BOOST_TEST(keys(ledger_table::agents).size() == 1u);
  BOOST_TEST(number(meta_number::last_serial) == 1u);
  BOOST_TEST(commit(one_threat()) == 1u);
  restart();
  BOOST_TEST(keys(ledger_table::agents).size() == 1u);
  BOOST_TEST(keys(ledger_table::threats).size() == 1u);
}

BOOST_AUTO_TEST_CASE(full_store_can_be_read_and_takes_writes_again_after_a_purge) {
  auto large = one_threat();
  large.report.threats[0].event = '"' + std::string(20'000, 'x') + '"';
  size_t stored = 0;
  while (ask<committed>(writer, large)) ++stored;
  BOOST_TEST(stored > 40u);
  BOOST_TEST(all(ledger_table::threats, &record_decoder::threats).size() == stored);
  now = noon + 25h;
  advance(1min + 1s);
  BOOST_TEST(keys(ledger_table::threats).empty());
  BOOST_TEST(!trouble);
  for (size_t i = 0; i < stored / 2; ++i) BOOST_TEST(commit(large) == stored + i + 1);
}

BOOST_AUTO_TEST_SUITE_END()
