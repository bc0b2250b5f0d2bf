// The clock that stands still while nobody can be heard.
#include "actors/ports/listening_clock.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <thread>
#include <utility>
#include <vector>

using namespace muster;
using namespace std::chrono_literals;

namespace {

using monotonic_time = listening_clock::monotonic_time;

// Instants count from the test's own start, which is not zero.
monotonic_time at(std::chrono::nanoseconds since_start) { return monotonic_time{1000h + since_start}; }

struct clock_suite {
  // Listening time since the clock's start.
  std::chrono::nanoseconds read(std::chrono::nanoseconds when) const { return clock.at(at(when)) - start; }
  std::chrono::nanoseconds pulse(size_t loop, std::chrono::nanoseconds when, bool heard = true) {
    return clock.pulse(loop, at(when), heard);
  }
  // Pulses four times a second from one instant up to and with another.
  void pulse_steadily(size_t loop, std::chrono::nanoseconds from, std::chrono::nanoseconds until) {
    for (auto when = from; when <= until; when += 250ms) BOOST_REQUIRE((pulse(loop, when) == 0ns));
  }

  listening_clock clock{1s};
  listening_time start = clock.at(at(0s));
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(listening_clock_suite, clock_suite)

BOOST_AUTO_TEST_CASE(it_stands_still_until_it_starts) {
  listening_clock late{1s, at(60s)};
  late.add_loop(at(0s));
  const auto first = late.at(at(0s));
  BOOST_TEST((late.at(at(59s)) == first));
  for (auto when = 0ms; when <= 62s; when += 250ms) late.pulse(0, at(when));
  BOOST_TEST((late.at(at(62s)) - first == 2s));
}

BOOST_AUTO_TEST_CASE(a_gap_before_its_start_never_turns_it_back) {
  listening_clock late{1s, at(60s)};
  late.add_loop(at(0s));
  const auto first = late.at(at(0s));
  BOOST_TEST((late.pulse(0, at(20s)) == 20s));
  BOOST_TEST((late.at(at(20s)) == first));
}

BOOST_AUTO_TEST_CASE(without_loops_time_runs_as_it_is) { BOOST_TEST((read(5h) == 5h)); }

BOOST_AUTO_TEST_CASE(time_runs_while_a_loop_pulses_in_time) {
  const auto loop = clock.add_loop(at(0s));
  pulse_steadily(loop, 250ms, 10s);
  BOOST_TEST((read(10s + 100ms) == 10s + 100ms));
  BOOST_TEST((clock.deaf() == 0ns));
}

BOOST_AUTO_TEST_CASE(a_pulse_as_late_as_the_tolerance_loses_nothing) {
  const auto loop = clock.add_loop(at(0s));
  BOOST_TEST((pulse(loop, 1s) == 0ns));
  BOOST_TEST((read(1s) == 1s));
}

BOOST_AUTO_TEST_CASE(a_late_pulse_takes_out_its_whole_span) {
  const auto loop = clock.add_loop(at(0s));
  pulse_steadily(loop, 250ms, 10s);
  BOOST_TEST((pulse(loop, 130s) == 120s));
  BOOST_TEST((read(130s) == 10s));
  BOOST_TEST((read(130s + 200ms) == 10s + 200ms));
  BOOST_TEST((clock.deaf() == 120s));
}

BOOST_AUTO_TEST_CASE(inside_a_gap_time_stands_still_at_the_last_pulse) {
  const auto loop = clock.add_loop(at(0s));
  pulse_steadily(loop, 250ms, 10s);
  BOOST_TEST((read(11s) == 11s));  // as far as the tolerance goes
  BOOST_TEST((read(11s + 1ns) == 10s));
  BOOST_TEST((read(1h) == 10s));
  pulse(loop, 1h);
  BOOST_TEST((read(1h) == 10s));
}

BOOST_AUTO_TEST_CASE(a_loop_that_turned_beats_away_has_not_heard) {
  const auto loop = clock.add_loop(at(0s));
  pulse_steadily(loop, 250ms, 1s);
  BOOST_TEST((pulse(loop, 1250ms, false) == 250ms));
  BOOST_TEST((pulse(loop, 1500ms, false) == 250ms));
  BOOST_TEST((pulse(loop, 1750ms) == 0ns));
  BOOST_TEST((read(1750ms) == 1250ms));
}

BOOST_AUTO_TEST_CASE(loops_that_were_deaf_together_lose_the_span_once) {
  const auto a = clock.add_loop(at(0s));
  const auto b = clock.add_loop(at(0s));
  BOOST_TEST((pulse(a, 60s) == 60s));
  BOOST_TEST((pulse(b, 60s + 100ms) == 100ms));
  BOOST_TEST((clock.deaf() == 60s + 100ms));
  BOOST_TEST((read(60s + 100ms) == 0s));
}

BOOST_AUTO_TEST_CASE(one_deaf_loop_stops_the_clock_for_all) {
  const auto hears = clock.add_loop(at(0s));
  const auto deaf = clock.add_loop(at(0s));
  pulse_steadily(hears, 250ms, 20s);
  BOOST_TEST((read(20s) == 0s));
  BOOST_TEST((pulse(deaf, 20s) == 20s));
  BOOST_TEST((read(20s) == 0s));
  BOOST_TEST((clock.deaf() == 20s));
}

BOOST_AUTO_TEST_CASE(gaps_that_overlap_in_part_are_counted_once) {
  const auto a = clock.add_loop(at(0s));
  const auto b = clock.add_loop(at(0s));
  pulse_steadily(a, 250ms, 10s);
  pulse_steadily(b, 250ms, 5s);
  BOOST_TEST((pulse(b, 15s) == 10s));
  BOOST_TEST((pulse(a, 20s) == 5s));
  BOOST_TEST((clock.deaf() == 15s));
}

BOOST_AUTO_TEST_CASE(time_does_not_jump_back_while_a_second_loop_has_yet_to_wake) {
  const auto a = clock.add_loop(at(0s));
  clock.add_loop(at(0s));
  pulse(a, 60s);
  BOOST_TEST((read(60s) == 0s));
  BOOST_TEST((read(60s + 100ms) == 100ms));
  BOOST_TEST((read(90s) == 0s));
}

BOOST_AUTO_TEST_CASE(time_never_goes_back_by_more_than_the_tolerance) {
  const auto a = clock.add_loop(at(0s));
  const auto b = clock.add_loop(at(0s));
  const std::vector<std::pair<size_t, std::chrono::milliseconds>> pulses{
    {a, 250ms},    {b, 300ms},    {a, 500ms},    {b, 30'000ms},
    {a, 30'100ms}, {b, 30'250ms}, {a, 40'000ms}, {b, 90'000ms}};
  auto latest = read(0s);
  auto next = pulses.begin();
  for (auto now = 0ms; now < 91s; now += 50ms) {
    for (; next != pulses.end() && next->second <= now; ++next) pulse(next->first, next->second);
    BOOST_REQUIRE((read(now) >= latest - 1s));
    latest = std::max(latest, read(now));
  }
}

BOOST_AUTO_TEST_CASE(a_loop_that_is_added_later_does_not_stop_the_others) {
  const auto a = clock.add_loop(at(0s));
  pulse_steadily(a, 250ms, 10s);
  clock.add_loop(at(10s));
  BOOST_TEST((read(10s) == 10s));
}

BOOST_AUTO_TEST_CASE(several_threads_may_pulse_and_read_at_once) {
  const auto a = clock.add_loop(at(0s));
  const auto b = clock.add_loop(at(0s));
  std::thread other{[&] {
    for (int i = 1; i <= 10'000; ++i) clock.pulse(b, at(i * 1ms));
  }};
  for (int i = 1; i <= 10'000; ++i) {
    clock.pulse(a, at(i * 1ms));
    clock.at(at(i * 1ms));
  }
  other.join();
  BOOST_TEST((read(10s) + clock.deaf() == 10s));
}

BOOST_AUTO_TEST_SUITE_END()
