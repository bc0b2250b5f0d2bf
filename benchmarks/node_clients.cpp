// A fleet of nodes as plexd runs by default: each holds its event stream open for 30 seconds, then comes back
// with the id it saw last; beats every 30 seconds and pulls its state every 60 over connections that many
// share.
//
//   node_clients HOST PORT FILE
//
// FILE holds "ID KEY" a line. Prints "open" once every stream is. Then each line on standard input, a TIME in
// seconds of the monotonic clock, asks for one event more on each stream: when all have it, prints JSON:
// streams, p50_ms, p99_ms and last_ms since TIME, and of the whole run so far reconnects, requests and
// errors.
#include "benchmarks/arrivals.hpp"

#include <fmt/format.h>
#include <boost/asio.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace net = boost::asio;
using muster::benchmarks::arrivals;
using muster::benchmarks::monotonic;
using net::ip::tcp;
using namespace std::chrono_literals;

namespace {

constexpr auto tick = 10ms;
constexpr auto stream_life = 30s;
constexpr auto beat_interval = 30s;
constexpr auto pull_interval = 60s;
constexpr size_t shared_connections = 64;

struct totals {
  size_t open = 0;
  size_t behind = 0;  // streams without the event that is waited for
  uint64_t wanted = 0;
  uint64_t reconnects = 0;
  uint64_t requests = 0;
  uint64_t errors = 0;
};

class node {
 public:
  node(net::io_context& loop, const tcp::endpoint& server, std::string id, std::string key, totals& counts)
    : socket_(loop), server_(server), id_(std::move(id)), key_(std::move(key)), counts_(counts) {}

  std::string request(std::string_view method, std::string_view what, std::string_view more = {}) const {
    return fmt::format("{} /v1/nodes/{}/{} HTTP/1.1\r\nHost: m\r\nAuthorization: Bearer {}\r\n{}\r\n", method,
                       id_, what, key_, more);
  }

  void connect() {
    boost::system::error_code ignored;
    socket_.close(ignored);
    rest_.clear();
    in_body_ = false;
    socket_ = tcp::socket{socket_.get_executor()};
    socket_.connect(server_);
    const auto last = last_id_.empty() ? std::string{} : "Last-Event-Id: " + last_id_ + "\r\n";
    net::write(socket_, net::buffer(request("GET", "events", "Accept: text/event-stream\r\n" + last)));
    receive();
  }

  uint64_t events() const { return events_; }
  double arrived() const { return arrived_; }

 private:
  void receive() {
    socket_.async_wait(tcp::socket::wait_read, [this](boost::system::error_code failed) {
      if (!failed) read();  // else a new connection has taken its place
    });
  }

  void read() {
    static std::array<char, 256 * 1024> buffer;
    boost::system::error_code failed;
    const auto size = socket_.read_some(net::buffer(buffer), failed);
    if (failed) {
      ++counts_.errors;
      return;
    }
    rest_.append(buffer.data(), size);
    size_t start = 0;
    for (size_t end; (end = rest_.find('\n', start)) != std::string::npos; start = end + 1)
      take(std::string_view{rest_}.substr(start, end - start));
    rest_.erase(0, start);
    receive();
  }

  void take(std::string_view line) {
    if (!in_body_) {
      if (line.starts_with("HTTP/1.1 ") && !line.starts_with("HTTP/1.1 200")) ++counts_.errors;
      in_body_ = line == "\r";
      if (in_body_ && !std::exchange(was_open_, true)) ++counts_.open;
      return;
    }
    if (line.starts_with("id: ")) id_line_ = line.substr(4);
    if (!line.empty() || id_line_.empty()) return;
    last_id_ = std::exchange(id_line_, {});
    arrived_ = monotonic();
    if (++events_ == counts_.wanted) --counts_.behind;
  }

  tcp::socket socket_;
  tcp::endpoint server_;
  std::string id_, key_, rest_, id_line_, last_id_;
  totals& counts_;
  uint64_t events_ = 0;
  double arrived_ = 0;
  bool in_body_ = false;
  bool was_open_ = false;
};

// Sends whatever it is given and counts what comes back.
class shared_connection {
 public:
  shared_connection(net::io_context& loop, const tcp::endpoint& server, totals& counts)
    : socket_(loop), counts_(counts) {
    socket_.connect(server);
    receive();
  }
  void send(const std::string& text) { net::write(socket_, net::buffer(text)); }

