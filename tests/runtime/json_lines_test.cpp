// Lines of JSON: where they end, and that the text keeps its meaning.
#include "runtime/json/lines.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

using namespace muster::json;

BOOST_AUTO_TEST_SUITE(json_lines)

BOOST_AUTO_TEST_CASE(a_line_ends_between_tokens_and_never_inside_a_text) {
  const std::string text = R"({"a,b":"c:\"[,","d":[1,2,{"e":"\\"}],"f":"x"})";
  const auto lines = break_lines(text, 0);
  BOOST_TEST(lines.find('\n') != lines.npos);
  BOOST_TEST((nlohmann::json::parse(lines) == nlohmann::json::parse(text)));
  auto joined = lines;
  std::erase(joined, '\n');
  BOOST_TEST(joined == text);
}

BOOST_AUTO_TEST_CASE(a_line_ends_at_the_first_place_after_its_length) {
  BOOST_TEST(break_lines("[1,2,3,4]", 3) == "[1,2,\n3,4]");
  BOOST_TEST(break_lines("[1,2,3,4]", 100) == "[1,2,3,4]");
  BOOST_TEST(break_lines("[1,\n2,3,4]", 3) == "[1,\n2,3,\n4]");
}

BOOST_AUTO_TEST_CASE(the_longest_line_is_measured_without_its_end) {
  BOOST_TEST(longest_line("") == 0u);
  BOOST_TEST(longest_line("abc") == 3u);
  BOOST_TEST(longest_line("a\nabcd\nab\n") == 4u);
  BOOST_TEST(longest_line("a\nab\nabcde") == 5u);
}

BOOST_AUTO_TEST_SUITE_END()
