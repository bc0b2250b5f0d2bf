// What a heartbeat costs when nothing is done with it: Beast on one thread reads
// the request, and the same bytes that the manager would answer go back. The
// reference of benchmarks/heartbeat; frozen, so that figures stay comparable.
//
//   bare_loop PORT    (0 takes a free one; prints "listening PORT")
#include <boost/asio.hpp>
#include <boost/beast.hpp>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

namespace net = boost::asio;
namespace http = boost::beast::http;
using net::ip::tcp;

namespace {

const std::string body =
  R"({"ok":true,"commands":[],"intervalSeconds":30,"phaseSeconds":5.769,"nextHeartbeatSeconds":34.586,)"
  R"("data":{"agentId":"ag-0000000000000001","status":"online"}})";
const std::string answer =
  "HTTP/1.1 200 OK\r\nDate: Sun, 22 Nov 2026 01:01:01 GMT\r\nContent-Type: application/json\r\n"
  "Content-Length: "
  + std::to_string(body.size()) + "\r\n\r\n" + body;

class session : public std::enable_shared_from_this<session> {
 public:
  explicit session(tcp::socket socket) : socket_(std::move(socket)) {}

  void read() {
    parser_.emplace();
    parser_->body_limit(1 << 20);
    http::async_read(socket_, buffer_, *parser_, [me = shared_from_this()](auto failed, size_t) {
      if (!failed) me->write();
    });
  }

 private:
  void write() {
    net::async_write(socket_, net::buffer(answer), [me = shared_from_this()](auto failed, size_t) {
      if (!failed) me->read();
    });
  }

  tcp::socket socket_;
  boost::beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
};

}  // namespace

int main(int argc, char** argv) {
  net::io_context loop{1};
  const auto port = static_cast<unsigned short>(argc > 1 ? std::atoi(argv[1]) : 0);
  tcp::acceptor acceptor{loop, {net::ip::make_address("127.0.0.1"), port}};
  std::printf("listening %u\n", unsigned{acceptor.local_endpoint().port()});
  std::fflush(stdout);
  std::function<void()> accept = [&] {
    acceptor.async_accept([&](auto failed, tcp::socket socket) {
      if (!failed) {
        socket.set_option(tcp::no_delay(true));
        std::make_shared<session>(std::move(socket))->read();
      }
      accept();
    });
  };
  accept();
  loop.run();
}
