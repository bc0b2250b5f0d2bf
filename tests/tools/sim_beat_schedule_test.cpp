// Whose heartbeat is due when.
#include "tools/muster-sim/beat_schedule.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <vector>

using namespace std::chrono_literals;
using namespace muster::sim;

namespace {

const time_point start{100h};

struct turn {
  time_point due;
  uint32_t agent;
  bool operator==(const turn&) const = default;
};

std::vector<turn> turns(beat_schedule schedule, size_t count) {
  std::vector<turn> out;
  while (out.size() < count) {
    const auto due = schedule.next_due();
    out.push_back({due, schedule.take()});
  }
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sim_beat_schedule)

BOOST_AUTO_TEST_CASE(each_agent_beats_once_per_interval_and_always_at_its_phase) {
  for (const uint32_t agents : {1u, 2u, 3u, 7u, 100u, 1024u}) {
    const auto seen = turns({agents, 30s, 1, start}, size_t{agents} * 3);
    std::set<uint32_t> different;
    for (uint32_t i = 0; i < agents; ++i) {
      different.insert(seen[i].agent);
      for (uint32_t round = 1; round < 3; ++round) {
        BOOST_TEST(seen[i + round * agents].agent == seen[i].agent);
        BOOST_TEST((seen[i + round * agents].due == seen[i].due + round * 30s));
      }
    }
    BOOST_TEST(different.size() == agents);
  }
}

BOOST_AUTO_TEST_CASE(turns_come_in_order_of_time_and_evenly_spread) {
  const auto seen = turns({1000, 10s, 5, start}, 1000);
  for (size_t i = 0; i < seen.size(); ++i) {
    const auto slice = start + i * 10ms;
    BOOST_TEST((seen[i].due >= slice));
    BOOST_TEST((seen[i].due < slice + 10ms));
  }
}

BOOST_AUTO_TEST_CASE(the_same_seed_is_the_same_schedule_and_another_is_not) {
  const auto first = turns({500, 1s, 7, start}, 500);
  BOOST_TEST((turns({500, 1s, 7, start}, 500) == first));
  BOOST_TEST((turns({500, 1s, 8, start}, 500) != first));
}

BOOST_AUTO_TEST_CASE(a_million_agents_and_a_day_do_not_overflow) {
  beat_schedule schedule{10'000'000, 24h, 1, start};
  auto last = schedule.next_due();
  for (int i = 0; i < 10'000'000; ++i) schedule.take();
  BOOST_TEST((schedule.next_due() == last + 24h));
}

BOOST_AUTO_TEST_SUITE_END()
