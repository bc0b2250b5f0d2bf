// Authenticated encryption: AES-256-GCM with random nonces. Under one key, seal at
// most 2^32 texts, for nonces must not repeat.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace muster {

constexpr size_t aes_key_bytes = 32;
constexpr size_t gcm_nonce_bytes = 12;
constexpr size_t gcm_tag_bytes = 16;

struct gcm_sealed {
  std::string nonce;       // 12 bytes
  std::string ciphertext;  // as long as the text, and a tag of 16 bytes behind it
};

// `context` is not kept, and must be the same when it is opened: what is sealed for
// one place is of no use in another. `key` must have 32 bytes.
gcm_sealed gcm_seal(std::string_view key, std::string_view text, std::string_view context = {});

// Nothing if key, context, nonce or ciphertext is another than it was.
std::optional<std::string> gcm_open(std::string_view key, std::string_view nonce, std::string_view ciphertext,
                                    std::string_view context = {});

}  // namespace muster
