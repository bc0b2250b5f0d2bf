// Who may come in now, and when the others may return.
#include "runtime/ingress/admission.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>

using namespace muster;
using namespace std::chrono_literals;

namespace {

token_bucket::time_point at(std::chrono::nanoseconds since_start) {
  return token_bucket::time_point{1h + since_start};
}

size_t admitted(token_bucket& bucket, size_t tries, std::chrono::nanoseconds when) {
  size_t count = 0;
  for (size_t i = 0; i < tries; ++i) count += bucket.take(at(when));
  return count;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(admission_suite)

BOOST_AUTO_TEST_CASE(a_bucket_lets_one_seconds_worth_in_at_once) {
  token_bucket bucket{100};
  BOOST_TEST(admitted(bucket, 1000, 0s) == 100u);
  BOOST_TEST(admitted(bucket, 1000, 500ms) == 50u);
  BOOST_TEST(admitted(bucket, 1000, 1h) == 100u);
}

BOOST_AUTO_TEST_CASE(a_steady_stream_at_the_rate_is_never_refused) {
  token_bucket bucket{10};
  admitted(bucket, 10, 0s);
  for (int i = 1; i <= 100; ++i) BOOST_REQUIRE(bucket.take(at(i * 100ms + 1us)));
}

BOOST_AUTO_TEST_CASE(no_rate_is_no_limit) {
  token_bucket bucket;
  BOOST_TEST(admitted(bucket, 100'000, 0s) == 100'000u);
}

BOOST_AUTO_TEST_CASE(a_rate_below_one_a_second_still_lets_somebody_in) {
  token_bucket bucket;
  bucket.set_rate(0.5);  // one of two loops at a rate of one
  size_t count = 0;
  for (auto when = 0s; when < 20s; when += 1s) count += bucket.take(at(when));
  BOOST_TEST(count >= 10u);
  BOOST_TEST(count <= 11u);
}

BOOST_AUTO_TEST_CASE(a_lowered_rate_holds_at_once_and_a_raised_one_grows_into_it) {
  token_bucket bucket{100};
  bucket.set_rate(10);
  BOOST_TEST(admitted(bucket, 100, 0s) == 10u);
  bucket.set_rate(50);
  BOOST_TEST(admitted(bucket, 100, 500ms) == 25u);
  bucket.set_rate(0);
  BOOST_TEST(admitted(bucket, 100, 500ms) == 100u);
  bucket.set_rate(20);
  BOOST_TEST(admitted(bucket, 100, 500ms) == 20u);
}

BOOST_AUTO_TEST_CASE(lanes_do_not_starve_each_other) {
  admission lanes;
  lanes.set_rates({5, 1, 0, 0});
  BOOST_TEST(lanes.admits(lane::registration, at(0s)));
  BOOST_TEST(!lanes.admits(lane::registration, at(0s)));
  BOOST_TEST(lanes.admits(lane::heartbeats, at(0s)));
  BOOST_TEST(lanes.admits(lane::reads, at(0s)));
  BOOST_TEST(lanes.refused(lane::registration) == 1u);
  BOOST_TEST(lanes.refused(lane::heartbeats) == 0u);
}

BOOST_AUTO_TEST_CASE(callers_return_after_at_least_a_second_at_a_time_of_their_own) {
  admission lanes;
  lanes.set_rates({10, 10, 10, 10});
  std::set<uint32_t> waits;
  for (uint64_t caller = 0; caller < 1000; ++caller) {
    const auto wait = lanes.retry_after(lane::heartbeats, caller);
    BOOST_REQUIRE(wait >= 1u);
    BOOST_REQUIRE(wait <= 4u);
    BOOST_REQUIRE(wait == lanes.retry_after(lane::heartbeats, caller));
    waits.insert(wait);
  }
  BOOST_TEST(waits.size() == 4u);
}

BOOST_AUTO_TEST_CASE(the_more_were_refused_the_wider_they_are_spread) {
  admission lanes;
  lanes.set_rates({10, 0, 0, 0});
  for (int i = 0; i < 510; ++i) lanes.admits(lane::heartbeats, at(0s));  // 500 too many: fifty seconds' worth
  uint32_t longest = 0;
  for (uint64_t caller = 0; caller < 1000; ++caller)
    longest = std::max(longest, lanes.retry_after(lane::heartbeats, caller));
  BOOST_TEST(longest == 20u);
  for (int i = 0; i < 1'000'000; ++i) lanes.admits(lane::heartbeats, at(0s));
  for (uint64_t caller = 0; caller < 1000; ++caller) {
    BOOST_REQUIRE(lanes.retry_after(lane::heartbeats, caller) <= 60u);
    longest = std::max(longest, lanes.retry_after(lane::heartbeats, caller));
  }
  BOOST_TEST(longest == 60u);
}

BOOST_AUTO_TEST_CASE(an_endless_backlog_still_gives_a_wait_in_range) {
  admission lanes;
  lanes.set_rates({1e-9, 0, 0, 0});
  for (int i = 0; i < 1000; ++i) lanes.admits(lane::heartbeats, at(0s));
  uint32_t longest = 0;
  for (uint64_t caller = 0; caller < 1000; ++caller)
    longest = std::max(longest, lanes.retry_after(lane::heartbeats, caller));
  BOOST_TEST(longest == 60u);
}

BOOST_AUTO_TEST_CASE(the_backlog_drains_with_time) {
  admission lanes;
  lanes.set_rates({10, 0, 0, 0});
  for (int i = 0; i < 110; ++i) lanes.admits(lane::heartbeats, at(0s));
  for (int i = 0; i < 10; ++i) lanes.sweep();
  for (uint64_t caller = 0; caller < 100; ++caller)
    BOOST_TEST(lanes.retry_after(lane::heartbeats, caller) <= 4u);
  BOOST_TEST(lanes.refused(lane::heartbeats) == 100u);
}

BOOST_AUTO_TEST_SUITE_END()