 private:
  void receive() {
    socket_.async_read_some(net::buffer(buffer_), [this](boost::system::error_code failed, size_t size) {
      if (failed) {
        ++counts_.errors;
        return;
      }
      tail_.append(buffer_.data(), size);
      constexpr std::string_view mark = "HTTP/1.1 ";
      size_t at = 0;
      for (size_t found; (found = tail_.find(mark, at)) != std::string::npos && found + 12 <= tail_.size();
           at = found + 12) {
        ++counts_.requests;
        if (tail_.compare(found + mark.size(), 3, "200") != 0) ++counts_.errors;
      }
      tail_.erase(0, std::max(at, tail_.size() > 12 ? tail_.size() - 12 : 0));
      receive();
    });
  }

  tcp::socket socket_;
  totals& counts_;
  std::array<char, 64 * 1024> buffer_;
  std::string tail_;
};

// Calls each node once an interval, evenly spread.
class rounds {
 public:
  rounds(size_t nodes, std::chrono::nanoseconds interval, std::function<void(size_t)> call)
    : nodes_(nodes), interval_(interval), call_(std::move(call)), began_(std::chrono::steady_clock::now()) {}

  void advance() {
    const auto gone = std::chrono::steady_clock::now() - began_;
    const auto due =
      static_cast<uint64_t>(static_cast<double>(nodes_) * (gone / std::chrono::duration<double>(interval_)));
    for (; done_ < due; ++done_) call_(done_ % nodes_);
  }

 private:
  size_t nodes_;
  std::chrono::nanoseconds interval_;
  std::function<void(size_t)> call_;
  std::chrono::steady_clock::time_point began_;
  uint64_t done_ = 0;
};

void report(const std::vector<std::unique_ptr<node>>& all, double since, const totals& counts) {
  fmt::print(R"({{{},"reconnects":{},"requests":{},"errors":{}}})"
             "\n",
             arrivals(all, since, [](const node& each) { return each.arrived(); }), counts.reconnects,
             counts.requests, counts.errors);
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    fmt::print(stderr, "usage: node_clients HOST PORT FILE\n");
    return 2;
  }
  net::io_context loop{1};
  const tcp::endpoint server{net::ip::make_address(argv[1]), static_cast<unsigned short>(std::atoi(argv[2]))};
  totals counts;
  std::vector<std::unique_ptr<node>> all;
  std::ifstream file{argv[3]};
  for (std::string id, key; file >> id >> key;) {
    all.push_back(std::make_unique<node>(loop, server, id, key, counts));
    all.back()->connect();
    loop.poll();
  }
  while (counts.open < all.size()) loop.run_one();
  std::vector<std::unique_ptr<shared_connection>> shared;
  for (size_t i = 0; i < shared_connections; ++i)
    shared.push_back(std::make_unique<shared_connection>(loop, server, counts));
  rounds reconnect{all.size(), stream_life, [&](size_t which) {
                     ++counts.reconnects;
                     all[which]->connect();
                   }};
  constexpr auto* beat = "Content-Type: application/json\r\nContent-Length: 2\r\n";
  rounds beats{all.size(), beat_interval, [&](size_t which) {
                 shared[which % shared.size()]->send(all[which]->request("POST", "heartbeat", beat) + "{}");
               }};
  rounds pulls{all.size(), pull_interval, [&](size_t which) {
                 shared[which % shared.size()]->send(all[which]->request("GET", "state"));
               }};
  net::steady_timer timer{loop};
  std::function<void()> turn = [&] {
    reconnect.advance();
    beats.advance();
    pulls.advance();
    timer.expires_after(tick);
    timer.async_wait([&](auto) { turn(); });
  };
  turn();
  fmt::print("open\n");
  std::fflush(stdout);
  net::posix::stream_descriptor input{loop, 0};
  std::string line;
  std::function<void()> ask = [&] {
    net::async_read_until(input, net::dynamic_buffer(line), '\n', [&](auto failed, size_t) {
      if (failed) return loop.stop();
      ++counts.wanted;
      counts.behind = static_cast<size_t>(std::count_if(
        all.begin(), all.end(), [&](const auto& each) { return each->events() < counts.wanted; }));
      while (counts.behind > 0) loop.run_one();
      report(all, std::atof(line.c_str()), counts);
      line.clear();
      ask();
    });
  };
  ask();
  loop.run();
}
