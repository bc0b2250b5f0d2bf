// Text form of identities.
#include "messages/ids.hpp"

#include <charconv>

namespace muster {

namespace {

constexpr size_t digits = 16;

std::string to_hex(std::string_view prefix, uint64_t value) {
  static constexpr char hex[] = "0123456789abcdef";
  std::string text{prefix};
  text.resize(prefix.size() + digits);
  for (size_t i = text.size(); i-- > prefix.size(); value >>= 4) text[i] = hex[value & 15];
  return text;
}

std::optional<uint64_t> from_hex(std::string_view prefix, std::string_view text) {
  if (text.size() != prefix.size() + digits || !text.starts_with(prefix)) return std::nullopt;
  text.remove_prefix(prefix.size());
  for (char c : text)
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return std::nullopt;
  uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value, 16);
  return value;
}

// FNV-1a, which gives the same id on every machine.
void mix(uint64_t& hash, std::string_view text) {
  for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  hash = (hash ^ 0xFFu) * 0x100000001B3u;  // a byte that no UTF-8 text has ends it
}

}  // namespace

std::string to_string(agent_id id) { return to_hex("ag-", raw(id)); }

std::optional<agent_id> parse_agent_id(std::string_view text) {
  auto value = from_hex("ag-", text);
  return value ? std::optional{agent_id{*value}} : std::nullopt;
}

pattern_id make_pattern_id(utc_time opened_at, std::string_view tenant, std::string_view kind,
                           std::string_view value) {
  uint64_t hash = 0xCBF29CE484222325u;
  mix(hash, tenant);
  mix(hash, kind);
  mix(hash, value);
  const auto at = static_cast<uint64_t>(opened_at.time_since_epoch().count());
  return pattern_id{at << 22 | hash >> 42};
}

std::string to_string(pattern_id id) { return to_hex("pt-", raw(id)); }

std::optional<pattern_id> parse_pattern_id(std::string_view text) {
  auto value = from_hex("pt-", text);
  return value ? std::optional{pattern_id{*value}} : std::nullopt;
}

}  // namespace muster
