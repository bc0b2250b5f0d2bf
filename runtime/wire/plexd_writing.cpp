// The plexd dialect: what its nodes read.
#include "runtime/wire/plexd.hpp"

#include <fmt/format.h>

#include <iterator>

namespace muster::plexd {

namespace {

using json::quote;

// Both names of its id: documents and programs differ there.
void append_peer(std::string& out, const mesh_peer& peer) {
  fmt::format_to(std::back_inserter(out),
                 R"({{"id":{0},"peer_id":{0},"public_key":{1},"mesh_ip":{2},"endpoint":{3},"allowed_ips":[)",
                 quote(peer.id), quote(peer.public_key), quote(peer.mesh_ip), quote(peer.endpoint));
  for (const auto& range : peer.allowed_ips) {
    if (out.back() != '[') out += ',';
    json::append_quoted(out, range);
  }
  fmt::format_to(std::back_inserter(out), R"(],"psk":{}}})", quote(peer.psk));
}

template <class Append>
std::string list_of(const std::vector<mesh_peer>& peers, Append append) {
  std::string out = "[";
  for (const auto& peer : peers) {
    if (out.size() > 1) out += ',';
    append(out, peer);
  }
  return out + "]";
}

}  // namespace

std::string to_address(uint32_t mesh_address) {
  return fmt::format("{}.{}.{}.{}", mesh_address >> 24, mesh_address >> 16 & 255, mesh_address >> 8 & 255,
                     mesh_address & 255);
}

std::string write_welcome(const node_welcome& welcome, const std::string& signing_key,
                          const std::vector<mesh_peer>& peers) {
  return fmt::format(
    R"({{"node_id":"{}","mesh_ip":"{}","signing_public_key":"{}","node_secret_key":"{}","peers":{}}})",
    to_string(welcome.id), to_address(welcome.mesh_address), signing_key, welcome.secret_key,
    list_of(peers, append_peer));
}

std::string write_ack(const heartbeat_ack& ack, std::chrono::milliseconds interval) {
  std::string out = "{";
  if ((ack.directives & directive_reconcile) != 0) out += R"("reconcile":true,)";
  if ((ack.directives & directive_rotate_keys) != 0) out += R"("rotate_keys":true,)";
  if (ack.new_policy != 0) fmt::format_to(std::back_inserter(out), R"("policy_version":{},)", ack.new_policy);
  fmt::format_to(std::back_inserter(out), R"("interval_seconds":{}}})",
                 static_cast<double>(interval.count()) / 1000);
  return out;
}

std::string write_updated_peers(const std::vector<mesh_peer>& peers) {
  return R"({"updated_peers":)" + list_of(peers, append_peer) + "}";
}

std::string write_peer_endpoints(const std::vector<mesh_peer>& peers) {
  return R"({"peer_endpoints":)"
         + list_of(peers,
                   [](std::string& out, const mesh_peer& peer) {
                     fmt::format_to(std::back_inserter(out), R"({{"peer_id":{},"endpoint":{}}})",
                                    quote(peer.id), quote(peer.endpoint));
                   })
         + "}";
}

std::string write_error(std::string_view what) { return R"({"error":)" + quote(what) + "}"; }

}  // namespace muster::plexd
