// The memory of an agent's latest events.
#include "actors/manager/event_ring.hpp"

#include <boost/test/unit_test.hpp>

#include <numeric>

using namespace muster;

namespace {

std::vector<uint64_t> numbers(uint64_t first, size_t count) {
  std::vector<uint64_t> out(count);
  std::iota(out.begin(), out.end(), first);
  return out;
}

constexpr uint64_t fresh = 1'000'000;

}  // namespace

BOOST_AUTO_TEST_SUITE(event_ring_suite)

BOOST_AUTO_TEST_CASE(an_event_is_known_once_remembered) {
  event_ring ring;
  BOOST_TEST(!ring.contains(7));
  ring.remember(7);
  BOOST_TEST(ring.contains(7));
  BOOST_TEST(!ring.contains(8));
}

BOOST_AUTO_TEST_CASE(the_oldest_event_makes_room_for_the_newest) {
  event_ring ring;
  for (uint64_t i = 1; i <= event_ring::capacity; ++i) ring.remember(i);
  BOOST_TEST(ring.contains(1));
  ring.remember(fresh);
  BOOST_TEST(!ring.contains(1));
  BOOST_TEST(ring.contains(2));
  BOOST_TEST(ring.contains(fresh));
  for (uint64_t i = fresh + 1; i < fresh + event_ring::capacity; ++i) ring.remember(i);
  BOOST_TEST(ring.contains(fresh));
  BOOST_TEST(!ring.contains(event_ring::capacity));
}

BOOST_AUTO_TEST_CASE(a_forgotten_event_is_new_again) {
  event_ring ring;
  ring.remember(7);
  ring.remember(8);
  ring.forget(7);
  BOOST_TEST(!ring.contains(7));
  BOOST_TEST(ring.contains(8));
  ring.remember(7);
  BOOST_TEST(ring.contains(7));
}

BOOST_AUTO_TEST_CASE(a_restored_ring_drops_its_oldest_first) {
  event_ring ring{numbers(1, event_ring::capacity)};
  ring.remember(fresh);
  BOOST_TEST(!ring.contains(1));
  BOOST_TEST(ring.contains(2));
}

BOOST_AUTO_TEST_CASE(a_restored_ring_takes_only_the_latest_events) {
  event_ring ring{numbers(1, event_ring::capacity + 10)};
  BOOST_TEST(!ring.contains(10));
  BOOST_TEST(ring.contains(11));
  BOOST_TEST(ring.contains(event_ring::capacity + 10));
}

BOOST_AUTO_TEST_CASE(a_ring_restored_in_part_still_grows_to_its_capacity) {
  event_ring ring{numbers(1, 3)};
  for (uint64_t i = 100; i < 100 + event_ring::capacity - 3; ++i) ring.remember(i);
  BOOST_TEST(ring.contains(1));
  ring.remember(fresh);
  BOOST_TEST(!ring.contains(1));
  BOOST_TEST(ring.contains(2));
}

BOOST_AUTO_TEST_CASE(fingerprints_tell_ids_apart_and_are_never_zero) {
  BOOST_TEST(event_fingerprint("e1") == event_fingerprint("e1"));
  BOOST_TEST(event_fingerprint("e1") != event_fingerprint("e2"));
  BOOST_TEST(event_fingerprint("") != 0u);
}

BOOST_AUTO_TEST_SUITE_END()
