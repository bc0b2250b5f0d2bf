// How many losses are one disruption, of whom, and until when.
#include "actors/manager/disruption_watch.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;
using namespace std::chrono_literals;

namespace {

using list = std::vector<agent_group>;

struct disruption_fixture {
  disruption_watch watch;
  agent_group fleet = *watch.group("");
  list all{fleet};
  listening_time now = 1h;

  void join(int count, const list& of) {
    for (int i = 0; i < count; ++i) watch.joined(of);
  }
  // So many at equal intervals; what was told of it.
  disruption_watch::edges lose(int count, const list& of, std::chrono::milliseconds every = 0ms) {
    disruption_watch::edges out;
    for (int i = 0; i < count; ++i) {
      if (i > 0) now += every;
      for (const auto& edge : watch.went_silent(of, now)) out.push_back(edge);
    }
    return out;
  }
  disruption_watch::edges bring_back(int count, const list& of, listening_time silent_since) {
    disruption_watch::edges out;
    for (int i = 0; i < count; ++i)
      for (const auto& edge : watch.came_back(of, silent_since, now)) out.push_back(edge);
    return out;
  }
};

}  // namespace

BOOST_TEST_DONT_PRINT_LOG_VALUE(disruption_change)
BOOST_TEST_DONT_PRINT_LOG_VALUE(agent_group)

BOOST_FIXTURE_TEST_SUITE(disruption_watch_alone, disruption_fixture)

// --- begins --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(five_hundred_of_eight_hundred_are_one_disruption) {
  join(800, all);
  BOOST_TEST(lose(439, all).empty());
  BOOST_TEST(!watch.disrupted(all));
  const auto told = lose(61, all);
  BOOST_REQUIRE(told.size() == 1u);
  BOOST_TEST(told[0].change == disruption_change::began);
  BOOST_TEST(told[0].group == fleet);
  BOOST_TEST(told[0].before == 800u);
  BOOST_TEST(told[0].worst == 440u, "55 % of them");
  BOOST_TEST((told[0].began_at == now));
  BOOST_TEST(watch.disrupted(all));
  BOOST_REQUIRE(watch.under_way().size() == 1u);
  BOOST_TEST(watch.under_way()[0].worst == 500u);
  BOOST_TEST(watch.under_way()[0].silent == 500u);
  BOOST_TEST(watch.online(fleet) == 300u);
}

BOOST_AUTO_TEST_CASE(twenty_are_none) {
  join(800, all);
  BOOST_TEST(lose(20, all).empty());
  BOOST_TEST(!watch.disrupted(all));
}

BOOST_AUTO_TEST_CASE(half_of_sixty_are_none_but_a_little_more_is_one) {
  join(60, all);
  BOOST_TEST(lose(32, all).empty());
  BOOST_TEST(lose(1, all).size() == 1u);
}

BOOST_AUTO_TEST_CASE(few_agents_are_never_disrupted) {
  join(49, all);
  BOOST_TEST(lose(49, all).empty());
  disruption_watch other;
  const list of{*other.group("")};
  for (int i = 0; i < 50; ++i) other.joined(of);
  size_t told = 0;
  for (int i = 0; i < 50; ++i) told += other.went_silent(of, now).size();
  BOOST_TEST(told == 1u);
}

BOOST_AUTO_TEST_CASE(losses_within_one_span_count_together) {
  join(100, all);
  BOOST_TEST(lose(55, all, 2s).size() == 1u, "within 108 s");
}

BOOST_AUTO_TEST_CASE(losses_over_longer_do_not) {
  join(100, all);
  BOOST_TEST(lose(60, all, 4s).empty(), "32 at most in any span and a sixteenth, of 72 or more");
}

BOOST_AUTO_TEST_CASE(a_trickle_of_losses_never_adds_up) {
  join(100, all);
  for (int i = 0; i < 1000; ++i, now += 4s) {
    BOOST_TEST(lose(1, all).empty());
    join(1, all);
  }
  now += 10min;
  BOOST_TEST(lose(54, all).empty());
  BOOST_TEST(lose(1, all).size() == 1u);
}

