// Server-sent events, whole and in pieces.
#include "tools/muster-sim/event_reader.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace muster::sim;

namespace {

constexpr std::string_view stream =
  "event: connected\ndata: {}\n\n: keep-alive\n\ndata: {\"a\":1}\r\n\r\nid: 7\ndata:two\ndata\ndata: "
  "lines\n\n"
  "event: without data\n\ndata: last\n\n";

// Each as "name|data".
std::vector<std::string> read_in_pieces_of(size_t size) {
  event_reader reader;
  std::vector<std::string> out;
  for (size_t at = 0; at < stream.size(); at += size)
    BOOST_TEST(reader.feed(stream.substr(at, size),
                           [&](const server_event& event) { out.push_back(event.name + "|" + event.data); }));
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sim_event_reader)

BOOST_AUTO_TEST_CASE(events_are_the_same_however_the_bytes_are_cut) {
  const std::vector<std::string> wanted{"connected|{}", "|{\"a\":1}", "|two\n\nlines", "|last"};
  for (size_t size = 1; size <= stream.size(); ++size) BOOST_TEST(read_in_pieces_of(size) == wanted);
}

BOOST_AUTO_TEST_CASE(an_event_waits_for_its_empty_line) {
  event_reader reader;
  int events = 0;
  auto count = [&](const server_event&) { ++events; };
  reader.feed("data: 1\n", count);
  BOOST_TEST(events == 0);
  reader.feed("\n", count);
  BOOST_TEST(events == 1);
}

BOOST_AUTO_TEST_CASE(a_line_without_end_is_not_kept_forever) {
  event_reader reader;
  const std::string piece(event_reader::longest_line, 'x');
  BOOST_TEST(reader.feed(piece, [](const server_event&) {}));
  BOOST_TEST(!reader.feed("x", [](const server_event&) {}));
}

BOOST_AUTO_TEST_SUITE_END()
