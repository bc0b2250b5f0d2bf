// Following cursors and cutting rows out of pages.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tools/muster/failure.hpp"
#include "tools/muster/paging.hpp"

using namespace muster::cli;

namespace {

// A list of `total` rows whose cursors are the numbers of their first rows; keeps what it was asked.
struct fake_list {
  std::uint64_t total;
  std::vector<std::pair<std::uint64_t, std::string>> asked;

  followed_page operator()(std::uint64_t limit, const std::string& cursor) {
    asked.emplace_back(limit, cursor);
    const std::uint64_t from = cursor.empty() ? 0 : std::stoull(cursor);
    const auto rows = std::min(limit, total - from);
    return {rows, from + rows < total ? std::to_string(from + rows) : ""};
  }
};

using pages = std::vector<std::pair<std::uint64_t, std::string>>;

}  // namespace

BOOST_AUTO_TEST_SUITE(cli_paging)

BOOST_AUTO_TEST_CASE(a_short_list_takes_one_page) {
  fake_list list{7, {}};
  BOOST_TEST(follow_cursors(100, "", std::ref(list)) == "");
  BOOST_TEST((list.asked == pages{{100, ""}}));
}

BOOST_AUTO_TEST_CASE(a_limit_ends_the_walk_and_says_where) {
  fake_list list{5000, {}};
  BOOST_TEST(follow_cursors(2300, "", std::ref(list)) == "2300");
  BOOST_TEST((list.asked == pages{{1000, ""}, {1000, "1000"}, {300, "2000"}}));
}

BOOST_AUTO_TEST_CASE(no_limit_takes_all_in_full_pages) {
  fake_list list{2500, {}};
  BOOST_TEST(follow_cursors(0, "", std::ref(list)) == "");
  BOOST_TEST((list.asked == pages{{1000, ""}, {1000, "1000"}, {1000, "2000"}}));
}

BOOST_AUTO_TEST_CASE(a_walk_starts_at_the_given_cursor) {
  fake_list list{2500, {}};
  BOOST_TEST(follow_cursors(0, "2400", std::ref(list)) == "");
  BOOST_TEST((list.asked == pages{{1000, "2400"}}));
}

BOOST_AUTO_TEST_CASE(empty_pages_are_passed_over) {
  int calls = 0;
  BOOST_TEST(
    follow_cursors(5, "",
                   [&](std::uint64_t, const std::string&) -> followed_page {
                     ++calls;
                     return calls < 3 ? followed_page{0, std::to_string(calls)} : followed_page{5, "end"};
                   })
    == "end");
  BOOST_TEST(calls == 3);
}

BOOST_AUTO_TEST_CASE(a_page_longer_than_asked_for_ends_the_walk) {
  BOOST_TEST(follow_cursors(5, "",
                            [](std::uint64_t, const std::string&) {
                              return followed_page{60, "next"};
                            })
             == "next");
}

BOOST_AUTO_TEST_CASE(a_cursor_that_does_not_move_is_a_failure) {
  BOOST_CHECK_THROW(follow_cursors(0, "",
                                   [](std::uint64_t, const std::string&) {
                                     return followed_page{1, "same"};
                                   }),
                    failure);
}

BOOST_AUTO_TEST_CASE(rows_are_cut_out_as_they_were_written) {
  BOOST_TEST(*raw_elements(R"({"next_cursor":null,"rows":[{"a":"]}\"["},[1,{}],2]})", "rows")
             == R"({"a":"]}\"["},[1,{}],2)");
  BOOST_TEST(
    *raw_elements(" {\n \"x\" : { \"rows\" : [9] } , \"n\":-1.5e3, \"rows\" : [ 1 , 2 ]\n}\n", "rows")
    == "1 , 2");
  BOOST_TEST(*raw_elements(R"({"rows":[]})", "rows") == "");
  BOOST_TEST(*raw_elements(R"({"s":"\\","rows":["\\"]})", "rows") == R"("\\")");
}

BOOST_AUTO_TEST_CASE(without_such_an_array_there_are_no_rows) {
  for (const auto* json :
       {"", "[1]", "{}", R"({"rows":1})", R"({"rows":{"rows":[1]}})", R"({"x":"rows"})", "{"}) {
    BOOST_TEST(!raw_elements(json, "rows").has_value(), json);
  }
}

BOOST_AUTO_TEST_SUITE_END()
