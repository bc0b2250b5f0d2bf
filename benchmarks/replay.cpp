// Sends prepared requests, each once, and tells how long the answers took.
//
//   replay HOST PORT FILE CONNECTIONS RATE
//
// FILE holds requests one after the other, each behind its length in bytes as a decimal line. RATE is
// requests a second; 0 sends as fast as answers come. With a rate, request i is due at i / RATE after the
// start and its latency counts from then, so that a stalled server does not hide the requests that waited for
// it. Prints JSON: requests, refused (answers other than 2xx), seconds, per_second, p50_ms, p99_ms, max_ms.
#include "tools/muster-sim/answer_parser.hpp"
#include "tools/muster-sim/latency_histogram.hpp"

#include <fmt/format.h>
#include <boost/asio.hpp>

#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace net = boost::asio;
using net::ip::tcp;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

namespace {

std::vector<std::string> read_requests(const char* path) {
  std::ifstream file{path, std::ios::binary};
  std::vector<std::string> out;
  std::string length;
  while (std::getline(file, length)) {
    out.emplace_back(std::stoul(length), '\0');
    file.read(out.back().data(), static_cast<std::streamsize>(out.back().size()));
  }
  return out;
}

class connection;

class player {
 public:
  player(net::io_context& loop, std::vector<std::string> requests, double rate)
    : loop_(loop), timer_(loop), requests_(std::move(requests)), rate_(rate) {}

  void start() {
    started_ = steady::now();
    if (rate_ > 0) tick();
  }

  // The next request whose time has come, or none.
  const std::string* next(steady::time_point& due) {
    if (given_ == requests_.size()) return nullptr;
    due = rate_ > 0 ? due_of(given_) : steady::now();
    if (due > steady::now()) return nullptr;
    return &requests_[given_++];
  }

  void answered(steady::time_point due, const muster::sim::answer& what) {
    latencies_.record(steady::now() - due);
    refused_ += what.status / 100 != 2;
    if (++answered_ < requests_.size()) return;
    ended_ = steady::now();
    loop_.stop();
  }

  void wait(connection& idle) { idle_.push_back(&idle); }

  int report() const {
    const auto seconds = std::chrono::duration<double>(ended_ - started_).count();
    const auto ms = [&](double share) {
      return static_cast<double>(latencies_.percentile(share).count()) / 1e3;
    };
    fmt::print(R"({{"requests":{},"refused":{},"seconds":{:.3f},"per_second":{:.1f},)"
               R"("p50_ms":{:.3f},"p99_ms":{:.3f},"max_ms":{:.3f}}})"
               "\n",
               answered_, refused_, seconds, static_cast<double>(answered_) / seconds, ms(0.5), ms(0.99),
               static_cast<double>(latencies_.max().count()) / 1e3);
    return answered_ == requests_.size() ? 0 : 1;
  }

 private:
  steady::time_point due_of(size_t index) const {
    return started_
           + std::chrono::duration_cast<steady::duration>(
             std::chrono::duration<double>{static_cast<double>(index) / rate_});
  }

  void tick();

  net::io_context& loop_;
  net::steady_timer timer_;
  std::vector<std::string> requests_;
  double rate_;
  size_t given_ = 0;
  size_t answered_ = 0;
  size_t refused_ = 0;
  steady::time_point started_{};
  steady::time_point ended_{};
  std::deque<connection*> idle_;
  muster::sim::latency_histogram latencies_;
};

class connection {
 public:
  connection(net::io_context& loop, const tcp::endpoint& server, player& from) : socket_(loop), from_(from) {
    socket_.connect(server);
    socket_.set_option(tcp::no_delay{true});
  }

  void send() {
    const auto* request = from_.next(due_);
    if (request == nullptr) return from_.wait(*this);
    net::async_write(socket_, net::buffer(*request), [this](auto failed, size_t) {
      if (failed) fail(failed);
      receive();
    });
  }

 private:
  void receive() {
    socket_.async_read_some(net::buffer(buffer_), [this](auto failed, size_t size) {
      if (failed) fail(failed);
      text_.append(buffer_.data(), size);
      const auto parsed = muster::sim::parse_answer(text_);
      if (parsed.state == muster::sim::parse_state::malformed) fail(net::error::invalid_argument);
      if (parsed.state == muster::sim::parse_state::incomplete) return receive();
      from_.answered(due_, parsed.read);
      text_.clear();
      send();
    });
  }

  [[noreturn]] static void fail(const boost::system::error_code& why) {
    fmt::print(stderr, "replay: {}\n", why.message());
    std::exit(1);
  }

  tcp::socket socket_;
  player& from_;
  steady::time_point due_{};
  std::string text_;
  std::array<char, 65536> buffer_{};
};

// Wakes one waiting connection for each request that has become due.
void player::tick() {
  const auto now = steady::now();
  for (auto index = given_; index < requests_.size() && due_of(index) <= now && !idle_.empty(); ++index) {
    auto* next = idle_.front();
    idle_.pop_front();
    next->send();
  }
  timer_.expires_after(500us);
  timer_.async_wait([this](auto failed) {
    if (!failed) tick();
  });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) {
    fmt::print(stderr, "usage: replay HOST PORT FILE CONNECTIONS RATE\n");
    return 2;
  }
  net::io_context loop{1};
  const tcp::endpoint server{net::ip::make_address(argv[1]), static_cast<unsigned short>(std::atoi(argv[2]))};
  player all{loop, read_requests(argv[3]), std::atof(argv[5])};
  std::vector<std::unique_ptr<connection>> connections;
  for (int i = 0; i < std::atoi(argv[4]); ++i)
    connections.push_back(std::make_unique<connection>(loop, server, all));
  all.start();
  for (auto& each : connections) each->send();
  loop.run();
  return all.report();
}
