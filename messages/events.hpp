// Events for nodes of the plexd dialect: each tenant has one stream of them, which
// its nodes follow with nothing but a place in it. A place is an epoch, which is the
// same as long as the ledger lives, and a sequence, which only grows.
#pragma once

#include "messages/document.hpp"
#include "messages/interfaces.hpp"
#include "messages/ledger.hpp"

#include <caf/optional.hpp>

#include <string>
#include <vector>

namespace muster {

// Whom of the tenant's nodes an event is for.
enum class audience_kind : uint8_t { everyone, only, except };
struct event_audience {
  audience_kind kind = audience_kind::everyone;
  std::vector<agent_id> ids;  // ascending; none for everyone

  bool operator==(const event_audience&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, event_audience& x) {
  return f(caf::meta::type_name("event_audience"), x.kind, x.ids);
}

struct node_event {
  std::string type;     // 1 to 128 printable ASCII characters
  std::string payload;  // JSON; empty stands for null
  event_audience audience;

  bool operator==(const node_event&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, node_event& x) {
  return f(caf::meta::type_name("node_event"), x.type, x.payload, x.audience);
}

// An event in its stream, as the ledger keeps it.
struct logged_event {
  uint32_t stream = 0;  // of the tenant, from 0
  std::string tenant;
  uint64_t sequence = 0;  // from 1; some may be missing
  utc_time at{};
  node_event what;

  bool operator==(const logged_event&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, logged_event& x) {
  return f(caf::meta::type_name("logged_event"), x.stream, x.tenant, x.sequence, x.at, x.what);
}

// An event as nodes are sent it. Made once and shared by all who are sent it.
struct signed_frame {
  document<logged_event> what;
  utc_time signed_at{};
  std::string key;    // the public key that it verifies with
  std::string frame;  // empty when it was not signed since the manager's start

  bool operator==(const signed_frame&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, signed_frame& x) {
  return f(caf::meta::type_name("signed_frame"), x.what, x.signed_at, x.key, x.frame);
}

// The public keys that events verify with, 44 characters of base64 each. Until
// `transition_expires` the previous one is good too; without one it is empty.
struct signing_keys {
  std::string current;
  std::string previous;
  utc_time transition_expires{};

  bool operator==(const signing_keys&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, signing_keys& x) {
  return f(caf::meta::type_name("signing_keys"), x.current, x.previous, x.transition_expires);
}

// Anyone to the event log: tell these nodes. Answered by `committed` with the last
// sequence once all are durable, or by event_refused and a text that names what is
// wrong with which of them; then none is told.
struct append_events {
  std::string tenant;
  std::vector<node_event> events;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, append_events& x) {
  return f(caf::meta::type_name("append_events"), x.tenant, x.events);
}

// An operator to the event log: sign with a new key from now on. The old one stays
// good for `overlap`, of 1 minute to 365 days. Answered by the keys once nodes are told.
struct rotate_signing_key {
  std::chrono::milliseconds overlap = std::chrono::hours{24};
  std::string author;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, rotate_signing_key& x) {
  return f(caf::meta::type_name("rotate_signing_key"), x.overlap, x.author);
}

// Anyone to the event log: which keys are good? Answered once they are durable.
struct read_signing_keys {};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, read_signing_keys&) {
  return f(caf::meta::type_name("read_signing_keys"));
}

// Event log to its listeners, before everything that depends on it: what places and
// signatures are made of.
struct publish_signing {
  uint64_t epoch = 0;
  signing_keys keys;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, publish_signing& x) {
  return f(caf::meta::type_name("publish_signing"), x.epoch, x.keys);
}

// Event log to its listeners: these were appended to the tenant's stream.
struct publish_events {
  std::string tenant;
  std::vector<document<signed_frame>> frames;  // ascending
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, publish_events& x) {
  return f(caf::meta::type_name("publish_events"), x.tenant, x.frames);
}

// Event log to who serves the keys to nodes: these are good from now on. Answered by
// `signing_keys_known`; before that no node is told of them.
struct note_signing_keys {
  signing_keys keys;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, note_signing_keys& x) {
  return f(caf::meta::type_name("note_signing_keys"), x.keys);
}
struct signing_keys_known {
  std::vector<std::string> tenants;  // that have nodes, whether these were ever told anything or not
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, signing_keys_known& x) {
  return f(caf::meta::type_name("signing_keys_known"), x.tenants);
}

// Main to the event log: who follows it. Said once; each loop is told all that is kept.
struct attach_event_listeners {
  std::vector<event_listener_actor> loops;
  key_listener_actor keys;  // may be none
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, attach_event_listeners& x) {
  return f(caf::meta::type_name("attach_event_listeners"), x.loops, x.keys);
}

// The event log to itself: the previous key is no longer good.
struct transition_due {};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, transition_due&) {
  return f(caf::meta::type_name("transition_due"));
}

// What the event log needs to go on besides the events. Sealed by the vault.
struct sealed_signing_keys {
  uint64_t epoch = 0;  // 0 before the first start
  std::string current;
  std::string previous;  // empty without one
  utc_time transition_expires{};

  bool operator==(const sealed_signing_keys&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, sealed_signing_keys& x) {
  return f(caf::meta::type_name("sealed_signing_keys"), x.epoch, x.current, x.previous, x.transition_expires);
}

// Which events of a stream the ledger need no longer keep.
struct event_trim {
  uint32_t stream = 0;
  uint64_t before = 0;  // the first sequence to keep
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, event_trim& x) {
  return f(caf::meta::type_name("event_trim"), x.stream, x.before);
}

// Event log to ledger: append these, delete what is too much, and replace the keys if
// there are new ones.
struct record_events {
  std::vector<document<logged_event>> events;
  std::vector<event_trim> trims;
  caf::optional<sealed_signing_keys> keys;
  std::vector<audit_entry> audit;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, record_events& x) {
  return f(caf::meta::type_name("record_events"), x.events, x.trims, x.keys, x.audit);
}

}  // namespace muster
