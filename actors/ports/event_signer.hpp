// Signs what nodes are told. Keys are named by their public half: the secret one is
// seen only on its way between here and the vault.
#pragma once

#include "messages/events.hpp"

#include <caf/expected.hpp>

#include <string>

namespace muster {

// Any thread may call any of it.
class event_signer {
 public:
  virtual ~event_signer() = default;

  // A new secret, for the vault and for adopt().
  virtual std::string make_secret() const = 0;

  // From now on this key can sign. Returns its name, the public key: 44 characters of
  // base64. Fails with store_failed if that is no secret.
  virtual caf::expected<std::string> adopt(std::string_view secret) = 0;
  virtual void forget(const std::string& key) = 0;

  // The event as a node reads it from its stream; empty if there is no such key.
  virtual std::string sign(const std::string& key, const std::string& id, const node_event& what,
                           utc_time issued_at) const = 0;

  // Empty if every node will be able to read it, else what is wrong.
  virtual std::string problem_of(const node_event& what) const = 0;

  // What nodes are told of new keys, both of which must be set.
  virtual std::string rotation_payload(const signing_keys& keys) const = 0;
};

}  // namespace muster