BOOST_AUTO_TEST_CASE(two_halves_a_span_apart_are_none) {
  join(100, all);
  BOOST_TEST(lose(40, all).empty());
  now += 2min + 7500ms;
  BOOST_TEST(lose(30, all).empty(), "30 of the 60 that were left");
}

BOOST_AUTO_TEST_CASE(two_halves_within_the_span_are_one) {
  join(100, all);
  BOOST_TEST(lose(40, all).empty());
  now += 2min;
  BOOST_TEST(lose(15, all).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_long_silence_empties_the_window) {
  join(100, all);
  lose(54, all);
  now += 24h;
  join(60, all);
  BOOST_TEST(lose(40, all).empty());
}

BOOST_AUTO_TEST_CASE(who_is_back_already_does_not_count) {
  join(100, all);
  lose(54, all);
  const auto since = now;
  now += 10s;
  BOOST_TEST(bring_back(30, all, since).empty());
  BOOST_TEST(watch.online(fleet) == 76u);
  BOOST_TEST(lose(30, all).empty(), "54 are silent, of 100");
  BOOST_TEST(lose(1, all).size() == 1u);
}

BOOST_AUTO_TEST_CASE(who_leaves_was_not_lost) {
  join(100, all);
  for (int i = 0; i < 60; ++i) watch.left(all);
  BOOST_TEST(watch.online(fleet) == 40u);
  BOOST_TEST(lose(40, all).empty(), "40 are too few");
}

BOOST_AUTO_TEST_CASE(silent_agents_that_are_removed_do_not_count) {
  join(100, all);
  lose(54, all);
  for (int i = 0; i < 54; ++i) BOOST_TEST(watch.removed(all, now, now).empty());
  BOOST_TEST(watch.online(fleet) == 46u);
  BOOST_TEST(lose(46, all).empty(), "fewer than 50 were left");
}

BOOST_AUTO_TEST_CASE(who_was_silent_from_the_start_was_not_lost) {
  join(100, all);
  now = 1s;
  lose(40, all);
  bring_back(40, all, -5s);
  BOOST_TEST(watch.online(fleet) == 100u);
  BOOST_TEST(lose(36, all).empty(), "76 of 140 are less than the share");
  BOOST_TEST(lose(1, all).size() == 1u);
}

// --- ends ----------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(it_ends_once_when_most_are_back) {
  join(100, all);
  lose(60, all);
  const auto since = now;
  now += 1min;
  BOOST_TEST(bring_back(30, all, since).empty(), "half of them are silent still");
  const auto told = bring_back(1, all, since);
  BOOST_REQUIRE(told.size() == 1u);
  BOOST_TEST(told[0].change == disruption_change::recovered);
  BOOST_TEST(told[0].worst == 60u);
  BOOST_TEST(told[0].silent == 29u);
  BOOST_TEST(!watch.disrupted(all));
  BOOST_TEST(!watch.next_expiry().has_value());
  BOOST_TEST(bring_back(29, all, since).empty());
  BOOST_TEST(watch.online(fleet) == 100u);
}

BOOST_AUTO_TEST_CASE(what_is_lost_later_belongs_to_it) {
  join(100, all);
  lose(60, all);
  const auto first = now;
  now += 5min;
  BOOST_TEST(lose(20, all).empty(), "it was told");
  BOOST_TEST(watch.under_way()[0].worst == 80u);
  BOOST_TEST(bring_back(40, all, first).empty());
  BOOST_TEST(bring_back(1, all, now).size() == 1u);
}

BOOST_AUTO_TEST_CASE(who_comes_and_goes_does_not_make_it_worse) {
  join(100, all);
  lose(60, all);
  const auto since = now;
  for (int i = 0; i < 100; ++i) {
    bring_back(1, all, since);
    lose(1, all);
  }
  BOOST_TEST(watch.under_way().at(0).worst == 60u);
}

