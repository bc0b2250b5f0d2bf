// What the loss of an agent entails, and the pause before it does: a registry in error, a job taken back, a
// peer removed, a notification.
//
// Nobody can tell from the first silent agent whether it is one of many, so each loss waits for `grace`. What
// is then part of a disruption is held for a while and let go at a set rate, oldest first. Whoever returns
// before its turn entails nothing.
#pragma once

#include "messages/ids.hpp"

#include <algorithm>
#include <list>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace muster {

struct release_limits {
  std::chrono::milliseconds grace = std::chrono::seconds{30};  // about one interval between beats
  std::chrono::milliseconds every = std::chrono::seconds{6};   // one of those held goes; above 0
  std::chrono::milliseconds first{0};                          // for how long none of them goes
};

template <class T>
class held_consequences {
 public:
  explicit held_consequences(const release_limits& limits = {}) : limits_(limits) {}

  // The agent was lost. What an earlier loss of it entails goes without effect.
  void add(agent_id agent, T what, listening_time now) {
    drop(agent);
    fresh_.push_back({agent, std::move(what), now + limits_.grace, false});
    places_[agent] = std::prev(fresh_.end());
  }

  // The agent returned or was removed. False if its loss had its consequences already, or none.
  bool drop(agent_id agent) {
    const auto found = places_.find(agent);
    if (found == places_.end()) return false;
    (found->second->held ? held_ : fresh_).erase(found->second);
    places_.erase(found);
    return true;
  }

  // What has its turn now. `held(agent, what)` tells whether it is part of a disruption.
  template <class Held>
  std::vector<T> release(listening_time now, Held held) {
    std::vector<T> out;
    while (!fresh_.empty() && fresh_.front().due <= now) {
      auto& one = fresh_.front();
      if (!held(one.agent, std::as_const(one.what))) {
        let_go(fresh_, fresh_.begin(), out);
        continue;
      }
      if (held_.empty()) next_ = now + std::max(limits_.first, limits_.every);
      one.held = true;
      held_.splice(held_.end(), fresh_, fresh_.begin());
    }
    for (; !held_.empty() && next_ <= now; next_ += limits_.every) let_go(held_, held_.begin(), out);
    return out;
  }

  // A disruption ended: what is no longer part of one waits for another grace, since those who return do so
  // over an interval. Looks at all that are held.
  template <class Held>
  void renew_ended(listening_time now, Held held) {
    for (auto at = held_.begin(); at != held_.end();) {
      const auto one = at++;
      if (held(one->agent, std::as_const(one->what))) continue;
      one->held = false;
      one->due = now + limits_.grace;
      fresh_.splice(fresh_.end(), held_, one);
    }
  }

  // When release() has something to do next.
  std::optional<listening_time> next_due() const {
    std::optional<listening_time> out;
    if (!fresh_.empty()) out = fresh_.front().due;
    if (!held_.empty()) out = out ? std::min(*out, next_) : next_;
    return out;
  }

  bool contains(agent_id agent) const { return places_.contains(agent); }
  size_t held() const { return held_.size(); }
  size_t size() const { return places_.size(); }

 private:
  struct entry {
    agent_id agent{};
    T what;
    listening_time due{};
    bool held = false;
  };
  using line = std::list<entry>;

  void let_go(line& from, typename line::iterator one, std::vector<T>& into) {
    into.push_back(std::move(one->what));
    places_.erase(one->agent);
    from.erase(one);
  }

  release_limits limits_;
  line fresh_;  // in the order of their loss
  line held_;
  listening_time next_{};  // of those held
  std::unordered_map<agent_id, typename line::iterator> places_;
};

}  // namespace muster
