// Requests from bytes: whole, cut anywhere, too large, ambiguous or wrong.
#include "runtime/http/request_parser.hpp"

#include "tests/runtime/gzip.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/test/unit_test.hpp>

#include <simdjson.h>

using namespace muster::http;
using muster::test::gzip;
using muster::test::random_text;

namespace {

struct parse {
  // Feeds `text`, of which at first only `first` bytes have arrived.
  explicit parse(const std::string& text, size_t first = std::string::npos, parser_limits given = {},
                 size_t budget_bytes = 1 << 24)
    : limits(given), budget(budget_bytes) {
    request_parser parser{into, limits, budget};
    parser.eager(true);
    for (size_t end : {std::min(first, text.size()), text.size()}) {
      while (!parser.is_done() && !failed && used < end) {
        const auto taken = parser.put(boost::asio::buffer(text.data() + used, end - used), failed);
        used += taken;
        if (failed == boost::beast::http::error::need_more) {
          failed = {};
          break;
        }
        if (taken == 0) break;
      }
    }
    if (!failed && !parser.is_done()) parser.put_eof(failed);
    done = parser.is_done() && !failed;
    expects_continue = parser.expects_continue();
  }
  unsigned status() const { return done ? 200 : request_parser::status_of(failed); }

  request into;
  parser_limits limits;
  body_budget budget;
  request_parser::error_code failed;
  size_t used = 0;
  bool done = false;
  bool expects_continue = false;
};

std::string post(const std::string& fields, const std::string& body = "") {
  return "POST /api/agents/ag-1/heartbeat HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n" + body;
}
std::string sized(const std::string& body, const std::string& fields = "") {
  return post("Content-Length: " + std::to_string(body.size()) + "\r\n" + fields, body);
}
std::string get(const std::string& target) { return "GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n"; }

}  // namespace

BOOST_AUTO_TEST_SUITE(request_parser_suite)

BOOST_AUTO_TEST_CASE(a_request_is_read_the_same_wherever_it_is_cut) {
  const auto text =
    sized(R"({"mode":"learning"})",
          "Authorization: Bearer t\r\nContent-Type: application/json\r\nIf-None-Match: \"1\"\r\n"
          "If-Match: \"2\"\r\nlast-event-id: 17\r\n");
  for (size_t cut = 0; cut <= text.size(); ++cut) {
    const parse out{text, cut};
    BOOST_REQUIRE_MESSAGE(out.done, "cut at " << cut << ": " << out.failed.message());
    BOOST_TEST((out.into.method == verb::post));
    BOOST_TEST(out.into.path == "/api/agents/ag-1/heartbeat");
    BOOST_TEST(out.into.authorization == "Bearer t");
    BOOST_TEST(out.into.content_type == "application/json");
    BOOST_TEST(out.into.if_none_match == "\"1\"");
    BOOST_TEST(out.into.if_match == "\"2\"");
    BOOST_TEST(out.into.last_event_id == "17");
    BOOST_TEST(out.into.body == R"({"mode":"learning"})");
    BOOST_TEST(out.into.has_body);
    BOOST_TEST(*out.into.content_length == 19u);
    BOOST_TEST(out.used == text.size());
  }
}

BOOST_AUTO_TEST_CASE(a_chunked_body_is_put_together_wherever_it_is_cut) {
  const auto text =
    post("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nTrailer: t\r\n\r\n");
  for (size_t cut = 0; cut <= text.size(); ++cut) {
    const parse out{text, cut};
    BOOST_REQUIRE_MESSAGE(out.done, "cut at " << cut << ": " << out.failed.message());
    BOOST_TEST(out.into.body == "abcdefg");
    BOOST_TEST(out.into.has_body);
    BOOST_TEST(!out.into.content_length);
  }
}

BOOST_AUTO_TEST_CASE(a_compressed_body_is_inflated_wherever_it_is_cut) {
  const auto text = sized(gzip(R"({"mode":"learning"})"), "Content-Encoding: gzip\r\n");
  for (size_t cut = 0; cut <= text.size(); ++cut)
    BOOST_TEST(parse(text, cut).into.body == R"({"mode":"learning"})");
}

BOOST_AUTO_TEST_CASE(a_request_ends_where_the_next_begins) {
  const auto first = sized("{}");
  const parse out{first + get("/health")};
  BOOST_TEST(out.done);
  BOOST_TEST(out.used == first.size());
}

BOOST_AUTO_TEST_CASE(a_body_has_room_behind_it_for_the_json_parser) {
  for (const auto& text : {sized("{}"), sized(gzip(random_text(5000)), "Content-Encoding: gzip\r\n"),
                           post("Transfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\n\r\n"), get("/")}) {
    const parse out{text};
    BOOST_TEST(out.done);
    BOOST_TEST(out.into.body.capacity() >= out.into.body.size() + simdjson::SIMDJSON_PADDING);
  }
}

