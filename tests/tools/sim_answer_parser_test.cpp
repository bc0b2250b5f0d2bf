// What the simulator understands of a manager's answers, whole, in pieces and broken.
#include "tools/muster-sim/answer_parser.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace muster::sim;

namespace {

bool is_malformed(std::string_view text) { return parse_answer(text).state == parse_state::malformed; }

constexpr std::string_view usual =
  "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: application/json\r\n"
  "Content-Length: 11\r\n\r\n{\"ok\":true}";

}  // namespace

BOOST_AUTO_TEST_SUITE(sim_answer_parser)

BOOST_AUTO_TEST_CASE(a_whole_answer_is_read_with_its_body) {
  const auto result = parse_answer(usual);
  BOOST_TEST_REQUIRE((result.state == parse_state::complete));
  BOOST_TEST(result.used == usual.size());
  BOOST_TEST(result.read.status == 200u);
  BOOST_TEST(result.read.ok());
  BOOST_TEST(result.read.keep_alive);
  BOOST_TEST(result.read.body == R"({"ok":true})");
}

BOOST_AUTO_TEST_CASE(every_cut_of_an_answer_waits_for_the_rest) {
  for (size_t length = 0; length < usual.size(); ++length)
    BOOST_TEST((parse_answer(usual.substr(0, length)).state == parse_state::incomplete), "cut at " << length);
}

BOOST_AUTO_TEST_CASE(the_next_answer_is_left_alone) {
  const auto two = std::string{usual} + "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n";
  const auto first = parse_answer(two);
  BOOST_TEST(first.used == usual.size());
  const auto second = parse_answer(std::string_view{two}.substr(first.used));
  BOOST_TEST(second.read.status == 401u);
  BOOST_TEST(!second.read.ok());
  BOOST_TEST(first.used + second.used == two.size());
}

BOOST_AUTO_TEST_CASE(field_names_are_read_in_any_case_and_with_any_space) {
  const auto result =
    parse_answer("HTTP/1.1 429 Too Many\r\nretry-AFTER:\t 17 \r\nCONTENT-length:2\r\n\r\n{}");
  BOOST_TEST_REQUIRE((result.state == parse_state::complete));
  BOOST_TEST(result.read.retry_after.count() == 17);
  BOOST_TEST(result.read.body == "{}");
}

BOOST_AUTO_TEST_CASE(a_retry_date_counts_as_nothing_said_and_a_long_wait_as_an_hour) {
  const auto date = parse_answer(
    "HTTP/1.1 503 No\r\nRetry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 0\r\n\r\n");
  BOOST_TEST((date.state == parse_state::complete));
  BOOST_TEST(date.read.retry_after.count() == 0);
  const auto year = parse_answer("HTTP/1.1 503 No\r\nRetry-After: 31536000\r\nContent-Length: 0\r\n\r\n");
  BOOST_TEST(year.read.retry_after.count() == 3600);
}

BOOST_AUTO_TEST_CASE(the_manager_says_when_it_ends_the_connection) {
  BOOST_TEST(
    !parse_answer("HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n").read.keep_alive);
  BOOST_TEST(!parse_answer("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n").read.keep_alive);
  BOOST_TEST(
    parse_answer("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n").read.keep_alive);
}

BOOST_AUTO_TEST_CASE(answers_without_a_body_need_no_length) {
  for (const auto* status : {"100 Continue", "204 No Content", "304 Not Modified"}) {
    const auto text = "HTTP/1.1 " + std::string{status} + "\r\n\r\n";
    const auto result = parse_answer(text);
    BOOST_TEST((result.state == parse_state::complete), status);
    BOOST_TEST(result.used == text.size());
  }
}

BOOST_AUTO_TEST_CASE(what_is_not_http_is_malformed_from_the_first_byte_that_tells) {
  BOOST_TEST(is_malformed("S"));
  BOOST_TEST(is_malformed("SSH-2.0-OpenSSH_9.2\r\n"));
  BOOST_TEST(is_malformed("HTTP/2"));
  BOOST_TEST(is_malformed("\r\n\r\n"));
  BOOST_TEST(!is_malformed(""));
}

BOOST_AUTO_TEST_CASE(a_broken_head_is_malformed) {
  BOOST_TEST(is_malformed("HTTP/1.1\r\n\r\n"));
  BOOST_TEST(is_malformed("HTTP/1.1 20\r\nContent-Length: 0\r\n\r\n"));
  BOOST_TEST(is_malformed("HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n"));
  BOOST_TEST(is_malformed("HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n"));
  BOOST_TEST(is_malformed("HTTP/1.1 600 OK\r\nContent-Length: 0\r\n\r\n"));
  BOOST_TEST(is_malformed("HTTP/1.1 200 OK\r\nno colon\r\nContent-Length: 0\r\n\r\n"));
  BOOST_TEST(is_malformed("HTTP/1.1 200 OK\r\n: no name\r\nContent-Length: 0\r\n\r\n"));
}

BOOST_AUTO_TEST_CASE(a_length_that_cannot_be_trusted_is_malformed) {
  BOOST_TEST(is_malformed("HTTP/1.1 200 OK\r\n\r\n{}"));
  BOOST_TEST(is_malformed("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"));
  BOOST_TEST(is_malformed("HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\n"));
  BOOST_TEST(is_malformed("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"));
  BOOST_TEST(is_malformed("HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n"));
  BOOST_TEST(is_malformed("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n"));
  BOOST_TEST(is_malformed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"));
}

BOOST_AUTO_TEST_CASE(a_head_without_end_is_malformed_once_it_is_too_long) {
  std::string endless = "HTTP/1.1 200 OK\r\nX: ";
  endless.resize(longest_answer_head, 'x');
  BOOST_TEST(!is_malformed(endless));
  BOOST_TEST(is_malformed(endless + "x"));
}

BOOST_AUTO_TEST_SUITE_END()
