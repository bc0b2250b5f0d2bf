// Accepting of connections.
#include "runtime/http/listener.hpp"

#include <boost/asio/write.hpp>

#include <fmt/format.h>

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <charconv>

namespace muster::http {

namespace net = boost::asio;
using boost::beast::error_code;
using net::ip::tcp;

namespace {

constexpr int backlog = 4096;

using reuse_port = net::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

// Out of descriptors, most likely: tries again when a connection may have closed.
template <class Acceptor, class Again>
void accept_later(Acceptor& acceptor, std::shared_ptr<bool> alive, Again again) {
  auto timer = std::make_shared<net::steady_timer>(acceptor.get_executor(), std::chrono::milliseconds{100});
  timer->async_wait([&acceptor, alive, timer, again](error_code) {
    if (*alive && acceptor.is_open()) again();
  });
}

[[noreturn]] void refuse_address(const std::string& what, const error_code& failed) {
  throw std::runtime_error{"cannot listen on " + what + ": " + failed.message()};
}

}  // namespace

tcp::endpoint parse_address(const std::string& text) {
  const auto colon = text.rfind(':');
  uint16_t port = 0;
  if (colon != std::string::npos) {
    auto host = text.substr(0, colon);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    auto [end, bad] = std::from_chars(text.data() + colon + 1, text.data() + text.size(), port);
    error_code failed;
    auto address = net::ip::make_address(host, failed);
    if (bad == std::errc{} && end == text.data() + text.size() && !failed) return {address, port};
  }
  throw std::invalid_argument{"'" + text + "' is not ADDRESS:PORT"};
}

std::string to_string(const tcp::endpoint& address) {
  return address.address().is_v6() ? fmt::format("[{}]:{}", address.address().to_string(), address.port())
                                   : fmt::format("{}:{}", address.address().to_string(), address.port());
}

listener::listener(net::io_context& loop, const tcp::endpoint& at, session_environment& environment,
                   size_t connections, port_share share)
  : acceptor_(loop), environment_(environment), connections_(connections) {
  error_code failed;
  acceptor_.open(at.protocol(), failed);
  if (!failed) acceptor_.set_option(tcp::acceptor::reuse_address(true), failed);
  // The first binds alone, so that no other process can hold the address too; then
  // it lets its siblings in.
  if (!failed && share == port_share::joins) acceptor_.set_option(reuse_port(true), failed);
  if (!failed) acceptor_.bind(at, failed);
  if (!failed && share == port_share::opens) acceptor_.set_option(reuse_port(true), failed);
  if (!failed) acceptor_.listen(backlog, failed);
  if (failed) refuse_address(to_string(at), failed);
}

listener::~listener() { *alive_ = false; }

void listener::start() { accept(); }

void listener::stop() {
  error_code ignored;
  acceptor_.close(ignored);
}

void listener::accept() {
  acceptor_.async_accept([this, alive = alive_](error_code failed, socket_for<tcp> socket) {
    if (!*alive || !acceptor_.is_open()) return;
    if (failed) return accept_later(acceptor_, alive, [this] { accept(); });
    if (environment_.total_connections >= connections_) {
      refuse(std::move(socket));
    } else {
      error_code ignored;
      socket.set_option(tcp::no_delay(true), ignored);
      auto peer = socket.remote_endpoint(ignored);
      std::make_shared<session>(session::socket{std::move(socket)}, environment_, to_string(peer), false)
        ->start();
    }
    accept();
  });
}

// One connection too many: told so, and closed.
void listener::refuse(socket_for<tcp> socket) {
  static const std::string words =
    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  ++environment_.counts.overloaded;
  ++environment_.counts.by_class[5];
  error_code ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(net::buffer(words), ignored);
  socket.shutdown(tcp::socket::shutdown_send, ignored);
}

owner_listener::owner_listener(net::io_context& loop, std::filesystem::path at,
                               session_environment& environment)
  : path_(std::move(at)), acceptor_(loop), environment_(environment) {
  error_code failed;
  std::error_code ignored;
  if (std::filesystem::is_socket(path_, ignored)) std::filesystem::remove(path_, ignored);
  if (path_.string().size() > 107) failed = net::error::name_too_long;
  const auto mask = ::umask(0177);  // the file must never be open to others, not even for a moment
  if (!failed) acceptor_.open({}, failed);
  if (!failed) acceptor_.bind({path_.string()}, failed);
  ::umask(mask);
  if (!failed) acceptor_.listen(backlog, failed);
  if (failed) refuse_address(path_.string(), failed);
}

owner_listener::~owner_listener() {
  *alive_ = false;
  stop();
}

void owner_listener::start() { accept(); }

void owner_listener::stop() {
  if (!acceptor_.is_open()) return;
  error_code failed;
  acceptor_.close(failed);
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

void owner_listener::accept() {
  acceptor_.async_accept(
    [this, alive = alive_](error_code failed, socket_for<net::local::stream_protocol> socket) {
      if (!*alive || !acceptor_.is_open()) return;
      if (failed) return accept_later(acceptor_, alive, [this] { accept(); });
      ucred peer{};
      socklen_t size = sizeof peer;
      const bool known = ::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0;
      if (known && (peer.uid == ::geteuid() || peer.uid == 0))
        std::make_shared<session>(session::socket{std::move(socket)}, environment_, "unix", true)->start();
      accept();
    });
}

}  // namespace muster::http
