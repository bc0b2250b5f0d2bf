// Conversations with the steward: operators write what nodes shall be and have, loops
// ask on behalf of nodes.
#pragma once

#include "messages/desired_state.hpp"
#include "messages/document.hpp"
#include "messages/interfaces.hpp"
#include "messages/ledger.hpp"

namespace muster {

enum class state_level : uint8_t { tenant, label, node };

// Which nodes a layer or a secret is for. Later levels win over earlier ones.
struct state_scope {
  state_level level = state_level::tenant;
  std::string tenant;  // empty for a node's
  std::string name;    // "key=value", or the node's id; empty for the tenant

  auto operator<=>(const state_scope&) const = default;
};
std::string to_string(const state_scope& scope);  // "tenant", "label:env=prod", "node:ag-…"
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, state_scope& x) {
  return f(caf::meta::type_name("state_scope"), x.level, x.tenant, x.name);
}

// Who did it and why; what every change is recorded with.
struct state_author {
  std::string name;
  std::string reason;

  bool operator==(const state_author&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, state_author& x) {
  return f(caf::meta::type_name("state_author"), x.name, x.reason);
}

// The revision that last changed an entry of a layer.
struct entry_version {
  uint64_t revision = 0;
  utc_time at{};

  bool operator==(const entry_version&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, entry_version& x) {
  return f(caf::meta::type_name("entry_version"), x.revision, x.at);
}

struct state_layer {
  uint64_t number = 0;  // the revision that made it
  state_scope scope;
  desired_state what;
  std::map<std::string, entry_version>
    versions;             // by "data/KEY", "secret_refs/KEY", "collectors/ID", "policies/ID"
  uint64_t revision = 0;  // that last wrote it
  utc_time at{};
  state_author by;

  bool operator==(const state_layer&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, state_layer& x) {
  return f(caf::meta::type_name("state_layer"), x.number, x.scope, x.what, x.versions, x.revision, x.at,
           x.by);
}

// A line of the history of layers and secrets.
struct state_revision {
  uint64_t revision = 0;
  state_scope scope;
  std::string action;  // write, delete, put_secret or revoke_secret
  std::string secret;  // its name
  utc_time at{};
  state_author by;

  bool operator==(const state_revision&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, state_revision& x) {
  return f(caf::meta::type_name("state_revision"), x.revision, x.scope, x.action, x.secret, x.at, x.by);
}

// Operator to steward: replace, or delete, a layer. Answered by `state_written` once durable, or by
// agent_unknown, policy_conflict, state_unknown or state_refused.
struct write_state {
  state_scope scope;
  caf::optional<desired_state> what;  // none deletes the layer
  state_author by;
  caf::optional<uint64_t> expected;  // revision that the layer must have, 0 for no layer
  bool dry_run = false;
  caf::optional<agent_id> shown;  // whose state a dry run shows
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, write_state& x) {
  return f(caf::meta::type_name("write_state"), x.scope, x.what, x.by, x.expected, x.dry_run, x.shown);
}
struct state_written {
  uint64_t revision = 0;        // 0 of a dry run
  uint64_t concerned = 0;       // nodes that have another state by this
  std::vector<agent_id> nodes;  // the first of them, ascending
  std::string json;             // the state that a dry run shows, without keys
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, state_written& x) {
  return f(caf::meta::type_name("state_written"), x.revision, x.concerned, x.nodes, x.json);
}

// Operator to steward: every layer there is. Answered by `state_layers`.
struct read_layers {};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, read_layers&) {
  return f(caf::meta::type_name("read_layers"));
}
struct state_layers {
  uint64_t revision = 0;
  std::vector<document<state_layer>> layers;  // by scope
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, state_layers& x) {
  return f(caf::meta::type_name("state_layers"), x.revision, x.layers);
}

// Operator to steward. Answered by `state_history`, newest first.
struct read_state_history {
  caf::optional<state_scope> scope;
  uint64_t before = 0;  // 0 for the newest
  size_t limit = 100;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, read_state_history& x) {
  return f(caf::meta::type_name("read_state_history"), x.scope, x.before, x.limit);
}
struct state_history {
  std::vector<state_revision> revisions;
  uint64_t next = 0;  // go on before this; 0 at the end
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, state_history& x) {
  return f(caf::meta::type_name("state_history"), x.revisions, x.next);
}

// Ingress to steward: what shall the node be and have? Answered by `document<node_state>`, by agent_unknown,
// or by state_not_ready as long as no signing keys are known.
struct compose_state {
  agent_id id{};
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, compose_state& x) {
  return f(caf::meta::type_name("compose_state"), x.id);
}
struct node_state {
  std::string etag;  // in quotes
  std::string json;  // an object with members, so that more may be put before its last character
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, node_state& x) {
  return f(caf::meta::type_name("node_state"), x.etag, x.json);
}

// Operator to steward: the same for people, without keys. Answered by `state_shown`.
struct show_state {
  agent_id id{};
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, show_state& x) {
  return f(caf::meta::type_name("show_state"), x.id);
}
struct state_shown {
  std::vector<std::string> layers;  // from below
  std::string json;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, state_shown& x) {
  return f(caf::meta::type_name("state_shown"), x.layers, x.json);
}

// Ingress to steward: whom does the node see? Answered by `peer_list` or agent_unknown.
struct list_peers {
  agent_id id{};
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, list_peers& x) {
  return f(caf::meta::type_name("list_peers"), x.id);
}
struct peer_list {
  std::vector<mesh_peer> peers;  // by id
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, peer_list& x) {
  return f(caf::meta::type_name("peer_list"), x.peers);
}

// A secret of one scope. Its value is sealed here, and gone once it is revoked.
struct stored_secret {
  uint64_t number = 0;  // the revision that made it
  std::string name;
  state_scope scope;
  uint64_t version = 0;  // the revision of its value, or of its revocation
  utc_time at{};
  state_author by;
  bool revoked = false;
  std::string sealed;

