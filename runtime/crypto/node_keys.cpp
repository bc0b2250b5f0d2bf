// Keys and bootstrap tokens of nodes.
#include "runtime/crypto/node_keys.hpp"

namespace muster {

namespace {

constexpr std::string_view bootstrap_prefix = "mb_";

secret_with_digest with_digest(std::string secret, token_hasher& hasher) {
  const auto digest = hasher.digest(secret);
  return {std::move(secret), digest};
}

}  // namespace

// 32 of the 43 characters, each of which holds 6 bits of its own.
std::string random_node_key() { return random_secret().substr(0, aes_key_bytes); }

std::string random_bootstrap_token() { return std::string{bootstrap_prefix} + random_secret(); }

secret_with_digest random_node_credentials::issue_key() { return with_digest(random_node_key(), hasher_); }

secret_with_digest random_node_credentials::issue_bootstrap_token() {
  return with_digest(random_bootstrap_token(), hasher_);
}

gcm_sealed seal_for_node(std::string_view node_key, std::string_view secret) {
  return gcm_seal(node_key, secret);
}

bool digest_index::insert(const token_digest& digest, uint64_t owner) {
  return owners_.try_emplace(digest, owner).second;
}

void digest_index::erase(const token_digest& digest, uint64_t owner) {
  if (const auto found = owners_.find(digest); found != owners_.end() && found->second == owner)
    owners_.erase(found);
}

std::optional<uint64_t> digest_index::find(const token_digest& digest) const {
  const auto found = owners_.find(digest);
  if (found == owners_.end() || digest.empty()) return std::nullopt;
  return found->second;
}

}  // namespace muster
