// Keys of HarborGuard sensors: "hg_ak_" and hexadecimal digits, looked up by their digest.
#pragma once

#include "actors/ports/sensor_credentials.hpp"
#include "runtime/crypto/tokens.hpp"

#include <string_view>

namespace muster {

// With 32 or 48 digits, of either case.
bool is_sensor_key(std::string_view text);

class random_sensor_credentials final : public sensor_credentials {
 public:
  secret_with_digest issue_key() override;  // 192 random bits
  token_digest digest_of(const std::string& secret) override;

 private:
  token_hasher hasher_;
};

}  // namespace muster