BOOST_AUTO_TEST_CASE(a_request_without_a_body_has_none) {
  BOOST_TEST(!parse(get("/")).into.has_body);
  BOOST_TEST(!parse(sized("")).into.has_body);
}

BOOST_AUTO_TEST_CASE(old_versions_and_expectations_are_noticed) {
  BOOST_TEST(!parse(get("/")).into.old_version);
  BOOST_TEST(parse("GET / HTTP/1.0\r\n\r\n").into.old_version);
  BOOST_TEST(parse(sized("{}", "Expect: 100-Continue\r\n")).expects_continue);
  BOOST_TEST(!parse(sized("{}")).expects_continue);
}

BOOST_AUTO_TEST_CASE(a_head_that_is_too_large_is_431) {
  parser_limits small;
  small.header_bytes = 512;
  BOOST_TEST(parse(post("X: " + std::string(1000, 'x') + "\r\n"), std::string::npos, small).status() == 431u);
  BOOST_TEST(parse(get("/" + std::string(1000, 'x')), std::string::npos, small).status() == 431u);
  BOOST_TEST(parse(post("X: " + std::string(300, 'x') + "\r\n"), std::string::npos, small).status() == 200u);
}

BOOST_AUTO_TEST_CASE(a_body_that_is_too_large_is_413_however_it_comes) {
  parser_limits small;
  small.body_bytes = 1000;
  auto status = [&](const std::string& text) { return parse(text, std::string::npos, small).status(); };
  BOOST_TEST(status(sized(std::string(1000, 'x'))) == 200u);
  BOOST_TEST(status(sized(std::string(1001, 'x'))) == 413u);
  BOOST_TEST(status(post("Content-Length: 99999999999\r\n", "x")) == 413u);
  BOOST_TEST(
    status(post("Transfer-Encoding: chunked\r\n", "3e9\r\n" + std::string(1001, 'x') + "\r\n0\r\n\r\n"))
    == 413u);
  BOOST_TEST(status(sized(gzip(std::string(1001, 'x')), "Content-Encoding: gzip\r\n")) == 413u);
  BOOST_TEST(status(sized(gzip(std::string(1000, 'x')), "Content-Encoding: gzip\r\n")) == 200u);
}

BOOST_AUTO_TEST_CASE(a_bomb_is_413) {
  const parse out{sized(gzip(std::string(1 << 19, '0')), "Content-Encoding: gzip\r\n")};
  BOOST_TEST(out.status() == 413u);
  BOOST_TEST(request_parser::describe(out.failed) == "the body inflates by more than the allowed ratio");
}

BOOST_AUTO_TEST_CASE(a_broken_compressed_body_is_400) {
  const auto packed = gzip("some text of some length");
  BOOST_TEST(parse(sized("not gzip at all", "Content-Encoding: gzip\r\n")).status() == 400u);
  const parse cut{sized(packed.substr(0, packed.size() - 3), "Content-Encoding: gzip\r\n")};
  BOOST_TEST(cut.status() == 400u);
  BOOST_TEST(request_parser::describe(cut.failed) == "the gzip body ends too early");
}

BOOST_AUTO_TEST_CASE(bodies_beyond_the_budget_of_a_loop_are_503_and_give_it_back) {
  BOOST_TEST(parse(sized(std::string(101, 'x')), std::string::npos, {}, 100).status() == 503u);
  BOOST_TEST(
    parse(sized(gzip(std::string(101, 'x')), "Content-Encoding: gzip\r\n"), std::string::npos, {}, 100)
      .status()
    == 503u);
  BOOST_TEST(parse(post("Transfer-Encoding: chunked\r\n", "65\r\n" + std::string(101, 'x') + "\r\n0\r\n\r\n"),
                   std::string::npos, {}, 100)
               .status()
             == 503u);
  parse out{sized(std::string(100, 'x')), std::string::npos, {}, 100};
  BOOST_TEST(out.done);
  BOOST_TEST(out.budget.take(100));
}

BOOST_AUTO_TEST_CASE(what_is_not_http_is_400) {
  for (const char* text : {"\r\n\r\n\r\n", "GET\r\n\r\n", "GET /\r\n\r\n", "G\x01T / HTTP/1.1\r\n\r\n",
                           "GET / HTTP/1.1\r\nno colon\r\n\r\n", "GET / HTTP/1.1\r\nBad Name: x\r\n\r\n",
                           "GET / HTTP/1.1\r\n: x\r\n\r\n",
                           "GET / HTTP/1.1\r\nX: a\x01"
                           "b\r\n\r\n",
                           "GET  / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nX : y\r\n\r\n",
                           "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"})
    BOOST_TEST(parse(text).status() == 400u, "'" << text << "' was taken");
  BOOST_TEST(parse(sized("{}").substr(0, 40)).status() == 400u);
  for (const char* version : {"2.0", "x", "1.2", "0.9"})
    BOOST_TEST(parse("GET / HTTP/" + std::string{version} + "\r\n\r\n").status() == 505u);
}

