// Keys, addresses, names, and what must be there only once.
#include "runtime/wire/state_normal_form.hpp"

#include "actors/manager/network_address.hpp"
#include "runtime/config/units.hpp"
#include "runtime/crypto/base64.hpp"
#include "runtime/json/tree.hpp"

#include <algorithm>
#include <set>

namespace muster::state_json {

namespace {

constexpr size_t key_bytes = 32;
constexpr std::string_view label_prefix = "label:";
constexpr std::string_view name_characters =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; });
}

// Walks one object or list; the first problem ends it all.
class place {
 public:
  place(std::string path, std::string& problem) : path_(std::move(path)), problem_(problem) {}

  place member(const char* name) const { return {json::member_path(path_, name), problem_}; }
  place element(size_t index) const { return {json::element_path(path_, index), problem_}; }

  void require(bool holds, const std::string& what) const {
    if (!holds && problem_.empty()) problem_ = path_ + ": " + what;
  }

  void name(const std::string& text) const {
    require(is_name(text), json::shown(text) + " is not a name of letters, digits, '.', '_' and '-'");
  }
  void key(const std::string& text) const {
    const auto bytes = from_base64(text);
    require(bytes && bytes->size() == key_bytes, "is not a key, which is 32 bytes in base64");
  }
  void key_if_any(const std::string& text) const {
    if (!text.empty()) key(text);
  }
  void endpoint(const std::string& text) const {
    require(is_endpoint(text), json::shown(text) + " is not host:port");
  }
  void endpoint_if_any(const std::string& text) const {
    if (!text.empty()) endpoint(text);
  }
  void selector(const std::string& text) const {
    require(is_selector(text), json::shown(text) + " is not '*', a node, a host name or label:key=value");
  }
  void interface_name(const std::string& text) const {
    require(is_name(text), json::shown(text) + " is not the name of an interface");
  }
  void pem(const std::string& text) const {
    require(text.starts_with("-----BEGIN "), "is not PEM, which begins with '-----BEGIN '");
  }
  void ranges(std::vector<std::string>& texts) const {
    for (size_t i = 0; i < texts.size(); ++i) {
      const auto range = parse_network_range(texts[i]);
      element(i).require(range.has_value(), json::shown(texts[i]) + " is not a range of addresses");
      if (!range) return;
      const auto text = to_string(*range);
      texts[i] = text.find('/') == text.npos ? text + (range->is_ipv4() ? "/32" : "/128") : text;
    }
    std::sort(texts.begin(), texts.end());
    texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  }

 private:
  std::string path_;
  std::string& problem_;
};

// Each of `list` has another value of `member`.
template <class T, class Member>
void each_once(const place& at, const std::vector<T>& list, const char* name, Member T::*member) {
  std::set<Member> seen;
  for (size_t i = 0; i < list.size(); ++i)
    at.element(i).member(name).require(seen.insert(list[i].*member).second, "is there twice");
}

template <class T>
void sort_by(std::vector<T>& list, std::string T::*member) {
  std::sort(list.begin(), list.end(), [member](const T& a, const T& b) { return a.*member < b.*member; });
}

void check(const place& at, mesh_peer& peer) {
  at.member("id").name(peer.id);
  at.member("public_key").key(peer.public_key);
  at.member("endpoint").endpoint_if_any(peer.endpoint);
  at.member("allowed_ips").ranges(peer.allowed_ips);
  at.member("psk").key_if_any(peer.psk);
  if (peer.mesh_ip.empty()) return;
  const auto address = parse_network_address(peer.mesh_ip);
  at.member("mesh_ip").require(address.has_value(), json::shown(peer.mesh_ip) + " is not an IP address");
  if (address) peer.mesh_ip = to_string(*address);
}

void check(const place& at, network_policy& policy) {
  at.member("id").name(policy.id);
  for (size_t i = 0; i < policy.rules.size(); ++i) {
    const auto rule = at.member("rules").element(i);
    rule.member("src").selector(policy.rules[i].src);
    rule.member("dst").selector(policy.rules[i].dst);
  }
}

void check(const place& at, data_entry& entry) {
  at.member("key").name(entry.key);
  if (entry.content_type.empty()) entry.content_type = "application/json";
  at.member("content_type")
    .require(entry.content_type.find('/') != std::string::npos && !has_control(entry.content_type),
             json::shown(entry.content_type) + " is not a media type");
}

void check(const place& at, secret_reference& secret) { at.member("key").name(secret.key); }

void check(const place& at, collector_config& collector) { at.member("id").name(collector.id); }

