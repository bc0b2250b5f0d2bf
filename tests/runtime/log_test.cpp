// The logger's two line forms, its levels and its sink. Values are hostile here, as agents may be.
#include <boost/test/unit_test.hpp>

#include <boost/json.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "runtime/log/escape.hpp"
#include "runtime/log/log.hpp"

using namespace muster;

namespace {

// 2026-11-21T23:59:59.123Z
const auto moment = std::chrono::sys_days(std::chrono::year(2026) / 11 / 21) + std::chrono::hours(23)
                    + std::chrono::minutes(59) + std::chrono::milliseconds(59'123);

std::string text_line(std::string_view event, log::fields extra = {}) {
  return log::format_line(log_format::text, moment, log::level::info, event, extra);
}

std::string json_line(std::string_view event, log::fields extra = {}) {
  return log::format_line(log_format::json, moment, log::level::info, event, extra);
}

std::string text_value(std::string_view value) {
  std::string out;
  log::append_text_value(out, value);
  return out;
}

std::string json_string(std::string_view value) {
  std::string out;
  log::append_json_string(out, value);
  return out;
}

// Collects lines while it lives, then gives the logger back as it was.
struct captured_lines {
  std::vector<std::string> lines;
  std::vector<log::level> levels;

  captured_lines() {
    log::set_sink([this](log::level at, std::string_view line) {
      levels.push_back(at);
      lines.emplace_back(line);
    });
  }
  ~captured_lines() {
    log::set_sink({});
    log::start(log::level::info, log_format::text);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(log_escape)

BOOST_AUTO_TEST_CASE(plain_values_stay_bare) {
  BOOST_TEST(text_value("ag-1") == "ag-1");
  BOOST_TEST(text_value("10.0.0.1:80/x?y") == "10.0.0.1:80/x?y");
}

BOOST_AUTO_TEST_CASE(values_that_could_be_misread_are_quoted) {
  BOOST_TEST(text_value("") == R"("")");
  BOOST_TEST(text_value("a b") == R"("a b")");
  BOOST_TEST(text_value("a=b") == R"("a=b")");
  BOOST_TEST(text_value("a\"b") == R"("a\"b")");
  BOOST_TEST(text_value("a\\b") == R"("a\\b")");
  BOOST_TEST(text_value("m\u00fcnchen") == "\"m\u00fcnchen\"");
}

BOOST_AUTO_TEST_CASE(control_characters_never_pass) {
  BOOST_TEST(text_value("a\nb\rc\td") == R"("a\nb\rc\td")");
  BOOST_TEST(text_value(std::string_view("\x1b[2J\0\x7f", 6)) == R"("\u001b[2J\u0000\u007f")");
  // U+009B starts a terminal's control sequence just as escape and bracket do.
  BOOST_TEST(text_value("\u009b2J") == R"("\u009b2J")");
}

BOOST_AUTO_TEST_CASE(invalid_utf8_becomes_the_replacement_character) {
  BOOST_TEST(json_string("a\xff"
                         "b")
             == "\"a\uFFFDb\"");
  BOOST_TEST(json_string("\xc0\xaf") == "\"\uFFFD\uFFFD\"");                      // overlong
  BOOST_TEST(json_string("\xe0\x80\xaf") == "\"\uFFFD\uFFFD\uFFFD\"");            // overlong
  BOOST_TEST(json_string("\xed\xa0\x80") == "\"\uFFFD\uFFFD\uFFFD\"");            // surrogate
  BOOST_TEST(json_string("\xf4\x90\x80\x80") == "\"\uFFFD\uFFFD\uFFFD\uFFFD\"");  // over U+10FFFF
  BOOST_TEST(json_string("\xe2\x82") == "\"\uFFFD\uFFFD\"");                      // cut short
}

BOOST_AUTO_TEST_CASE(valid_utf8_of_every_length_passes) {
  const std::string all = "a\u00e9\u20ac\U0001F600\u07ff\u0800\uffff\U00010000\U0010FFFF";
  BOOST_TEST(json_string(all) == "\"" + all + "\"");
}

BOOST_AUTO_TEST_CASE(every_single_byte_gives_valid_json) {
  for (int byte = 0; byte < 256; ++byte) {
    boost::json::error_code failed;
    boost::json::parse(json_string(std::string(1, static_cast<char>(byte))), failed);
    BOOST_TEST(!failed, "byte " << byte);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(log_lines)

BOOST_AUTO_TEST_CASE(a_text_line_has_time_level_event_and_fields) {
  BOOST_TEST(text_line("agent enrolled", {{"agent", "ag-1"}, {"host", "a b"}})
             == R"(2026-11-21T23:59:59.123Z info  agent enrolled agent=ag-1 host="a b")");
}

BOOST_AUTO_TEST_CASE(a_json_line_is_one_object) {
  BOOST_TEST(json_line("agent enrolled", {{"agent", "ag-1"}, {"host", "a \"b\"\n"}})
             == R"({"time":"2026-11-21T23:59:59.123Z","level":"info","event":"agent enrolled",)"
                R"("agent":"ag-1","host":"a \"b\"\n"})");
}

BOOST_AUTO_TEST_CASE(lines_without_fields_are_complete) {
  BOOST_TEST(text_line("ready") == "2026-11-21T23:59:59.123Z info  ready");
  BOOST_TEST(json_line("ready") == R"({"time":"2026-11-21T23:59:59.123Z","level":"info","event":"ready"})");
}

BOOST_AUTO_TEST_CASE(numbers_keep_their_type) {
  const std::string owned = "x";
  BOOST_TEST(json_line("n", {{"i", -1},
                             {"u", std::numeric_limits<std::uint64_t>::max()},
                             {"small", std::uint8_t{7}},
                             {"d", 0.5},
                             {"yes", true},
                             {"owned", owned}})
               .ends_with(R"(,"i":-1,"u":18446744073709551615,"small":7,"d":0.5,"yes":true,"owned":"x"})"));
  BOOST_TEST(text_line("n", {{"i", -1}, {"d", 0.5}, {"no", false}}).ends_with(" i=-1 d=0.5 no=false"));
}

BOOST_AUTO_TEST_CASE(json_has_null_where_a_number_is_not_finite) {
  const auto infinite = std::numeric_limits<double>::infinity();
  BOOST_TEST(json_line("n", {{"d", infinite}}).ends_with(R"("d":null})"));
  BOOST_TEST(text_line("n", {{"d", infinite}}).ends_with("d=inf"));
}

BOOST_AUTO_TEST_CASE(an_event_cannot_end_its_line) {
  BOOST_TEST(text_line("a\nb \"c\"").ends_with(R"( a\nb "c")"));
}

BOOST_AUTO_TEST_CASE(a_field_cannot_replace_a_member_of_the_line) {
  BOOST_TEST(json_line("n", {{"time", 1}, {"level", 2}, {"event", 3}})
               .ends_with(R"("event":"n","time_":1,"level_":2,"event_":3})"));
}

BOOST_AUTO_TEST_CASE(long_values_are_cut) {
  const std::string longest(log::longest_value_bytes, 'x');
  BOOST_TEST(text_line("n", {{"v", longest}}).ends_with("v=" + longest));
  BOOST_TEST(text_line("n", {{"v", longest + "yz"}}).ends_with("v=" + longest + "..."));
}

BOOST_AUTO_TEST_CASE(times_before_1970_and_on_the_second_are_right) {
  const auto at = [](std::chrono::milliseconds since) {
    return log::format_line(log_format::text, std::chrono::system_clock::time_point(since), log::level::error,
                            "x", {});
  };
  BOOST_TEST(at(std::chrono::milliseconds(0)) == "1970-01-01T00:00:00.000Z error x");
  BOOST_TEST(at(std::chrono::milliseconds(-1)) == "1969-12-31T23:59:59.999Z error x");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(log_output)

BOOST_AUTO_TEST_CASE(level_words_are_read_back) {
  for (const auto at : {log::level::debug, log::level::info, log::level::warn, log::level::error}) {
    BOOST_TEST((log::level_named(log::to_string(at)) == at));
  }
  BOOST_TEST(!log::level_named("INFO").has_value());
  BOOST_TEST(!log::level_named("").has_value());
}

BOOST_AUTO_TEST_CASE(lines_below_the_level_are_not_written) {
  captured_lines captured;
  log::start(log::level::warn, log_format::text);
  log::debug("one");
  log::info("two");
  log::warn("three");
  log::error("four");
  BOOST_REQUIRE(captured.lines.size() == 2);
  BOOST_TEST(captured.lines[0].ends_with(" warn  three"));
  BOOST_TEST(captured.lines[1].ends_with(" error four"));
  BOOST_TEST((captured.levels == std::vector{log::level::warn, log::level::error}));
  BOOST_TEST(!log::enabled(log::level::info));
}

BOOST_AUTO_TEST_CASE(the_level_can_change_while_running) {
  captured_lines captured;
  log::debug("unseen");
  log::set_level(log::level::debug);
  log::debug("seen", {{"n", 1}});
  BOOST_REQUIRE(captured.lines.size() == 1);
  BOOST_TEST(captured.lines[0].ends_with(" debug seen n=1"));
}

BOOST_AUTO_TEST_CASE(json_is_written_when_started_so) {
  captured_lines captured;
  log::start(log::level::info, log_format::json);
  log::info("{not a format}", {{"a", "{}"}});
  BOOST_REQUIRE(captured.lines.size() == 1);
  const auto line = boost::json::parse(captured.lines[0]).as_object();
  BOOST_TEST(line.at("event").as_string() == "{not a format}");
  BOOST_TEST(line.at("a").as_string() == "{}");
}

BOOST_AUTO_TEST_CASE(threads_write_whole_lines) {
  captured_lines captured;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([] {
        for (int i = 0; i < 250; ++i) log::info("line", {{"text", "a b"}});
      });
    }
  }
  BOOST_TEST(captured.lines.size() == 1000);
  for (const auto& line : captured.lines) BOOST_TEST(line.ends_with(R"( info  line text="a b")"));
}

BOOST_AUTO_TEST_SUITE_END()
