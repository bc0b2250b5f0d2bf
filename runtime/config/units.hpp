// Durations and sizes as people write them: `250ms`, `10s`, `5m`, `24h`, `30d`; `1024`, `16KiB`, `64GiB`.
// A duration always carries its unit, so that nobody has to guess what `timeout: 10` meant.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace muster {

// One whole number and one of ms, s, m, h, d. Nothing for other text and for more than 100 years.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

// The largest unit that divides `value`; parse_duration reads it back. Never negative.
std::string format_duration(std::chrono::milliseconds value);

// One whole number and nothing, KiB, MiB, GiB or TiB. Nothing for other text and for 2^64 or more.
std::optional<std::uint64_t> parse_bytes(std::string_view text);

// The largest unit that divides `value`; parse_bytes reads it back.
std::string format_bytes(std::uint64_t value);

// Decimal digits only, no sign. Nothing for other text and for 2^64 or more.
std::optional<std::uint64_t> parse_whole_number(std::string_view text);

}  // namespace muster
