// Settings of nodes and their meshes.
#include "runtime/config/node_settings.hpp"

#include "actors/manager/network_address.hpp"
#include "runtime/config/setting_kinds.hpp"

namespace muster {

namespace {

using namespace setting_kinds;
using namespace std::chrono_literals;
using std::chrono::days;

bool is_tenant(const std::string& text) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.";
  return !text.empty() && text.size() <= 64 && text.find_first_not_of(letters) == std::string::npos;
}

// Fewer than four addresses leave none for nodes.
bool is_pool(const std::string& text) {
  const auto range = parse_network_range(text);
  return range && range->is_ipv4() && range->prefix_length() >= 8 && range->prefix_length() <= 30;
}

}  // namespace

std::vector<setting> node_settings() {
  constexpr auto kept = on_reload::kept;
  const std::string pool = "an IPv4 range of /8 to /30";
  return {
    text(
      "mesh.addresses", [](auto& c) -> auto& { return c.mesh.addresses; }, is_pool, kept, pool,
      "Where nodes get their mesh addresses, for each tenant anew."),
    text(
      "mesh.bridge_addresses", [](auto& c) -> auto& { return c.mesh.bridge_addresses; }, is_pool, kept, pool,
      "The part of `mesh.addresses` that only bridges get."),
    mapping(
      "mesh.addresses_by_tenant", [](auto& c) -> auto& { return c.mesh.addresses_by_tenant; }, is_tenant,
      is_pool, kept, "tenant=RANGE pairs, a range being " + pool,
      "Ranges of single tenants; the last quarter of each is for bridges."),
    duration(
      "mesh.cooldown", [](auto& c) -> auto& { return c.mesh.cooldown; }, 0s, days(365), kept,
      "How long the address of a node that left is given to no other."),
    number(
      "events.kept", [](auto& c) -> auto& { return c.events.kept; }, 100, 1'000'000, kept,
      "Events of each tenant that nodes can catch up on, in the store and in memory."),
  };
}

}  // namespace muster
