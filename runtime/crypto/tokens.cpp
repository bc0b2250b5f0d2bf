// Tokens by OpenSSL.
#include "runtime/crypto/tokens.hpp"

#include "runtime/crypto/base64.hpp"

#include <boost/algorithm/hex.hpp>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

namespace muster {

namespace {

constexpr std::string_view prefix = "mt_";
constexpr size_t secret_bytes = 32;

std::string base64url(std::string_view bytes) {
  auto text = to_base64(bytes);
  text.erase(std::min(text.find('='), text.size()));
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

std::string random_bytes(size_t count) {
  std::string out(count, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(count)) != 1)
    throw std::runtime_error{"OpenSSL has no random numbers"};
  return out;
}

}  // namespace

std::optional<agent_id> token_subject(std::string_view token) {
  if (token.size() != agent_token_size || !token.starts_with(prefix) || token[prefix.size() + 16] != '_')
    return std::nullopt;
  uint64_t value = 0;
  const auto* first = token.data() + prefix.size();
  auto [end, bad] = std::from_chars(first, first + 16, value, 16);
  if (bad != std::errc{} || end != first + 16) return std::nullopt;
  return agent_id{value};
}

token_hasher::token_hasher()
  : context_(EVP_MD_CTX_new()), algorithm_(EVP_MD_fetch(nullptr, "SHA256", nullptr)) {
  if (context_ == nullptr || algorithm_ == nullptr) throw std::runtime_error{"OpenSSL has no SHA-256"};
}

token_hasher::~token_hasher() {
  EVP_MD_free(algorithm_);
  EVP_MD_CTX_free(context_);
}

token_digest token_hasher::digest(std::string_view token) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  EVP_DigestInit_ex2(context_, algorithm_, nullptr);
  EVP_DigestUpdate(context_, token.data(), token.size());
  EVP_DigestFinal_ex(context_, hash.data(), nullptr);
  token_digest out;
  for (size_t i = 0; i < 8; ++i) {
    out.high = out.high << 8 | hash[i];
    out.low = out.low << 8 | hash[i + 8];
  }
  return out;
}

std::string random_secret() { return base64url(random_bytes(secret_bytes)); }

std::string random_hex(size_t bytes) {
  std::string out;
  const auto drawn = random_bytes(bytes);
  boost::algorithm::hex_lower(drawn.begin(), drawn.end(), std::back_inserter(out));
  return out;
}

credential random_credentials::issue(agent_id id) {
  auto token = std::string{prefix} + to_string(id).substr(3) + '_' + random_secret();
  auto digest = hasher_.digest(token);
  return {std::move(token), digest};
}

bool same_secret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace muster
