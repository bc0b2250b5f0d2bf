// Nodes of a mesh: agents that speak the plexd dialect. What the manager knows of one
// beyond its agent_record, and the bootstrap tokens that let hosts become nodes.
#pragma once

#include "messages/agents.hpp"

namespace muster {

// Lets hosts enrol, each use one host. Made by operators; its text is shown once and
// not stored.
struct bootstrap_token {
  std::string id;  // "bt-" and 16 lower-case hexadecimal digits, the beginning of the digest
  token_digest digest;
  std::string tenant;
  std::map<std::string, std::string> labels;  // for nodes that enrol with it
  std::string hostname;                       // the only host that may use it; empty for any
  uint32_t uses = 1;                          // how many hosts may enrol, at least 1
  uint32_t used = 0;
  utc_time made_at{};
  utc_time expires_at{};  // the first millisecond in which it is no longer valid
  utc_time revoked_at{};  // zero while it is not
  std::string author;

  bool operator==(const bootstrap_token&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, bootstrap_token& x) {
  return f(caf::meta::type_name("bootstrap_token"), x.id, x.digest, x.tenant, x.labels, x.hostname, x.uses,
           x.used, x.made_at, x.expires_at, x.revoked_at, x.author);
}

// What a node is beyond its agent_record: one record in the ledger.
struct node_facts {
  agent_id id{};
  std::string public_key;                       // Curve25519, base64 of 32 bytes
  uint32_t mesh_address = 0;                    // IPv4, in host byte order
  bool bridge = false;                          // has an address of the range for bridges
  std::string sealed_key;                       // the node's secret key under the master key
  token_digest key;                             // its digest, the place for which it is sealed
  std::map<std::string, std::string> metadata;  // as registered
  std::string capabilities;                     // JSON as announced; empty if it did not
  std::map<std::string, std::string> actions;   // that it offers, of those; hooks with their checksum
  std::string binary_version;                   // of the node's own program, as announced
  std::string binary_checksum;                  // SHA-256 in lower-case hexadecimals, as it said last
  std::string endpoint;                         // "host:port" at which others reach it; empty if unknown
  std::string nat_type;                         // "none", "full_cone", "symmetric" or "unknown"
  uint32_t key_generation = 0;                  // how often it has replaced its public key
  token_digest enrolled_with = {};              // the bootstrap token that let it in
  utc_time enrolled_at{};                       // the last time that it did

  bool operator==(const node_facts&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, node_facts& x) {
  return f(caf::meta::type_name("node_facts"), x.id, x.public_key, x.mesh_address, x.bridge, x.sealed_key,
           x.key, x.metadata, x.capabilities, x.actions, x.binary_version, x.binary_checksum, x.endpoint,
           x.nat_type, x.key_generation, x.enrolled_with, x.enrolled_at);
}

// The mesh address of a node that was removed, until it has cooled down.
struct left_address {
  std::string tenant;
  uint32_t address = 0;
  utc_time left_at{};

  bool operator==(const left_address&) const = default;
};

// What others may see of a node, and what decides whether they do.
struct mesh_node {
  agent_id id{};
  std::string tenant;
  std::string hostname;
  std::map<std::string, std::string> labels;
  agent_status status = agent_status::online;
  std::string public_key;
  uint32_t mesh_address = 0;
  std::string endpoint;
  uint32_t key_generation = 0;
  std::map<std::string, std::string> metadata;  // as registered

  bool operator==(const mesh_node&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, mesh_node& x) {
  return f(caf::meta::type_name("mesh_node"), x.id, x.tenant, x.hostname, x.labels, x.status, x.public_key,
           x.mesh_address, x.endpoint, x.key_generation, x.metadata);
}

// What becomes durable with the agent's record when a node enrols. The fleet fills in the id.
struct node_enrolment {
  node_facts facts;
  token_digest token;  // of the bootstrap token: one more of its uses is counted; empty if that was before

