// Ed25519 by OpenSSL, whose keys may be shared by threads and whose contexts may not.
#include "runtime/crypto/ed25519.hpp"

#include "runtime/crypto/base64.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <stdexcept>

namespace muster {

namespace {

using context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

template <size_t Size>
std::string_view text_of(const std::array<unsigned char, Size>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), Size};
}

void require(bool done) {
  if (!done) throw std::runtime_error{"OpenSSL has no Ed25519"};
}

std::shared_ptr<EVP_PKEY> owned(EVP_PKEY* key) {
  require(key != nullptr);
  return {key, EVP_PKEY_free};
}

ed25519_public_key public_part(const EVP_PKEY* key) {
  std::array<unsigned char, 32> bytes{};
  size_t size = bytes.size();
  require(EVP_PKEY_get_raw_public_key(key, bytes.data(), &size) == 1 && size == bytes.size());
  return ed25519_public_key{bytes};
}

}  // namespace

std::optional<ed25519_public_key> ed25519_public_key::parse(std::string_view base64) {
  const auto decoded = from_base64(base64);
  std::array<unsigned char, 32> bytes{};
  if (!decoded || decoded->size() != bytes.size()) return std::nullopt;
  std::copy_n(bytes_of(*decoded), bytes.size(), bytes.begin());
  return ed25519_public_key{bytes};
}

std::string ed25519_public_key::base64() const { return to_base64(text_of(bytes_)); }

bool ed25519_public_key::verifies(std::string_view message, const ed25519_signature& signature) const {
  const auto key =
    owned(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_.data(), bytes_.size()));
  const context verifying{EVP_MD_CTX_new(), EVP_MD_CTX_free};
  require(EVP_DigestVerifyInit(verifying.get(), nullptr, nullptr, nullptr, key.get()) == 1);
  return EVP_DigestVerify(verifying.get(), signature.data(), signature.size(), bytes_of(message),
                          message.size())
         == 1;
}

ed25519_key::ed25519_key(std::shared_ptr<EVP_PKEY> key)
  : key_(std::move(key)), public_key_(public_part(key_.get())) {}

ed25519_key::ed25519_key(const ed25519_seed& seed)
  : ed25519_key(owned(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()))) {}

ed25519_key ed25519_key::generate() {
  return ed25519_key{owned(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"))};
}

ed25519_seed ed25519_key::seed() const {
  ed25519_seed seed{};
  size_t size = seed.size();
  require(EVP_PKEY_get_raw_private_key(key_.get(), seed.data(), &size) == 1 && size == seed.size());
  return seed;
}

ed25519_signature ed25519_key::sign(std::string_view message) const {
  const context signing{EVP_MD_CTX_new(), EVP_MD_CTX_free};
  require(EVP_DigestSignInit(signing.get(), nullptr, nullptr, nullptr, key_.get()) == 1);
  ed25519_signature signature{};
  size_t size = signature.size();
  require(EVP_DigestSign(signing.get(), signature.data(), &size, bytes_of(message), message.size()) == 1);
  return signature;
}

std::string to_base64(const ed25519_signature& signature) { return to_base64(text_of(signature)); }

}  // namespace muster
