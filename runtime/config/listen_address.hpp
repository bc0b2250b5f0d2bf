// Where a listener binds: an address in numbers and a port. Host names are refused, since what they
// resolve to, and so whether they are loopback, may change.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace muster {

struct listen_address {
  std::string address;     // without brackets
  std::uint16_t port = 0;  // 0: the system chooses
  bool loopback = false;   // 127.0.0.0/8 or ::1
};

// Reads `127.0.0.1:8080` and `[::1]:8080`.
std::optional<listen_address> parse_listen_address(std::string_view text);

}  // namespace muster
