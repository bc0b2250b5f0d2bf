// The correlation window actor on virtual time: what it answers and when it is no more.
#include "actors/manager/correlation_window.hpp"

#include "tests/actors/fakes.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;
using namespace muster::test;

namespace {

struct window_suite : virtual_time_fixture {
  void start(std::optional<pattern> restored = {}) {
    subject = spawn(correlation_window, correlation_window_options{
                                          {}, {"north", "source_ip", "203.0.113.9"}, std::move(restored)});
  }
  sighting_verdict note(uint64_t agent, std::chrono::milliseconds at) {
    auto verdict =
      ask<sighting_verdict>(subject, note_sighting{agent_id{agent}, true, noon + at, ++reports, {}});
    BOOST_REQUIRE(verdict);
    return *verdict;
  }
  window_contents describe() { return *ask<window_contents>(subject, describe_window{}); }

  uint64_t reports = 0;
  correlation_window_actor subject;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(correlation_window_suite, window_suite)

BOOST_AUTO_TEST_CASE(a_verdict_carries_the_pattern_when_it_opens_and_when_it_is_critical) {
  start();
  const auto first = note(1, 0s);
  BOOST_TEST((first.step == pattern_step::none && first.id == pattern_id{} && !first.whole));
  const auto second = note(2, 1s);
  BOOST_TEST((second.step == pattern_step::opened));
  BOOST_REQUIRE(bool{second.whole});
  BOOST_TEST((second.whole->id == second.id));
  const auto repeat = note(2, 2s);
  BOOST_TEST((repeat.step == pattern_step::joined && repeat.id == second.id && !repeat.whole));
  const auto third = note(3, 3s);
  BOOST_TEST((third.step == pattern_step::became_critical && third.whole && third.whole->critical));
  const auto fourth = note(4, 4s);
  BOOST_TEST((fourth.step == pattern_step::grew && !fourth.whole));
}

BOOST_AUTO_TEST_CASE(a_window_shows_its_pattern) {
  start();
  note(1, 0s);
  BOOST_TEST(!describe().whole);
  note(2, 1s);
  BOOST_REQUIRE(bool{describe().whole});
  BOOST_TEST(describe().whole->agent_count == 2u);
}

BOOST_AUTO_TEST_CASE(a_window_goes_on_with_a_restored_pattern) {
  start();
  note(1, 0s);
  const auto known = *note(2, 1s).whole;
  start(known);
  BOOST_TEST((note(3, 2s).id == known.id));
  BOOST_TEST(describe().whole->agent_count == 3u);
}

BOOST_AUTO_TEST_CASE(a_retired_window_answers_with_its_ended_pattern_and_is_no_more) {
  start();
  note(1, 0s);
  note(2, 1s);
  const auto contents = ask<window_contents>(subject, retire_window{noon + 1h});
  BOOST_REQUIRE((contents && contents->whole));
  BOOST_TEST((contents->whole->ended_at == noon + 301s));
  BOOST_TEST((!ask<window_contents>(subject, describe_window{})));
  BOOST_TEST(pending_timers() == 0u);
}

BOOST_AUTO_TEST_CASE(a_window_without_a_pattern_retires_with_nothing) {
  start();
  note(1, 0s);
  const auto contents = ask<window_contents>(subject, retire_window{noon + 1h});
  BOOST_REQUIRE(bool{contents});
  BOOST_TEST(!contents->whole);
}

BOOST_AUTO_TEST_SUITE_END()
