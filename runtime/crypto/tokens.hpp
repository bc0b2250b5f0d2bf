// Tokens: how they look, how they are made and how they are recognised.
#pragma once

#include "actors/ports/credential_source.hpp"

#include <memory>
#include <optional>
#include <string_view>

typedef struct evp_md_ctx_st EVP_MD_CTX;
typedef struct evp_md_st EVP_MD;

namespace muster {

// "mt_", the agent's id as 16 hexadecimal digits, "_", 43 characters of base64url
// that hold 256 random bits. The id makes the holder known without a search.
constexpr size_t agent_token_size = 3 + 16 + 1 + 43;

// The id that a token claims; nothing if it does not look like a token.
std::optional<agent_id> token_subject(std::string_view token);

// Digests of tokens. One per thread: it keeps OpenSSL's state between calls.
class token_hasher {
 public:
  token_hasher();
  ~token_hasher();
  token_hasher(const token_hasher&) = delete;
  token_hasher& operator=(const token_hasher&) = delete;

  token_digest digest(std::string_view token);

 private:
  EVP_MD_CTX* context_;
  EVP_MD* algorithm_;
};

// Issues tokens from the system's random numbers.
class random_credentials : public credential_source {
 public:
  credential issue(agent_id id) override;

 private:
  token_hasher hasher_;
};

// So many random bytes as lower-case hexadecimal digits.
std::string random_hex(size_t bytes);

// 256 random bits as 43 characters of base64url.
std::string random_secret();

// Compares secrets in a time that does not depend on where they differ.
bool same_secret(std::string_view a, std::string_view b);

}  // namespace muster