  bool operator==(const node_enrolment&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, node_enrolment& x) {
  return f(caf::meta::type_name("node_enrolment"), x.facts, x.token);
}

// Ingress to registrar: a host asks to become a node. Answered by `node_welcome` once durable.
struct register_node {
  token_digest token;  // of the bootstrap token it showed
  host_facts host;
  std::string public_key;
  std::map<std::string, std::string> metadata;
  std::string capabilities;
  std::map<std::string, std::string> actions;
  std::string binary_version;
  std::string binary_checksum;
  std::string peer;  // the address it came from, for the audit
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, register_node& x) {
  return f(caf::meta::type_name("register_node"), x.token, x.host, x.public_key, x.metadata, x.capabilities,
           x.actions, x.binary_version, x.binary_checksum, x.peer);
}

// The only message that ever carries a node's secret key.
struct node_welcome {
  agent_id id{};
  std::string secret_key;
  uint32_t mesh_address = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, node_welcome& x) {
  return f(caf::meta::type_name("node_welcome"), x.id, x.secret_key, x.mesh_address);
}

// Operator to registrar: make a bootstrap token. Answered by `token_made` once durable.
struct make_token {
  std::string tenant;
  std::map<std::string, std::string> labels;
  std::string hostname;  // for this host only; empty for any
  uint32_t uses = 1;
  std::chrono::milliseconds lifetime{};
  std::string author;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, make_token& x) {
  return f(caf::meta::type_name("make_token"), x.tenant, x.labels, x.hostname, x.uses, x.lifetime, x.author);
}
struct token_made {
  std::string secret;  // shown this once
  bootstrap_token token;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, token_made& x) {
  return f(caf::meta::type_name("token_made"), x.secret, x.token);
}

// Operator to registrar. Answered by `token_list`.
struct list_tokens {};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, list_tokens&) {
  return f(caf::meta::type_name("list_tokens"));
}
struct token_list {
  std::vector<bootstrap_token> tokens;  // by the time they were made
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, token_list& x) {
  return f(caf::meta::type_name("token_list"), x.tokens);
}

// Operator to registrar: nobody enrols with it any more. Answered by `committed`.
struct revoke_token {
  std::string id;
  std::string author;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, revoke_token& x) {
  return f(caf::meta::type_name("revoke_token"), x.id, x.author);
}

// Fleet to who knows more of an agent of one dialect: it entered this status, or an operator gave it these
// labels, or what is said of its loss has changed.
struct node_changed {
  agent_id id{};
  agent_status status = agent_status::online;
  std::map<std::string, std::string> labels;
  bool held = false;   // it is silent, perhaps with many others: what its loss entails waits
  bool quiet = false;  // it comes and goes so often that nobody is told
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, node_changed& x) {
  return f(caf::meta::type_name("node_changed"), x.id, x.status, x.labels, x.held, x.quiet);
}

// Registrar to steward: this is how the node is from now on, whether it was known or not.
struct note_node {
  mesh_node node;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, note_node& x) {
  return f(caf::meta::type_name("note_node"), x.node);
}

// A node to registrar, by way of its loop. Each is answered by `committed`.
struct announce_capabilities {
  agent_id id{};
  std::string capabilities;
  std::map<std::string, std::string> actions;
  std::string binary_version;
  std::string binary_checksum;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, announce_capabilities& x) {
  return f(caf::meta::type_name("announce_capabilities"), x.id, x.capabilities, x.actions, x.binary_version,
           x.binary_checksum);
}
struct report_endpoint {
  agent_id id{};
  std::string endpoint;
  std::string nat_type;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, report_endpoint& x) {
  return f(caf::meta::type_name("report_endpoint"), x.id, x.endpoint, x.nat_type);
}
struct replace_node_key {
  agent_id id{};
  std::string public_key;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, replace_node_key& x) {
  return f(caf::meta::type_name("replace_node_key"), x.id, x.public_key);
}
// It said in a heartbeat that its program has this checksum, which is news.
struct report_checksum {
  agent_id id{};
  std::string binary_checksum;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, report_checksum& x) {
  return f(caf::meta::type_name("report_checksum"), x.id, x.binary_checksum);
}

// A version of the nodes' program and the checksums that it may have.
struct known_binary {
  std::string version;
  std::vector<std::string> checksums;  // SHA-256 in lower-case hexadecimals, ascending
  utc_time declared_at{};
  std::string author;

