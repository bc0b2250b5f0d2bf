// Who flaps, and until when.
#include "actors/manager/flap_window.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace muster;
using namespace std::chrono_literals;

namespace {

struct flap_fixture {
  flap_window window;
  listening_time now = 1h;

  flap_edge note(uint32_t slot = 7) { return window.note(slot, now); }
  // One transition each minute until it flaps.
  int notes_until_flapping(std::chrono::milliseconds every, uint32_t slot = 7) {
    for (int count = 1; count <= 1000; ++count, now += every)
      if (note(slot) == flap_edge::began_flapping) return count;
    return 0;
  }
  std::vector<uint32_t> calmed() {
    std::vector<uint32_t> out;
    while (const auto slot = window.calmed(now)) out.push_back(*slot);
    return out;
  }
};

}  // namespace

BOOST_TEST_DONT_PRINT_LOG_VALUE(flap_edge)

BOOST_FIXTURE_TEST_SUITE(flap_window_alone, flap_fixture)

BOOST_AUTO_TEST_CASE(one_loss_and_one_return_are_news) {
  BOOST_TEST(note() == flap_edge::none);
  now += 2min;
  BOOST_TEST(note() == flap_edge::none);
  BOOST_TEST(!window.flapping(7));
  BOOST_TEST(!window.next_calm().has_value());
}

BOOST_AUTO_TEST_CASE(quick_changes_flap_from_the_fifth_on_and_say_so_once) {
  BOOST_TEST(notes_until_flapping(10s) == 5);
  BOOST_TEST(window.flapping(7));
  BOOST_TEST(window.flapping() == 1u);
  for (int i = 0; i < 50; ++i, now += 10s) BOOST_TEST(note() == flap_edge::none);
}

BOOST_AUTO_TEST_CASE(a_beat_missed_now_and_then_never_flaps) {
  BOOST_TEST(notes_until_flapping(30min) == 0);
  BOOST_TEST(window.flapping() == 0u);
}

BOOST_AUTO_TEST_CASE(the_score_halves_with_each_half_life) {
  note();
  note();
  BOOST_TEST(window.score(7, now) == 2.0);
  BOOST_TEST(window.score(7, now + 10min) == 1.0);
  BOOST_TEST(window.score(7, now + 30min) == 0.25);
  BOOST_TEST(window.score(7, now - 1min) == 2.0, "time never goes back");
  BOOST_TEST(window.score(8, now) == 0.0);
}

BOOST_AUTO_TEST_CASE(calm_comes_when_the_score_falls_below_the_lower_threshold) {
  notes_until_flapping(0s);
  const auto calm = now + 10min * std::log2(5 / 1.5);
  BOOST_REQUIRE(window.next_calm().has_value());
  const auto due = *window.next_calm();
  BOOST_TEST((due > calm && due <= calm + 100ms));
  now = due - 100ms;
  BOOST_TEST(window.score(7, now) >= 1.5);
  BOOST_TEST(calmed().empty());
  BOOST_TEST(window.flapping(7), "it is between the thresholds");
  now = due;
  BOOST_TEST(window.score(7, now) < 1.5);
  BOOST_TEST((calmed() == std::vector<uint32_t>{7}));
  BOOST_TEST(calmed().empty());
  BOOST_TEST(!window.flapping(7));
  BOOST_TEST(!window.next_calm().has_value());
}

BOOST_AUTO_TEST_CASE(each_change_puts_calm_off) {
  notes_until_flapping(0s);
  const auto before = *window.next_calm();
  now += 8min;
  BOOST_TEST(note() == flap_edge::none);
  BOOST_TEST(window.score(7, now) < 4.5, "less than it took to begin");
  BOOST_TEST((*window.next_calm() > before));
  BOOST_TEST(window.flapping() == 1u, "it has one place");
  now = before;
  BOOST_TEST(calmed().empty());
}

BOOST_AUTO_TEST_CASE(a_change_of_one_that_calmed_unnoticed_tells_so) {
  notes_until_flapping(0s);
  now += 2h;
  BOOST_TEST(note() == flap_edge::calm_again);
  BOOST_TEST(!window.flapping(7));
  BOOST_TEST(calmed().empty(), "it was told");
}

BOOST_AUTO_TEST_CASE(it_may_flap_again_and_says_so_again) {
  notes_until_flapping(0s);
  now = *window.next_calm();
  BOOST_TEST(calmed().size() == 1u);
  BOOST_TEST(notes_until_flapping(0s) == 4, "its score is not gone yet");
  now += 24h;
  calmed();
  BOOST_TEST(notes_until_flapping(0s) == 5);
}

BOOST_AUTO_TEST_CASE(however_long_it_flapped_calm_comes_within_half_an_hour) {
  for (int i = 0; i < 10'000; ++i, now += 1s) note();
  BOOST_TEST((*window.next_calm() <= now + 30min + 100ms));
  BOOST_TEST((*window.next_calm() > now + 29min));
}

BOOST_AUTO_TEST_CASE(agents_flap_each_for_itself) {
  notes_until_flapping(0s, 3);
  now += 1min;
  notes_until_flapping(0s, 1);
  BOOST_TEST((window.flapping(3) && window.flapping(1) && !window.flapping(2)));
  now += 1h;
  BOOST_TEST((calmed() == std::vector<uint32_t>{3, 1}));
}

BOOST_AUTO_TEST_CASE(a_forgotten_agent_leaves_its_slot_clean) {
  notes_until_flapping(0s);
  window.forget(7);
  window.forget(1000);
  BOOST_TEST(!window.flapping(7));
  BOOST_TEST(!window.next_calm().has_value());
  BOOST_TEST(window.score(7, now) == 0.0);
  BOOST_TEST(notes_until_flapping(0s) == 5);
}

BOOST_AUTO_TEST_CASE(a_million_agents_take_at_most_16_bytes_each) {
  window.note(999'999, now);
  BOOST_TEST(window.bytes() <= 16'000'000u);
}

BOOST_AUTO_TEST_CASE(it_works_for_years) {
  now = 24h * 365 * 6;
  BOOST_TEST(notes_until_flapping(10s) == 5);
  now += 1h;
  BOOST_TEST(calmed().size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
