// Calendar times as text.
#include "runtime/wire/timestamp.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;
using namespace std::chrono_literals;

namespace {

utc_time at(int64_t milliseconds) { return utc_time{std::chrono::milliseconds{milliseconds}}; }
constexpr int64_t moment = 1'700'000'000'123;  // 2023-11-14T22:13:20.123Z

bool parses_to(std::string_view text, int64_t wanted) { return parse_rfc3339(text) == at(wanted); }

}  // namespace

BOOST_AUTO_TEST_SUITE(timestamps)

BOOST_AUTO_TEST_CASE(times_are_written_in_utc_with_milliseconds) {
  BOOST_TEST(to_rfc3339(at(moment)) == "2023-11-14T22:13:20.123Z");
  BOOST_TEST(to_rfc3339(at(1'700'000'000'000)) == "2023-11-14T22:13:20.000Z");
  BOOST_TEST(to_rfc3339(at(1)) == "1970-01-01T00:00:00.001Z");
  BOOST_TEST(to_rfc3339(at(-1)) == "1969-12-31T23:59:59.999Z");
}

BOOST_AUTO_TEST_CASE(the_epoch_stands_for_never) { BOOST_TEST(to_rfc3339({}) == ""); }

BOOST_AUTO_TEST_CASE(what_is_written_can_be_parsed) {
  for (int64_t time : {int64_t{1}, moment, int64_t{951'782'400'000}, int64_t{4'102'444'799'999}})
    BOOST_TEST(parses_to(to_rfc3339(at(time)), time));
}

BOOST_AUTO_TEST_CASE(fractions_are_cut_to_milliseconds) {
  BOOST_TEST(parses_to("2023-11-14T22:13:20Z", moment - 123));
  BOOST_TEST(parses_to("2023-11-14T22:13:20.1Z", moment - 23));
  BOOST_TEST(parses_to("2023-11-14T22:13:20.12Z", moment - 3));
  BOOST_TEST(parses_to("2023-11-14T22:13:20.123999999999999999999Z", moment));
}

BOOST_AUTO_TEST_CASE(offsets_are_taken_out) {
  BOOST_TEST(parses_to("2023-11-14T22:13:20.123+00:00", moment));
  BOOST_TEST(parses_to("2023-11-15T00:13:20.123+02:00", moment));
  BOOST_TEST(parses_to("2023-11-14T16:43:20.123-05:30", moment));
  BOOST_TEST(parses_to("2023-11-14T22:13:20.123z", moment));
  BOOST_TEST(parses_to("2023-11-14t22:13:20.123z", moment));
}

BOOST_AUTO_TEST_CASE(leap_days_and_leap_seconds_exist) {
  BOOST_TEST(parses_to("2024-02-29T00:00:00Z", 1'709'164'800'000));
  BOOST_TEST(parses_to("2016-12-31T23:59:60Z", 1'483'228'800'000));
  BOOST_TEST(!parse_rfc3339("2023-02-29T00:00:00Z"));
}

BOOST_AUTO_TEST_CASE(nothing_else_is_a_time) {
  for (const char* text : {"",
                           "now",
                           "2023-11-14",
                           "2023-11-14T22:13Z",
                           "2023-11-14T22:13:20",
                           "2023-11-14 22:13:20Z",
                           "2023-13-14T22:13:20Z",
                           "2023-00-14T22:13:20Z",
                           "2023-11-31T22:13:20Z",
                           "2023-11-14T24:13:20Z",
                           "2023-11-14T22:60:20Z",
                           "2023-11-14T22:13:61Z",
                           "2023-11-14T22:13:20.Z",
                           "2023-11-14T22:13:20.123",
                           "2023-11-14T22:13:20Zjunk",
                           "2023-11-14T22:13:20+02",
                           "2023-11-14T22:13:20+0200",
                           "2023-11-14T22:13:20+2:00",
                           "2023-11-14T22:13:20+24:00",
                           "2023-11-14T22:13:20+02:60",
                           "2023-11-14T22:13:20+-2:00",
                           "2023-11-14T-1:13:20Z",
                           "2023-11-14T22:-1:20Z",
                           "2023-11-14T22:13:-1Z",
                           "2023-1-4T2:3:2Z",
                           " 023-11-14T22:13:20Z",
                           "+023-11-14T22:13:20Z",
                           "2023-11-14T 2:13:20Z",
                           "1700000000000",
                           "2023-11-14T22:13:20,123Z"})
    BOOST_TEST(!parse_rfc3339(text), "'" << text << "' was taken for a time");
}

BOOST_AUTO_TEST_CASE(the_date_field_is_written_as_http_wants_it) {
  BOOST_TEST(to_http_date(at(784'111'777'000)) == "Sun, 06 Nov 1994 08:49:37 GMT");
  BOOST_TEST(to_http_date(at(moment)) == "Tue, 14 Nov 2023 22:13:20 GMT");
}

BOOST_AUTO_TEST_SUITE_END()
