// What scenarios make a fleet do, without a socket and on a clock that the test moves.
#include "tools/muster-sim/conductor.hpp"

#include <fmt/format.h>
#include <boost/test/unit_test.hpp>

#include <map>
#include <set>

using namespace std::chrono_literals;
using namespace muster::sim;

namespace {

const time_point start{100h};
const std::string secret(43, 'A');
const std::string node_key(32, 'k');

struct streams_seen final : stream_keeper {
  std::set<uint32_t> open_now;
  void open(uint32_t agent, time_point, std::chrono::milliseconds) override { open_now.insert(agent); }
  void close(uint32_t agent) override { open_now.erase(agent); }
};

struct fixture {
  run_plan plan;
  time_point now = start;
  streams_seen streams;
  std::optional<run_board> board;
  std::optional<conductor> fleet;
  std::map<request_kind, std::map<uint32_t, int>> seen;  // by agent
  std::map<request_kind, answer> answers;                // others than the usual one
  std::string beat_body = "{}";

  fixture() {
    plan.patient = true;
    plan.node_tokens = {"mb_t"};
    plan.sensor_keys = {"hg_ak_1"};
    plan.what.register_rate = 100'000;
    plan.what.duration = 1h;
  }

  void add(dialect speaks, uint32_t agents, double holding_streams = 0,
           std::chrono::milliseconds pull = 0ms) {
    fleet_part part;
    part.speaks = speaks;
    part.agents = agents;
    part.beat = 10s;
    part.pull = pull;
    part.streams = holding_streams;
    part.prefix = fmt::format("p{}", plan.what.fleet.size());
    plan.what.fleet.push_back(part);
  }

  void add_step(step_kind what, std::chrono::milliseconds at, double share,
                std::chrono::milliseconds span = 0ms) {
    step made;
    made.what = what;
    made.at = at;
    made.share = share;
    made.span = span;
    plan.what.steps.push_back(made);
  }

  void begin() {
    board.emplace(plan.what.agents(), 1, start);
    fleet.emplace(plan, share{}, *board, 1, &streams);
  }

  void answer_to(const request& what) {
    std::string bytes;
    fleet->write(what, now, bytes);
    BOOST_TEST(!bytes.empty());
    ++seen[what.kind][what.agent];
    const auto id = what.agent + 1;
    const auto welcome =
      fmt::format(R"({{"agentId":"ag-{0:016x}","token":"mt_{0:016x}_{1}","node_id":"ag-{0:016x}",)"
                  R"("node_secret_key":"{2}"}})",
                  id, secret, node_key);
    answer with{200, 0s, true, what.kind == request_kind::registration ? welcome : beat_body, now};
    if (const auto other = answers.find(what.kind); other != answers.end()) with = other->second;
    fleet->answered(what, with, now);
  }

  void pass(std::chrono::milliseconds span) {
    for (const auto end = now + span; now < end; now += 5ms) {
      while (const auto due = fleet->take_due(now, true)) answer_to(*due);
      fleet->advance(now, true, 0);
    }
  }

