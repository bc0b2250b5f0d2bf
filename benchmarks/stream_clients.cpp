// Keeps event streams open and tells how long news took to reach each of them.
//
//   stream_clients HOST PORT FILE
//
// FILE holds one request for a stream a line, "\r\n" written as in JSON. Prints "open" once every stream has
// had its first event. Then each line on standard input, "ID TIME", asks for the event with that id: when
// every stream has it, prints JSON: streams, p50_ms, p99_ms, last_ms, all since TIME, which is in seconds of
// the monotonic clock.
#include "benchmarks/arrivals.hpp"

#include <fmt/format.h>
#include <boost/asio.hpp>

#include <algorithm>
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

namespace {

struct news {
  std::string id;
  double arrived = 0;
};

// What is waited for, and by how many; an empty id stands for any first event.
struct awaited {
  std::string id;
  size_t streams = 0;
};

class stream {
 public:
  stream(net::io_context& loop, const tcp::endpoint& server, const std::string& request, awaited& next)
    : socket_(loop), next_(next) {
    socket_.connect(server);
    net::write(socket_, net::buffer(request));
    receive();
  }

  const news& latest() const { return latest_; }

 private:
  void receive() {
    socket_.async_wait(tcp::socket::wait_read, [this](auto) { read(); });
  }

  void read() {
    static std::array<char, 256 * 1024> buffer;  // shared: what is left of a line is kept by each
    boost::system::error_code failed;
    const auto size = socket_.read_some(net::buffer(buffer), failed);
    if (failed) {
      fmt::print(stderr, "a stream ended: {}\n", failed.message());
      std::exit(1);
    }
    rest_.append(buffer.data(), size);
    size_t start = 0;
    for (size_t end; (end = rest_.find('\n', start)) != std::string::npos; start = end + 1)
      take(std::string_view{rest_}.substr(start, end - start));
    rest_.erase(0, start);
    receive();
  }

  void take(std::string_view line) {
    if (line.starts_with("id: ")) id_ = line.substr(4);
    if (!line.empty() || id_.empty()) return;
    if (next_.id.empty() ? latest_.id.empty() : id_ == next_.id) --next_.streams;
    latest_ = {std::exchange(id_, {}), monotonic()};
  }

  tcp::socket socket_;
  awaited& next_;
  std::string rest_;
  std::string id_;
  news latest_;
};

std::vector<std::string> read_requests(const char* path) {
  std::ifstream file{path};
  std::vector<std::string> out;
  for (std::string line; std::getline(file, line);) {
    for (size_t at; (at = line.find("\\r\\n")) != std::string::npos;) line.replace(at, 4, "\r\n");
    out.push_back(std::move(line));
  }
  return out;
}

void report(const std::vector<std::unique_ptr<stream>>& all, double since) {
  fmt::print("{{{}}}\n", arrivals(all, since, [](const stream& each) { return each.latest().arrived; }));
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    fmt::print(stderr, "usage: stream_clients HOST PORT FILE\n");
    return 2;
  }
  net::io_context loop{1};
  const tcp::endpoint server{net::ip::make_address(argv[1]), static_cast<unsigned short>(std::atoi(argv[2]))};
  const auto requests = read_requests(argv[3]);
  awaited next{{}, requests.size()};
  std::vector<std::unique_ptr<stream>> all;
  for (const auto& request : requests) {
    all.push_back(std::make_unique<stream>(loop, server, request, next));
    loop.poll();
  }
  while (next.streams > 0) loop.run_one();
  fmt::print("open\n");
  std::fflush(stdout);
  net::posix::stream_descriptor input{loop, 0};
  std::string line;
  std::function<void()> ask = [&] {
    net::async_read_until(input, net::dynamic_buffer(line), '\n', [&](auto failed, size_t) {
      if (failed) return loop.stop();
      const auto space = line.find(' ');
      next.id = line.substr(0, space);
      next.streams = static_cast<size_t>(std::count_if(
        all.begin(), all.end(), [&](const auto& each) { return each->latest().id != next.id; }));
      while (next.streams > 0) loop.run_one();
      report(all, std::atof(line.c_str() + space));
      line.clear();
      ask();
    });
  };
  ask();
  loop.run();
}
