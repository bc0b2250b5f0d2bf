// Which window is idle longest and when the next one ends, without any actor.
#include "actors/manager/window_table.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;
using namespace std::chrono_literals;

namespace {

constexpr utc_time noon{1'700'000'000'000ms};

struct table_suite {
  window_handle add(const std::string& value, std::chrono::milliseconds at) {
    auto one = std::make_shared<tracked_window>();
    one->key = {"north", "source_ip", value};
    one->last_seen = noon + at;
    table.add(one);
    return one;
  }
  window_table table{5min};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(window_table_suite, table_suite)

BOOST_AUTO_TEST_CASE(windows_are_found_by_all_of_their_key) {
  const auto one = add("a", 0s);
  BOOST_TEST(table.find({"north", "source_ip", "a"}) == one);
  BOOST_TEST(!table.find({"south", "source_ip", "a"}));
  BOOST_TEST(!table.find({"north", "file_hash", "a"}));
  table.remove(one);
  BOOST_TEST(!table.find({"north", "source_ip", "a"}));
}

BOOST_AUTO_TEST_CASE(a_window_is_due_a_millisecond_after_its_whole_span) {
  BOOST_TEST(!table.deadline());
  const auto one = add("a", 0s);
  BOOST_TEST((table.deadline() == noon + 300'001ms));
  BOOST_TEST(!table.due(noon + 300s));
  BOOST_TEST(table.due(noon + 300'001ms) == one);
}

BOOST_AUTO_TEST_CASE(the_one_idle_longest_goes_first) {
  const auto one = add("a", 0s), two = add("b", 1s);
  BOOST_TEST(table.idle_longest() == one);
  table.touch(one, noon + 2s);
  BOOST_TEST(table.idle_longest() == two);
  table.touch(two, noon);  // earlier than its last: nothing changes
  BOOST_TEST((two->last_seen == noon + 1s));
}

BOOST_AUTO_TEST_CASE(a_window_seen_earlier_than_others_keeps_its_place_in_time) {
  const auto late = add("a", 10s), early = add("b", 5s);
  BOOST_TEST(table.idle_longest() == early);
  table.touch(early, noon + 7s);
  BOOST_TEST(table.idle_longest() == early);
}

BOOST_AUTO_TEST_CASE(windows_with_a_pattern_go_last_but_are_due_like_others) {
  const auto one = add("a", 0s), two = add("b", 1s);
  table.opened(one, pattern_id{1});
  BOOST_TEST(table.with_pattern() == 1u);
  BOOST_TEST(table.idle_longest() == two);
  BOOST_TEST(table.due(noon + 1h) == one);
  table.remove(two);
  BOOST_TEST(table.idle_longest() == one);
  table.remove(one);
  BOOST_TEST(table.size() == 0u);
  BOOST_TEST(!table.idle_longest());
}

BOOST_AUTO_TEST_SUITE_END()