  bool operator==(const known_binary&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, known_binary& x) {
  return f(caf::meta::type_name("known_binary"), x.version, x.checksums, x.declared_at, x.author);
}
// Operator to registrar: these and no others are good; none forgets the version.
// Answered by `committed`.
struct declare_binary {
  std::string version;
  std::vector<std::string> checksums;
  std::string author;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, declare_binary& x) {
  return f(caf::meta::type_name("declare_binary"), x.version, x.checksums, x.author);
}
struct list_binaries {};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, list_binaries&) {
  return f(caf::meta::type_name("list_binaries"));
}
struct binary_list {
  std::vector<known_binary> binaries;  // by version
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, binary_list& x) {
  return f(caf::meta::type_name("binary_list"), x.binaries);
}

// What the checksum that a node reports says of its program.
enum class binary_verdict : uint8_t {
  unreported,  // it has not said
  undeclared,  // nothing was declared for its version
  good,
  deviant,  // its version has other checksums
};

struct node_row {
  mesh_node node;
  bool bridge = false;
  std::string nat_type;
  std::string binary_version;
  std::string binary_checksum;
  binary_verdict verdict = binary_verdict::unreported;
  bool held = false;  // it is silent, perhaps with many others
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, node_row& x) {
  return f(caf::meta::type_name("node_row"), x.node, x.bridge, x.nat_type, x.binary_version,
           x.binary_checksum, x.verdict, x.held);
}

// Operator to registrar. Answered by `node_page`, ascending by id.
struct list_nodes {
  caf::optional<std::string> tenant;
  std::map<std::string, std::string> labels;  // all of them
  caf::optional<agent_status> status;
  caf::optional<std::string> hostname;
  bool deviant = false;  // only those with a program that was not declared good
  agent_id after{};
  size_t limit = 100;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, list_nodes& x) {
  return f(caf::meta::type_name("list_nodes"), x.tenant, x.labels, x.status, x.hostname, x.deviant, x.after,
           x.limit);
}
struct node_page {
  std::vector<node_row> nodes;
  agent_id next{};  // go on after this; zero at the end
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, node_page& x) {
  return f(caf::meta::type_name("node_page"), x.nodes, x.next);
}

// Operator to registrar. Answered by `node_details` or agent_unknown.
struct show_node {
  agent_id id{};
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, show_node& x) {
  return f(caf::meta::type_name("show_node"), x.id);
}
struct node_details {
  node_row row;
  std::string capabilities;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, node_details& x) {
  return f(caf::meta::type_name("node_details"), x.row, x.capabilities);
}

// Dispatcher to registrar: whom would this action reach? Members only, whatever their
// status, ascending by id. Answered by `node_selection`.
struct select_nodes {
  caf::optional<std::string> tenant;          // any without one
  std::map<std::string, std::string> labels;  // all of them; none for every node
  std::vector<agent_id> ids;                  // exactly those if there are some
  std::string action;                         // or hook
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, select_nodes& x) {
  return f(caf::meta::type_name("select_nodes"), x.tenant, x.labels, x.ids, x.action);
}
struct selected_node {
  agent_id id{};
  std::string tenant;
  std::string hostname;
  agent_status status = agent_status::online;
  bool offers = true;    // false if it announced what it can do and the action is not among that
  std::string checksum;  // of the hook with that name; empty for a built-in action
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, selected_node& x) {
  return f(caf::meta::type_name("selected_node"), x.id, x.tenant, x.hostname, x.status, x.offers, x.checksum);
}
struct node_selection {
  std::vector<selected_node> nodes;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, node_selection& x) {
  return f(caf::meta::type_name("node_selection"), x.nodes);
}

}  // namespace muster