  size_t total(request_kind kind) {
    size_t sum = 0;
    for (const auto& [agent, times] : seen[kind]) sum += static_cast<size_t>(times);
    return sum;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(sim_scenario, fixture)

BOOST_AUTO_TEST_CASE(agents_of_all_dialects_register_and_beat) {
  add(dialect::panguard, 20);
  add(dialect::harborguard, 10, 0, 10s);
  add(dialect::plexd, 10, 1, 10s);
  begin();
  pass(21s);
  BOOST_TEST(fleet->total().errors() == 0u);
  BOOST_TEST(seen[request_kind::registration].size() == 40u);
  BOOST_TEST(seen[request_kind::heartbeat].size() == 40u);
  BOOST_TEST(seen[request_kind::poll].size() == 20u);
  BOOST_TEST(seen[request_kind::poll].begin()->first == 20u);
  BOOST_TEST(streams.open_now.size() == 10u);
}

BOOST_AUTO_TEST_CASE(who_is_silent_says_nothing_and_goes_on_where_it_was) {
  add(dialect::panguard, 100, 1);
  add_step(step_kind::silence, 20s, 0.3);
  add_step(step_kind::resume, 60s, 0);
  begin();
  pass(21s);
  BOOST_TEST(fleet->take_pulse().silent == 30u);
  BOOST_TEST(streams.open_now.size() == 70u);
  seen.clear();
  pass(10s);
  BOOST_TEST(seen[request_kind::heartbeat].size() == 70u);
  pass(40s);
  BOOST_TEST(seen[request_kind::heartbeat].size() == 100u);
  BOOST_TEST(streams.open_now.size() == 100u);
  BOOST_TEST(fleet->take_pulse().silent == 0u);
}

BOOST_AUTO_TEST_CASE(signs_of_life_are_recorded) {
  add(dialect::panguard, 1, 0, 1s);
  begin();
  pass(12s);
  const auto heard = board->record.last_sent(0);
  BOOST_TEST(heard > 1u);
  BOOST_TEST(board->record.heard_after(0) == heard);
  BOOST_TEST(board->record.heard_before(0) == heard);
  BOOST_TEST(total(request_kind::poll) >= 10u);
  BOOST_TEST(heard <= 11'000u);  // a poll for policy is none
}

BOOST_AUTO_TEST_CASE(a_herd_registers_and_beats_at_once) {
  add(dialect::panguard, 100);
  add(dialect::plexd, 50);
  add_step(step_kind::herd, 12s, 1, 1s);
  begin();
  pass(12s);
  seen.clear();
  pass(1'100ms);
  BOOST_TEST(seen[request_kind::registration].size() == 100u);  // nodes kept who they are
  BOOST_TEST(seen[request_kind::heartbeat].size() == 150u);
}

BOOST_AUTO_TEST_CASE(a_herd_that_is_turned_away_comes_again_when_it_was_told) {
  add(dialect::panguard, 100);
  add_step(step_kind::herd, 12s, 1, 1s);
  begin();
  pass(12s);
  seen.clear();
  answers[request_kind::registration] = {503, 5s, true, ""};
  pass(1'100ms);
  BOOST_TEST(fleet->total().turned_away == 100u);
  answers.clear();
  pass(2s);
  BOOST_TEST(total(request_kind::registration) == 100u);
  pass(6s);
  BOOST_TEST(total(request_kind::registration) == 200u);
  BOOST_TEST(fleet->total().errors() == 0u);
  BOOST_TEST(fleet->take_pulse().registered == 100u);
}

BOOST_AUTO_TEST_CASE(a_run_that_is_stopped_early_was_interrupted) {
  for (const auto played : {1s, 3s}) {
    plan.what.duration = 2s;
    if (plan.what.fleet.empty()) add(dialect::panguard, 1);
    begin();
    now = start;
    pass(played);
    fleet->stop(now);
    BOOST_TEST(fleet->was_interrupted() == (played < 2s));
  }
}

BOOST_AUTO_TEST_CASE(a_beat_that_was_turned_away_took_until_its_good_answer) {
  add(dialect::panguard, 100);
  begin();
  pass(1s);
  fleet->take_pulse();
  answers[request_kind::heartbeat] = {429, 4s, true, ""};
  pass(1s);
  const auto& beats = fleet->total()[request_kind::heartbeat];
  BOOST_TEST(fleet->total().turned_away > 0u);
  const auto good_before = beats.latency.count();
  BOOST_TEST(good_before == beats.ok);
  BOOST_TEST(fleet->take_pulse().beats.count() == 0u);
  answers.clear();
  pass(6s);
  BOOST_TEST(beats.latency.count() == beats.ok);
  BOOST_TEST((beats.latency.max() >= 4s));
  BOOST_TEST(fleet->total().latest.count() < 1'000'000'000);
}

BOOST_AUTO_TEST_CASE(who_leaves_is_no_more_held_to_be_heard) {
  add(dialect::panguard, 20);
  plan.what.duration = 12s;
  plan.what.deregister = true;
  begin();
  pass(11s);
  for (uint32_t agent = 0; agent < 20; ++agent) BOOST_TEST(board->record.heard_before(agent) > 0u);
  pass(10s);
  BOOST_TEST(total(request_kind::departure) == 20u);
  for (uint32_t agent = 0; agent < 20; ++agent) BOOST_TEST(board->record.heard_before(agent) == 0u);
}

BOOST_AUTO_TEST_CASE(what_fails_while_the_manager_restarts_is_counted_apart) {
  add(dialect::panguard, 10);
  begin();
  pass(1s);
  board->restarting = true;
  now += 5s;
  while (const auto due = fleet->take_due(now, true)) fleet->failed(*due, failure::reset);
  BOOST_TEST(fleet->total().during_restart > 0u);
  BOOST_TEST(fleet->total().errors() == 0u);
  board->restarting = false;
  now += 5s;
  while (const auto due = fleet->take_due(now, true)) fleet->failed(*due, failure::reset);
  BOOST_TEST(fleet->total().errors() > 0u);
}

BOOST_AUTO_TEST_CASE(an_agent_that_is_told_of_a_policy_polls_and_has_it) {
  add(dialect::panguard, 50, 0, 1h);
  begin();
  pass(1s);
  board->push(7, now);
  beat_body = R"({"ok":true,"policyVersion":7,"version":7})";
  pass(11s);
  BOOST_TEST(fleet->take_pulse().policy_reached == 50u);
  BOOST_TEST(fleet->total().policy.count() == 50u);
  BOOST_TEST(fleet->total().policy.max().count() > 5'000'000);
  const auto polls = total(request_kind::poll);
  pass(20s);
  BOOST_TEST(total(request_kind::poll) <= polls + 1);
}

BOOST_AUTO_TEST_CASE(a_stream_brings_the_policy_too) {
  add(dialect::panguard, 1, 1);
  begin();
  pass(1s);
  fleet->stream_event(0, {"policy", "7", "{}"}, now);
  board->push(7, now);  // its number was not known before
  pass(100ms);
  BOOST_TEST(fleet->take_pulse().policy_reached == 1u);
}

BOOST_AUTO_TEST_CASE(a_sensor_ends_the_job_that_it_gets) {
  add(dialect::harborguard, 1, 0, 10s);
  begin();
  pass(1s);
  const std::string job =
    R"({"jobs":[{"id":"job-5","type":"SCAN","scan":{"imageRef":"app:1"}}],"cancelJobs":[]})";
  answers[request_kind::poll] = {200, 0s, true, job};
  while (total(request_kind::poll) == 0) pass(5ms);
  answers.clear();
  pass(1'200ms);
  BOOST_TEST(total(request_kind::work) == 2u);
  BOOST_TEST(total(request_kind::poll) == 2u);
}

BOOST_AUTO_TEST_CASE(agents_leave_only_when_the_run_was_judged) {
  add(dialect::panguard, 10);
  add(dialect::harborguard, 5);
  plan.what.deregister = true;
  plan.what.duration = 5s;
  begin();
  board->may_depart = false;
  pass(8s);
  BOOST_TEST(fleet->is_over());
  BOOST_TEST(total(request_kind::departure) == 0u);
  board->may_depart = true;
  pass(1s);
  BOOST_TEST(total(request_kind::departure) == 10u);  // sensors know no departure
  BOOST_TEST(fleet->finished());
}

BOOST_AUTO_TEST_CASE(half_of_those_that_are_restarted_leave_before) {
  add(dialect::panguard, 100);
  add_step(step_kind::restart_agents, 1s, 1, 5s);
  begin();
  pass(8s);
  BOOST_TEST(total(request_kind::departure) > 30u);
  BOOST_TEST(total(request_kind::departure) < 70u);
  BOOST_TEST(total(request_kind::registration) == 200u);
  BOOST_TEST(fleet->take_pulse().registered == 100u);
}

BOOST_AUTO_TEST_SUITE_END()
