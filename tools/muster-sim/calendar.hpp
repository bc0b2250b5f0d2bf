// Times as agents write them.
#pragma once

#include <fmt/chrono.h>

#include <chrono>
#include <string>

namespace muster::sim {

// "2026-01-01T00:00:00.000Z"
inline std::string utc_text(std::chrono::system_clock::time_point at) {
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(at.time_since_epoch()).count();
  return fmt::format("{:%FT%T}.{:03}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(at)),
                     (milliseconds % 1000 + 1000) % 1000);
}

}  // namespace muster::sim
