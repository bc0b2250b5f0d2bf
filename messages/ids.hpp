// Identities that cross rooms. An agent's id carries the place where the fleet
// keeps it, so that nothing has to search for an agent that was named.
#pragma once

#include "messages/time.hpp"

#include <caf/meta/type_name.hpp>

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace muster {

// shard (8 bits, 0 on a single manager) | slot (24 bits, dense, used again after
// a forced removal) | serial (32 bits, from 1, never used again).
enum class agent_id : uint64_t {};

constexpr uint32_t max_slots = 1u << 24;

constexpr agent_id make_agent_id(uint8_t shard, uint32_t slot, uint32_t serial) {
  return agent_id{uint64_t{shard} << 56 | uint64_t{slot & (max_slots - 1)} << 32 | serial};
}
constexpr uint64_t raw(agent_id id) { return static_cast<uint64_t>(id); }
constexpr uint8_t shard_of(agent_id id) { return static_cast<uint8_t>(raw(id) >> 56); }
constexpr uint32_t slot_of(agent_id id) { return static_cast<uint32_t>(raw(id) >> 32) & (max_slots - 1); }
constexpr uint32_t serial_of(agent_id id) { return static_cast<uint32_t>(raw(id)); }

// "ag-" and 16 lower-case hexadecimal digits.
std::string to_string(agent_id id);

// Nothing unless `text` is exactly what to_string writes.
std::optional<agent_id> parse_agent_id(std::string_view text);

// A pattern's id follows from its key and from when it opened: milliseconds since
// 1970 (42 bits), so that ids sort by time | hash of tenant, kind and value (22 bits).
enum class pattern_id : uint64_t {};

pattern_id make_pattern_id(utc_time opened_at, std::string_view tenant, std::string_view kind,
                           std::string_view value);
constexpr uint64_t raw(pattern_id id) { return static_cast<uint64_t>(id); }

// "pt-" and 16 lower-case hexadecimal digits.
std::string to_string(pattern_id id);

// Nothing unless `text` is exactly what to_string writes.
std::optional<pattern_id> parse_pattern_id(std::string_view text);

// The first 16 bytes of SHA-256 over a token's text. Tokens hold 256 random
// bits, so half a digest still leaves no other text to be found for it.
struct token_digest {
  uint64_t high = 0;
  uint64_t low = 0;

  auto operator<=>(const token_digest&) const = default;
  bool empty() const { return (high | low) == 0; }
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, token_digest& x) {
  return f(caf::meta::type_name("token_digest"), x.high, x.low);
}

// Compares without a branch on the contents.
constexpr bool matches(const token_digest& a, const token_digest& b) {
  return ((a.high ^ b.high) | (a.low ^ b.low)) == 0;
}

}  // namespace muster
