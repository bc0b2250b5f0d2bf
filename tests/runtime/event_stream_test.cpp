// Server-sent events on the wire.
#include "runtime/http/event_stream.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster::http;

BOOST_AUTO_TEST_SUITE(event_stream_suite)

BOOST_AUTO_TEST_CASE(an_event_has_its_name_its_id_and_its_data) {
  BOOST_TEST(sse_event("policy", "7", R"({"a":1})") == "event: policy\nid: 7\ndata: {\"a\":1}\n\n");
}

BOOST_AUTO_TEST_CASE(an_empty_name_or_id_is_left_out) {
  BOOST_TEST(sse_event("", "", "x") == "data: x\n\n");
  BOOST_TEST(sse_event("e", "", "x") == "event: e\ndata: x\n\n");
  BOOST_TEST(sse_event("", "1", "x") == "id: 1\ndata: x\n\n");
}

BOOST_AUTO_TEST_CASE(an_event_without_data_is_still_an_event) {
  BOOST_TEST(sse_event("ping", "", "") == "event: ping\ndata: \n\n");
}

BOOST_AUTO_TEST_CASE(every_kind_of_line_break_splits_data) {
  for (const auto* text : {"a\nb", "a\rb", "a\r\nb"})
    BOOST_TEST(sse_event("", "", text) == "data: a\ndata: b\n\n");
  BOOST_TEST(sse_event("", "", "a\n\rb") == "data: a\ndata: \ndata: b\n\n");
  BOOST_TEST(sse_event("", "", "a\n") == "data: a\ndata: \n\n");
}

BOOST_AUTO_TEST_CASE(a_name_or_id_can_begin_no_field_of_its_own) {
  const std::string id{"1\r\ndata: forged\n\n\0", 18};
  BOOST_TEST(sse_event("e\nid: 9", id, "x") == "event: eid: 9\nid: 1data: forged\ndata: x\n\n");
}

BOOST_AUTO_TEST_CASE(a_space_at_the_start_of_data_is_kept) {
  BOOST_TEST(sse_event("", "", " x") == "data:  x\n\n");
}

BOOST_AUTO_TEST_CASE(a_comment_stays_one_whatever_it_holds) {
  BOOST_TEST(sse_comment("still here") == ": still here\n\n");
  BOOST_TEST(sse_comment("") == ": \n\n");
  BOOST_TEST(sse_comment("a\ndata: b") == ": a\n: data: b\n\n");
}

BOOST_AUTO_TEST_CASE(an_event_stream_is_not_stored_on_its_way) {
  const auto answer = open_event_stream([](const std::shared_ptr<stream>&) {});
  BOOST_TEST(answer.status == 200u);
  BOOST_TEST(answer.content_type == "text/event-stream");
  BOOST_TEST(answer.headers == "Cache-Control: no-cache\r\nX-Accel-Buffering: no\r\n");
  BOOST_TEST(static_cast<bool>(answer.opens));
}

BOOST_AUTO_TEST_SUITE_END()
