// The events of the plexd dialect: an envelope that is signed over its canonical
// bytes, which are also what is sent, so that nothing between here and the node's
// check can differ. docs/wire/plexd.md has the rules.
#pragma once

#include "runtime/crypto/ed25519.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace muster::plexd {

// Nodes drop events that were issued longer ago than this, or further ahead.
constexpr std::chrono::minutes staleness_window{5};

struct event_fields {
  std::string type;  // this, id and nonce: 1 to 128 printable ASCII characters
  std::string id;    // stays the same when an event is signed again
  std::chrono::sys_time<std::chrono::nanoseconds> issued_at{};
  std::string nonce;    // another one each time it is signed
  std::string payload;  // JSON; empty stands for null
};

// RFC 3339 in UTC, the fraction without zeros at its end: "2026-01-02T03:04:05.12Z".
std::string event_time(std::chrono::sys_time<std::chrono::nanoseconds> at);

// JSON without white space between its tokens; "<", ">", "&" and the line separators
// U+2028 and U+2029 escaped, everything else as it was written.
std::string compact_payload(std::string_view json);

// What is signed: the fields in their order, the payload compact.
std::string canonical_event(const event_fields& of);

// The same with the signature as its last member.
std::string signed_event(const event_fields& of, const ed25519_key& key);

// A whole server-sent event: `id` is the event's, no line has 64 KiB.
std::string event_frame(std::string_view id, std::string_view signed_json);

// Empty if a node will be able to read the event; else what is wrong: a name that is
// none, a payload that is not JSON, has more than 128 KiB once it is escaped or holds a
// text of more than 30 KiB, for which no line is long enough.
std::string problem_of(const event_fields& of);

// 128 random bits as 32 hexadecimal digits.
std::string random_nonce();

// The payload of signing_key_rotated. There is no other way to write one, since a key
// of another size ends plexd at the event after it.
struct rotated_keys {
  ed25519_public_key current;
  ed25519_public_key previous;
  std::chrono::sys_time<std::chrono::nanoseconds> transition_expires;
};
std::string write_rotated_keys(const rotated_keys& what);

}  // namespace muster::plexd
