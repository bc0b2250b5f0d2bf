// Options of nodes and their events.
#include "runtime/manager/node_options.hpp"

#include "actors/manager/network_address.hpp"

namespace muster {

namespace {

// Checked when the configuration was read.
address_range range_of(const std::string& text) {
  const auto range = parse_network_range(text);
  if (!range) return {};
  const auto& bytes = range->first().bytes;
  const auto first = static_cast<uint32_t>(bytes[12]) << 24 | static_cast<uint32_t>(bytes[13]) << 16
                     | static_cast<uint32_t>(bytes[14]) << 8 | bytes[15];
  return {first, first | (0xFFFFFFFFu >> range->prefix_length())};
}

address_range last_quarter(const address_range& of) { return {of.last - (of.last - of.first) / 4, of.last}; }

}  // namespace

registrar_options registrar_options_of(const configuration& from) {
  registrar_options out;
  out.addresses = {range_of(from.mesh.addresses), range_of(from.mesh.bridge_addresses)};
  for (const auto& [tenant, text] : from.mesh.addresses_by_tenant) {
    const auto all = range_of(text);
    out.own_by_tenant[tenant] = {all, last_quarter(all)};
  }
  out.cooldown = from.mesh.cooldown;
  return out;
}

event_log_options event_log_options_of(const configuration& from) {
  event_log_options out;
  out.kept.events = from.events.kept;
  return out;
}

}  // namespace muster
