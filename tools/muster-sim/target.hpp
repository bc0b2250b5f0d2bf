// Where the manager is: an address as people write it, and as sockets want it.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace muster::sim {

// `http://HOST[:PORT][/PATH]`
struct target {
  std::string host = "127.0.0.1";  // without the brackets of an IPv6 address
  std::string port = "8080";
  std::string path;  // put before every route; never ends in '/'

  std::string authority() const;  // "127.0.0.1:8080", "[::1]:8080"
  std::string url() const { return "http://" + authority() + path; }
};

// Says in plain words what is wrong, or nothing.
std::string parse_target(std::string_view url, target& into);

struct endpoint {
  sockaddr_storage address{};
  socklen_t size = 0;

  // IPv4 in 127.0.0.0/8, where a source address can be chosen freely.
  bool is_loopback() const;
};

// The best address of the host. May ask a name server and wait for it. On failure `problem` says why.
std::optional<endpoint> resolve(const target& where, std::string& problem);

// Starts a connection without waiting for it, and returns a socket or, on failure, -1 with errno set. A
// `source` above 0 binds to the loopback address of that number: each has 28,000 ports of its own.
int dial(const endpoint& to, uint32_t source);

// Asks the target for /health and waits up to five seconds. Any HTTP answer will do. Returns what went wrong,
// or "".
std::string probe(const endpoint& to, const target& where);

}  // namespace muster::sim
