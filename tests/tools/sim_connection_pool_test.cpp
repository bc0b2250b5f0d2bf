// Connections against a listener of the test's own, on a port that the system chose. Nothing here waits for
// time to pass: the pool is told what time it is, and both ends are in one thread.
#include "tools/muster-sim/connection_pool.hpp"

#include <boost/test/unit_test.hpp>

#include <netinet/in.h>
#include <poll.h>
#include <unistd.h>

#include <cstring>
#include <map>
#include <stdexcept>
#include <vector>

using namespace std::chrono_literals;
using namespace muster::sim;

namespace {

constexpr std::string_view request_text = "hello";
constexpr std::string_view ok_text = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

struct listener {
  int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  endpoint at;

  // A bound socket that does not listen holds its port, and refuses.
  explicit listener(bool open = true) {
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    at.size = sizeof any;
    if (bind(socket, reinterpret_cast<const sockaddr*>(&any), sizeof any) != 0)
      throw std::runtime_error{"cannot bind"};
    if (open) start();
    getsockname(socket, reinterpret_cast<sockaddr*>(&at.address), &at.size);
  }
  // Fails the test if nobody comes.
  int accept_one() const {
    pollfd entry{socket, POLLIN, 0};
    BOOST_TEST_REQUIRE(poll(&entry, 1, 10'000) == 1);
    return accept(socket, nullptr, nullptr);
  }
  ~listener() { ::close(socket); }
  void start() const {
    if (::listen(socket, 64) != 0) throw std::runtime_error{"cannot listen"};
  }
};

struct fixture : traffic {
  listener manager;
  std::optional<connection_pool> pool;
  std::vector<int> accepted;
  std::vector<uint32_t> answered_agents;
  std::vector<unsigned> statuses;
  std::map<failure, size_t> failures_seen;

  void write(const request&, time_point, std::string& out) override { out += request_text; }
  void answered(const request& what, const answer& with, time_point) override {
    answered_agents.push_back(what.agent);
    statuses.push_back(with.status);
  }
  void failed(const request&, failure why) override { ++failures_seen[why]; }

  virtual ~fixture() {
    for (const int socket : accepted) ::close(socket);
  }

  void begin(uint32_t connections, uint32_t depth = 1) {
    pool.emplace(pool_options{manager.at, connections, depth, 0, 0}, *this);
    pool->pump(clock::now());
    for (uint32_t i = 0; i < connections; ++i) accepted.push_back(manager.accept_one());
    turn();
  }

  // Handles whatever there is to handle by now.
  void turn() {
    pool->wait(clock::now() + 50ms);  // loopback may be late where the machine is busy
    for (int i = 0; i < 3; ++i) pool->wait(clock::now());
    pool->pump(clock::now());
  }

  void submit(uint32_t first, uint32_t count) {
    for (auto agent = first; agent < first + count; ++agent)
      pool->submit({clock::now(), agent, request_kind::heartbeat});
    pool->pump(clock::now());
  }

  // What has come in on a connection.
  static std::string received(int socket) {
    char bytes[1024];
    pollfd entry{socket, POLLIN, 0};
    poll(&entry, 1, 1'000);
    const auto got = recv(socket, bytes, sizeof bytes, MSG_DONTWAIT);
    return {bytes, got > 0 ? static_cast<size_t>(got) : 0};
  }

  void reply(size_t index, std::string_view text) {
    BOOST_TEST_REQUIRE(send(accepted[index], text.data(), text.size(), MSG_NOSIGNAL)
                       == static_cast<ssize_t>(text.size()));
    turn();
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(sim_connection_pool, fixture)

BOOST_AUTO_TEST_CASE(a_request_is_sent_and_its_answer_handed_on) {
  begin(1);
  submit(7, 1);
  BOOST_TEST(received(accepted[0]) == request_text);
  BOOST_TEST(pool->under_way() == 1u);
  reply(0, ok_text);
  BOOST_TEST(answered_agents == std::vector<uint32_t>{7}, boost::test_tools::per_element());
  BOOST_TEST(pool->under_way() == 0u);
}

BOOST_AUTO_TEST_CASE(an_answer_may_come_byte_by_byte) {
  begin(1);
  submit(7, 1);
  for (const char byte : ok_text) reply(0, {&byte, 1});
  BOOST_TEST(answered_agents.size() == 1u);
}

BOOST_AUTO_TEST_CASE(one_request_at_a_time_is_on_a_connection_and_the_others_wait) {
  begin(1);
  submit(0, 3);
  BOOST_TEST(received(accepted[0]) == "hello");
  BOOST_TEST(pool->under_way() == 3u);
  reply(0, ok_text);
  BOOST_TEST(received(accepted[0]) == "hello");
  BOOST_TEST(pool->under_way() == 2u);
}

BOOST_AUTO_TEST_CASE(pipelined_requests_leave_together_and_answers_keep_their_order) {
  begin(1, 3);
  submit(0, 4);
  BOOST_TEST(received(accepted[0]) == "hellohellohello");
  reply(0, std::string{ok_text} + std::string{ok_text} + std::string{ok_text.substr(0, 10)});
  BOOST_TEST(answered_agents == (std::vector<uint32_t>{0, 1}), boost::test_tools::per_element());
  BOOST_TEST(received(accepted[0]) == "hello");
  reply(0, std::string{ok_text.substr(10)} + std::string{ok_text});
  BOOST_TEST(answered_agents == (std::vector<uint32_t>{0, 1, 2, 3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(requests_are_spread_over_connections) {
  begin(4);
  submit(0, 4);
  for (const int socket : accepted) BOOST_TEST(received(socket) == "hello");
}

BOOST_AUTO_TEST_CASE(interim_answers_are_passed_over) {
  begin(1);
  submit(0, 1);
  reply(0, "HTTP/1.1 100 Continue\r\n\r\n" + std::string{ok_text});
  BOOST_TEST(statuses == std::vector<unsigned>{200}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(requests_on_a_lost_connection_fail_and_it_is_dialed_again) {
  begin(1, 2);
  submit(0, 1);
  reply(0, ok_text);
  submit(1, 2);
  ::close(accepted[0]);
  turn();
  BOOST_TEST(failures_seen[failure::reset] == 2u);
  accepted[0] = manager.accept_one();
  turn();
  BOOST_TEST(pool->reachable());
  submit(3, 1);
  BOOST_TEST(received(accepted[0]) == "hello");
}

BOOST_AUTO_TEST_CASE(an_idle_connection_may_end_without_an_error) {
  begin(1);
  submit(0, 1);
  reply(0, ok_text);
  ::close(accepted[0]);
  turn();
  accepted[0] = manager.accept_one();
  BOOST_TEST(failures_seen.empty());
  BOOST_TEST(pool->reachable());
}

BOOST_AUTO_TEST_CASE(after_the_manager_said_close_the_connection_is_replaced) {
  begin(1, 2);
  submit(0, 2);
  reply(0, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  BOOST_TEST(answered_agents.size() == 1u);
  BOOST_TEST(failures_seen[failure::reset] == 1u);
  ::close(accepted[0]);
  accepted[0] = manager.accept_one();
  turn();
  submit(2, 1);
  BOOST_TEST(received(accepted[0]) == "hello");
}

BOOST_AUTO_TEST_CASE(a_bad_answer_spoils_one_request_and_ends_the_connection) {
  begin(1, 2);
  submit(0, 2);
  reply(0, "SSH-2.0-OpenSSH_9.2\r\n");
  BOOST_TEST(failures_seen[failure::bad_answer] == 1u);
  BOOST_TEST(failures_seen[failure::reset] == 1u);
}

BOOST_AUTO_TEST_CASE(an_answer_that_nobody_asked_for_ends_the_connection) {
  begin(1);
  reply(0, ok_text);
  BOOST_TEST(answered_agents.empty());
  char byte = 0;
  BOOST_TEST(recv(accepted[0], &byte, 1, MSG_DONTWAIT) == 0);
}

BOOST_AUTO_TEST_CASE(an_answer_that_does_not_come_in_time_fails) {
  begin(1);
  submit(0, 2);
  pool->sweep(clock::now() + patience - 1s);
  BOOST_TEST(failures_seen.empty());
  pool->sweep(clock::now() + patience);
  BOOST_TEST(failures_seen[failure::timeout] == 1u);
  BOOST_TEST(failures_seen[failure::unsent] == 1u);
  BOOST_TEST(pool->under_way() == 0u);
}

BOOST_AUTO_TEST_CASE(while_nobody_listens_requests_fail_at_once_and_the_pool_recovers_by_itself) {
  const listener late{false};
  pool.emplace(pool_options{late.at, 3, 1, 0, 0}, *this);
  submit(0, 1);
  BOOST_TEST(pool->reachable());
  turn();
  BOOST_TEST(!pool->reachable());
  BOOST_TEST(failures_seen[failure::refused] == 1u);
  submit(1, 1);
  BOOST_TEST(failures_seen[failure::refused] == 2u);
  late.start();
  pool->pump(clock::now() + 2s);
  accepted.push_back(late.accept_one());
  turn();
  BOOST_TEST(pool->reachable());
  submit(2, 1);
  BOOST_TEST(received(accepted[0]) == "hello");
  reply(0, ok_text);
  pool->pump(clock::now() + 5s);  // the others wait for their own turn to dial again
  for (int i = 0; i < 2; ++i) accepted.push_back(late.accept_one());
  turn();
  submit(3, 3);
  for (const int socket : accepted) BOOST_TEST(received(socket) == "hello");
}

BOOST_AUTO_TEST_CASE(the_backlog_is_as_old_as_the_request_that_waits_longest) {
  begin(1);
  const auto now = clock::now();
  submit(0, 1);
  BOOST_TEST(pool->backlog(now + 5s).count() == 0);
  pool->submit({now - 3s, 1, request_kind::heartbeat});
  pool->pump(now);
  BOOST_TEST((pool->backlog(now) == 3s));
}

BOOST_AUTO_TEST_CASE(where_agents_have_their_own_connections_none_takes_that_of_another) {
  pool.emplace(pool_options{manager.at, 2, 1, 0, 0, true}, *this);
  pool->pump(clock::now());
  for (int i = 0; i < 2; ++i) accepted.push_back(manager.accept_one());
  turn();
  submit(1, 1);
  submit(3, 1);  // has the same one as agent 1
  submit(0, 1);
  BOOST_TEST(pool->under_way() == 3u);
  const auto first = received(accepted[0]);
  const auto second = received(accepted[1]);
  BOOST_TEST(first == request_text);
  BOOST_TEST(second == request_text);
  reply(0, ok_text);
  reply(1, ok_text);
  turn();
  pool->pump(clock::now());
  BOOST_TEST(answered_agents.size() == 2u);
  BOOST_TEST(pool->under_way() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
