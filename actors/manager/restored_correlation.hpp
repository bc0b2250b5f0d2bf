// What a manager knows of patterns when it starts: read from the store once and
// handed to the correlator at spawn.
#pragma once

#include "messages/correlation.hpp"

namespace muster {

struct restored_correlation {
  std::vector<pattern> open;  // that had not ended
  // In the order of their reports: of the last two windows, since one that opens
  // a pattern now may look back a whole window.
  std::vector<correlate_sightings> recent;
};

}  // namespace muster
