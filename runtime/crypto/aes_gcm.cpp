// AES-256-GCM by OpenSSL.
#include "runtime/crypto/aes_gcm.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <memory>
#include <stdexcept>

namespace muster {

namespace {

using context_of_cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
int size_of(std::string_view text) { return static_cast<int>(text.size()); }

void require(bool done) {
  if (!done) throw std::runtime_error{"OpenSSL could not encrypt with AES-256-GCM"};
}

void require_key(std::string_view key) {
  if (key.size() != aes_key_bytes) throw std::invalid_argument{"a key of AES-256 has 32 bytes"};
}

}  // namespace

gcm_sealed gcm_seal(std::string_view key, std::string_view text, std::string_view context) {
  require_key(key);
  gcm_sealed out{std::string(gcm_nonce_bytes, '\0'), std::string(text.size() + gcm_tag_bytes, '\0')};
  require(RAND_bytes(bytes_of(out.nonce), size_of(out.nonce)) == 1);
  const context_of_cipher cipher{EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free};
  int written = 0;
  require(EVP_EncryptInit_ex2(cipher.get(), EVP_aes_256_gcm(), bytes_of(key), bytes_of(out.nonce), nullptr)
          == 1);
  require(EVP_EncryptUpdate(cipher.get(), nullptr, &written, bytes_of(context), size_of(context)) == 1);
  require(EVP_EncryptUpdate(cipher.get(), bytes_of(out.ciphertext), &written, bytes_of(text), size_of(text))
          == 1);
  auto* tag = bytes_of(out.ciphertext) + text.size();
  require(EVP_EncryptFinal_ex(cipher.get(), tag, &written) == 1);
  require(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, gcm_tag_bytes, tag) == 1);
  return out;
}

std::optional<std::string> gcm_open(std::string_view key, std::string_view nonce, std::string_view ciphertext,
                                    std::string_view context) {
  require_key(key);
  if (nonce.size() != gcm_nonce_bytes || ciphertext.size() < gcm_tag_bytes) return std::nullopt;
  const auto sealed = ciphertext.substr(0, ciphertext.size() - gcm_tag_bytes);
  std::string tag{ciphertext.substr(sealed.size())};
  std::string text(sealed.size(), '\0');
  const context_of_cipher cipher{EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free};
  int written = 0;
  require(EVP_DecryptInit_ex2(cipher.get(), EVP_aes_256_gcm(), bytes_of(key), bytes_of(nonce), nullptr) == 1);
  require(EVP_DecryptUpdate(cipher.get(), nullptr, &written, bytes_of(context), size_of(context)) == 1);
  require(EVP_DecryptUpdate(cipher.get(), bytes_of(text), &written, bytes_of(sealed), size_of(sealed)) == 1);
  require(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, gcm_tag_bytes, tag.data()) == 1);
  unsigned char nothing = 0;
  if (EVP_DecryptFinal_ex(cipher.get(), &nothing, &written) != 1) return std::nullopt;
  return text;
}

}  // namespace muster
