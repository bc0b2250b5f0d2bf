// Text for people: what came over the network made harmless and measured, and times, counts and sizes in
// words.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "messages/time.hpp"

namespace muster::cli {

// One line that cannot drive a terminal: control characters, invisible ones and those that turn the writing
// direction become \uXXXX, a backslash is doubled, invalid UTF-8 is replaced.
std::string printable(std::string_view text);

// The same document with such characters escaped; they can only stand in its strings. `json` is valid JSON.
std::string printable_json(std::string_view json);

// Columns a terminal gives to `text`, valid UTF-8 without control characters: 0, 1 or 2 a character.
std::size_t display_width(std::string_view text);

// "just now", "12s ago", "5m ago", "3h ago", "12d ago"; empty for what lies more than a minute ahead.
std::string time_ago(utc_time then, utc_time now);

// The two largest units: "45s", "3h 12m", "12d 4h".
std::string spoken_duration(std::chrono::seconds length);

std::string grouped(std::uint64_t count);                         // "1,000,000"
std::string counted(std::uint64_t count, std::string_view noun);  // "1 agent", "1,200 agents"
std::string spoken_bytes(std::uint64_t bytes);                    // "512 B", "1.5 MiB"

}  // namespace muster::cli
