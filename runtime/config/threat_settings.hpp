// The settings of correlation and policy: a part of the table in settings.cpp.
#pragma once

#include "runtime/config/setting.hpp"

#include <vector>

namespace muster {

std::vector<setting> threat_settings();

}  // namespace muster
