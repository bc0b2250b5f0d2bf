// Notices that two holders of one identity are alive at the same time.
#pragma once

#include "messages/time.hpp"

#include <chrono>

namespace muster {

// A restarted agent registers anew, uses its fresh token and never shows the old
// one again. So an old token that is shown after the fresh one came into use has
// a second holder, and both live if the fresh one beat within one stale period.
class contest {
 public:
  // The superseded token was shown. True when this begins a contest.
  bool superseded_used(listening_time now, listening_time heard_at, std::chrono::nanoseconds stale_period);

  // The current token was used. True when this ends a contest, since the other
  // holder has been quiet for a whole stale period.
  bool current_used(listening_time now, std::chrono::nanoseconds stale_period);

  bool open() const { return open_; }

 private:
  listening_time seen_at_{};  // last use of the superseded token; meaningful while open
  bool open_ = false;
};

}  // namespace muster
