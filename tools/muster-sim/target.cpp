// URLs, names and sockets.
#include "tools/muster-sim/target.hpp"

#include "tools/muster-sim/answer_parser.hpp"

#include <fmt/format.h>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>

namespace muster::sim {

namespace {

constexpr std::string_view scheme = "http://";
constexpr int probe_patience = 5'000;  // milliseconds

bool is_port(std::string_view text) {
  uint16_t port = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, bad] = std::from_chars(text.data(), end, port);
  return !text.empty() && bad == std::errc{} && stop == end && port != 0;
}

// The address part of an URL, without scheme and path.
std::string parse_authority(std::string_view text, target& into) {
  constexpr const char* bad_bracket = "an IPv6 address is written like [::1]";
  auto host = text;
  std::string_view port;
  const auto bracket = text.starts_with('[') ? text.find(']') : std::string_view::npos;
  if (text.starts_with('[') && bracket == std::string_view::npos) return bad_bracket;
  const auto colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon != std::string_view::npos) {
    host = text.substr(0, colon);
    port = text.substr(colon + 1);
    if (!is_port(port)) return fmt::format("'{}' is not a port number", port);
  }
  if (bracket != std::string_view::npos) {
    if (bracket + 1 != host.size()) return bad_bracket;
    host = host.substr(1, bracket - 1);
  }
  if (host.empty()) return "the host is missing";
  if (host.find_first_of("@?# \t\r\n") != std::string_view::npos)
    return "only a host, a port and a path may be given";
  into.host = host;
  into.port = port.empty() ? "80" : port;
  return {};
}

// Waits until the socket can be read or written; false when time is up.
bool await(int socket, short what) {
  pollfd entry{socket, what, 0};
  return poll(&entry, 1, probe_patience) == 1;
}

std::string failure_of(int error) { return std::strerror(error); }

std::string ask(int socket, const target& where) {
  if (!await(socket, POLLOUT)) return "no connection within 5 s";
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return failure_of(error);
  const auto question =
    fmt::format("GET /health HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", where.authority());
  if (send(socket, question.data(), question.size(), MSG_NOSIGNAL) < 0) return failure_of(errno);
  if (!await(socket, POLLIN)) return "it takes connections but does not answer within 5 s";
  std::array<char, 8> first{};
  const auto got = recv(socket, first.data(), first.size(), 0);
  if (got < 0) return failure_of(errno);
  if (got == 0) return "it ended the connection without an answer";
  const auto state = parse_answer({first.data(), static_cast<size_t>(got)}).state;
  return state == parse_state::malformed ? "what answers there does not speak HTTP/1.1" : "";
}

// 127.0.0.1, 127.0.0.2, ..., 127.0.0.254, 127.0.1.1, ...
bool bind_source(int socket, uint32_t source) {
  const int on = 1;
  setsockopt(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  sockaddr_in from{};
  from.sin_family = AF_INET;
  const auto number = source - 1;
  from.sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + (number / 254) * 256 + number % 254 + 1);
  return bind(socket, reinterpret_cast<const sockaddr*>(&from), sizeof from) == 0;
}

}  // namespace

std::string target::authority() const {
  return host.find(':') == std::string::npos ? host + ":" + port : "[" + host + "]:" + port;
}

std::string parse_target(std::string_view url, target& into) {
  if (url.starts_with("https://")) return "TLS is not supported here; name the manager's plain listener";
  if (!url.starts_with(scheme)) return fmt::format("'{}' does not begin with http://", url);
  const auto rest = url.substr(scheme.size());
  const auto slash = std::min(rest.find('/'), rest.size());
  auto path = rest.substr(slash);
  while (path.ends_with('/')) path.remove_suffix(1);
  if (path.find_first_of("?# \t\r\n") != std::string_view::npos)
    return "the path may not hold '?', '#' or spaces";
  into.path = path;
  return parse_authority(rest.substr(0, slash), into);
}

bool endpoint::is_loopback() const {
  if (address.ss_family != AF_INET) return false;
  sockaddr_in exact{};
  std::memcpy(&exact, &address, sizeof exact);
  return ntohl(exact.sin_addr.s_addr) >> 24 == 127;
}

std::optional<endpoint> resolve(const target& where, std::string& problem) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(where.host.c_str(), where.port.c_str(), &wanted, &found);
  if (error != 0) {
    problem = fmt::format("'{}' has no address: {}", where.host, gai_strerror(error));
    return std::nullopt;
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner{found, &freeaddrinfo};
  endpoint out;
  std::memcpy(&out.address, found->ai_addr, found->ai_addrlen);
  out.size = found->ai_addrlen;
  return out;
}

int dial(const endpoint& to, uint32_t source) {
  const int made = socket(to.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (made < 0) return -1;
  const int on = 1;
  setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const bool bound = source == 0 || bind_source(made, source);
  if (bound
      && (connect(made, reinterpret_cast<const sockaddr*>(&to.address), to.size) == 0
          || errno == EINPROGRESS))
    return made;
  const int error = errno;
  close(made);
  errno = error;
  return -1;
}

std::string probe(const endpoint& to, const target& where) {
  const int made = dial(to, 0);
  if (made < 0) return failure_of(errno);
  auto problem = ask(made, where);
  close(made);
  return problem;
}

}  // namespace muster::sim
