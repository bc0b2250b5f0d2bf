// The simulated agents, in columns: 50 bytes each.
#pragma once

#include "tools/muster-sim/credential.hpp"
#include "tools/muster-sim/request.hpp"

#include <chrono>
#include <cstdint>
#include <vector>

namespace muster::sim {

enum class agent_state : uint8_t {
  unregistered,
  registered,
  lost,     // registered, but has to register again
  given_up  // the manager does not want it
};

class agent_table {
 public:
  agent_table(uint32_t agents, time_point start)
    : start_(start),
      ids_(agents),
      secrets_(agents),
      since_(agents),
      versions_(agents, 1),
      states_(agents),
      silent_(agents) {}

  uint32_t size() const { return static_cast<uint32_t>(states_.size()); }
  uint32_t registered() const { return registered_; }
  bool beats(uint32_t agent) const { return states_[agent] == agent_state::registered; }
  bool speaks(uint32_t agent) const { return beats(agent) && !silent_[agent]; }
  credential credential_of(uint32_t agent) const { return {ids_[agent], secrets_[agent]}; }

  // Since the agent registered; exact for 49 days.
  std::chrono::milliseconds uptime(uint32_t agent, time_point now) const {
    return std::chrono::milliseconds{since_start(now) - since_[agent]};
  }

  // Because the scenario wants it.
  bool silent(uint32_t agent) const { return silent_[agent]; }
  uint32_t silent() const { return silent_count_; }
  void set_silent(uint32_t agent, bool is) {
    silent_count_ += static_cast<uint32_t>(is) - static_cast<uint32_t>(silent_[agent]);
    silent_[agent] = is;
  }

  // Of the policy that the agent has.
  uint32_t version(uint32_t agent) const { return versions_[agent]; }
  void set_version(uint32_t agent, uint32_t to) { versions_[agent] = to; }

  void enrol(uint32_t agent, const credential& with, time_point now) {
    ids_[agent] = with.id;
    secrets_[agent] = with.secret;
    since_[agent] = since_start(now);
    set(agent, agent_state::registered);
  }

  void set(uint32_t agent, agent_state to) {
    registered_ -= beats(agent) ? 1 : 0;
    states_[agent] = to;
    registered_ += beats(agent) ? 1 : 0;
  }

 private:
  uint32_t since_start(time_point now) const {
    return static_cast<uint32_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now - start_).count());
  }

  time_point start_;
  uint32_t registered_ = 0;
  std::vector<uint64_t> ids_;
  std::vector<std::array<uint8_t, 32>> secrets_;
  std::vector<uint32_t> since_;  // milliseconds after start_
  std::vector<uint32_t> versions_;
  std::vector<agent_state> states_;
  std::vector<bool> silent_;
  uint32_t silent_count_ = 0;
};

}  // namespace muster::sim
