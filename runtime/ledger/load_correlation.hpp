// What a manager reads once at its start so that correlation goes on as if it had
// never stopped.
#pragma once

#include "actors/manager/restored_correlation.hpp"
#include "runtime/ledger/store.hpp"

namespace muster {

// Patterns that have not ended, and what the reports received from `now - window`
// on show, as their reporters told it then. Reports of agents that were removed
// since are left out, and those of more than a window in the future, which a clock
// that was set back leaves behind. An agent that was contested counts as trusted again.
caf::expected<restored_correlation> load_correlation(const store& from, utc_time now,
                                                     std::chrono::milliseconds window, bool correlate_benign,
                                                     bool trust_everyone = false);

}  // namespace muster