void check(const place& at, relay_session& session) {
  at.member("session_id").name(session.session_id);
  at.member("peer_a_id").name(session.peer_a_id);
  at.member("peer_b_id").name(session.peer_b_id);
  at.member("peer_b_id").require(session.peer_a_id != session.peer_b_id, "is peer_a_id too");
  at.member("peer_a_endpoint").endpoint(session.peer_a_endpoint);
  at.member("peer_b_endpoint").endpoint(session.peer_b_endpoint);
  at.member("expires_at").require(session.expires_at != utc_time{}, "is not a time of RFC 3339");
}

void check(const place& at, access_peer& peer) {
  at.member("public_key").key(peer.public_key);
  at.member("allowed_ips").ranges(peer.allowed_ips);
  at.member("psk").key_if_any(peer.psk);
  at.member("label").require(!has_control(peer.label), "has control characters");
}

void check(const place& at, ingress_rule& rule) {
  at.member("rule_id").name(rule.rule_id);
  at.member("target_addr").endpoint(rule.target_addr);
  const bool tls = rule.mode == "tls";
  if (tls || !rule.cert_pem.empty()) at.member("cert_pem").pem(rule.cert_pem);
  if (tls || !rule.key_pem.empty()) at.member("key_pem").pem(rule.key_pem);
}

void check(const place& at, site_tunnel& tunnel) {
  at.member("tunnel_id").name(tunnel.tunnel_id);
  at.member("remote_endpoint").endpoint(tunnel.remote_endpoint);
  at.member("remote_public_key").key(tunnel.remote_public_key);
  at.member("local_subnets").ranges(tunnel.local_subnets);
  at.member("remote_subnets").ranges(tunnel.remote_subnets);
  at.member("psk").key_if_any(tunnel.psk);
  if (!tunnel.interface_name.empty()) at.member("interface_name").interface_name(tunnel.interface_name);
}

// Every one by itself, then that each is there once, then in their order.
template <class T>
void check_list(const place& at, std::vector<T>& list, const char* name, std::string T::*member) {
  for (size_t i = 0; i < list.size(); ++i) check(at.element(i), list[i]);
  each_once(at, list, name, member);
  sort_by(list, member);
}

void check_blocks(const place& at, desired_state& what) {
  if (what.bridge) at.member("bridge_config").member("access_subnets").ranges(what.bridge->access_subnets);
  if (what.relay)
    check_list(at.member("relay_config").member("sessions"), what.relay->sessions, "session_id",
               &relay_session::session_id);
  if (what.user_access) {
    const auto access = at.member("user_access_config");
    access.member("interface_name").interface_name(what.user_access->interface_name);
    check_list(access.member("peers"), what.user_access->peers, "public_key", &access_peer::public_key);
  }
  if (what.ingress) {
    const auto rules = at.member("ingress_config").member("rules");
    each_once(rules, what.ingress->rules, "listen_port", &ingress_rule::listen_port);
    check_list(rules, what.ingress->rules, "rule_id", &ingress_rule::rule_id);
  }
  if (what.site_to_site) {
    const auto tunnels = at.member("site_to_site_config").member("tunnels");
    each_once(tunnels, what.site_to_site->tunnels, "listen_port", &site_tunnel::listen_port);
    check_list(tunnels, what.site_to_site->tunnels, "tunnel_id", &site_tunnel::tunnel_id);
  }
}

}  // namespace

bool is_name(std::string_view text) {
  return !text.empty() && text.find_first_not_of(name_characters) == text.npos && text != "." && text != "..";
}

bool is_endpoint(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == text.npos) return false;
  const auto port = parse_whole_number(text.substr(colon + 1));
  if (!port || *port == 0 || *port > 65535) return false;
  auto host = text.substr(0, colon);
  if (!host.starts_with('[')) return is_name(host);
  if (!host.ends_with(']')) return false;
  const auto address = parse_network_address(host.substr(1, host.size() - 2));
  return address && !address->is_ipv4();
}

bool is_selector(std::string_view text) {
  if (text == "*") return true;
  if (!text.starts_with(label_prefix)) return is_name(text);
  const auto label = text.substr(label_prefix.size());
  const auto equals = label.find('=');
  return equals != label.npos && is_name(label.substr(0, equals)) && !has_control(label);
}

std::string normalise(desired_state& what) {
  std::string problem;
  const place root{"$", problem};
  check_list(root.member("peers"), what.peers, "id", &mesh_peer::id);
  check_list(root.member("policies"), what.policies, "id", &network_policy::id);
  check_list(root.member("data"), what.data, "key", &data_entry::key);
  check_list(root.member("secret_refs"), what.secret_refs, "key", &secret_reference::key);
  check_list(root.member("collectors"), what.collectors, "id", &collector_config::id);
  check_blocks(root, what);
  return problem;
}

}  // namespace muster::state_json