BOOST_AUTO_TEST_CASE(a_request_with_two_lengths_is_refused) {
  for (const auto& fields :
       {"Content-Length: 2\r\nContent-Length: 3\r\n", "Content-Length: 2, 3\r\n", "Content-Length: -1\r\n",
        "Content-Length: +2\r\n", "Content-Length: 0x2\r\n", "Content-Length: 2 2\r\n",
        "Content-Length: \r\n", "Content-Length: 99999999999999999999\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n",
        "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n"})
    BOOST_TEST(parse(post(fields, "{}")).status() == 400u, "'" << fields << "' was taken");
}

BOOST_AUTO_TEST_CASE(a_transfer_encoding_other_than_chunked_is_not_taken_for_no_body) {
  for (const auto& fields :
       {"Transfer-Encoding: gzip\r\n", "Transfer-Encoding: chunked, gzip\r\n",
        "Transfer-Encoding: xchunked\r\n", "Transfer-Encoding: identity\r\n",
        "Transfer-Encoding: chunked, chunked\r\n", "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding:\r\n",
        "Transfer-Encoding: chunked;q=1\r\n"})
    BOOST_TEST(parse(post(fields, "2\r\n{}\r\n0\r\n\r\n")).status() == 400u, "'" << fields << "' was taken");
}

BOOST_AUTO_TEST_CASE(chunks_with_wrong_sizes_are_400) {
  for (const auto& body : {"x\r\nab\r\n0\r\n\r\n", "-2\r\nab\r\n0\r\n\r\n", "2\r\nabc\r\n0\r\n\r\n",
                           "fffffffffffffffff\r\nab\r\n0\r\n\r\n", "2 \nab\r\n0\r\n\r\n"})
    BOOST_TEST(parse(post("Transfer-Encoding: chunked\r\n", body)).status() == 400u,
               "'" << body << "' was taken");
}

BOOST_AUTO_TEST_CASE(a_target_is_split_decoded_and_its_slashes_collapsed) {
  const auto target = parse(get("//api///agents/web%201?limit=5&text=a%20b#part")).into;
  BOOST_TEST(target.path == "/api/agents/web 1");
  BOOST_TEST(target.query == "limit=5&text=a%20b");
  BOOST_TEST(parse(get("/a?")).into.query == "");
  BOOST_TEST(parse(get("/a#x?y")).into.query == "");
  BOOST_TEST(parse(get("/a#x?y")).into.path == "/a");
  BOOST_TEST(parse(get("/%E2%82%AC")).into.path == "/\u20ac");
}

BOOST_AUTO_TEST_CASE(what_would_split_a_segment_stays_encoded) {
  BOOST_TEST(parse(get("/a%2Fb/c%2f/%25/%41")).into.path == "/a%2Fb/c%2f/%25/A");
  BOOST_TEST(parse(get("/a//%2F//b")).into.path == "/a/%2F/b");
}

BOOST_AUTO_TEST_CASE(malformed_percent_encoding_is_refused_by_name) {
  for (const char* target : {"/%", "/%2", "/%zz", "/a%00b", "/a%2Fb%"}) {
    const parse out{get(target)};
    BOOST_TEST(out.status() == 400u, target);
    BOOST_TEST(request_parser::describe(out.failed) == "the percent-encoding of the path is not valid",
               target);
  }
}

BOOST_AUTO_TEST_CASE(only_an_origin_form_is_a_target) {
  for (const char* target : {"http://host/path", "host:80", "a/b", "*", "?x", "/%", "/%2", "/%zz", "/a%00b"})
    BOOST_TEST(parse(get(target)).status() == 400u, "'" << target << "' was taken");
  BOOST_TEST(parse("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n").into.path == "*");
}

BOOST_AUTO_TEST_CASE(a_request_is_made_ready_for_the_next_one) {
  auto used =
    parse(
      sized("{}",
            "Authorization: Bearer t\r\nContent-Encoding: identity\r\nIf-Match: *\r\nLast-Event-ID: 1\r\n"))
      .into;
  used.tenant = "north";
  used.caller = muster::make_agent_id(0, 1, 1);
  used.clear();
  BOOST_TEST(
    (used.path + used.query + used.authorization + used.content_encoding + used.body + used.tenant).empty());
  BOOST_TEST((used.if_match + used.last_event_id).empty());
  BOOST_TEST(!used.content_length);
  BOOST_TEST(!used.has_body);
  BOOST_TEST((used.matched == nullptr));
  BOOST_TEST((used.caller == muster::agent_id{}));
}

BOOST_AUTO_TEST_CASE(a_query_parameter_is_decoded) {
  request asked;
  asked.query = "text=a%20b&empty=&flag&na%6De=x";
  BOOST_TEST(asked.parameter("text").value() == "a b");
  BOOST_TEST(asked.parameter("empty").value() == "");
  BOOST_TEST(asked.parameter("flag").value() == "");
  BOOST_TEST(asked.parameter("name").value() == "x");
  BOOST_TEST(!asked.parameter("other"));
}

BOOST_AUTO_TEST_SUITE_END()
