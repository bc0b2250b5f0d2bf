// Spans as programs in Go write them: "2.34s", "1h15m0s", "150ms", "-1.5µs".
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace muster {

// Nothing for other text and for more than 200 years.
std::optional<std::chrono::nanoseconds> parse_go_duration(std::string_view text);

// "30s" or "1500ms".
std::string to_go_duration(std::chrono::milliseconds span);

}  // namespace muster
