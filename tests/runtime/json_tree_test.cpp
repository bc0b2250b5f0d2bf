// JSON of operators as a tree: what is refused, and how precisely it says where.
#include "runtime/json/schema.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;

namespace {

std::string problem(std::string_view text, const json::tree_limits& limits = {}) {
  const auto read = json::read_tree(text, limits);
  BOOST_TEST(!read.value);
  return read.problem;
}

std::string rewritten(std::string_view text) {
  const auto read = json::read_tree(text);
  BOOST_REQUIRE_MESSAGE(read.value, read.problem);
  return json::text_of(*read.value);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(json_tree)

BOOST_AUTO_TEST_CASE(values_of_every_kind_are_read) {
  BOOST_TEST(rewritten(R"( {"b":[1,-2,2.5,"x",null,true,{}],"a":18446744073709551615} )")
             == R"({"a":18446744073709551615,"b":[1,-2,2.5,"x",null,true,{}]})");
  BOOST_TEST(rewritten("\"\\u00e9\\n\"") == "\"é\\n\"");
}

BOOST_AUTO_TEST_CASE(syntax_errors_name_line_and_column) {
  BOOST_TEST(
    problem("{\n  \"a\": nul\n}").starts_with("line 2, column 11: syntax error while parsing value"));
  BOOST_TEST(problem("").starts_with("line 1, column 1: syntax error while parsing value"));
  BOOST_TEST(problem("{} x").starts_with("line 1, column 4: syntax error"));
  BOOST_TEST(problem("[1,]").starts_with("line 1, column 4: syntax error"));
  BOOST_TEST(problem("[1e999]").find("number overflow") != std::string::npos);
  BOOST_TEST(problem("[\"\xff\"]").find("ill-formed UTF-8") != std::string::npos);
  BOOST_TEST(problem("[\"" + std::string(100'000, 'x')).size() < 300u);
}

BOOST_AUTO_TEST_CASE(member_written_twice_is_refused) {
  BOOST_TEST(problem(R"({"a":{"b":1,"b":1}})") == "$.a.b: is written twice");
  BOOST_TEST(problem(R"({"a":[{},{"odd name":1,"odd name":2}]})")
             == R"($.a[1]["odd name"]: is written twice)");
  BOOST_TEST(rewritten(R"({"a":{"b":1},"c":{"b":1}})") == R"({"a":{"b":1},"c":{"b":1}})");
}

BOOST_AUTO_TEST_CASE(limits_are_exact) {
  BOOST_TEST(problem("[[[1]]]", {100, 2, 10}) == "$[0][0]: nested more than 2 levels deep");
  BOOST_TEST(!!json::read_tree("[[1]]", {100, 2, 10}).value);
  BOOST_TEST(problem(R"({"a":[1,2,3]})", {100, 2, 2}) == "$.a: has more than 2 entries");
  BOOST_TEST(!!json::read_tree(R"({"a":[1,2],"b":3,"c":4})", {100, 2, 2}).value);
  BOOST_TEST(problem("[1, 2, 3]", {8, 2, 10}) == "$: is larger than 8 bytes");
  BOOST_TEST(!!json::read_tree("[1,2,33]", {8, 2, 10}).value);
  BOOST_TEST(problem(std::string(500'000, '[')) == "$" + [] {
    std::string path;
    for (int i = 0; i < 64; ++i) path += "[0]";
    return path;
  }() + ": nested more than 64 levels deep");
}

BOOST_AUTO_TEST_CASE(numbers_that_would_lose_digits_and_zero_bytes_are_refused) {
  BOOST_TEST(problem(R"({"n":[0,18446744073709551616]})")
             == "$.n[1]: a whole number that needs more than 64 bits");
  BOOST_TEST(problem(R"({"n":-9223372036854775809})") == "$.n: a whole number that needs more than 64 bits");
  BOOST_TEST(problem(R"({"t":"a\u0000b"})") == "$.t: U+0000 in a text");
  BOOST_TEST(problem(R"({"a\u0000b":1})").ends_with(": U+0000 in a name"));
}

BOOST_AUTO_TEST_CASE(what_is_shown_of_long_texts_is_short_and_whole_characters) {
  BOOST_TEST(json::shown("abc") == "'abc'");
  BOOST_TEST(json::shown(std::string(63, 'a') + "éé") == "'" + std::string(63, 'a') + "…'");
  BOOST_TEST(json::member_path("$", std::string(1000, 'a')).size() < 100u);
  BOOST_TEST(json::member_path("$.a", "x-1") == "$.a.x-1");
  BOOST_TEST(json::member_path("$", "1") == R"($["1"])");
  BOOST_TEST(json::member_path("$", "") == R"($[""])");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(json_schema)

BOOST_AUTO_TEST_CASE(deepest_problem_is_told_in_words_about_the_document) {
  const json::schema rules{R"({"type":"object","additionalProperties":false,"required":["id"],"properties":{
    "id":{"$ref":"#/definitions/id"},"low":{"type":"integer","minimum":1},"high":{"type":"number","maximum":5},
    "many":{"type":"array","maxItems":2,"items":{"type":["string","null"]}},
    "inner":{"type":"object","properties":{"on":{"type":"boolean"}}}},
    "definitions":{"id":{"type":"string","minLength":1,"maxLength":3}}})"};
  const auto says = [&](const char* text) { return rules.problem_of(nlohmann::json::parse(text)); };
  BOOST_TEST(says(R"({"id":"é12","low":1,"high":5,"many":["a",null],"inner":{"on":true,"more":1}})") == "");
  BOOST_TEST(says("[]") == "$: expected an object, got an array");
  BOOST_TEST(says("{}") == "$.id: is missing");
  BOOST_TEST(says(R"({"id":7})") == "$.id: expected a string, got a number");
  BOOST_TEST(says(R"({"id":""})") == "$.id: must not be empty");
  BOOST_TEST(says(R"({"id":"abcd"})") == "$.id: is longer than 3 characters");
  BOOST_TEST(says(R"({"id":"a","low":0})") == "$.low: expected a number of at least 1, got 0");
  BOOST_TEST(says(R"({"id":"a","low":1.5})") == "$.low: expected an integer, got a number");
  BOOST_TEST(says(R"({"id":"a","high":5.5})") == "$.high: expected a number of at most 5, got 5.5");
  BOOST_TEST(says(R"({"id":"a","many":["b",3]})") == "$.many[1]: expected a string or null, got a number");
  BOOST_TEST(says(R"({"id":"a","many":["b","c","d"]})") == "$.many: has more than 2 entries");
  BOOST_TEST(says(R"({"id":"a","inner":{"on":1}})") == "$.inner.on: expected a boolean, got a number");
  BOOST_TEST(says(R"({"id":"a","higgh":1})") == "$.higgh: unknown member, did you mean 'high'?");
  BOOST_TEST(says(R"({"id":"a","unrelated":1})") == "$.unrelated: unknown member");
}

BOOST_AUTO_TEST_SUITE_END()
