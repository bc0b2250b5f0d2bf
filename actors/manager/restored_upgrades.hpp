// What a manager knows of upgrades when it starts: read from the store once and handed
// to the upgrader at spawn.
#pragma once

#include "messages/upgrades.hpp"

namespace muster {

struct restored_upgrades {
  std::vector<upgrade> upgrades;  // ascending by number
};

}  // namespace muster
