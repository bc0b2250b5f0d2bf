// Accepts connections on one address and hands each to a loop's sessions.
#pragma once

#include "runtime/http/session.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <filesystem>

namespace muster::http {

// Whether several loops of this process listen on one address: the first opens
// it, the others join.
enum class port_share : uint8_t { none, opens, joins };

template <class Protocol>
using acceptor_for = boost::asio::basic_socket_acceptor<Protocol, session::executor>;
template <class Protocol>
using socket_for = boost::asio::basic_stream_socket<Protocol, session::executor>;

// Accepts on the loop of its executor. Several listeners may share a TCP
// address: the kernel spreads connections over them.
class listener {
 public:
  // Binds and listens; throws std::runtime_error that names the address.
  listener(boost::asio::io_context& loop, const boost::asio::ip::tcp::endpoint& at,
           session_environment& environment, size_t connections, port_share share = port_share::none);
  ~listener();

  void start();
  // Stops accepting; connections stay.
  void stop();
  boost::asio::ip::tcp::endpoint address() const { return acceptor_.local_endpoint(); }

 private:
  void accept();
  void refuse(socket_for<boost::asio::ip::tcp> socket);

  acceptor_for<boost::asio::ip::tcp> acceptor_;
  session_environment& environment_;
  size_t connections_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

// A unix socket that only its owner and root may use; they need no token.
class owner_listener {
 public:
  // Replaces a socket file that a dead manager left behind.
  owner_listener(boost::asio::io_context& loop, std::filesystem::path at, session_environment& environment);
  ~owner_listener();

  void start();
  void stop();

 private:
  void accept();

  std::filesystem::path path_;
  acceptor_for<boost::asio::local::stream_protocol> acceptor_;
  session_environment& environment_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

// "127.0.0.1:8080" or "[::1]:8080"; throws std::invalid_argument that names the text.
boost::asio::ip::tcp::endpoint parse_address(const std::string& text);
std::string to_string(const boost::asio::ip::tcp::endpoint& address);

}  // namespace muster::http
