// Answers that go on, over a pair of sockets whose loop is polled: no time passes
// unless a test sweeps.
#include "runtime/http/session.hpp"

#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

using namespace muster::http;
namespace net = boost::asio;

namespace {

using shared_text = std::shared_ptr<const std::string>;

shared_text text(std::string of) { return std::make_shared<const std::string>(std::move(of)); }
std::string get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n"; }

// /stream goes on; /late waits for its answer; all else is answered with `plain`.
struct test_service final : service {
  std::optional<response> admit(request&) override { return std::nullopt; }
  void serve(request& full, reply to) override {
    if (full.path == "/late") late.push_back(to);
    else if (full.path == "/stream") to(going_on());
    else to({200, plain, "text/plain", {}, false});
  }
  response problem(unsigned status, std::string_view detail) override {
    return {status, std::string{detail}, "text/plain", {}, false};
  }
  response going_on() {
    response out{200, body, "text/plain", {}, false};
    out.opens = [this](std::shared_ptr<stream> begun) {
      opened.push_back(std::move(begun));
      on_open(*opened.back());
    };
    return out;
  }

  std::string plain = "plain";
  std::string body;
  std::function<void(stream&)> on_open = [](stream&) {};
  std::vector<std::shared_ptr<stream>> opened;
  std::vector<reply> late;
};

struct connection {
  explicit connection(int kernel_bytes = 0) {
    using protocol = net::local::stream_protocol;
    net::basic_stream_socket<protocol, session::executor> served{loop};
    net::local::connect_pair(served, peer);
    if (kernel_bytes > 0) served.set_option(net::socket_base::send_buffer_size(kernel_bytes));
    peer.non_blocking(true);
    std::make_shared<session>(session::socket{std::move(served)}, env, "test", false)->start();
  }

  ~connection() { services.late.clear(); }  // they hold sessions, which must not outlive the loop

  void settle() {
    loop.restart();
    loop.poll();
  }
  // What one read takes, without the loop hearing of it.
  std::string take() {
    std::string out(16 * 1024, '\0');
    out.resize(peer.read_some(net::buffer(out)));
    return out;
  }
  // What has arrived; `over` tells that the server has closed its side.
  std::string receive(size_t at_most = SIZE_MAX) {
    std::string out;
    for (settle(); out.size() < at_most; settle()) {
      char piece[4096];
      boost::system::error_code failed;
      const auto size =
        peer.read_some(net::buffer(piece, std::min(sizeof piece, at_most - out.size())), failed);
      over = over || (failed && failed != net::error::would_block);
      if (failed) break;
      out.append(piece, size);
    }
    return out;
  }
  std::string ask(const std::string& what) {
    net::write(peer, net::buffer(what));
    return receive();
  }
  // Opens a stream and fills the kernel's buffer, so that bytes wait.
  stream& open_and_block() {
    ask(get("/stream"));
    auto& out = *services.opened.at(0);
    while (out.backlog() == 0) BOOST_TEST_REQUIRE(out.send(text(std::string(1000, 'x'))));
    settle();
    return out;
  }
  void sweep(int seconds = 1) {
    for (; seconds > 0; --seconds) {
      ++second;
      for (auto it = open.begin(); it != open.end();) {
        auto alive = it->shared_from_this();
        ++it;
        alive->sweep();
      }
      settle();
    }
  }