  bool operator==(const stored_secret&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, stored_secret& x) {
  return f(caf::meta::type_name("stored_secret"), x.number, x.name, x.scope, x.version, x.at, x.by, x.revoked,
           x.sealed);
}

// Operator to steward. Each is answered by `state_written` once durable, or by agent_unknown,
// state_unknown or state_refused.
struct put_secret {
  std::string name;  // of letters, digits, ".", "_" and "-", at most 128
  state_scope scope;
  std::string value;
  state_author by;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, put_secret& x) {
  return f(caf::meta::type_name("put_secret"), x.name, x.scope, x.value, x.by);
}
struct revoke_secret {
  std::string name;
  state_scope scope;
  state_author by;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, revoke_secret& x) {
  return f(caf::meta::type_name("revoke_secret"), x.name, x.scope, x.by);
}
struct list_secrets {};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, list_secrets&) {
  return f(caf::meta::type_name("list_secrets"));
}
struct secret_list {
  std::vector<stored_secret> secrets;  // by name and scope, without what is sealed
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, secret_list& x) {
  return f(caf::meta::type_name("secret_list"), x.secrets);
}

// Ingress to steward: a node wants a secret's value. Answered by `secret_value`, by agent_unknown,
// or by state_unknown if it has none of this name.
struct fetch_secret {
  agent_id id{};
  std::string key;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, fetch_secret& x) {
  return f(caf::meta::type_name("fetch_secret"), x.id, x.key);
}
// The only message that carries a secret out of the vault.
struct secret_value {
  std::string key;
  uint64_t version = 0;
  std::string value;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, secret_value& x) {
  return f(caf::meta::type_name("secret_value"), x.key, x.version, x.value);
}

// Fleet to steward: there is another revision of the fleet's policy.
struct fleet_policy_changed {
  uint64_t revision = 0;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, fleet_policy_changed& x) {
  return f(caf::meta::type_name("fleet_policy_changed"), x.revision);
}

// The steward to itself: tell nodes what was gathered.
struct state_news_due {};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, state_news_due&) {
  return f(caf::meta::type_name("state_news_due"));
}

// A layer as the ledger keeps it: what it asks for may hold keys, so it is sealed.
struct sealed_layer {
  state_layer layer;   // without what it asks for
  std::string sealed;  // that, as JSON

  bool operator==(const sealed_layer&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, sealed_layer& x) {
  return f(caf::meta::type_name("sealed_layer"), x.layer, x.sealed);
}

// Steward to ledger, one change: what is there from now on, and what is no more.
struct record_state {
  std::vector<sealed_layer> layers;
  std::vector<uint64_t> removed_layers;  // their numbers
  std::vector<stored_secret> secrets;
  std::vector<uint64_t> removed_secrets;
  caf::optional<state_revision> revision;
  uint64_t history_from = 0;  // the history before this revision is deleted
  std::vector<audit_entry> audit;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, record_state& x) {
  return f(caf::meta::type_name("record_state"), x.layers, x.removed_layers, x.secrets, x.removed_secrets,
           x.revision, x.history_from, x.audit);
}

}  // namespace muster
