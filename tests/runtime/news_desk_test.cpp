// What is told to dashboards: written once, at a pace, bounded.
#include "runtime/ingress/news_desk.hpp"

#include "tests/runtime/kept_stream.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;
using muster::test::kept_stream;

namespace {

struct news_desk_fixture {
  std::shared_ptr<kept_stream> open(uint32_t second = 0) {
    auto stream = std::make_shared<kept_stream>();
    desk.listen(second).opens(stream);
    stream->pieces.clear();  // what every stream begins with
    return stream;
  }
  size_t pushes() {
    size_t count = 0;
    while (desk.push()) ++count;
    return count;
  }

  news_desk desk;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(news_desk_suite, news_desk_fixture)

BOOST_AUTO_TEST_CASE(a_stream_begins_with_connected) {
  auto stream = std::make_shared<kept_stream>();
  desk.listen(0).opens(stream);
  BOOST_TEST(stream->text() == "event: connected\ndata: {}\n\n");
}

BOOST_AUTO_TEST_CASE(what_gathered_is_one_piece_that_all_streams_share) {
  const auto a = open(), b = open();
  desk.tell("1");
  desk.tell("2");
  BOOST_TEST(desk.push());
  BOOST_TEST(a->text() == "data: 1\n\ndata: 2\n\n");
  BOOST_REQUIRE(a->pieces.size() == 1u);
  BOOST_TEST(a->pieces[0] == b->pieces[0], "the same bytes");
  BOOST_TEST(!desk.push());
}

BOOST_AUTO_TEST_CASE(nothing_is_kept_while_nobody_listens) {
  desk.tell("1");
  BOOST_TEST(!desk.push());
  const auto late = open();
  BOOST_TEST(!desk.push());
  BOOST_TEST(late->pieces.empty());
}

BOOST_AUTO_TEST_CASE(a_flood_goes_out_in_pieces_of_whole_messages) {
  const auto stream = open();
  const std::string message(1000, 'x');
  for (int i = 0; i < 500; ++i) desk.tell(message);
  BOOST_TEST(pushes() == 4u);
  for (const auto& piece : stream->pieces) {
    BOOST_TEST(piece->starts_with("data: "));
    BOOST_TEST(piece->ends_with("x\n\n"));
    BOOST_TEST(piece->size() <= news_desk::bytes_per_push + message.size() + 8);
  }
}

BOOST_AUTO_TEST_CASE(more_than_may_wait_ends_the_streams) {
  const auto stream = open();
  const std::string message(news_desk::bytes_per_push, 'x');
  for (size_t i = 0; i < news_desk::waiting_pushes; ++i) desk.tell(message);
  BOOST_TEST(stream->open());
  desk.tell(message);
  BOOST_TEST(!stream->open());
  BOOST_TEST(desk.listeners() == 0u);
  BOOST_TEST(!desk.push());
}

BOOST_AUTO_TEST_CASE(who_does_not_read_is_forgotten_and_the_others_go_on) {
  const auto slow = open(), good = open();
  slow->takes_more = false;
  desk.tell("1");
  desk.push();
  BOOST_TEST(desk.listeners() == 1u);
  BOOST_TEST(good->text() == "data: 1\n\n");
}

BOOST_AUTO_TEST_CASE(signs_of_life_come_every_thirty_seconds_of_a_stream) {
  const auto stream = open(7);
  for (uint32_t second = 7; second < 37; ++second) desk.sweep(second);
  BOOST_TEST(stream->pieces.empty());
  desk.sweep(37);
  BOOST_TEST(stream->text() == ": alive\n\n");
  for (uint32_t second = 38; second <= 97; ++second) desk.sweep(second);
  BOOST_TEST(stream->pieces.size() == 3u);
}

BOOST_AUTO_TEST_CASE(who_has_gone_is_noticed_at_the_next_sweep) {
  const auto stream = open();
  stream->end();
  BOOST_TEST(desk.listeners() == 1u);
  desk.sweep(1);
  BOOST_TEST(desk.listeners() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
