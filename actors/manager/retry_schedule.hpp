// When a delivery that failed is tried again, and when it is hopeless.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace muster {

struct retry_schedule {
  // After the first failure, the second and so on. Published with the webhook's contract.
  std::vector<std::chrono::milliseconds> waits{std::chrono::seconds{30}, std::chrono::minutes{2},
                                               std::chrono::minutes{10}, std::chrono::hours{1}};

  // Nothing once there were more failures than waits.
  std::optional<std::chrono::milliseconds> wait_after(uint32_t failures) const {
    if (failures == 0) return std::chrono::milliseconds{0};
    if (failures > waits.size()) return std::nullopt;
    return waits[failures - 1];
  }
};

}  // namespace muster
