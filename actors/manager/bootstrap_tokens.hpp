// Which bootstrap tokens let a host in. A use is reserved first and counted once the
// enrolment is durable, so that two hosts cannot share the last one and a failed
// enrolment costs nothing.
#pragma once

#include "messages/nodes.hpp"

#include <optional>
#include <unordered_map>
#include <vector>

namespace muster {

enum class token_refusal : uint8_t {
  none,
  unknown,  // never made, or long over
  expired,
  revoked,
  spent,       // all of its uses are taken
  reserved,    // the last use may still become free: ask again when an enrolment has ended
  other_host,  // made for a host of another name
};

class bootstrap_tokens {
 public:
  // `most`: tokens that are kept at a time.
  explicit bootstrap_tokens(size_t most = 10'000) : most_(most) {}

  // Takes over what the store knows.
  void restore(const bootstrap_token& token) { tokens_[token.digest] = {token, 0}; }

  // False if there are too many or one with this digest.
  bool add(const bootstrap_token& token);

  // It could not be made durable.
  void remove(const token_digest& digest) { tokens_.erase(digest); }

  // Whether `hostname` may enrol with it; reserves a use if so.
  token_refusal reserve(const token_digest& digest, const std::string& hostname, utc_time now);

  // Ends a reservation; counts it as a use if the enrolment is durable. The token was removed meanwhile
  // if there is no answer.
  std::optional<bootstrap_token> settle(const token_digest& digest, bool enrolled);

  // Nothing if there is no such token. Revoking twice keeps the first time.
  std::optional<bootstrap_token> revoke(const std::string& id, utc_time now);

  const bootstrap_token* find(const token_digest& digest) const;

  // By the time they were made, then by id.
  std::vector<bootstrap_token> list() const;

  // Forgets tokens that were over before `since` and returns them; none that is in use.
  std::vector<bootstrap_token> forget_over(utc_time since);

 private:
  struct entry {
    bootstrap_token token;
    uint32_t reserved = 0;
  };
  struct first_half {
    size_t operator()(const token_digest& digest) const { return digest.high; }
  };

  size_t most_;
  std::unordered_map<token_digest, entry, first_half> tokens_;
};

}  // namespace muster