BOOST_AUTO_TEST_CASE(who_was_lost_long_before_says_nothing_of_its_end) {
  join(200, all);
  lose(90, all);
  const auto before = now;
  now += 1h;
  lose(61, all);
  BOOST_REQUIRE(watch.disrupted(all));
  BOOST_TEST(bring_back(90, all, before).empty());
  BOOST_TEST(watch.under_way()[0].silent == 61u);
  BOOST_TEST(bring_back(31, all, now).size() == 1u);
}

BOOST_AUTO_TEST_CASE(removing_who_is_silent_ends_it_too) {
  join(100, all);
  lose(60, all);
  size_t told = 0;
  for (int i = 0; i < 60; ++i) told += watch.removed(all, now, now).size();
  BOOST_TEST(told == 1u);
}

BOOST_AUTO_TEST_CASE(one_that_lasts_is_settled_after_an_hour) {
  join(100, all);
  lose(60, all);
  BOOST_TEST((watch.next_expiry() == now + 1h));
  const auto since = now;
  now += 1h - 1ms;
  BOOST_TEST(watch.expire(now).empty());
  now += 1ms;
  const auto told = watch.expire(now);
  BOOST_REQUIRE(told.size() == 1u);
  BOOST_TEST(told[0].change == disruption_change::settled);
  BOOST_TEST(watch.expire(now).empty());
  BOOST_TEST(!watch.disrupted(all));
  BOOST_TEST(bring_back(60, all, since).empty(), "and they may come back");
}

BOOST_AUTO_TEST_CASE(a_new_one_takes_new_losses) {
  join(100, all);
  lose(90, all);
  const auto since = now;
  now += 1s;
  BOOST_TEST(bring_back(46, all, since).size() == 1u);
  now += 1s;
  BOOST_TEST(lose(30, all).empty(), "the 44 still silent were told of");
  bring_back(44, all, since);
  BOOST_TEST(lose(24, all).empty());
  BOOST_TEST(lose(1, all).size() == 1u, "55 of 100 are new");
}

BOOST_AUTO_TEST_CASE(those_lost_before_it_was_plain_belong_to_it) {
  join(100, all);
  const auto since = now;
  BOOST_REQUIRE(lose(55, all, 2s).size() == 1u);
  BOOST_TEST(bring_back(27, all, since).empty());
  BOOST_TEST(bring_back(1, all, since).size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_return_of_who_was_lost_long_ago_hides_no_loss) {
  join(110, all);
  lose(10, all);
  const auto since = now;
  now += 127'500ms;
  BOOST_TEST(lose(54, all).empty());
  bring_back(10, all, since);
  BOOST_TEST(lose(6, all).empty());
  BOOST_TEST(lose(1, all).size() == 1u, "61 of 110");
}

// --- groups --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(groups_are_watched_each_for_itself) {
  const auto north = *watch.group("tenant north"), south = *watch.group("tenant south");
  const list northern{fleet, north}, southern{fleet, south};
  join(100, northern);
  join(700, southern);
  const auto told = lose(60, northern);
  BOOST_REQUIRE(told.size() == 1u);
  BOOST_TEST(told[0].group == north);
  BOOST_TEST(watch.disrupted(northern));
  BOOST_TEST(!watch.disrupted(southern));
  const auto more = lose(420, southern);
  BOOST_REQUIRE(more.size() == 2u);
  BOOST_TEST(more[0].group == fleet);
  BOOST_TEST(more[0].worst == 440u);
  BOOST_TEST(more[1].group == south);
  BOOST_TEST(more[1].worst == 385u);
  BOOST_TEST(watch.under_way().size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_group_has_one_name_and_one_number) {
  const auto north = *watch.group("north");
  BOOST_TEST((watch.group("north") == north));
  BOOST_TEST((watch.group("south") != north));
  BOOST_TEST(watch.name_of(north) == "north");
}

BOOST_AUTO_TEST_CASE(there_are_bounds_to_groups) {
  disruption_limits limits;
  limits.groups = 2;
  disruption_watch other{limits};
  BOOST_TEST((other.group("a") && other.group("b") && !other.group("c") && other.group("a")));
}

BOOST_AUTO_TEST_SUITE_END()
