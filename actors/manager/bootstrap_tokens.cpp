// Bootstrap tokens and their uses.
#include "actors/manager/bootstrap_tokens.hpp"

#include <algorithm>

namespace muster {

namespace {

// When nothing could be done with it any more.
utc_time over_since(const bootstrap_token& token) {
  return token.revoked_at == utc_time{} ? token.expires_at : std::min(token.expires_at, token.revoked_at);
}

}  // namespace

bool bootstrap_tokens::add(const bootstrap_token& token) {
  return tokens_.size() < most_ && tokens_.try_emplace(token.digest, entry{token, 0}).second;
}

token_refusal bootstrap_tokens::reserve(const token_digest& digest, const std::string& hostname,
                                        utc_time now) {
  const auto found = tokens_.find(digest);
  if (found == tokens_.end()) return token_refusal::unknown;
  auto& [token, reserved] = found->second;
  if (token.revoked_at != utc_time{}) return token_refusal::revoked;
  if (now >= token.expires_at) return token_refusal::expired;
  if (!token.hostname.empty() && token.hostname != hostname) return token_refusal::other_host;
  if (token.used >= token.uses) return token_refusal::spent;
  if (token.used + reserved >= token.uses) return token_refusal::reserved;
  ++reserved;
  return token_refusal::none;
}

std::optional<bootstrap_token> bootstrap_tokens::settle(const token_digest& digest, bool enrolled) {
  const auto found = tokens_.find(digest);
  if (found == tokens_.end()) return std::nullopt;
  auto& [token, reserved] = found->second;
  --reserved;
  if (enrolled) ++token.used;
  return token;
}

std::optional<bootstrap_token> bootstrap_tokens::revoke(const std::string& id, utc_time now) {
  for (auto& [digest, one] : tokens_) {
    if (one.token.id != id) continue;
    if (one.token.revoked_at == utc_time{}) one.token.revoked_at = now;
    return one.token;
  }
  return std::nullopt;
}

const bootstrap_token* bootstrap_tokens::find(const token_digest& digest) const {
  const auto found = tokens_.find(digest);
  return found == tokens_.end() ? nullptr : &found->second.token;
}

std::vector<bootstrap_token> bootstrap_tokens::list() const {
  std::vector<bootstrap_token> out;
  out.reserve(tokens_.size());
  for (const auto& [digest, one] : tokens_) out.push_back(one.token);
  std::sort(out.begin(), out.end(), [](const bootstrap_token& a, const bootstrap_token& b) {
    return std::tie(a.made_at, a.id) < std::tie(b.made_at, b.id);
  });
  return out;
}

std::vector<bootstrap_token> bootstrap_tokens::forget_over(utc_time since) {
  std::vector<bootstrap_token> gone;
  for (auto it = tokens_.begin(); it != tokens_.end();) {
    const auto& [token, reserved] = it->second;
    if (reserved > 0 || over_since(token) >= since) {
      ++it;
      continue;
    }
    gone.push_back(token);
    it = tokens_.erase(it);
  }
  return gone;
}

}  // namespace muster
