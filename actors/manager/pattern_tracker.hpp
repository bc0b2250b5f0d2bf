// Decides when sightings of one key are a pattern, and counts who is part of it.
// Knows no clock but the times of its sightings.
#pragma once

#include "actors/manager/sliding_window.hpp"
#include "messages/correlation.hpp"

#include <list>
#include <optional>

namespace muster {

// 2 <= pattern_agents <= critical_agents <= window_agents.
struct pattern_thresholds {
  uint32_t pattern_agents = 2;   // distinct, within the window
  uint32_t critical_agents = 3;  // distinct, within the window
};

struct pattern_options {
  std::chrono::milliseconds window{300'000};
  pattern_thresholds thresholds;
  uint32_t window_agents = 10'000;   // that a pattern lists; further ones are only counted
  uint32_t early_sightings = 1'000;  // remembered before a pattern opens, the latest
  utc_time opens_from{};             // sightings before it fill the window and open nothing
};

// What a pattern is about.
struct pattern_key {
  std::string tenant;
  std::string kind;
  std::string value;

  bool operator==(const pattern_key&) const = default;
};

constexpr size_t max_techniques = 32;

// Adds what is new, as long as there are fewer than max_techniques.
void unite_techniques(std::vector<std::string>& known, const std::vector<std::string>& more);

class pattern_tracker {
 public:
  pattern_tracker(pattern_options options, pattern_key key);

  // Goes on with an open pattern that the ledger knows. Sightings that are
  // replayed afterwards are counted only if it does not contain them.
  void restore(pattern known);

  // Not for a sighting later than a whole window after the pattern's last one:
  // the pattern ended before.
  pattern_step note(const note_sighting& seen);

  const std::optional<pattern>& open_pattern() const { return open_; }

  // The pattern, if there is one, ended at `at` or, if that is earlier, when
  // nothing had come for a whole window. Call it last.
  std::optional<pattern> end(utc_time at);

 private:
  struct early_sighting {
    agent_id reporter{};
    utc_time at{};
    uint64_t report = 0;
    uint32_t count = 0;
    bool trusted = true;
    size_t severity = 0;
    std::vector<std::string> techniques;
  };

  bool contains(const note_sighting& replayed) const;
  void remember(early_sighting seen);
  void open();
  bool count(const early_sighting& seen);
  bool count_agent(const early_sighting& seen);
  bool count_unlisted(agent_id id);
  bool grow_critical();

  pattern_options options_;
  pattern_key key_;
  sliding_window window_;            // not kept up once the pattern is critical
  std::list<early_sighting> early_;  // of the window, until a pattern opens
  bool early_complete_ = true;
  utc_time now_{};
  std::optional<pattern> open_;
  std::unordered_map<agent_id, uint32_t> places_;  // in open_->agents
  std::vector<bool> unlisted_;                     // index is a slot: counted, but not in open_->agents
  uint64_t unlisted_count_ = 0;
  std::optional<uint64_t> replayed_until_;  // reports up to this number were counted before a restart
};

}  // namespace muster
