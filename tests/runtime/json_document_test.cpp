// Reading JSON of strangers: what is taken, and where a problem is said to be.
#include "runtime/json/document.hpp"

#include "tests/runtime/json_text.hpp"

using namespace muster;
using json::object_reader;
using muster::test::hostile_texts;
using muster::test::parsed;
using muster::test::strict;

namespace {

std::string problem_of(const std::string& text) { return parsed{text}.problem(); }

// The problem that reading one member leaves behind.
template <class Read>
std::string reading(const std::string& text, Read read) {
  const parsed body{text};
  BOOST_REQUIRE(body.ok);
  object_reader from{body.root()};
  read(from);
  return from.problem();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(json_document)

BOOST_AUTO_TEST_CASE(a_document_can_be_used_again_and_again) {
  json::document subject;
  for (const char* text : {R"({"a":1})", R"({"a":)", R"([1,2])"}) {
    std::string padded{text};
    padded.reserve(padded.size() + simdjson::SIMDJSON_PADDING);
    BOOST_TEST(subject.parse(padded) == (padded.back() != ':'));
    BOOST_TEST(subject.problem().empty() == (padded.back() != ':'));
  }
}

BOOST_AUTO_TEST_CASE(an_error_is_told_with_line_column_and_byte) {
  BOOST_TEST(
    problem_of("{\"a\":1,\n \"b\": nope}").starts_with("not valid JSON: line 2, column 7 (byte 14): "));
  BOOST_TEST(problem_of("x").starts_with("not valid JSON: line 1, column 1 (byte 0): "));
  BOOST_TEST(problem_of("{\"a\":1").starts_with("not valid JSON: line 1, column 7 (byte 6): "));
  BOOST_TEST(problem_of("{\"a\":1} x").starts_with("not valid JSON: line 1, column 9 (byte 8): "));
  BOOST_TEST(problem_of("\n\n{\"a\":01}").starts_with("not valid JSON: line 3, "));
}

BOOST_AUTO_TEST_CASE(an_empty_body_is_told_as_such) {
  for (const char* text : {"", " ", "\r\n\t "})
    BOOST_TEST(problem_of(text) == "the body is empty, a JSON object is wanted");
}

BOOST_AUTO_TEST_CASE(what_is_not_json_is_refused) {
  for (const char* text :
       {"{'a':1}", "{\"a\":1,}", "[1 2]", "{\"a\" 1}", "NaN", "{\"a\":1}{}", "\"\x01\"", "\"\xff\"",
        "\"\\x\"", "\"\\ud800\"", "1e999", "+1", ".5", "nul", "{\"a\":\"b", "[[[[[[["})
    BOOST_TEST(!parsed{text}.ok, text << " was taken");
}

BOOST_AUTO_TEST_CASE(endless_depth_is_refused_with_words) {
  const auto deep = std::string(100'000, '[');
  BOOST_TEST(!parsed{deep}.ok);
  BOOST_TEST(!problem_of(deep).empty());
  BOOST_TEST(!parsed{std::string(5000, '[') + std::string(5000, ']')}.ok);
}

BOOST_AUTO_TEST_CASE(a_body_that_is_not_an_object_is_named) {
  const std::vector<std::pair<std::string, std::string>> kinds{{"[]", "an array"},
                                                               {"\"a\"", "a string"},
                                                               {"1", "a number"},
                                                               {"1.5", "a number"},
                                                               {"true", "a boolean"},
                                                               {"null", "null"},
                                                               {"18446744073709551615", "a number"}};
  for (const auto& [text, kind] : kinds)
    BOOST_TEST(reading(text, [](auto&) {}) == "$: expected an object, got " + kind);
}

BOOST_AUTO_TEST_CASE(absent_and_null_members_read_the_same) {
  const parsed body{R"({"null":null,"there":0})"};
  const object_reader from{body.root()};
  BOOST_TEST(!from.has("null"));
  BOOST_TEST(!from.has("absent"));
  BOOST_TEST(from.has("there"));
  BOOST_TEST(from.names() == (std::vector<std::string>{"null", "there"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(texts_have_a_limit_in_bytes_and_no_control_characters) {
  const parsed body{
    R"({"a":"1234","euro":"€","control":"a\nb","del":"a\u007fb","nul":"a\u0000b","number":5})"};
  auto problem = [&](std::string_view member, size_t limit) {
    object_reader from{body.root()};
    from.text(member, limit);
    return from.problem();
  };
  BOOST_TEST(problem("a", 4) == "");
  BOOST_TEST(problem("a", 3) == "$.a: longer than 3 bytes");
  BOOST_TEST(problem("euro", 3) == "");
  BOOST_TEST(problem("euro", 2) == "$.euro: longer than 2 bytes");
  for (const char* member : {"control", "del", "nul"})
    BOOST_TEST(problem(member, 9) == "$." + std::string{member} + ": has a control character");
  BOOST_TEST(problem("number", 9) == "$.number: expected a string, got a number");
  BOOST_TEST(problem("absent", 9) == "");
}

BOOST_AUTO_TEST_CASE(a_required_text_is_there_and_not_empty) {
  auto required = [](object_reader& from) { from.required_text("a", 9); };
  BOOST_TEST(reading("{}", required) == "$.a: is missing");
  BOOST_TEST(reading(R"({"a":null})", required) == "$.a: is missing");
  BOOST_TEST(reading(R"({"a":""})", required) == "$.a: must not be empty");
  BOOST_TEST(reading(R"({"a":[]})", required) == "$.a: expected a string, got an array");
  BOOST_TEST(reading(R"({"a":"x"})", required) == "");
}

BOOST_AUTO_TEST_CASE(numbers_have_bounds) {
  auto number = [](object_reader& from) { from.number("a", 0, 100); };
  for (const char* good : {"0", "100", "0.5", "-0", "1e2", "1E-3"})
    BOOST_TEST(reading(R"({"a":)" + std::string{good} + "}", number) == "");
  for (const char* bad : {"-1", "100.1", "1e300", "18446744073709551615", "-1e-9"})
    BOOST_TEST(reading(R"({"a":)" + std::string{bad} + "}", number).starts_with("$.a: must be from 0"));
  BOOST_TEST(reading(R"({"a":"5"})", number) == "$.a: expected a number, got a string");
  BOOST_TEST(reading(R"({"a":true})", number) == "$.a: expected a number, got a boolean");
}

BOOST_AUTO_TEST_CASE(the_first_problem_is_kept) {
  const auto problem = reading(R"({"a":1,"b":2})", [](object_reader& from) {
    from.text("b", 9);
    from.text("a", 9);
    from.fail("c", "is too late");
  });
  BOOST_TEST(problem == "$.b: expected a string, got a number");
}

BOOST_AUTO_TEST_CASE(nested_objects_are_named_with_their_path) {
  const auto problem = reading(R"({"a":{"b":{"c":7}}})", [](object_reader& from) {
    auto a = from.object("a");
    auto b = a->object("b");
    b->text("c", 9);
    a->adopt(*b);
    from.adopt(*a);
  });
  BOOST_TEST(problem == "$.a.b.c: expected a string, got a number");
  BOOST_TEST(reading(R"({"a":[]})", [](object_reader& from) { BOOST_TEST(!from.object("a")); })
             == "$.a: expected an object, got an array");
  BOOST_TEST(reading("{}", [](object_reader& from) { BOOST_TEST(!from.object("a")); }) == "");
}

BOOST_AUTO_TEST_CASE(arrays_have_a_limit) {
  BOOST_TEST(
    reading(R"({"a":[1,2]})", [](object_reader& from) { BOOST_TEST(from.array("a", 2)->size() == 2u); })
    == "");
  BOOST_TEST(reading(R"({"a":[1,2]})", [](object_reader& from) { BOOST_TEST(!from.array("a", 1)); })
             == "$.a: more than 1 elements");
  BOOST_TEST(reading(R"({"a":{}})", [](object_reader& from) { BOOST_TEST(!from.array("a", 1)); })
             == "$.a: expected an array, got an object");
}

BOOST_AUTO_TEST_CASE(quoted_text_is_read_back_as_it_was) {
  for (const auto& text : hostile_texts) BOOST_TEST((strict(json::quote(text)).as_string() == text));
}

BOOST_AUTO_TEST_CASE(quoted_bytes_that_are_no_utf_8_are_still_json) {
  for (const char* text :
       {"\xff", "a\xc3", "\xed\xa0\x80", "\xf8\x88\x80\x80\x80", "ok \xe2\x82\xac bad \x80"})
    BOOST_TEST(strict(json::quote(text)).is_string());
  std::string every_byte;
  for (int byte = 0; byte < 256; ++byte) every_byte.push_back(static_cast<char>(byte));
  BOOST_TEST(strict(json::quote(every_byte)).is_string());
}

BOOST_AUTO_TEST_SUITE_END()
