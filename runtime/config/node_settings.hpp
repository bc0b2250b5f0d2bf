// The settings of nodes and their meshes: a part of the table in settings.cpp.
#pragma once

#include "runtime/config/setting.hpp"

#include <vector>

namespace muster {

std::vector<setting> node_settings();

}  // namespace muster
