// What a report of threats shows that other hosts may see too.
#pragma once

#include "messages/correlation.hpp"

namespace muster {

// Each kind and value once, in the order in which they first appear. Events that
// the agent found benign are left out unless `correlate_benign`.
std::vector<key_sighting> sighting_keys(const std::vector<threat>& threats, bool correlate_benign);

}  // namespace muster
