// Random bits as hexadecimal digits.
#include "runtime/crypto/sensor_keys.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace muster {

namespace {

constexpr std::string_view prefix = "hg_ak_";

bool is_key(std::string_view text) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return (text.size() == 32 || text.size() == 48)
         && text.find_first_not_of("0123456789abcdefABCDEF") == text.npos;
}

}  // namespace

secret_with_digest random_sensor_credentials::issue_key() {
  std::array<unsigned char, 24> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    throw std::runtime_error{"OpenSSL has no random numbers"};
  auto secret = fmt::format("{}{:02x}", prefix, fmt::join(bytes, ""));
  const auto digest = hasher_.digest(secret);
  return {std::move(secret), digest};
}

token_digest random_sensor_credentials::digest_of(const std::string& secret) {
  return is_key(secret) ? hasher_.digest(secret) : token_digest{};
}

}  // namespace muster
