// Addresses of hosts as values: one form for IPv4 and IPv6, so that the same
// host is the same sixteen bytes whatever an agent wrote.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace muster {

struct network_address {
  std::array<uint8_t, 16> bytes{};  // in network order; IPv4 as ::ffff:a.b.c.d

  bool is_ipv4() const;
  auto operator<=>(const network_address&) const = default;
};

// Nothing unless `text` is one whole address: dotted without leading zeros, or
// any form of RFC 4291. No brackets, port, zone or white space.
std::optional<network_address> parse_network_address(std::string_view text);

// Dotted, or lower case as RFC 5952 has it.
std::string to_string(const network_address& address);

// All addresses that begin with the same bits. IPv4 and IPv6 are kept apart:
// "::/0" holds no IPv4 address.
class network_range {
 public:
  // The bits of `first` behind the prefix are cleared. `prefix_bits` counts from
  // the start of the sixteen bytes, so that IPv4 has 96 more than people write.
  network_range(const network_address& first, unsigned prefix_bits);

  const network_address& first() const { return first_; }
  bool is_ipv4() const { return prefix_bits_ >= 96 && first_.is_ipv4(); }
  unsigned prefix_length() const {
    return is_ipv4() ? prefix_bits_ - 96 : prefix_bits_;
  }  // as people write it

  bool contains(const network_address& address) const;
  bool contains(const network_range& other) const;
  bool operator==(const network_range&) const = default;

 private:
  network_address first_;
  unsigned prefix_bits_;  // at most 128
};

// "10.0.0.0/8", "fd00::/8" or a single address, which is a range of one.
// "10.1.2.3/8" is "10.0.0.0/8".
std::optional<network_range> parse_network_range(std::string_view text);

// "10.0.0.0/8,fd00::/8", or nothing at all; without white space.
std::optional<std::vector<network_range>> parse_network_ranges(std::string_view text);

// With its prefix length, unless it holds a single address.
std::string to_string(const network_range& range);

}  // namespace muster
