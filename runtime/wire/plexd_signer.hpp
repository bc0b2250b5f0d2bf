// The keys of the event log, and events as plexd verifies them.
#pragma once

#include "actors/ports/event_signer.hpp"
#include "runtime/crypto/ed25519.hpp"

#include <map>
#include <shared_mutex>

namespace muster::plexd {

class signer final : public event_signer {
 public:
  std::string make_secret() const override;
  caf::expected<std::string> adopt(std::string_view secret) override;
  void forget(const std::string& key) override;
  std::string sign(const std::string& key, const std::string& id, const node_event& what,
                   utc_time issued_at) const override;
  std::string problem_of(const node_event& what) const override;
  std::string rotation_payload(const signing_keys& keys) const override;

 private:
  mutable std::shared_mutex guard_;
  std::map<std::string, ed25519_key> keys_;  // by public key
};

}  // namespace muster::plexd
