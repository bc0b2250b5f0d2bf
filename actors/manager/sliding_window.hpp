// Who saw one key within the last minutes. Time is what the manager received and
// never goes back: a sighting whose report was overtaken counts as just now.
#pragma once

#include "messages/ids.hpp"

#include <chrono>
#include <list>
#include <unordered_map>

namespace muster {

class sliding_window {
 public:
  struct presence {
    agent_id id{};
    utc_time last_seen{};
    bool trusted = true;  // as of its last sighting
  };

  // Two sightings exactly `span` apart are within it. Beyond `limit` agents, the
  // one that is idle longest goes.
  explicit sliding_window(std::chrono::milliseconds span = std::chrono::minutes{5}, size_t limit = 10'000)
    : span_(span), limit_(limit) {}

  void note(agent_id id, bool trusted, utc_time at);

  // Lets go of whom nobody heard of for longer than the span. Part of note().
  void expire(utc_time now);

  size_t distinct() const { return agents_.size(); }
  size_t trusted() const { return trusted_; }
  uint64_t dropped() const { return dropped_; }  // since there were too many
  utc_time now() const { return now_; }          // the latest time it was told of

  // Idle longest first.
  const std::list<presence>& agents() const { return agents_; }

 private:
  void drop_first();

  std::chrono::milliseconds span_;
  size_t limit_;
  utc_time now_{};
  std::list<presence> agents_;
  std::unordered_map<agent_id, std::list<presence>::iterator> places_;
  size_t trusted_ = 0;
  uint64_t dropped_ = 0;
};

}  // namespace muster
