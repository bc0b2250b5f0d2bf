// What the command line prints: text made harmless, aligned tables, words for times and sizes.
#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

#include "runtime/wire/timestamp.hpp"
#include "tools/muster/terminal_text.hpp"
#include "tools/muster/text_table.hpp"
#include "tools/muster/views.hpp"

using namespace muster;
using namespace muster::cli;
using namespace std::chrono_literals;

namespace {

const utc_time noon = *parse_rfc3339("2026-11-21T12:00:00Z");

boost::json::object object(const char* json) { return boost::json::parse(json).get_object(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(cli_text)

BOOST_AUTO_TEST_CASE(what_could_drive_a_terminal_is_escaped) {
  BOOST_TEST(printable("plain") == "plain");
  BOOST_TEST(printable("\x1b[31m") == "\\u001b[31m");
  BOOST_TEST(printable("a\nb\tc") == "a\\nb\\tc");
  BOOST_TEST(printable("\x7f") == "\\u007f");
  BOOST_TEST(printable("\xc2\x9b") == "\\u009b");                 // the one-byte CSI
  BOOST_TEST(printable("\xe2\x80\xae") == "\\u202e");             // right-to-left override
  BOOST_TEST(printable("\xf3\xa0\x81\x81") == "\\udb40\\udc41");  // a tag character
  BOOST_TEST(printable("\xff") == "\xef\xbf\xbd");
  BOOST_TEST(printable("C:\\x") == "C:\\\\x");
  BOOST_TEST(printable("gr\xc3\xbc\xc3\x9f") == "gr\xc3\xbc\xc3\x9f");
}

BOOST_AUTO_TEST_CASE(escaped_json_means_the_same) {
  const std::string json = "{\"a\":\"\x7f\xc2\x9b\xe2\x80\xae\xf3\xa0\x81\x81\\n\\\\\",\n \"b\":1.5}";
  const auto safe = printable_json(json);
  BOOST_TEST((boost::json::parse(safe) == boost::json::parse(json)));
  BOOST_TEST(safe.find_first_of("\x7f\xc2\xe2\xf3") == std::string::npos);
  BOOST_TEST(printable_json(R"({"a":1})") == R"({"a":1})");
}

BOOST_AUTO_TEST_CASE(width_counts_columns_not_bytes) {
  BOOST_TEST(display_width("abc") == 3u);
  BOOST_TEST(display_width("gr\xc3\xbcn") == 4u);
  BOOST_TEST(display_width("\xe6\xbc\xa2\xe5\xad\x97") == 4u);  // two Chinese characters
  BOOST_TEST(display_width("e\xcc\x81") == 1u);                 // e and an accent over it
  BOOST_TEST(display_width("\xf0\x9f\x98\x80") == 2u);          // an emoji
  BOOST_TEST(display_width("\xe6\xbc") == 2u);                  // cut off: never read past the end
}

BOOST_AUTO_TEST_CASE(ages_are_told_in_one_unit) {
  BOOST_TEST(time_ago(noon - 400ms, noon) == "just now");
  BOOST_TEST(time_ago(noon + 30s, noon) == "just now");  // clocks differ a little
  BOOST_TEST(time_ago(noon + 2min, noon) == "");
  BOOST_TEST(time_ago(noon - 12s, noon) == "12s ago");
  BOOST_TEST(time_ago(noon - 60s, noon) == "1m ago");
  BOOST_TEST(time_ago(noon - 47h, noon) == "47h ago");
  BOOST_TEST(time_ago(noon - 48h, noon) == "2d ago");
}

BOOST_AUTO_TEST_CASE(spans_counts_and_sizes_are_words) {
  BOOST_TEST(spoken_duration(0s) == "0s");
  BOOST_TEST(spoken_duration(59s) == "59s");
  BOOST_TEST(spoken_duration(3h + 12min + 5s) == "3h 12m");
  BOOST_TEST(spoken_duration(24h + 30s) == "1d");
  BOOST_TEST(grouped(0) == "0");
  BOOST_TEST(grouped(999) == "999");
  BOOST_TEST(grouped(1'000'000) == "1,000,000");
  BOOST_TEST(grouped(~0ull) == "18,446,744,073,709,551,615");
  BOOST_TEST(spoken_bytes(1023) == "1023 B");
  BOOST_TEST(spoken_bytes(1536) == "1.5 KiB");
  BOOST_TEST(spoken_bytes(64ull << 30) == "64.0 GiB");
}

BOOST_AUTO_TEST_CASE(columns_are_as_wide_as_their_widest_cell) {
  text_table table({"ID", "NAME", "END"}, false);
  BOOST_TEST(table.render({{{"1"}, {"\xe6\xbc\xa2"}, {"x"}}, {{"22222"}, {""}, {"y"}}}) ==
             "ID     NAME  END\n"
             "1      \xe6\xbc\xa2    x\n"
             "22222  -     y\n");
}

BOOST_AUTO_TEST_CASE(later_pages_repeat_no_heading_and_keep_the_widths) {
  text_table table({"ID", "END"}, false);
  BOOST_TEST(table.render({{{"four"}, {"x"}}}) == "ID    END\nfour  x\n");
  BOOST_TEST(table.render({{{"1"}, {"y"}}}) == "1     y\n");
  BOOST_TEST(table.render({{{"longer"}, {"z"}}}) == "longer  z\n");
}

BOOST_AUTO_TEST_CASE(a_cell_can_neither_end_a_line_nor_colour_it) {
  text_table table({"A", "B"}, false);
  BOOST_TEST(table.render({{{"a\nb\x1b[1m"}, {"c"}}}) == "A              B\na\\nb\\u001b[1m  c\n");
}

BOOST_AUTO_TEST_CASE(colours_do_not_move_columns) {
  text_table table({"A", "B"}, true);
  BOOST_TEST(table.render({{{"x", tone::bad}, {"y"}}})
             == "\x1b[2mA\x1b[0m  \x1b[2mB\x1b[0m\n\x1b[31mx\x1b[0m  y\n");
}

BOOST_AUTO_TEST_CASE(facts_without_a_value_are_left_out) {
  BOOST_TEST(render_facts({{"a", {"1"}}, {"much longer", {""}}, {"bb", {"2"}}}, false) == "a   1\nbb  2\n");
}

BOOST_AUTO_TEST_CASE(times_are_relative_only_for_a_terminal) {
  const std::string then = "2026-11-21T11:59:48.000Z";
  BOOST_TEST(shown_time(then, {noon, true, false}) == "12s ago");
  BOOST_TEST(shown_time(then, {noon, false, false}) == then);
  BOOST_TEST(shown_time("", {noon, true, false}) == "");
  BOOST_TEST(shown_time("soon", {noon, true, false}) == "soon");
}

BOOST_AUTO_TEST_CASE(an_agent_is_a_row_with_its_attributes) {
  const auto row = agents_view().row(
    object(R"({"id":"ag-1","hostname":"h","dialect":"plexd","tenant":"t","labels":{"b":"2","a":"1"},
               "status":"stale","busy":true,"contested":true,"disrupted":true,"flapping":true,"last_seen":"2026-11-21T11:00:00Z"})"),
    {noon, true, false});
  BOOST_REQUIRE(row.size() == agents_view().headings.size());
  BOOST_TEST(row[4].text == "stale, busy, contested, disrupted, flapping");
  BOOST_TEST(row[5].text == "1h ago");
  BOOST_TEST(row[6].text == "a=1,b=2");
}

BOOST_AUTO_TEST_CASE(rows_and_blocks_survive_answers_without_members) {
  const boost::json::object nothing;
  const view_style style{noon, true, false};
  for (const auto* view : {&agents_view(), &history_view(), &threats_view(), &audit_view()}) {
    BOOST_TEST(view->row(nothing, style).size() == view->headings.size());
  }
  BOOST_TEST(agent_text(nothing, style) == "");
  BOOST_TEST(status_text(nothing, style).find("0 agents") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(troubles_are_told_only_when_there_are_any) {
  const view_style style{noon, false, false};
  const auto calm =
    status_text(object(R"({"fleet":{"total":1,"contested":0},"since_start":{"deaf_seconds":0}})"), style);
  BOOST_TEST(calm.find("1 agent:") != std::string::npos);
  BOOST_TEST(calm.find("contested") == std::string::npos);
  BOOST_TEST(calm.find("deaf") == std::string::npos);
  const auto troubled = status_text(
    object(R"({"fleet":{"total":1200,"contested":2},"since_start":{"contests":3,"deaf_seconds":1.5}})"),
    style);
  BOOST_TEST(troubled.find("1,200 agents") != std::string::npos);
  BOOST_TEST(troubled.find("2 now, 3 since start") != std::string::npos);
  BOOST_TEST(troubled.find("1.5 s in which") != std::string::npos);
  const auto disrupted = status_text(object(R"({"fleet":{"total":800,"held":500,"flapping":1},"disruptions":[
               {"group":"fleet","began_at":"2026-11-21T11:00:00Z","before":800,"worst":500,"silent":480}]})"),
                                     style);
  BOOST_TEST(disrupted.find("fleet: 480 of 800 silent, 500 at the worst, since 2026-11-21T11:00:00Z")
             != std::string::npos);
  BOOST_TEST(disrupted.find("what follows from the loss of 500 agents") != std::string::npos);
  BOOST_TEST(disrupted.find("1 agent, coming and going") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
