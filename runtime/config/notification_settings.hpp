// Settings of notifications, which have lists.
#pragma once

#include "runtime/config/setting.hpp"

namespace muster {

std::vector<setting> notification_settings();

}  // namespace muster
