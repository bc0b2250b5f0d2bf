// Addresses of nodes: leased, cooling down, free.
#include "actors/manager/address_pool.hpp"

#include <algorithm>

namespace muster {

address_pool::address_pool(address_range all, address_range bridges, std::chrono::milliseconds cooldown)
  : all_{all.first + 1, all.last - 1},
    bridges_{std::max(bridges.first, all_.first), std::min(bridges.last, all_.last)},
    cooldown_(cooldown),
    next_(all_.first),
    next_bridge_(bridges_.first) {}

std::optional<uint32_t> address_pool::lease(bool bridge, utc_time now) {
  cool(now);
  auto address = unused(bridge);
  if (!address) address = used_before(bridge);
  if (address) leased_.insert(*address);
  return address;
}

// The next one that never was in use.
std::optional<uint32_t> address_pool::unused(bool bridge) {
  auto& next = bridge ? next_bridge_ : next_;
  const auto last = bridge ? bridges_.last : all_.last;
  for (; next <= last; ++next) {
    if (!bridge && bridges_.contains(next)) next = bridges_.last;
    else if (!leased_.contains(next) && !cools_until_.contains(next) && !free_.contains(next)) return next++;
  }
  return std::nullopt;
}

std::optional<uint32_t> address_pool::used_before(bool bridge) {
  const auto found = std::find_if(free_.begin(), free_.end(),
                                  [&](uint32_t address) { return bridges_.contains(address) == bridge; });
  if (found == free_.end()) return std::nullopt;
  return free_.extract(found).value();
}

void address_pool::release(uint32_t address, utc_time now) {
  if (leased_.erase(address) == 0) return;
  cools_until_[address] = now + cooldown_;
  cooling_.push_back({now + cooldown_, address});
}

void address_pool::give_back(uint32_t address) {
  if (leased_.erase(address) > 0) free_.insert(address);
}

bool address_pool::resume(uint32_t address) {
  if (!all_.contains(address) || !leased_.insert(address).second) return false;
  cools_until_.erase(address);
  free_.erase(address);
  return true;
}

// An entry counts only if it is of the address's latest release.
void address_pool::cool(utc_time now) {
  for (; !cooling_.empty() && cooling_.front().until <= now; cooling_.pop_front()) {
    const auto& [until, address] = cooling_.front();
    const auto latest = cools_until_.find(address);
    if (latest == cools_until_.end() || latest->second != until) continue;
    cools_until_.erase(latest);
    free_.insert(address);
  }
}

size_t address_pool::size() const { return all_.last < all_.first ? 0 : all_.last - all_.first + 1; }

}  // namespace muster
