// The special-purpose registries of IANA, as of RFC 6890 and its updates.
#include "runtime/notify/destination.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace muster {

namespace {

struct range4 {
  uint32_t first;
  unsigned bits;
};
constexpr range4 closed4[] = {
  {0x00000000, 8},   // this network
  {0x0A000000, 8},   // private
  {0x64400000, 10},  // carriers
  {0x7F000000, 8},   // loopback
  {0xA9FE0000, 16},  // link-local
  {0xAC100000, 12},  // private
  {0xC0000000, 24},  // protocol assignments
  {0xC0000200, 24},  // documentation
  {0xC0A80000, 16},  // private
  {0xC6120000, 15},  // benchmarks
  {0xC6336400, 24},  // documentation
  {0xCB007100, 24},  // documentation
  {0xE0000000, 4},   // multicast
  {0xF0000000, 4},   // reserved, broadcast
};

bool is_closed(uint32_t address) {
  return std::ranges::any_of(
    closed4, [&](const range4& each) { return (address ^ each.first) >> (32 - each.bits) == 0; });
}

using bytes6 = std::array<unsigned char, 16>;

uint32_t word_at(const bytes6& from, size_t at) {
  return uint32_t{from[at]} << 24 | uint32_t{from[at + 1]} << 16 | uint32_t{from[at + 2]} << 8 | from[at + 3];
}

bool begins(const bytes6& address, std::initializer_list<unsigned char> with) {
  return std::equal(with.begin(), with.end(), address.begin());
}

bool is_closed(const bytes6& address) {
  if (begins(address, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF})) return is_closed(word_at(address, 12));
  if (begins(address, {0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0})) return is_closed(word_at(address, 12));
  if (begins(address, {0x20, 0x02})) return is_closed(word_at(address, 2));  // 6to4
  // Global unicast is 2000::/3; of it, protocol assignments (with Teredo) and documentation are not.
  if ((address[0] & 0xE0) != 0x20) return true;
  const bool assigned = begins(address, {0x20, 0x01}) && address[2] < 0x02;
  return assigned || begins(address, {0x20, 0x01, 0x0D, 0xB8});
}

}  // namespace

bool is_private(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in four{};
    std::memcpy(&four, &address, sizeof four);
    return is_closed(ntohl(four.sin_addr.s_addr));
  }
  if (address.sa_family != AF_INET6) return true;
  sockaddr_in6 six{};
  std::memcpy(&six, &address, sizeof six);
  bytes6 bytes{};
  std::memcpy(bytes.data(), &six.sin6_addr, bytes.size());
  return is_closed(bytes);
}

std::string text_of(const sockaddr& address) {
  char out[INET6_ADDRSTRLEN] = "?";
  if (address.sa_family == AF_INET) {
    sockaddr_in four{};
    std::memcpy(&four, &address, sizeof four);
    inet_ntop(AF_INET, &four.sin_addr, out, sizeof out);
  } else if (address.sa_family == AF_INET6) {
    sockaddr_in6 six{};
    std::memcpy(&six, &address, sizeof six);
    inet_ntop(AF_INET6, &six.sin6_addr, out, sizeof out);
  }
  return out;
}

}  // namespace muster
