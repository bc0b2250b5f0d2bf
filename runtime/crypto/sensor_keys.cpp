// Random bits as hexadecimal digits.
#include "runtime/crypto/sensor_keys.hpp"

namespace muster {

namespace {

constexpr std::string_view prefix = "hg_ak_";
constexpr size_t key_bytes = 24;

}  // namespace

bool is_sensor_key(std::string_view text) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return (text.size() == 32 || text.size() == 48)
         && text.find_first_not_of("0123456789abcdefABCDEF") == text.npos;
}

secret_with_digest random_sensor_credentials::issue_key() {
  auto secret = std::string{prefix} + random_hex(key_bytes);
  const auto digest = hasher_.digest(secret);
  return {std::move(secret), digest};
}

token_digest random_sensor_credentials::digest_of(const std::string& secret) {
  return is_sensor_key(secret) ? hasher_.digest(secret) : token_digest{};
}

}  // namespace muster
