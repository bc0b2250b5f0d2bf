// What nodes prove themselves with: the key that a node is given when it enrols, and
// the bootstrap token it enrols by. Both are looked up by their digest.
#pragma once

#include "actors/ports/node_credentials.hpp"
#include "runtime/crypto/aes_gcm.hpp"
#include "runtime/crypto/tokens.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

namespace muster {

// 32 letters, digits, "-" and "_" that hold 192 random bits: at the same time a bearer
// token and, byte for byte, a key of AES-256.
std::string random_node_key();

// "mb_" and 43 characters of base64url that hold 256 random bits.
std::string random_bootstrap_token();

class random_node_credentials final : public node_credentials {
 public:
  secret_with_digest issue_key() override;
  secret_with_digest issue_bootstrap_token() override;

 private:
  token_hasher hasher_;
};

// Encrypts a secret for a node, which opens it with its key; for one secret at a time.
gcm_sealed seal_for_node(std::string_view node_key, std::string_view secret);

// Whose secret has this digest. Holds no secret itself. For one thread.
class digest_index {
 public:
  // False if the digest is another's already, which stays.
  bool insert(const token_digest& digest, uint64_t owner);
  // Does nothing unless it is this owner's.
  void erase(const token_digest& digest, uint64_t owner);
  std::optional<uint64_t> find(const token_digest& digest) const;
  size_t size() const { return owners_.size(); }

 private:
  // A digest is as good as random already.
  struct first_half {
    using is_avalanching = void;
    size_t operator()(const token_digest& digest) const { return digest.high; }
  };
  boost::unordered_flat_map<token_digest, uint64_t, first_half> owners_;
};

}  // namespace muster
