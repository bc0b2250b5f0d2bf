// The plexd dialect: JSON of nodes to messages and back, nothing else. What nodes are
// sent over their event streams is in plexd_event.hpp; docs/wire/plexd.md tells who
// sends what.
#pragma once

#include "messages/desired_state.hpp"
#include "messages/heartbeat.hpp"
#include "messages/nodes.hpp"
#include "runtime/wire/reading.hpp"

namespace muster::plexd {

// What a host says when it wants to become a node.
struct registration {
  std::string token;
  register_node request;  // but for the token's digest and where it came from
};
reading<registration> read_registration(const json::element& body);

// What a heartbeat says; at HEAD of plexd everything is empty.
struct node_report {
  heartbeat_report report;
  std::string binary_checksum;
  std::string endpoint;
  std::string nat_type;
};
reading<node_report> read_heartbeat(const json::element& body);

// The id is the caller's affair.
reading<announce_capabilities> read_capabilities(const json::element& body);
reading<report_endpoint> read_endpoint(const json::element& body);

struct key_replacement {
  std::string node_id;  // empty if it did not say
  std::string public_key;
};
reading<key_replacement> read_key_replacement(const json::element& body);

// "10.100.0.7"
std::string to_address(uint32_t mesh_address);

std::string write_welcome(const node_welcome& welcome, const std::string& signing_key,
                          const std::vector<mesh_peer>& peers);
// `interval` and the policy's version are for agents of our own.
std::string write_ack(const heartbeat_ack& ack, std::chrono::milliseconds interval);
std::string write_updated_peers(const std::vector<mesh_peer>& peers);
std::string write_peer_endpoints(const std::vector<mesh_peer>& peers);
std::string write_error(std::string_view what);

}  // namespace muster::plexd
