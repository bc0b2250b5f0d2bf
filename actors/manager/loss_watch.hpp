// What is to be made of agents that fall silent and return: whether one's loss may be part of a disruption,
// so that what it entails waits, and whether it flaps, so that nobody is told each time.
//
// How an agent is called online, stale or offline is not decided here and never waits. A plain value: changes
// go in with the time, take() tells what has come of them.
#pragma once

#include "actors/manager/disruption_watch.hpp"
#include "actors/manager/flap_window.hpp"
#include "actors/manager/held_consequences.hpp"
#include "messages/agents.hpp"

#include <map>

namespace muster {

struct loss_limits {
  bool disruptions = true;
  bool flapping = true;
  disruption_limits disruption;
  release_limits release;
  flap_limits flaps;
  // For its extent to show before people hear of it: what many groups have in common is told once.
  std::chrono::milliseconds announce_after = std::chrono::seconds{15};
  std::map<std::string, double> share_by_tenant;
  std::map<std::string, double> share_by_label;  // agents are grouped by the values of these labels too
};

// A disruption and the name of its group.
struct named_disruption {
  std::string group;
  disruption what;
};

class loss_watch {
 public:
  // Names of the groups that one agent belongs to, the widest first.
  using names = std::vector<std::string>;

  explicit loss_watch(const loss_limits& limits = {})
    : limits_(limits), watch_(limits.disruption), held_(limits.release), flaps_(limits.flaps) {}

  // "fleet", "tenant acme" and "tenant acme, site=berlin" for each label that agents are grouped by.
  names groups_of(const std::string& tenant, const std::map<std::string, std::string>& labels) const;

  // --- agents; `of` are those that they belong to ---

  // It is known from now on.
  void joined(agent_id id, agent_status status, const names& of);
  void moved(agent_id id, agent_status from, agent_status to, const names& of, listening_time now);
  void regrouped(agent_id id, const names& before, const names& after, listening_time now);
  // It is known no longer.
  void left(agent_id id, const names& of, listening_time now);

  // What its loss entails waits.
  bool held(agent_id id) const { return held_.contains(id); }
  bool flapping(agent_id id) const { return flaps_.flapping(slot_of(id)); }
  // It is silent, as too many of a group are.
  bool disrupted(agent_id id, const names& of) const;

  // --- what comes of it ---

  struct news {
    std::vector<agent_id> released;  // whose losses entail what they do now
    std::vector<uint32_t> flapping;  // slots of those that began
    std::vector<uint32_t> calm;      // slots of those that no longer do
    std::vector<named_disruption> begun;
    std::vector<named_disruption> ended;
    std::vector<named_disruption> told_begun;  // of those, what people should hear
    std::vector<named_disruption> told_ended;
  };
  // Everything since the last call, each once.
  news take(listening_time now);
  // When take() has something to tell though nothing happens.
  std::optional<listening_time> next_due() const;

  std::vector<named_disruption> under_way() const;
  size_t flapping() const { return flaps_.flapping(); }
  size_t held() const { return held_.size(); }

 private:
  using group_list = std::vector<agent_group>;
  struct loss {
    agent_id id{};
    group_list of;
  };

  group_list groups(const names& of);
  std::optional<double> share_of(const std::string& name) const;
  listening_time& state_of(agent_id id);
  void fell_silent(agent_id id, const names& of, listening_time now);
  void returned(agent_id id, const names& of, listening_time now);
  void note_flap(agent_id id, listening_time now);
  void note(disruption_watch::edges edges);
  void begin(const disruption& what, news& into);
  void end(const disruption& what, listening_time now, news& into);
  void announce(listening_time now, news& into);
  bool within_another(agent_group group) const;

  loss_limits limits_;
  disruption_watch watch_;
  held_consequences<loss> held_;
  flap_window flaps_;
  std::vector<listening_time> silent_since_;  // by slot, or one of the marks in the .cpp
  disruption_watch::edges edges_;             // that take() has not told
  std::vector<uint32_t> began_flapping_;
  std::vector<uint32_t> became_calm_;
  std::map<agent_group, listening_time> to_announce_;
  std::set<agent_group> announced_;
};

}  // namespace muster
