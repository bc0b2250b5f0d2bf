// A run as data: who the fleet is, what happens to it and when, and what must hold. Read from YAML.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace muster::sim {

enum class dialect : uint8_t { panguard, harborguard, plexd };

// Agents that are alike. They are numbered from 0 through all parts, in the order of the file.
struct fleet_part {
  dialect speaks = dialect::panguard;
  uint32_t agents = 0;
  std::chrono::milliseconds beat{30'000};
  std::chrono::milliseconds pull{0};  // polls for work or policy, pulls of state; 0: none
  double streams = 0;                 // share that holds a stream open, each on a connection of its own
  std::chrono::milliseconds stream_life{0};  // a stream is cut after this and opened anew; 0: stays
  std::string prefix;                        // of host names; number and prefix are the host's name

  bool follows_policy() const { return speaks != dialect::harborguard && (pull.count() > 0 || streams > 0); }
};

// What the manager holds silence to be, by dialect; 0 is never.
struct silence_limits {
  std::chrono::milliseconds stale{0};
  std::chrono::milliseconds offline{0};
};

// What may happen. Which of a step's fields count depends on its kind.
enum class step_kind : uint8_t {
  silence,          // `share` stops saying anything, at one instant
  resume,           // whoever is silent beats again, at its next turn
  flap,             // `share` comes and goes: silent for `span`, back for `span`
  restart_manager,  // in place, as an operator would
  herd,             // everyone registers and beats at once, within `span`
  restart_agents,   // one after the other over `span`: leave, or die, and register again
  worm,             // one hash spreads over `share` of the hosts within `span`
  scan,             // one address knocks at `share` of the hosts within `span`
  push_policy,      // a new revision for everyone
  slow_clients,     // `count` connections that send and read a few bytes a second
  broken_clients,   // `count` connections that send what is not HTTP, or hang up within a request
  skew,             // `share` has clocks that are off by up to `span`
  ramp              // from the rate that was to `rate` times the usual beats, over `span`
};

struct step {
  std::chrono::milliseconds at{
    0};  // after all were registered, or after the run's start if nothing is awaited
  step_kind what = step_kind::silence;
  double share = 0;
  std::chrono::milliseconds span{0};
  uint32_t count = 0;
  double rate = 1;
};

// What must hold at the end, e.g. {"errors", 0} or {"stale_within", 1000}: counts as they are, times in
// milliseconds.
struct expectation {
  std::string name;
  double limit = 0;
  std::string text;  // as the file has it
};

struct scenario {
  std::string name;
  std::string description;
  uint64_t seed = 1;
  std::vector<fleet_part> fleet;
  std::vector<step> steps;
  std::vector<expectation> expectations;
  std::chrono::milliseconds duration{60'000};  // after all were registered
  double register_rate = 5'000;                // a second
  uint32_t connections = 64;                   // 0: one per agent, but no more than the next
  uint32_t connections_at_most = UINT32_MAX;   // what the system has open files for
  uint32_t pipeline = 1;
  uint32_t threads = 1;
  uint32_t source_addresses = 0;
  double events_per_second = 0;  // threats that the whole fleet reports
  bool deregister = false;       // at the end all leave, so that the next run finds nobody
  silence_limits limits[3];      // index is dialect

  bool own_connections() const { return connections == 0; }
  uint32_t all_connections() const {
    return own_connections() ? std::min(agents(), connections_at_most) : connections;
  }
  uint32_t agents() const {
    uint32_t sum = 0;
    for (const auto& part : fleet) sum += part.agents;
    return sum;
  }
};

}  // namespace muster::sim
