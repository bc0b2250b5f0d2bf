// Which addresses nodes get.
#include "actors/manager/address_pool.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;
using namespace std::chrono_literals;

namespace {

constexpr utc_time noon{std::chrono::milliseconds{1'700'000'000'000}};

// Of ten addresses, 1 to 8 can be given away: 6 and 7 to bridges.
struct address_pool_suite {
  std::vector<uint32_t> lease(size_t count, bool bridge = false, utc_time at = noon) {
    std::vector<uint32_t> out;
    while (count-- > 0)
      if (auto address = pool.lease(bridge, at)) out.push_back(*address);
    return out;
  }

  address_pool pool{{0, 9}, {6, 7}, 1h};
};

using addresses = std::vector<uint32_t>;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(address_pool_tests, address_pool_suite)

BOOST_AUTO_TEST_CASE(nodes_and_bridges_have_addresses_of_their_own) {
  BOOST_TEST(lease(10) == (addresses{1, 2, 3, 4, 5, 8}));
  BOOST_TEST(lease(10, true) == (addresses{6, 7}));
  BOOST_TEST(pool.leased() == pool.size());
}

BOOST_AUTO_TEST_CASE(an_address_cools_down_before_another_node_has_it) {
  lease(6);
  pool.release(3, noon);
  BOOST_TEST(lease(1, false, noon + 1h - 1ms).empty());
  BOOST_TEST(lease(1, false, noon + 1h) == addresses{3});
}

BOOST_AUTO_TEST_CASE(addresses_that_never_were_in_use_come_first) {
  lease(2);
  pool.release(1, noon);
  BOOST_TEST(lease(2, false, noon + 2h) == (addresses{3, 4}));
  BOOST_TEST(lease(3, false, noon + 2h) == (addresses{5, 8, 1}));
}

BOOST_AUTO_TEST_CASE(what_was_a_bridges_stays_a_bridges) {
  lease(6);
  lease(2, true);
  pool.release(5, noon);
  pool.release(7, noon);
  BOOST_TEST(lease(2, true, noon + 1h) == addresses{7});
  BOOST_TEST(lease(2, false, noon + 1h) == addresses{5});
}

BOOST_AUTO_TEST_CASE(a_node_that_is_back_in_time_keeps_its_address) {
  lease(6);
  pool.release(3, noon);
  BOOST_TEST(pool.resume(3));
  BOOST_TEST(!pool.resume(3));
  BOOST_TEST(lease(1, false, noon + 2h).empty());
}

BOOST_AUTO_TEST_CASE(a_second_release_counts_from_its_own_time) {
  lease(6);
  pool.release(3, noon);
  pool.resume(3);
  pool.release(3, noon + 30min);
  BOOST_TEST(lease(1, false, noon + 61min).empty());
  BOOST_TEST(lease(1, false, noon + 90min) == addresses{3});
}

BOOST_AUTO_TEST_CASE(a_late_node_has_its_address_back_unless_another_has_it) {
  lease(6);
  pool.release(3, noon);
  pool.release(4, noon);
  BOOST_TEST(lease(1, false, noon + 1h) == addresses{3});
  BOOST_TEST(!pool.resume(3));
  BOOST_TEST(pool.resume(4));
  BOOST_TEST(lease(1, false, noon + 2h).empty());
}

BOOST_AUTO_TEST_CASE(what_was_leased_for_nothing_is_free_at_once) {
  lease(6);
  pool.give_back(5);
  BOOST_TEST(lease(2) == addresses{5});
}

BOOST_AUTO_TEST_CASE(restored_addresses_are_taken) {
  BOOST_TEST(pool.resume(2));
  BOOST_TEST(!pool.resume(2));
  BOOST_TEST(!pool.resume(0));
  BOOST_TEST(!pool.resume(9));
  BOOST_TEST(lease(2) == (addresses{1, 3}));
}

BOOST_AUTO_TEST_CASE(what_nobody_has_cannot_be_given_back) {
  pool.release(4, noon);
  pool.give_back(4);
  BOOST_TEST(pool.leased() == 0u);
  BOOST_TEST(lease(6) == (addresses{1, 2, 3, 4, 5, 8}));
}

BOOST_AUTO_TEST_SUITE_END()
