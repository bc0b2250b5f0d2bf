// Runs over a thousand nodes, some of which answer twice, late, wrongly or never, with
// restarts in the middle. Prints its seed when it fails.
#include "tests/actors/dispatcher_fixture.hpp"

#include <random>

using namespace muster;
using namespace muster::test;

namespace {

constexpr uint32_t node_count = 1'000;

// What a node does with an action: a function of its slot alone.
enum class habit {
  obeys,
  obeys_silently,
  repeats,
  refuses,
  is_busy_once,
  never_answers,
  never_finishes,
  is_late
};
habit habit_of(uint32_t slot) { return static_cast<habit>(slot % 8); }

struct fleet_of_nodes : dispatcher_fixture {
  fleet_of_nodes() {
    add_nodes(node_count);
    start_dispatcher();
  }

  // All nodes that were told since the last time answer.
  void answer(std::mt19937& random) {
    auto orders = told();
    std::shuffle(orders.begin(), orders.end(), random);
    for (const auto& each : orders) {
      const auto place = parse_execution_name(each.substr(0, each.find(' ')));
      BOOST_REQUIRE(place);
      ++times_told[place->slot];
      answer(place->run, place->slot);
    }
  }
  void answer(uint64_t run, uint32_t slot) {
    switch (habit_of(slot)) {
      case habit::obeys:
        must(accept(run, slot));
        must(finish(run, slot));
        break;
      case habit::obeys_silently: must(finish(run, slot)); break;
      case habit::repeats:
        for (int i = 0; i < 3; ++i) must(accept(run, slot));
        for (int i = 0; i < 3; ++i) must(finish(run, slot, execution_status::failed));
        must(accept(run, slot));
        break;
      case habit::refuses: must(reject(run, slot, "actions_disabled")); break;
      case habit::is_busy_once:
        if (times_told[slot] == 1) must(reject(run, slot, "max_concurrent_reached"));
        else must(finish(run, slot));
        break;
      case habit::never_answers: break;
      case habit::never_finishes:
      case habit::is_late: must(accept(run, slot)); break;
    }
  }
  std::string expected(uint32_t slot) const {
    switch (habit_of(slot)) {
      case habit::repeats: return "failed: it ended with exit code 0";
      case habit::refuses: return "failed: the node refused it: actions_disabled";
      case habit::never_answers: return "expired: never acknowledged";
      case habit::never_finishes: return "expired: no result";
      case habit::is_late: return "succeeded: late, after 'no result'";
      default: return "succeeded";
    }
  }
  bool over(uint64_t run) { return row(run).run.ended_at != utc_time{}; }

  std::map<uint32_t, int> times_told;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(dispatcher_scenarios, fleet_of_nodes)

BOOST_AUTO_TEST_CASE(run_over_a_thousand_nodes_ends_with_a_reason_for_each) {
  std::mt19937 random{11};
  const auto run = begin_run(ping(100));
  size_t in_flight = 0;
  for (int i = 0; i < 500 && !over(run); ++i) {
    const auto counts = row(run).counts;
    in_flight = std::max<size_t>(in_flight, counts[1] + counts[2]);
    answer(random);
    advance(2s);
  }
  BOOST_REQUIRE(over(run));
  BOOST_TEST(in_flight <= 100u);
  for (uint32_t slot = 0; slot < node_count; ++slot)
    if (habit_of(slot) == habit::is_late) must(finish(run, slot));
  for (uint32_t slot = 0; slot < node_count; ++slot) {
    BOOST_TEST(state(run, slot) == expected(slot));
    BOOST_TEST(times_told[slot] == (habit_of(slot) == habit::is_busy_once ? 2 : 1));
  }
  BOOST_TEST(count(run, execution_status::expired) == 250u);
}

BOOST_AUTO_TEST_CASE(restarts_in_the_middle_change_no_outcome) {
  for (const unsigned seed : {1u, 2u, 3u}) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      std::mt19937 random{seed};
      times_told.clear();
      const auto run = begin_run(ping(200));
      for (int i = 0; i < 500 && !over(run); ++i) {
        if (random() % 4 == 0) restart();
        answer(random);
        if (random() % 8 == 0) restart();
        advance(std::chrono::seconds{1 + random() % 20});
      }
      BOOST_REQUIRE(over(run));
      for (uint32_t slot = 0; slot < node_count; ++slot)
        if (habit_of(slot) == habit::is_late) must(finish(run, slot));
      restart();
      for (uint32_t slot = 0; slot < node_count; ++slot) BOOST_TEST(state(run, slot) == expected(slot));
    }
  }
}

BOOST_AUTO_TEST_CASE(numbers_go_on_after_a_restart) {
  const auto first = begin_run(ping());
  restart();
  BOOST_TEST(begin_run(ping()) == first + 1);
}

BOOST_AUTO_TEST_CASE(writes_gather_what_comes_together) {
  const auto run = begin_run(ping(node_count));
  BOOST_TEST(events->requests.size() == 2u, "500 events at a time");
  book->work.clear();
  for (uint32_t slot = 0; slot < node_count; ++slot)
    caf::anon_send(subject, execution_acknowledged{node(slot), execution_name(run, node(slot)), true, ""});
  deliver();
  BOOST_TEST(count(run, execution_status::running) == node_count);
  BOOST_TEST(book->work.size() <= 3u);
}

BOOST_AUTO_TEST_CASE(one_timer_serves_all_deadlines) {
  const auto before = sched.clock().schedule().size();
  const auto run = begin_run(ping(node_count));
  for (uint32_t slot = 0; slot < node_count; ++slot) must(accept(run, slot));
  // The first deadline, the earlier ones that came after it, and how long the registrar may take.
  BOOST_TEST(sched.clock().schedule().size() <= before + 3);
  advance(1min);
  BOOST_TEST(count(run, execution_status::expired) == node_count);
}

BOOST_AUTO_TEST_CASE(cancelled_in_the_middle_every_execution_has_its_end) {
  std::mt19937 random{5};
  const auto run = begin_run(ping(100));
  answer(random);
  advance(3s);
  must(ask<run_row>(subject, cancel_run{run, "ann"}));
  BOOST_TEST(over(run));
  restart();
  const auto counts = row(run).counts;
  uint32_t all = 0;
  for (size_t i = static_cast<size_t>(execution_status::succeeded); i < counts.size(); ++i) all += counts[i];
  BOOST_TEST(all == node_count);
  told();
  advance(10min);
  BOOST_TEST(told().empty());
}

BOOST_AUTO_TEST_SUITE_END()
