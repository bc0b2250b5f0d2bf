// How many lines of one event reach the log.
#include "runtime/log/line_budget.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster::log;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(line_budget_suite)

BOOST_AUTO_TEST_CASE(a_second_has_so_many_lines_and_the_next_one_tells_what_was_left_out) {
  line_budget budget{2};
  const line_budget::time_point start{1h};
  BOOST_TEST((budget.take("refused", start) == 0u));
  BOOST_TEST((budget.take("refused", start + 1ms) == 0u));
  BOOST_TEST(!budget.take("refused", start + 2ms).has_value());
  BOOST_TEST(!budget.take("refused", start + 999ms).has_value());
  BOOST_TEST((budget.take("refused", start + 1s) == 2u));
  BOOST_TEST((budget.take("refused", start + 1s) == 0u));
  BOOST_TEST(!budget.take("refused", start + 1999ms).has_value());
}

BOOST_AUTO_TEST_CASE(each_event_has_its_own) {
  line_budget budget{1};
  const line_budget::time_point start{1h};
  BOOST_TEST((budget.take("refused", start) == 0u));
  BOOST_TEST((budget.take("purge_failed", start) == 0u));
  BOOST_TEST(!budget.take("refused", start).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
