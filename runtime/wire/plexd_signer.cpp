// Loops sign while the event log changes keys: hence the lock, which nobody holds while
// it signs.
#include "runtime/wire/plexd_signer.hpp"

#include "messages/errors.hpp"
#include "runtime/wire/plexd_event.hpp"

#include <algorithm>
#include <mutex>
#include <optional>

namespace muster::plexd {

namespace {}  // namespace

std::string signer::make_secret() const {
  const auto seed = ed25519_key::generate().seed();
  return {seed.begin(), seed.end()};
}

caf::expected<std::string> signer::adopt(std::string_view secret) {
  ed25519_seed seed{};
  if (secret.size() != seed.size())
    return caf::make_error(fleet_error::store_failed, std::string{"the signing key has another size"});
  std::copy(secret.begin(), secret.end(), seed.begin());
  const ed25519_key key{seed};
  auto name = key.public_key().base64();
  const std::unique_lock lock{guard_};
  keys_.insert_or_assign(name, key);
  return name;
}

void signer::forget(const std::string& key) {
  const std::unique_lock lock{guard_};
  keys_.erase(key);
}

std::string signer::sign(const std::string& key, const std::string& id, const node_event& what,
                         utc_time issued_at) const {
  std::optional<ed25519_key> with;
  {
    const std::shared_lock lock{guard_};
    if (const auto found = keys_.find(key); found != keys_.end()) with = found->second;
  }
  if (!with) return {};
  return event_frame(id, signed_event({what.type, id, issued_at, random_nonce(), what.payload}, *with));
}

std::string signer::problem_of(const node_event& what) const {
  return plexd::problem_of({what.type, "0-0", {}, "0", what.payload});
}

std::string signer::rotation_payload(const signing_keys& keys) const {
  return write_rotated_keys({ed25519_public_key::parse(keys.current).value(),
                             ed25519_public_key::parse(keys.previous).value(), keys.transition_expires});
}

}  // namespace muster::plexd
