// Signatures by Ed25519 (RFC 8032, the pure form).
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

typedef struct evp_pkey_st EVP_PKEY;

namespace muster {

using ed25519_seed = std::array<unsigned char, 32>;
using ed25519_signature = std::array<unsigned char, 64>;

class ed25519_public_key {
 public:
  // Nothing unless it is base64 of exactly 32 bytes.
  static std::optional<ed25519_public_key> parse(std::string_view base64);

  explicit ed25519_public_key(const std::array<unsigned char, 32>& bytes) : bytes_(bytes) {}

  std::string base64() const;  // 44 characters
  bool verifies(std::string_view message, const ed25519_signature& signature) const;

  bool operator==(const ed25519_public_key&) const = default;

 private:
  std::array<unsigned char, 32> bytes_;
};

// A pair of keys. Cheap to copy; any number of threads may sign with one.
class ed25519_key {
 public:
  static ed25519_key generate();
  explicit ed25519_key(const ed25519_seed& seed);

  ed25519_seed seed() const;  // the secret, for whoever seals it
  const ed25519_public_key& public_key() const { return public_key_; }
  ed25519_signature sign(std::string_view message) const;

 private:
  explicit ed25519_key(std::shared_ptr<EVP_PKEY> key);

  std::shared_ptr<EVP_PKEY> key_;
  ed25519_public_key public_key_;
};

std::string to_base64(const ed25519_signature& signature);

}  // namespace muster
