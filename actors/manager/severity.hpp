// The order of severities, as agents write them.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace muster {

inline constexpr std::array<std::string_view, 6> severities{"", "info", "low", "medium", "high", "critical"};

// Place in `severities`; of a word that is none of them, 0.
constexpr size_t severity_rank(std::string_view word) {
  const auto found = std::find(severities.begin(), severities.end(), word);
  return found == severities.end() ? 0 : static_cast<size_t>(found - severities.begin());
}

}  // namespace muster
