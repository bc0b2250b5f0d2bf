// What a node shall be and have, in the words of the plexd dialect. Layers of this
// are what operators write; a node gets what its layers amount to.
#pragma once

#include "messages/events.hpp"
#include "messages/time.hpp"

#include <caf/meta/type_name.hpp>
#include <caf/optional.hpp>

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace muster {

// Keys of WireGuard are 32 bytes in base64, addresses and ranges in their normal
// form, endpoints "host:port".

// Another end of a tunnel.
struct mesh_peer {
  std::string id;
  std::string public_key;
  std::string mesh_ip;
  std::string endpoint;                  // empty while it is not known
  std::vector<std::string> allowed_ips;  // ranges, sorted, each once
  std::string psk;                       // empty for none

  bool operator==(const mesh_peer&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, mesh_peer& x) {
  return f(caf::meta::type_name("mesh_peer"), x.id, x.public_key, x.mesh_ip, x.endpoint, x.allowed_ips,
           x.psk);
}

enum class rule_action : uint8_t { allow, deny };
enum class rule_protocol : uint8_t { any, tcp, udp };

// Who may reach whom. `src` and `dst` are "*", a node's id, a host name or "label:key=value".
struct network_rule {
  std::string src = "*";
  std::string dst = "*";
  uint16_t port = 0;  // 0 is any
  rule_protocol protocol = rule_protocol::any;
  rule_action action = rule_action::allow;

  auto operator<=>(const network_rule&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, network_rule& x) {
  return f(caf::meta::type_name("network_rule"), x.src, x.dst, x.port, x.protocol, x.action);
}
struct network_policy {
  std::string id;
  std::vector<network_rule> rules;  // the first that fits decides

  bool operator==(const network_policy&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, network_policy& x) {
  return f(caf::meta::type_name("network_policy"), x.id, x.rules);
}

struct data_entry {
  std::string key;
  std::string content_type;
  std::string payload;   // JSON
  uint64_t version = 0;  // set by the manager; nodes look at nothing else to see a change
  utc_time updated_at{};

  bool operator==(const data_entry&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, data_entry& x) {
  return f(caf::meta::type_name("data_entry"), x.key, x.content_type, x.payload, x.version, x.updated_at);
}

// A secret that a node may fetch; its value is never in a state.
struct secret_reference {
  std::string key;
  uint64_t version = 0;  // set by the manager

  auto operator<=>(const secret_reference&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, secret_reference& x) {
  return f(caf::meta::type_name("secret_reference"), x.key, x.version);
}

// How a collector of our own host agent is to work; other nodes pass it over.
struct collector_config {
  std::string id;
  std::string config;    // a JSON object
  uint64_t version = 0;  // set by the manager

  bool operator==(const collector_config&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, collector_config& x) {
  return f(caf::meta::type_name("collector_config"), x.id, x.config, x.version);
}

struct bridge_config {
  std::vector<std::string> access_subnets;
  bool enable_nat = false;
  bool enable_forwarding = false;

  bool operator==(const bridge_config&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, bridge_config& x) {
  return f(caf::meta::type_name("bridge_config"), x.access_subnets, x.enable_nat, x.enable_forwarding);
}

struct relay_session {
  std::string session_id;
  std::string peer_a_id;
  std::string peer_a_endpoint;
  std::string peer_b_id;
  std::string peer_b_endpoint;
  utc_time expires_at{};

  bool operator==(const relay_session&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, relay_session& x) {
  return f(caf::meta::type_name("relay_session"), x.session_id, x.peer_a_id, x.peer_a_endpoint, x.peer_b_id,
           x.peer_b_endpoint, x.expires_at);
}
struct relay_config {
  std::vector<relay_session> sessions;

  bool operator==(const relay_config&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, relay_config& x) {
  return f(caf::meta::type_name("relay_config"), x.sessions);
}

struct access_peer {
  std::string public_key;
  std::vector<std::string> allowed_ips;
  std::string psk;
  std::string label;

  bool operator==(const access_peer&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, access_peer& x) {
  return f(caf::meta::type_name("access_peer"), x.public_key, x.allowed_ips, x.psk, x.label);
}
struct user_access_config {
  bool enabled = false;
  std::string interface_name = "wg-access";
  uint16_t listen_port = 51822;
  std::vector<access_peer> peers;

  bool operator==(const user_access_config&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, user_access_config& x) {
  return f(caf::meta::type_name("user_access_config"), x.enabled, x.interface_name, x.listen_port, x.peers);
}

struct ingress_rule {
  std::string rule_id;
  uint16_t listen_port = 0;
  std::string target_addr;
  std::string mode = "tcp";  // "tcp" or "tls", which wants certificate and key
  std::string cert_pem;
  std::string key_pem;

  bool operator==(const ingress_rule&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, ingress_rule& x) {
  return f(caf::meta::type_name("ingress_rule"), x.rule_id, x.listen_port, x.target_addr, x.mode, x.cert_pem,
           x.key_pem);
}
struct ingress_config {
  bool enabled = false;
  std::vector<ingress_rule> rules;

  bool operator==(const ingress_config&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, ingress_config& x) {
  return f(caf::meta::type_name("ingress_config"), x.enabled, x.rules);
}

struct site_tunnel {
  std::string tunnel_id;
  std::string remote_endpoint;
  std::string remote_public_key;
  std::vector<std::string> local_subnets;
  std::vector<std::string> remote_subnets;
  std::string psk;
  std::string interface_name;
  uint16_t listen_port = 51823;

  bool operator==(const site_tunnel&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, site_tunnel& x) {
  return f(caf::meta::type_name("site_tunnel"), x.tunnel_id, x.remote_endpoint, x.remote_public_key,
           x.local_subnets, x.remote_subnets, x.psk, x.interface_name, x.listen_port);
}
struct site_to_site_config {
  bool enabled = false;
  std::vector<site_tunnel> tunnels;

  bool operator==(const site_to_site_config&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, site_to_site_config& x) {
  return f(caf::meta::type_name("site_to_site_config"), x.enabled, x.tunnels);
}

// One layer, or what several amount to. Lists are sorted by their key or id, which is in each once.
struct desired_state {
  std::vector<mesh_peer> peers;  // in a layer those that are no nodes
  std::vector<network_policy> policies;
  caf::optional<signing_keys> signing;  // what events are signed with; never in a layer
  std::map<std::string, std::string> metadata;
  std::vector<data_entry> data;
  std::vector<secret_reference> secret_refs;
  std::vector<collector_config> collectors;
  caf::optional<bridge_config> bridge;
  caf::optional<relay_config> relay;
  caf::optional<user_access_config> user_access;
  caf::optional<ingress_config> ingress;
  caf::optional<site_to_site_config> site_to_site;

  bool operator==(const desired_state&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, desired_state& x) {
  return f(caf::meta::type_name("desired_state"), x.peers, x.policies, x.signing, x.metadata, x.data,
           x.secret_refs, x.collectors, x.bridge, x.relay, x.user_access, x.ingress, x.site_to_site);
}

}  // namespace muster
