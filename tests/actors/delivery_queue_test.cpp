// What a channel tries when: retries, order within groups, the breaker.
#include "actors/manager/delivery_queue.hpp"
#include "notice_samples.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;
using namespace muster::test;

namespace {

using time_point = delivery_queue::time_point;
constexpr time_point start{1h};

delivery message(uint64_t id, std::string group = {}) {
  delivery out;
  out.id = id;
  out.group = group.empty() ? "group-" + std::to_string(id) : std::move(group);
  out.notices = {lost("a")};
  out.count = 1;
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(delivery_queues)

BOOST_AUTO_TEST_CASE(delivery_is_tried_five_times_over_the_published_schedule) {
  delivery_queue queue{{}};
  queue.add(message(1), start);
  auto now = start;
  for (const auto wait : {std::chrono::milliseconds{30s}, 120'000ms, 600'000ms, 3'600'000ms}) {
    BOOST_REQUIRE(queue.take(now));
    const auto done = queue.finish(1, false, now);
    BOOST_REQUIRE(done);
    BOOST_TEST((done->end == attempt_end::retries));
    BOOST_TEST(done->wait.count() == wait.count());
    BOOST_TEST(!queue.take(now + wait - 1ms));
    now += wait;
  }
  BOOST_REQUIRE(queue.take(now));
  const auto last = queue.finish(1, false, now);
  BOOST_TEST((last->end == attempt_end::gave_up));
  BOOST_TEST(last->what.attempts == 5u);
  BOOST_TEST(queue.size() == 0u);
}

BOOST_AUTO_TEST_CASE(later_message_of_a_group_waits_for_the_earlier_and_others_do_not) {
  delivery_queue queue{{}};
  queue.add(message(1, "g"), start);
  queue.add(message(2, "g"), start);
  queue.add(message(3, "h"), start);
  BOOST_TEST(queue.take(start)->id == 1u);
  BOOST_TEST(queue.take(start)->id == 3u);
  BOOST_TEST(!queue.take(start));
  queue.finish(1, false, start);
  BOOST_TEST(!queue.take(start + 1s));
  BOOST_TEST(queue.take(start + 30s)->id == 1u);
  queue.finish(1, true, start + 30s);
  BOOST_TEST(queue.take(start + 30s)->id == 2u);
}

BOOST_AUTO_TEST_CASE(only_so_many_are_under_way_at_once) {
  delivery_queue_options options;
  options.at_once = 2;
  delivery_queue queue{options};
  for (uint64_t id = 1; id <= 3; ++id) queue.add(message(id), start);
  BOOST_TEST(queue.take(start).has_value());
  BOOST_TEST(queue.take(start).has_value());
  BOOST_TEST(!queue.take(start));
  BOOST_TEST(!queue.next_due());
  queue.finish(2, true, start);
  BOOST_TEST(queue.take(start)->id == 3u);
}

BOOST_AUTO_TEST_CASE(what_was_not_taken_does_not_finish) {
  delivery_queue queue{{}};
  queue.add(message(1), start);
  BOOST_TEST(!queue.finish(1, true, start));
  BOOST_TEST(!queue.finish(2, true, start));
  BOOST_TEST(queue.size() == 1u);
}

BOOST_AUTO_TEST_CASE(five_failures_within_a_minute_stop_everything_until_a_probe_succeeds) {
  delivery_queue queue{{}};
  for (uint64_t id = 1; id <= 6; ++id) queue.add(message(id), start);
  for (uint64_t id = 1; id <= 5; ++id) {
    const auto next = queue.take(start + 1s);
    BOOST_REQUIRE(next);
    queue.finish(next->id, false, start + 1s);
  }
  BOOST_TEST(!queue.take(start + 2s));
  BOOST_TEST((*queue.next_due() == start + 61s));
  const auto probe = queue.take(start + 61s);
  BOOST_REQUIRE(probe);
  BOOST_TEST(!queue.take(start + 61s));  // one at a time
  queue.finish(probe->id, true, start + 62s);
  BOOST_TEST(queue.take(start + 62s).has_value());
  BOOST_TEST(queue.take(start + 62s).has_value());
}

BOOST_AUTO_TEST_CASE(failed_probe_keeps_the_breaker_open_for_another_minute) {
  circuit_breaker breaker;
  for (int i = 0; i < 5; ++i) breaker.note_failure(start);
  BOOST_TEST(!breaker.take(start + 59s));
  BOOST_TEST(breaker.take(start + 60s));
  BOOST_TEST(!breaker.cooled_at());
  breaker.note_failure(start + 70s);
  BOOST_TEST(!breaker.take(start + 129s));
  BOOST_TEST(breaker.take(start + 130s));
}

BOOST_AUTO_TEST_CASE(failures_far_apart_do_not_open_the_breaker) {
  circuit_breaker breaker;
  for (int i = 0; i < 20; ++i) breaker.note_failure(start + i * 16s);
  BOOST_TEST(!breaker.open());
  breaker.note_failure(start + 19 * 16s + 1s);
  BOOST_TEST(breaker.open());
}

BOOST_AUTO_TEST_CASE(success_makes_a_breaker_forget_failures) {
  circuit_breaker breaker;
  for (int i = 0; i < 4; ++i) breaker.note_failure(start);
  breaker.note_success();
  for (int i = 0; i < 4; ++i) breaker.note_failure(start + 1s);
  BOOST_TEST(!breaker.open());
}

BOOST_AUTO_TEST_SUITE_END()
