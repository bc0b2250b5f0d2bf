// The simulated fleet's behaviour, without a socket and on a clock that the test moves.
#include "tools/muster-sim/conductor.hpp"

#include <fmt/format.h>
#include <boost/test/unit_test.hpp>

#include <map>
#include <vector>

using namespace muster::sim;

namespace {

const time_point start{100h};
const std::string secret(43, 'A');

// A manager that can be told how to answer, and the loop around a conductor.
struct fixture {
  options wanted;
  run_plan plan;
  std::optional<run_board> board;
  time_point now = start;
  std::optional<conductor> fleet;
  bool reachable = true;
  unsigned beat_status = 200;
  unsigned registration_status = 201;
  std::chrono::seconds retry_after{0};
  std::map<request_kind, size_t> seen;

  fixture() {
    wanted.agents = 100;
    wanted.interval = 10s;
    wanted.register_rate = 1000;
  }

  void begin(share part = {}) {
    plan = plan_of(wanted);
    board.emplace(plan.what.agents(), 1, start);
    fleet.emplace(plan, part, *board, 1);
  }

  std::vector<request> take_all() {
    std::vector<request> out;
    while (const auto due = fleet->take_due(now, reachable)) out.push_back(*due);
    return out;
  }

  void answer_to(const request& what) {
    std::string bytes;
    fleet->write(what, now, bytes);
    BOOST_TEST(!bytes.empty());
    ++seen[what.kind];
    if (what.kind != request_kind::registration)
      return fleet->answered(what, {beat_status, 0s, true, "{}"}, now);
    const auto body =
      fmt::format(R"({{"agentId":"ag-{0:016x}","token":"mt_{0:016x}_{1}"}})", what.agent + 1, secret);
    fleet->answered(what, {registration_status, retry_after, true, body}, now);
  }

  // Lets time pass in steps of 5 ms; everything is answered at once.
  void pass(std::chrono::milliseconds span) {
    for (const auto end = now + span; now < end; now += 5ms) {
      for (const auto& due : take_all()) answer_to(due);
      fleet->advance(now, reachable, 0);
    }
  }

