// Which IPv4 addresses of a range nodes have. One that was given back is not given to
// another node before it has cooled down, so that nobody talks to the wrong host.
#pragma once

#include "messages/time.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <unordered_map>

namespace muster {

// Addresses in host byte order.
struct address_range {
  uint32_t first = 0;
  uint32_t last = 0;  // of the range too

  bool contains(uint32_t address) const { return address >= first && address <= last; }
  bool operator==(const address_range&) const = default;
};

class address_pool {
 public:
  // Bridges get addresses of `bridges`, which lies within `all`, and others never do. The first and the
  // last address of `all` are given to nobody.
  address_pool(address_range all, address_range bridges, std::chrono::milliseconds cooldown);

  // The lowest address that is free, those that never were in use first. Nothing if there is none.
  std::optional<uint32_t> lease(bool bridge, utc_time now);

  // Free again once it has cooled down.
  void release(uint32_t address, utc_time now);

  // It was leased for nothing: free at once.
  void give_back(uint32_t address);

  // Its node is back. False if it is not of the range or another node has it.
  bool resume(uint32_t address);

  size_t leased() const { return leased_.size(); }
  size_t size() const;

 private:
  struct cooling {
    utc_time until;
    uint32_t address;
  };

  void cool(utc_time now);
  std::optional<uint32_t> unused(bool bridge);
  std::optional<uint32_t> used_before(bool bridge);

  address_range all_;
  address_range bridges_;
  std::chrono::milliseconds cooldown_;
  uint32_t next_;         // below it every address was in use once
  uint32_t next_bridge_;  // likewise
  std::set<uint32_t> leased_;
  std::set<uint32_t> free_;  // in use once, and cooled down
  std::unordered_map<uint32_t, utc_time> cools_until_;
  std::deque<cooling> cooling_;  // in the order of their release; some are leased again
};

}  // namespace muster
