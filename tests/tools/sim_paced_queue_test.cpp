// Registrations and departures: their pace, their limit, and those that come again.
#include "tools/muster-sim/paced_queue.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace std::chrono_literals;
using namespace muster::sim;

namespace {

const time_point start{100h};

std::vector<uint32_t> take_all(paced_queue& from, time_point now) {
  std::vector<uint32_t> out;
  while (const auto agent = from.take(now)) out.push_back(*agent);
  return out;
}

using agents = std::vector<uint32_t>;

}  // namespace

BOOST_AUTO_TEST_SUITE(sim_paced_queue)

BOOST_AUTO_TEST_CASE(agents_come_in_order_at_the_pace) {
  paced_queue queue{5, 100, 10, start};
  BOOST_TEST((take_all(queue, start) == agents{0}));
  BOOST_TEST((queue.next_due() == start + 10ms));
  BOOST_TEST(take_all(queue, start + 9ms).empty());
  BOOST_TEST((take_all(queue, start + 20ms) == agents{1, 2}));
}

BOOST_AUTO_TEST_CASE(a_pause_is_not_followed_by_a_flood) {
  paced_queue queue{1000, 100, 1000, start};
  BOOST_TEST(take_all(queue, start + 5s).size() == 3u);
}

BOOST_AUTO_TEST_CASE(only_so_many_are_under_way_at_once) {
  paced_queue queue{5, 1e6, 2, start};
  BOOST_TEST((take_all(queue, start + 1s) == agents{0, 1}));
  BOOST_TEST((queue.next_due() == time_point::max()));
  queue.settle();
  BOOST_TEST((take_all(queue, start + 1s) == agents{2}));
}

BOOST_AUTO_TEST_CASE(who_was_put_off_comes_again_at_its_time_and_before_the_fresh) {
  paced_queue queue{3, 1e6, 10, start};
  BOOST_TEST(*queue.take(start) == 0u);
  queue.put_off(0, start + 1s);
  BOOST_TEST(*queue.take(start + 500ms) == 1u);
  BOOST_TEST(*queue.take(start + 1s) == 0u);
  BOOST_TEST(*queue.take(start + 1s) == 2u);
}

BOOST_AUTO_TEST_CASE(it_waits_for_the_next_that_was_put_off) {
  paced_queue queue{2, 1e6, 10, start};
  take_all(queue, start + 1ms);
  queue.put_off(0, start + 7s);
  queue.put_off(1, start + 5s);
  BOOST_TEST((queue.next_due() == start + 5s));
  BOOST_TEST(*queue.take(start + 5s) == 1u);
}

BOOST_AUTO_TEST_CASE(it_is_done_when_every_agent_is_settled) {
  paced_queue queue{2, 1e6, 10, start};
  BOOST_TEST(!queue.done());
  take_all(queue, start + 1ms);
  queue.settle();
  queue.put_off(1, start + 1s);
  BOOST_TEST(!queue.done());
  take_all(queue, start + 1s);
  BOOST_TEST(!queue.done());
  queue.settle();
  BOOST_TEST(queue.done());
  BOOST_TEST((queue.next_due() == time_point::max()));
  queue.add(0, start + 2s);
  BOOST_TEST(!queue.done());
}

BOOST_AUTO_TEST_SUITE_END()
