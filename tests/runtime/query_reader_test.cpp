// Query parameters of operators: what they mean and what is wrong with them.
#include "runtime/ingress/query_reader.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace muster;

namespace {

query_reader reader_of(const std::string& query) {
  http::request from;
  from.query = query;
  return {from, {"limit", "cursor", "status", "dialect", "agent", "since", "text", "contested"}};
}

template <class Read>
std::string problem_of(const std::string& query, Read read) {
  auto reader = reader_of(query);
  read(reader);
  return reader.problem();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(query_reader_suite)

BOOST_AUTO_TEST_CASE(without_a_query_everything_has_its_default) {
  auto reader = reader_of("");
  BOOST_TEST(reader.limit() == 100u);
  BOOST_TEST(reader.cursor() == 0u);
  BOOST_TEST(!reader.flag("contested"));
  BOOST_TEST(!reader.status());
  BOOST_TEST(!reader.speaks());
  BOOST_TEST(!reader.agent());
  BOOST_TEST((reader.since() == utc_time{}));
  BOOST_TEST(reader.text("text") == "");
  BOOST_TEST(reader.problem() == "");
}

BOOST_AUTO_TEST_CASE(everything_that_is_given_is_read) {
  auto reader = reader_of(
    "limit=1000&cursor=c1f&status=stale&dialect=plexd&agent=ag-0000000a00000abc&since=2023-11-14T22:13:20Z"
    "&text=web&contested=true");
  BOOST_TEST(reader.limit() == 1000u);
  BOOST_TEST(reader.cursor() == 0x1fu);
  BOOST_TEST((reader.status() == agent_status::stale));
  BOOST_TEST((reader.speaks() == dialect::plexd));
  BOOST_TEST((reader.agent() == make_agent_id(0, 10, 0xabc)));
  BOOST_TEST((reader.since() == utc_time{std::chrono::milliseconds{1'700'000'000'000}}));
  BOOST_TEST(reader.text("text") == "web");
  BOOST_TEST(reader.flag("contested"));
  BOOST_TEST(reader.problem() == "");
}

BOOST_AUTO_TEST_CASE(values_and_names_are_decoded) {
  BOOST_TEST(reader_of("text=a%20b%26c").text("text") == "a b&c");
  BOOST_TEST(reader_of("te%78t=x").text("text") == "x");
  auto offset = reader_of("since=2023-11-15T00:13:20%2B02:00");
  BOOST_TEST((offset.since() == utc_time{std::chrono::milliseconds{1'700'000'000'000}}));
  BOOST_TEST(reader_of("text=a+b").text("text") == "a b");  // as forms write it
}

BOOST_AUTO_TEST_CASE(unknown_and_repeated_parameters_are_named) {
  auto nothing = [](query_reader&) {};
  BOOST_TEST(problem_of("limt=5", nothing) == "unknown query parameter 'limt'");
  BOOST_TEST(problem_of("limit=5&limit=6", nothing) == "query parameter 'limit' is given twice");
  BOOST_TEST(problem_of("limit=5&l%69mit=6", nothing) == "query parameter 'limit' is given twice");
  BOOST_TEST(problem_of("Limit=5", nothing) == "unknown query parameter 'Limit'");
  BOOST_TEST(problem_of("=5", nothing) == "unknown query parameter ''");
  BOOST_TEST(problem_of("text=%zz", nothing) == "the query is not validly encoded");
}

BOOST_AUTO_TEST_CASE(a_limit_is_a_whole_number_within_a_page) {
  for (const char* bad : {"0", "1001", "-1", "+5", "5.0", "x", "5x", "99999999999999999999", "%205", "0x5"})
    BOOST_TEST(problem_of("limit=" + std::string{bad}, [](query_reader& r) { r.limit(); })
               == "query parameter 'limit' must be a whole number from 1 to 1000");
  BOOST_TEST(reader_of("limit=1").limit() == 1u);
}

BOOST_AUTO_TEST_CASE(a_cursor_is_one_that_was_given_out) {
  for (const char* bad : {"c", "c0", "5", "cx", "c1%20", "C1", "c-1", "c11111111111111111"})
    BOOST_TEST(problem_of("cursor=" + std::string{bad}, [](query_reader& r) { r.cursor(); })
               == "query parameter 'cursor' must be a next_cursor that this manager gave out");
}

BOOST_AUTO_TEST_CASE(wrong_words_are_answered_with_the_right_ones) {
  BOOST_TEST(problem_of("status=up", [](query_reader& r) { r.status(); })
             == "query parameter 'status' must be online, stale, offline or departed");
  BOOST_TEST(problem_of("dialect=x", [](query_reader& r) { r.speaks(); })
             == "query parameter 'dialect' must be panguard, harborguard or plexd");
  BOOST_TEST(problem_of("agent=ag-1", [](query_reader& r) { r.agent(); })
             == "query parameter 'agent' must be an agent's id");
  BOOST_TEST(problem_of("since=yesterday", [](query_reader& r) { r.since(); })
             == "query parameter 'since' must be an RFC 3339 time");
  BOOST_TEST(problem_of("contested=1", [](query_reader& r) { r.flag("contested"); })
             == "query parameter 'contested' must be true or false");
}

BOOST_AUTO_TEST_CASE(the_first_problem_is_kept) {
  BOOST_TEST(problem_of("status=up&limit=0",
                        [](query_reader& r) {
                          r.limit();
                          r.status();
                        })
             == "query parameter 'limit' must be a whole number from 1 to 1000");
}

BOOST_AUTO_TEST_SUITE_END()
