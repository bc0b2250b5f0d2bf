// When so many agents fall silent at once that it says more of the network than of them.
//
// The watch counts, for the whole fleet and for each tenant, label or whatever else the caller groups by, who
// is online and who fell silent within one threshold span and still is. When the latter are at least `share`
// of both together, and both are at least `min_agents`, a disruption of the group begins. It ends when fewer
// than half of those that were silent at the worst moment still are, or after `longest`: who is not back by
// then is simply gone. Both edges are told once, and a new disruption takes new losses.
//
// Times of losses are kept in 16 buckets per span, so up to one sixteenth more than the span counts. Each
// call takes constant time for each group named.
#pragma once

#include "messages/time.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace muster {

struct disruption_limits {
  double share = 0.55;                                       // of who was online; above 0, at most 1
  uint32_t min_agents = 50;                                  // that were online
  std::chrono::milliseconds span = std::chrono::minutes{2};  // the longest threshold of silence, say
  std::chrono::milliseconds longest = std::chrono::hours{1};
  size_t groups = 10'000;  // that are watched
};

enum class agent_group : uint32_t {};

enum class disruption_change : uint8_t {
  began,
  recovered,  // most are back
  settled,    // it lasted too long
};

struct disruption {
  agent_group group{};
  disruption_change change = disruption_change::began;  // the latest
  listening_time began_at{};
  uint32_t before = 0;  // were online before it
  uint32_t worst = 0;   // were silent at the worst moment
  uint32_t silent = 0;  // still are
};

class disruption_watch {
 public:
  using groups = std::span<const agent_group>;
  using edges = std::vector<disruption>;  // empty but rarely

  explicit disruption_watch(const disruption_limits& limits = {});

  // The group of this name, a new one with this share if there is none. Nothing if there are too many.
  std::optional<agent_group> group(const std::string& name, std::optional<double> share = std::nullopt);
  const std::string& name_of(agent_group group) const { return entries_[index(group)].name; }

  // Groups are those of one agent, each once, and until it returns those that it fell silent with.

  void joined(groups of);  // it is online, and went_silent() was not told of it
  void left(groups of);    // it was online, and said goodbye or was removed
  edges went_silent(groups of, listening_time now);
  edges came_back(groups of, listening_time silent_since, listening_time now);
  edges removed(groups of, listening_time silent_since, listening_time now);  // while it was silent

  // Ends what lasted too long.
  edges expire(listening_time now);
  std::optional<listening_time> next_expiry() const;

  bool disrupted(groups of) const;
  // Whether one of them has enough agents for a disruption, or had before it lost some.
  bool may_be_disrupted(groups of) const;
  std::vector<disruption> under_way() const;
  uint32_t online(agent_group group) const { return entries_[index(group)].online; }

 private:
  static constexpr size_t bucket_count = 17;  // one is under way

  struct entry {
    std::string name;
    double share = 1;
    uint32_t online = 0;
    uint32_t lost = 0;         // the sum of `buckets`
    int64_t newest = 0;        // bucket
    listening_time since{-1};  // losses until then count no more
    std::array<uint32_t, bucket_count> buckets{};
    std::optional<disruption> current;
    int64_t first = 0;  // bucket whose losses belong to `current`
  };

  static size_t index(agent_group group) { return static_cast<size_t>(group); }
  int64_t bucket_of(listening_time at) const { return at / width_; }
  void advance(entry& one, listening_time now);
  void no_longer_silent(entry& one, listening_time silent_since, listening_time now, edges& out);
  void end(entry& one, disruption_change how, listening_time now, edges& out);

  disruption_limits limits_;
  listening_time width_;
  std::vector<entry> entries_;
  std::unordered_map<std::string, agent_group> by_name_;
  std::set<std::pair<listening_time, agent_group>> under_way_;  // by their begin
};

}  // namespace muster
