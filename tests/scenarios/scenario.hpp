// What the scenarios share: names, and histories as one line of text.
#pragma once

#include "tools/harness/virtual_manager.hpp"

#include <boost/test/unit_test.hpp>

#include <ostream>

namespace muster {

inline std::ostream& operator<<(std::ostream& out, agent_status status) { return out << to_string(status); }
inline std::ostream& operator<<(std::ostream& out, agent_id id) { return out << to_string(id); }

}  // namespace muster

using namespace muster;
using muster::harness::options;
using muster::harness::virtual_manager;
using std::chrono::days;
using namespace std::chrono_literals;

// "online>stale:silence stale>online:heartbeat"
inline std::string causes(const std::vector<state_change>& history) {
  std::string text;
  for (const auto& change : history)
    text += (text.empty() ? "" : " ") + to_string(change.from) + ">" + to_string(change.to) + ":"
            + to_string(change.cause);
  return text;
}
