// From threats to keys, without any actor.
#include "actors/manager/sighting_keys.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;

namespace {

threat event_of(const std::string& severity, std::vector<sighting> sightings,
                const std::string& conclusion = "") {
  threat event;
  event.severity = severity;
  event.conclusion = conclusion;
  event.sightings = std::move(sightings);
  return event;
}

using words = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(sighting_keys_suite)

BOOST_AUTO_TEST_CASE(each_kind_and_value_is_one_key_in_the_order_of_its_first_event) {
  const auto keys =
    sighting_keys({event_of("low", {{"source_ip", "203.0.113.9", ""}, {"file_hash", "ab", ""}}),
                   event_of("high", {{"source_ip", "203.0.113.9", ""}}),
                   event_of("medium", {{"source_ip", "203.0.113.9", ""}, {"user", "ab", ""}})},
                  false);
  BOOST_REQUIRE(keys.size() == 3u);
  BOOST_TEST(keys[0].kind == "source_ip");
  BOOST_TEST(keys[0].count == 3u);
  BOOST_TEST(keys[0].severity == "high");
  BOOST_TEST(keys[1].kind == "file_hash");
  BOOST_TEST(keys[1].count == 1u);
  BOOST_TEST(keys[1].severity == "low");
  BOOST_TEST(keys[2].kind == "user");
}

BOOST_AUTO_TEST_CASE(every_key_of_an_event_carries_its_techniques) {
  const auto keys = sighting_keys(
    {event_of("low", {{"source_ip", "203.0.113.9", ""},
                      {"attack_technique", "T1110", "Brute Force"},
                      {"attack_technique", "T1078", ""}}),
     event_of("low", {{"source_ip", "203.0.113.9", ""}, {"attack_technique", "T1110", "Brute Force"}}),
     event_of("low", {{"file_hash", "ab", ""}})},
    false);
  BOOST_REQUIRE(keys.size() == 4u);
  BOOST_TEST(keys[0].techniques == (words{"T1110 Brute Force", "T1078"}), boost::test_tools::per_element());
  BOOST_TEST(keys[1].value == "T1110");
  BOOST_TEST(keys[1].count == 2u);
  BOOST_TEST(keys[1].techniques == (words{"T1110 Brute Force", "T1078"}), boost::test_tools::per_element());
  BOOST_TEST(keys[3].techniques.empty());
}

BOOST_AUTO_TEST_CASE(benign_events_are_left_out_unless_wanted) {
  const std::vector<threat> threats{event_of("low", {{"source_ip", "203.0.113.9", ""}}, "benign"),
                                    event_of("low", {{"source_ip", "203.0.113.8", ""}}, "suspicious"),
                                    event_of("low", {{"source_ip", "203.0.113.7", ""}})};
  BOOST_TEST(sighting_keys(threats, false).size() == 2u);
  BOOST_TEST(sighting_keys(threats, true).size() == 3u);
}

BOOST_AUTO_TEST_CASE(an_unknown_severity_counts_as_none) {
  const auto keys = sighting_keys({event_of("terrible", {{"source_ip", "203.0.113.9", ""}})}, false);
  BOOST_TEST(keys[0].severity.empty());
}

BOOST_AUTO_TEST_CASE(events_without_sightings_have_no_keys) {
  BOOST_TEST(sighting_keys({event_of("high", {}), {}}, true).empty());
}

BOOST_AUTO_TEST_SUITE_END()
