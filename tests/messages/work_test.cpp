// Names of executions and of their states.
#include "messages/work.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;

BOOST_AUTO_TEST_SUITE(work_names)

BOOST_AUTO_TEST_CASE(execution_is_named_after_its_run_and_slot) {
  const auto name = execution_name(0x1a2b, make_agent_id(0, 0xff, 7));
  BOOST_TEST(name == "x-1a2b-ff");
  const auto place = parse_execution_name(name);
  BOOST_REQUIRE(place);
  BOOST_TEST(place->run == 0x1a2bu);
  BOOST_TEST(place->slot == 0xffu);
}

BOOST_AUTO_TEST_CASE(other_names_are_no_executions) {
  for (const auto* text : {"", "x", "x-", "x-1", "x-1-", "x--1", "x-01-1", "x-1-1A", "x-1-g", "y-1-1",
                           "x-1-1 ", "x-1-1000000", "x-10000000000000000-1", "x-1-1-1"})
    BOOST_TEST(!parse_execution_name(text), text);
}

BOOST_AUTO_TEST_CASE(states_are_read_as_they_are_written) {
  for (size_t i = 0; i < execution_status_count; ++i) {
    const auto status = static_cast<execution_status>(i);
    BOOST_TEST((parse_execution_status(to_string(status)) == status));
  }
  BOOST_TEST(!parse_execution_status("done"));
}

BOOST_AUTO_TEST_SUITE_END()
