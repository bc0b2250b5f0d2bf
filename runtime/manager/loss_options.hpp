// From the configuration to what is made of losses.
#pragma once

#include "actors/manager/liveness_clock.hpp"
#include "actors/manager/loss_watch.hpp"
#include "runtime/config/configuration.hpp"

#include <array>

namespace muster {

loss_limits loss_limits_of(const configuration& from, const std::array<liveness_profile, 3>& profiles);

}  // namespace muster
