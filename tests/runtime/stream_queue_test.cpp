// What waits for a slow peer: order, sharing and what is given back.
#include "runtime/http/stream_queue.hpp"

#include <boost/test/unit_test.hpp>

using muster::http::stream_queue;

namespace {

std::shared_ptr<const std::string> piece(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

std::string front_of(const stream_queue& queue) {
  std::string out;
  for (const auto& part : queue.front()) out.append(static_cast<const char*>(part.data()), part.size());
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(stream_queue_suite)

BOOST_AUTO_TEST_CASE(pieces_leave_in_order_wherever_a_write_stops) {
  const std::string all = "onetwothree";
  for (size_t first = 0; first <= all.size(); ++first)
    for (size_t second = first; second <= all.size(); ++second) {
      stream_queue queue;
      for (const auto* text : {"one", "", "two", "three"}) queue.push(piece(text));
      queue.consume(first);
      queue.consume(second - first);
      BOOST_TEST(front_of(queue) == all.substr(second));
      BOOST_TEST(queue.bytes() == all.size() - second);
      BOOST_TEST(queue.empty() == (second == all.size()));
    }
}

BOOST_AUTO_TEST_CASE(a_piece_is_shared_and_let_go_once_it_is_out) {
  const auto shared = piece("text");
  stream_queue one;
  stream_queue other;
  one.push(shared);
  other.push(shared);
  BOOST_TEST(one.front()[0].data() == shared->data());
  BOOST_TEST(shared.use_count() == 3);
  one.consume(4);
  BOOST_TEST(shared.use_count() == 2);
  other.clear();
  BOOST_TEST(shared.use_count() == 1);
  BOOST_TEST(other.bytes() == 0u);
}

BOOST_AUTO_TEST_CASE(one_write_gathers_no_more_than_a_system_call_takes) {
  stream_queue queue;
  std::string all;
  for (size_t i = 0; i < stream_queue::gathered_at_once + 5; ++i) {
    all += std::to_string(i) + ",";
    queue.push(piece(std::to_string(i) + ","));
  }
  BOOST_TEST(queue.front().size() == stream_queue::gathered_at_once);
  const auto first = front_of(queue);
  queue.consume(first.size());
  BOOST_TEST(first + front_of(queue) == all);
}

BOOST_AUTO_TEST_SUITE_END()
