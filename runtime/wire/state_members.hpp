// The members of desired state by their names on the wire, once for reading and for
// writing. For the files that translate it only.
#pragma once

#include "messages/desired_state.hpp"

#include <concepts>
#include <type_traits>

namespace muster::state_json {

template <class T, class U>
concept is = std::same_as<std::remove_const_t<T>, U>;

void name_members(auto& f, is<mesh_peer> auto& x) {
  f("id", x.id), f("public_key", x.public_key), f("mesh_ip", x.mesh_ip), f("endpoint", x.endpoint);
  f("allowed_ips", x.allowed_ips), f("psk", x.psk);
}
void name_members(auto& f, is<network_rule> auto& x) {
  f("src", x.src), f("dst", x.dst), f("port", x.port), f("protocol", x.protocol), f("action", x.action);
}
void name_members(auto& f, is<network_policy> auto& x) { f("id", x.id), f("rules", x.rules); }
void name_members(auto& f, is<secret_reference> auto& x) { f("key", x.key), f("version", x.version); }
void name_members(auto& f, is<collector_config> auto& x) {
  f("id", x.id), f.json("config", x.config), f("version", x.version);
}
void name_members(auto& f, is<bridge_config> auto& x) {
  f("access_subnets", x.access_subnets), f("enable_nat", x.enable_nat);
  f("enable_forwarding", x.enable_forwarding);
}
void name_members(auto& f, is<relay_session> auto& x) {
  f("session_id", x.session_id), f("peer_a_id", x.peer_a_id), f("peer_a_endpoint", x.peer_a_endpoint);
  f("peer_b_id", x.peer_b_id), f("peer_b_endpoint", x.peer_b_endpoint), f("expires_at", x.expires_at);
}
void name_members(auto& f, is<relay_config> auto& x) { f("sessions", x.sessions); }
void name_members(auto& f, is<access_peer> auto& x) {
  f("public_key", x.public_key), f("allowed_ips", x.allowed_ips), f("psk", x.psk), f("label", x.label);
}
void name_members(auto& f, is<user_access_config> auto& x) {
  f("enabled", x.enabled), f("interface_name", x.interface_name), f("listen_port", x.listen_port);
  f("peers", x.peers);
}
void name_members(auto& f, is<ingress_rule> auto& x) {
  f("rule_id", x.rule_id), f("listen_port", x.listen_port), f("target_addr", x.target_addr);
  f("mode", x.mode), f("cert_pem", x.cert_pem), f("key_pem", x.key_pem);
}
void name_members(auto& f, is<ingress_config> auto& x) { f("enabled", x.enabled), f("rules", x.rules); }
void name_members(auto& f, is<site_tunnel> auto& x) {
  f("tunnel_id", x.tunnel_id), f("remote_endpoint", x.remote_endpoint);
  f("remote_public_key", x.remote_public_key), f("local_subnets", x.local_subnets);
  f("remote_subnets", x.remote_subnets), f("psk", x.psk), f("interface_name", x.interface_name);
  f("listen_port", x.listen_port);
}
void name_members(auto& f, is<site_to_site_config> auto& x) {
  f("enabled", x.enabled), f("tunnels", x.tunnels);
}
void name_members(auto& f, is<signing_keys> auto& x) {
  f("current", x.current), f("previous", x.previous), f("transition_expires", x.transition_expires);
}
void name_members(auto& f, is<data_entry> auto& x) {
  f("key", x.key), f("content_type", x.content_type), f.json("payload", x.payload);
  f("version", x.version), f("updated_at", x.updated_at);
}
void name_members(auto& f, is<desired_state> auto& x) {
  f("peers", x.peers), f("policies", x.policies), f("signing_keys", x.signing), f("metadata", x.metadata);
  f("data", x.data), f("secret_refs", x.secret_refs), f("collectors", x.collectors),
    f("bridge_config", x.bridge);
  f("relay_config", x.relay), f("user_access_config", x.user_access), f("ingress_config", x.ingress);
  f("site_to_site_config", x.site_to_site);
}

}  // namespace muster::state_json