  const kind_tally& counted(request_kind kind) const { return fleet->total()[kind]; }
  uint64_t failed(failure why) const { return fleet->total().failed[static_cast<size_t>(why)]; }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(sim_conductor, fixture)

BOOST_AUTO_TEST_CASE(all_agents_register_once_at_the_pace) {
  wanted.register_rate = 100;
  begin();
  pass(500ms);
  const auto halfway = fleet->take_pulse().registered;
  BOOST_TEST(halfway >= 49u);
  BOOST_TEST(halfway <= 51u);
  pass(1s);
  BOOST_TEST(fleet->take_pulse().registered == 100u);
  BOOST_TEST(counted(request_kind::registration).sent == 100u);
  BOOST_TEST(fleet->total().newcomers == 100u);
}

BOOST_AUTO_TEST_CASE(an_agent_beats_once_per_interval_from_when_it_is_registered) {
  begin();
  pass(10s);
  const auto first = counted(request_kind::heartbeat).sent;
  BOOST_TEST(first > 90u);
  pass(30s);
  BOOST_TEST(counted(request_kind::heartbeat).sent == first + 300);
  BOOST_TEST(counted(request_kind::heartbeat).ok == first + 300);
}

BOOST_AUTO_TEST_CASE(latency_counts_from_when_a_beat_was_due) {
  begin();
  pass(1s);
  fleet->take_pulse();
  now += 2s;  // the simulator was held up
  for (const auto& due : take_all()) answer_to(due);
  const auto beats = fleet->take_pulse().beats;
  BOOST_TEST(beats.count() >= 19u);
  BOOST_TEST(beats.count() <= 21u);
  BOOST_TEST(beats.max().count() > 1'900'000);
  BOOST_TEST((counted(request_kind::heartbeat).latency.max() == beats.max()));
  BOOST_TEST(fleet->total().latest.count() > 1'900'000'000);
}

BOOST_AUTO_TEST_CASE(silence_does_not_hold_up_the_schedule) {
  begin();
  pass(1s);
  now += 10s;
  BOOST_TEST(take_all().size() == 100u);
  now += 10s;
  BOOST_TEST(take_all().size() == 100u);
  BOOST_TEST(counted(request_kind::heartbeat).unanswered() == 200u);
}

BOOST_AUTO_TEST_CASE(without_a_connection_agents_beat_in_vain_but_none_registers) {
  wanted.register_rate = 50;
  begin();
  pass(1s);
  const auto registered = fleet->take_pulse().registered;
  reachable = false;
  now += 10s;
  const auto due = take_all();
  BOOST_TEST(due.size() == registered);
  for (const auto& beat : due) fleet->failed(beat, failure::refused);
  BOOST_TEST(failed(failure::refused) == registered);
  reachable = true;
  pass(12s);
  BOOST_TEST(fleet->take_pulse().registered == 100u);
  BOOST_TEST(counted(request_kind::heartbeat).errors == registered);
}

BOOST_AUTO_TEST_CASE(only_half_of_the_connections_carry_registrations) {
  wanted.connections = 8;
  wanted.pipeline = 3;
  begin();
  now += 1h;
  size_t registrations = 0;
  for (int i = 0; i < 1000; ++i) {
    now += 1ms;
    for (const auto& due : take_all()) registrations += due.kind == request_kind::registration ? 1 : 0;
  }
  BOOST_TEST(registrations == 12u);
}

BOOST_AUTO_TEST_CASE(a_registration_that_was_put_off_comes_again_when_the_manager_said) {
  wanted.agents = 1;
  registration_status = 429;
  retry_after = 7s;
  begin();
  pass(50ms);
  registration_status = 200;
  pass(6'900ms);
  BOOST_TEST(seen[request_kind::registration] == 1u);
  pass(1'200ms);
  BOOST_TEST(seen[request_kind::registration] == 2u);
  BOOST_TEST(fleet->total().reconnected == 1u);
  BOOST_TEST(fleet->total().refusals[429] == 1u);
}

BOOST_AUTO_TEST_CASE(a_registration_whose_connection_was_lost_is_repeated) {
  wanted.agents = 1;
  begin();
  for (const auto& due : take_all()) fleet->failed(due, failure::reset);
  pass(900ms);
  BOOST_TEST(seen[request_kind::registration] == 0u);
  pass(1'200ms);
  BOOST_TEST(fleet->take_pulse().registered == 1u);
  BOOST_TEST(failed(failure::reset) == 1u);
}

BOOST_AUTO_TEST_CASE(who_may_not_register_gives_up_and_the_run_ends_when_all_did) {
  registration_status = 401;
  begin();
  pass(1s);
  BOOST_TEST(fleet->total().given_up == 100u);
  BOOST_TEST(fleet->total().first_refusal.starts_with("401: {"));
  BOOST_TEST(counted(request_kind::registration).sent == 100u);
  BOOST_TEST(fleet->finished());
}

BOOST_AUTO_TEST_CASE(a_welcome_without_credentials_is_a_bad_answer) {
  wanted.agents = 1;
  begin();
  for (const auto& due : take_all()) fleet->answered(due, {200, 0s, true, R"({"ok":true})"}, now);
  BOOST_TEST(failed(failure::bad_answer) == 1u);
  BOOST_TEST(fleet->total().given_up == 1u);
}

BOOST_AUTO_TEST_CASE(a_refused_beat_is_counted_and_the_agent_does_not_register_again) {
  begin();
  pass(1s);
  beat_status = 401;
  pass(10s);
  BOOST_TEST(fleet->total().refusals[401] == 100u);
  BOOST_TEST(seen[request_kind::registration] == 100u);
  BOOST_TEST(fleet->take_pulse().registered == 100u);
}

BOOST_AUTO_TEST_CASE(it_registers_again_where_that_is_wanted) {
  wanted.reregister = true;
  begin();
  pass(1s);
  beat_status = 401;
  pass(10s);
  beat_status = 200;
  pass(1s);
  BOOST_TEST(seen[request_kind::registration] == 200u);
  BOOST_TEST(fleet->take_pulse().registered == 100u);
}

BOOST_AUTO_TEST_CASE(events_come_at_their_rate_from_registered_agents) {
  wanted.events_per_second = 20;
  begin();
  pass(11s);
  BOOST_TEST(counted(request_kind::event).ok >= 215u);
  BOOST_TEST(counted(request_kind::event).ok <= 220u);
  BOOST_TEST(counted(request_kind::event).sent == counted(request_kind::event).ok);
}

BOOST_AUTO_TEST_CASE(the_run_lasts_its_duration_after_the_last_registration) {
  wanted.duration = 20s;
  begin();
  pass(19s);
  BOOST_TEST(!fleet->finished());
  pass(2s);
  BOOST_TEST(fleet->finished());
  BOOST_TEST(std::chrono::duration<double>(fleet->steady_time()).count() == 20.0,
             boost::test_tools::tolerance(0.001));
  BOOST_TEST(counted(request_kind::heartbeat).per_second == 10.0, boost::test_tools::tolerance(0.01));
}

BOOST_AUTO_TEST_CASE(the_last_answers_are_waited_for) {
  wanted.duration = 1s;
  wanted.interval = 1s;
  begin();
  pass(1'050ms);
  now += 20ms;
  const auto waiting = take_all();
  BOOST_TEST_REQUIRE(!waiting.empty());
  now += 1s;
  fleet->advance(now, true, waiting.size());
  BOOST_TEST(!fleet->finished());
  BOOST_TEST(take_all().empty());
  fleet->advance(now, true, 0);
  BOOST_TEST(fleet->finished());
}

BOOST_AUTO_TEST_CASE(the_first_stop_deregisters_where_that_is_wanted_and_the_second_ends_at_once) {
  wanted.deregister = true;
  begin();
  pass(1s);
  fleet->stop(now);
  pass(50ms);
  BOOST_TEST(!fleet->finished());
  BOOST_TEST(counted(request_kind::departure).ok > 0u);
  auto cut_short = *fleet;
  pass(200ms);
  BOOST_TEST(fleet->finished());
  BOOST_TEST(counted(request_kind::departure).ok == 100u);
  BOOST_TEST(fleet->registered_at_end() == 100u);
  cut_short.stop(now);
  BOOST_TEST(cut_short.finished());
}

BOOST_AUTO_TEST_CASE(deregistering_ends_when_the_manager_is_gone) {
  wanted.deregister = true;
  begin();
  pass(1s);
  fleet->stop(now);
  reachable = false;
  pass(5ms);
  BOOST_TEST(fleet->finished());
}

BOOST_AUTO_TEST_CASE(a_stop_ends_the_run_at_once) {
  begin();
  pass(1s);
  fleet->stop(now);
  BOOST_TEST(fleet->finished());
  BOOST_TEST(take_all().empty());
}

BOOST_AUTO_TEST_CASE(shares_divide_the_fleet_without_overlap) {
  BOOST_TEST((share{0, 3}.of(10)) == 4u);
  BOOST_TEST((share{1, 3}.of(10)) == 3u);
  BOOST_TEST((share{2, 3}.of(10)) == 3u);
  wanted.agents = 10;
  std::map<std::string, int> names;
  for (uint32_t i = 0; i < 3; ++i) {
    begin({i, 3});
    now = start + 1s;
    while (const auto due = fleet->take_due(now, true)) {
      std::string bytes;
      fleet->write(*due, now, bytes);
      ++names[bytes.substr(bytes.find("sim-"), 10)];
      fleet->answered(*due, {403, 0s, true, ""}, now);
      now += 100ms;
    }
  }
  BOOST_TEST(names.size() == 10u);
  BOOST_TEST(names.begin()->first == "sim-000000");
  BOOST_TEST(names.rbegin()->first == "sim-000009");
}

BOOST_AUTO_TEST_SUITE_END()
