// Hexadecimal digits and base64url without padding, straight into place.
#include "tools/muster-sim/credential.hpp"

#include <charconv>

namespace muster::sim {

namespace {

constexpr std::string_view id_prefix = "ag-";
constexpr std::string_view token_prefix = "mt_";
constexpr char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr auto letter_values = [] {
  std::array<int8_t, 256> values{};
  values.fill(-1);
  for (int8_t i = 0; i < 64; ++i) values[static_cast<uint8_t>(letters[i])] = i;
  return values;
}();

std::optional<uint64_t> read_digits(std::string_view text) {
  uint64_t id = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, bad] = std::from_chars(text.data(), end, id, 16);
  if (text.size() != credential::id_digits || bad != std::errc{} || stop != end) return std::nullopt;
  return id;
}

bool read_secret(std::string_view text, std::array<uint8_t, 32>& into) {
  if (text.size() != credential::secret_letters) return false;
  uint32_t bits = 0;
  unsigned held = 0;
  size_t used = 0;
  for (const char c : text) {
    const auto value = letter_values[static_cast<uint8_t>(c)];
    if (value < 0) return false;
    bits = bits << 6 | static_cast<uint32_t>(value);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    into[used++] = static_cast<uint8_t>(bits >> held);
  }
  return (bits & 3) == 0;  // the last letter has two bits too many; others than 0 could not be written back
}

}  // namespace

std::optional<uint64_t> credential::read_id(std::string_view agent_id) {
  if (!agent_id.starts_with(id_prefix)) return std::nullopt;
  return read_digits(agent_id.substr(id_prefix.size()));
}

std::optional<credential> credential::read(std::string_view agent_id, std::string_view token) {
  const auto head = token_prefix.size() + id_digits + 1;
  if (!token.starts_with(token_prefix) || token.size() < head) return std::nullopt;
  credential out;
  const auto id = read_id(agent_id);
  const auto subject = read_digits(token.substr(token_prefix.size(), id_digits));
  if (!id || id != subject || token[head - 1] != '_' || !read_secret(token.substr(head), out.secret))
    return std::nullopt;
  out.id = *id;
  return out;
}

void credential::write_id(char* to) const {
  for (unsigned i = 0; i < id_digits; ++i) to[i] = "0123456789abcdef"[id >> (60 - 4 * i) & 15];
}

void credential::write_secret(char* to) const {
  for (size_t i = 0; i + 2 < secret.size(); i += 3) {
    const auto bits = static_cast<uint32_t>(secret[i] << 16 | secret[i + 1] << 8 | secret[i + 2]);
    *to++ = letters[bits >> 18];
    *to++ = letters[bits >> 12 & 63];
    *to++ = letters[bits >> 6 & 63];
    *to++ = letters[bits & 63];
  }
  const auto last = static_cast<uint32_t>(secret[30] << 10 | secret[31] << 2);  // 16 bits and two of padding
  *to++ = letters[last >> 12 & 63];
  *to++ = letters[last >> 6 & 63];
  *to = letters[last & 63];
}

}  // namespace muster::sim