  test_service services;
  session_limits limits;
  body_budget budget{1 << 20};
  session_counts counts;
  session_list open;
  std::atomic<size_t> total{0};
  size_t connections = 0;
  size_t waiting = 0;
  uint32_t second = 0;
  std::string date = "now";
  flush_round flushes;
  session_environment env{services,    limits,  budget, counts, open,    total,
                          connections, waiting, second, date,   flushes, [] {}};
  net::io_context loop{1};  // ends first of all these: sessions on it count themselves out
  net::local::stream_protocol::socket peer{loop};
  bool over = false;
};

const std::string head =
  "HTTP/1.1 200 OK\r\nDate: now\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(session_stream_suite)

BOOST_AUTO_TEST_CASE(a_stream_has_no_length_and_ends_with_its_connection) {
  for (const auto* version : {"1.0", "1.1"}) {
    connection one;
    one.services.body = "first ";
    BOOST_TEST(one.ask(std::string{"GET /stream HTTP/"} + version + "\r\nHost: h\r\n\r\n")
               == head + "first ");
    auto& out = *one.services.opened.at(0);
    BOOST_TEST(out.send(text("second ")));
    BOOST_TEST(out.send(text("third")));
    BOOST_TEST(one.receive() == "second third");
    BOOST_TEST(out.open());
    out.end();
    BOOST_TEST(!out.open());
    BOOST_TEST(!out.send(text("late")));
    BOOST_TEST(one.receive() == "");
    BOOST_TEST(one.over);
  }
}

BOOST_AUTO_TEST_CASE(what_is_sent_while_it_opens_comes_after_the_body) {
  connection one;
  one.services.body = "body ";
  one.services.on_open = [](stream& out) {
    out.send(text("event"));
    out.end();
  };
  BOOST_TEST(one.ask(get("/stream")) == head + "body event");
  BOOST_TEST(one.over);
}

BOOST_AUTO_TEST_CASE(a_stream_that_is_opened_later_does_not_wait_any_more) {
  connection one;
  one.ask(get("/late"));
  BOOST_TEST(one.waiting == 1u);
  one.services.late.at(0)(one.services.going_on());
  BOOST_TEST(one.waiting == 0u);
  BOOST_TEST(one.counts.streams == 1u);
  BOOST_TEST(one.receive() == head);
  one.sweep(100);
  BOOST_TEST(one.counts.unanswered == 0u);
  BOOST_TEST(one.services.opened.at(0)->send(text("x")));
}

BOOST_AUTO_TEST_CASE(head_opens_no_stream_and_keeps_the_connection) {
  connection one;
  one.services.body = "not sent";
  const auto answer = one.ask("HEAD /stream HTTP/1.1\r\nHost: h\r\n\r\n");
  BOOST_TEST(answer == "HTTP/1.1 200 OK\r\nDate: now\r\nContent-Type: text/plain\r\n\r\n");
  BOOST_TEST(one.services.opened.empty());
  BOOST_TEST(one.ask(get("/")).ends_with("plain"));
}

BOOST_AUTO_TEST_CASE(what_the_peer_still_sends_is_thrown_away) {
  connection one;
  BOOST_TEST(one.ask(get("/stream") + get("/")) == head);
  for (int i = 0; i < 10; ++i) BOOST_TEST(one.ask(get("/") + std::string(50'000, 'x')) == "");
  BOOST_TEST(one.counts.requests == 1u);
  BOOST_TEST(one.services.opened.at(0)->open());
}

BOOST_AUTO_TEST_CASE(a_peer_that_goes_away_ends_its_stream) {
  connection one;
  one.ask(get("/stream"));
  BOOST_TEST(one.counts.streams == 1u);
  one.peer.close();
  one.settle();
  BOOST_TEST(!one.services.opened.at(0)->open());
  BOOST_TEST(!one.services.opened.at(0)->send(text("x")));
  BOOST_TEST(one.counts.streams == 0u);
  BOOST_TEST(one.connections == 0u);
}

BOOST_AUTO_TEST_CASE(a_peer_whose_going_was_not_seen_yet_fails_the_send) {
  connection one;
  one.ask(get("/stream"));
  one.peer.close();
  BOOST_TEST(!one.services.opened.at(0)->send(text("x")));
  BOOST_TEST(one.counts.streams == 0u);
}

BOOST_AUTO_TEST_CASE(earlier_answers_come_before_the_stream) {
  connection one;
  const auto said = one.ask(get("/") + get("/stream"));
  BOOST_TEST(
    said.starts_with("HTTP/1.1 200 OK\r\nDate: now\r\nContent-Type: text/plain\r\nContent-Length: 5"));
  BOOST_TEST(said.ends_with("\r\n\r\nplain" + head));
}

BOOST_AUTO_TEST_CASE(a_stream_waits_behind_an_answer_that_is_still_being_written) {
  connection one{4096};
  one.services.plain = std::string(70'000, 'p');  // more than is gathered: leaves before the next is read
  net::write(one.peer, net::buffer(get("/") + get("/late")));
  one.settle();
  BOOST_TEST_REQUIRE(one.services.late.size() == 1u);
  auto said = one.take();  // there is room again, which the session has not heard of
  one.services.late[0](one.services.going_on());
  auto& out = *one.services.opened.at(0);
  BOOST_TEST(!one.open.front().answering());
  BOOST_TEST(out.send(text("event")));
  BOOST_TEST(out.backlog() > 0u);
  said += one.receive();
  BOOST_TEST(said.ends_with("\r\n\r\n" + one.services.plain + head + "event"));
  BOOST_TEST(out.backlog() == 0u);
}

BOOST_AUTO_TEST_CASE(a_stream_that_ends_at_once_still_sends_all_of_its_body) {
  connection one{4096};
  one.services.body = std::string(100'000, 'b');
  one.services.on_open = [](stream& out) { out.end(); };
  net::write(one.peer, net::buffer(get("/") + get("/late")));
  for (int i = 0; i < 10 && one.services.late.empty(); ++i)
    one.loop.poll_one();  // the answer before is not out
  one.services.late.at(0)(one.services.going_on());
  BOOST_TEST(one.receive().ends_with(head + one.services.body));
  BOOST_TEST(one.over);
}

BOOST_AUTO_TEST_CASE(what_a_slow_peer_has_not_taken_arrives_in_order) {
  connection one{4096};
  auto& out = (one.ask(get("/stream")), *one.services.opened.at(0));
  std::string all;
  for (int i = 0; i < 2000; ++i) {
    const auto line = "event " + std::to_string(i) + "\n";
    all += line;
    BOOST_TEST_REQUIRE(out.send(text(line)));
    if (i % 7 == 0) one.settle();
  }
  BOOST_TEST(out.backlog() > 0u);
  BOOST_TEST((one.receive() == all));
  BOOST_TEST(out.backlog() == 0u);
  BOOST_TEST(out.open());
}

BOOST_AUTO_TEST_CASE(bytes_that_wait_are_shared_and_let_go_when_they_are_out) {
  connection one{4096};
  auto& out = one.open_and_block();
  const auto shared = text("shared");
  out.send(shared);
  BOOST_TEST(shared.use_count() == 2);
  BOOST_TEST(one.receive().ends_with("xshared"));
  BOOST_TEST(shared.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(a_peer_that_falls_too_far_behind_loses_its_stream) {
  connection one{4096};
  auto& out = one.open_and_block();
  const auto room = stream_backlog - out.backlog();
  BOOST_TEST(out.send(text(std::string(room, 'y'))));
  BOOST_TEST(out.backlog() == stream_backlog);
  BOOST_TEST(out.send(text(std::string(stream_backlog, 'z'))));  // one piece of any size
  BOOST_TEST(!out.send(text("z")));
  BOOST_TEST(!out.open());
  BOOST_TEST(out.backlog() == 0u);
  BOOST_TEST(one.counts.streams == 0u);
  one.receive();
  BOOST_TEST(one.over);
  BOOST_TEST(one.connections == 0u);
}

BOOST_AUTO_TEST_CASE(an_idle_stream_outlives_every_timeout) {
  connection one;
  one.ask(get("/stream"));
  one.sweep(1000);
  BOOST_TEST(one.services.opened.at(0)->send(text("still here")));
  BOOST_TEST(one.receive() == "still here");
}

BOOST_AUTO_TEST_CASE(bytes_that_begin_to_wait_after_an_idle_time_get_the_whole_span) {
  size_t fit = 0;
  {
    connection other{4096};
    other.ask(get("/stream"));
    for (auto& out = *other.services.opened.at(0); out.send(text("x")) && out.backlog() == 0;) ++fit;
  }
  connection one{4096};
  one.ask(get("/stream"));
  auto& out = *one.services.opened.at(0);
  for (size_t i = 0; i < fit; ++i) out.send(text("x"));
  BOOST_TEST_REQUIRE(out.backlog() == 0u);
  one.sweep(1000);
  BOOST_TEST(out.send(text("x")));
  BOOST_TEST(out.backlog() == 1u);
  one.sweep(static_cast<int>(one.limits.idle_seconds));
  BOOST_TEST(out.open());
  one.sweep();
  BOOST_TEST(!out.open());
}

BOOST_AUTO_TEST_CASE(a_peer_that_takes_a_little_keeps_its_stream) {
  connection one{4096};
  auto& out = one.open_and_block();
  BOOST_TEST(out.send(text(std::string(200'000, 'y'))));
  for (int i = 0; i < 5; ++i) {
    one.sweep(static_cast<int>(one.limits.idle_seconds));
    BOOST_TEST_REQUIRE(out.open());
    const auto before = out.backlog();
    one.receive(20'000);
    BOOST_TEST(out.backlog() < before);
  }
}

BOOST_AUTO_TEST_CASE(an_ended_stream_closes_once_all_of_it_is_out) {
  connection one{4096};
  auto& out = one.open_and_block();
  out.send(text("last"));
  out.end();
  BOOST_TEST(out.backlog() > 0u);
  BOOST_TEST(!out.send(text("too late")));
  BOOST_TEST(!one.over);
  BOOST_TEST(one.receive().ends_with("last"));
  BOOST_TEST(one.over);
  BOOST_TEST(one.counts.streams == 0u);
  one.peer.close();
  one.settle();
  BOOST_TEST(one.connections == 0u);
}

BOOST_AUTO_TEST_CASE(an_ended_stream_does_not_wait_long_for_its_peer_to_close) {
  connection one;
  one.ask(get("/stream"));
  one.services.opened.at(0)->end();
  one.settle();
  BOOST_TEST(one.connections == 1u);
  one.sweep(3);
  BOOST_TEST(one.connections == 0u);
}

BOOST_AUTO_TEST_CASE(a_stopping_manager_ends_streams_and_does_not_wait_for_them) {
  connection one{4096};
  auto& out = one.open_and_block();
  out.send(text("last"));
  BOOST_TEST(!one.open.front().answering());
  one.open.front().finish();
  BOOST_TEST(!out.open());
  BOOST_TEST(!one.open.front().answering());
  BOOST_TEST(one.receive().ends_with("last"));
  BOOST_TEST(one.over);
}

BOOST_AUTO_TEST_CASE(a_stream_that_opens_while_the_manager_stops_ends_with_its_body) {
  connection one;
  one.services.body = "body";
  one.ask(get("/late"));
  one.open.front().finish();
  one.services.late.at(0)(one.services.going_on());
  BOOST_TEST(one.receive() == head + "body");
  BOOST_TEST(one.over);
}

BOOST_AUTO_TEST_CASE(holding_a_stream_does_not_hold_its_connection) {
  connection one;
  one.ask(get("/stream"));
  one.open.front().close();
  one.settle();
  BOOST_TEST(one.connections == 0u);
  BOOST_TEST(!one.services.opened.at(0)->open());
  BOOST_TEST(!one.services.opened.at(0)->send(text("x")));
  BOOST_TEST(one.services.opened.at(0)->backlog() == 0u);
  one.services.opened.at(0)->end();
}

BOOST_AUTO_TEST_SUITE_END()
