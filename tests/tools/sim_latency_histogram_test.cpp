// The simulator's latencies: exact at first, within 1% after that.
#include "tools/muster-sim/latency_histogram.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace std::chrono_literals;
using muster::sim::latency_histogram;

BOOST_AUTO_TEST_SUITE(sim_latency_histogram)

BOOST_AUTO_TEST_CASE(an_empty_histogram_has_only_zeros) {
  const latency_histogram empty;
  BOOST_TEST(empty.count() == 0u);
  BOOST_TEST(empty.max().count() == 0);
  BOOST_TEST(empty.percentile(0.5).count() == 0);
  BOOST_TEST(empty.percentile(1).count() == 0);
}

BOOST_AUTO_TEST_CASE(every_latency_comes_back_within_one_percent) {
  for (double us = 1; us < 100e6; us *= 1.0371) {
    const auto exact = std::chrono::microseconds{std::llround(us)};
    latency_histogram histogram;
    histogram.record(exact);
    histogram.record(100s);  // so that the first is not the largest, which is kept exactly
    const auto read = histogram.percentile(0.5);
    BOOST_TEST(std::abs(static_cast<double>((read - exact).count())) <= 0.01 * us,
               exact.count() << " as " << read.count());
  }
}

BOOST_AUTO_TEST_CASE(latencies_below_128_microseconds_are_exact) {
  for (int us = 0; us < 128; ++us) {
    latency_histogram histogram;
    histogram.record(std::chrono::microseconds{us});
    histogram.record(1s);
    BOOST_TEST(histogram.percentile(0.5).count() == us);
  }
}

BOOST_AUTO_TEST_CASE(a_percentile_is_the_latency_that_this_share_stays_at_or_below) {
  latency_histogram histogram;
  for (int us = 1; us <= 100; ++us) histogram.record(std::chrono::microseconds{us});
  BOOST_TEST(histogram.percentile(0).count() == 1);
  BOOST_TEST(histogram.percentile(0.5).count() == 50);
  BOOST_TEST(histogram.percentile(0.99).count() == 99);
  BOOST_TEST(histogram.percentile(0.999).count() == 100);
  BOOST_TEST(histogram.percentile(1).count() == 100);
}

BOOST_AUTO_TEST_CASE(what_is_out_of_range_counts_at_the_ends_and_the_maximum_stays_true) {
  latency_histogram histogram;
  histogram.record(-5ms);
  histogram.record(500s);
  BOOST_TEST(histogram.count() == 2u);
  BOOST_TEST(histogram.percentile(0.5).count() == 0);
  BOOST_TEST(histogram.max().count() == 500'000'000);
  BOOST_TEST(histogram.percentile(1).count() > 99'000'000);
}

BOOST_AUTO_TEST_CASE(nanoseconds_are_rounded_to_the_nearest_microsecond) {
  latency_histogram histogram;
  histogram.record(1'600ns);
  BOOST_TEST(histogram.max().count() == 2);
}

BOOST_AUTO_TEST_CASE(merged_histograms_count_as_one) {
  latency_histogram fast;
  latency_histogram slow;
  for (int i = 0; i < 3; ++i) fast.record(10us);
  slow.record(2s);
  fast.merge(slow);
  BOOST_TEST(fast.count() == 4u);
  BOOST_TEST(fast.percentile(0.75).count() == 10);
  BOOST_TEST(fast.max().count() == 2'000'000);
  fast.clear();
  BOOST_TEST(fast.count() == 0u);
  BOOST_TEST(fast.max().count() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
