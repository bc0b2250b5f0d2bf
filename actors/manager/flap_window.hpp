// Which agents go and come back so often that each time is no news any more.
//
// Each loss and each return adds one to an agent's score, which halves with every half-life: a window of
// recent transitions whose edge is soft. An agent flaps from the transition that lifts its score to `start`
// until the score has fallen below `stop`. Routers damp flapping routes the same way (RFC 2439). The other
// usual way, the share of changes among the last 21 checks (Nagios), takes each agent to be checked at equal
// intervals and 21 results to be kept of it; ours beat as they like, and here a score and a time are enough,
// 8 bytes by slot, and the moment of calm is known in advance.
//
// Lives in memory alone: after a restart nobody flaps until it does so again.
#pragma once

#include "messages/time.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

namespace muster {

struct flap_limits {
  std::chrono::milliseconds half_life = std::chrono::minutes{10};
  double start = 4.5;  // three losses and two returns within some minutes
  double stop = 1.5;   // less than start, more than 0
  double most =
    12.0;  // no score is higher, so that calm comes 30 minutes after the last transition or earlier
};

enum class flap_edge : uint8_t { none, began_flapping, calm_again };

class flap_window {
 public:
  explicit flap_window(const flap_limits& limits = {}) : limits_(limits) {}

  // The agent in `slot` went or came back. Each edge is told once, this one or the one of calmed().
  flap_edge note(uint32_t slot, listening_time now);

  // One that flapped and is calm by now, each once; nothing when there is no more.
  std::optional<uint32_t> calmed(listening_time now);

  // When the next one will be calm if nothing happens to it.
  std::optional<listening_time> next_calm() const;

  bool flapping(uint32_t slot) const { return slot < cells_.size() && cells_[slot].flapping; }
  size_t flapping() const { return calm_at_.size(); }
  double score(uint32_t slot, listening_time now) const;

  // Its slot is another agent's from now on.
  void forget(uint32_t slot);

  // What the agents cost that there are slots for.
  size_t bytes() const { return cells_.capacity() * sizeof(cell); }

 private:
  // Time in tenths of a second, which lasts for 6 years of listening.
  struct cell {
    float score = 0;  // as of `at`
    uint32_t at : 31 = 0;
    uint32_t flapping : 1 = 0;
  };
  using tick = uint32_t;

  static tick tick_of(listening_time now);
  double decayed(const cell& one, tick now) const;
  tick calm_at(const cell& one) const;

  flap_limits limits_;
  std::vector<cell> cells_;                      // by slot
  std::set<std::pair<tick, uint32_t>> calm_at_;  // of those that flap
};

}  // namespace muster
