// What the operator API and the manager's news say, as far as a run is judged by it.
#pragma once

#include "tools/muster-sim/timeline.hpp"
#include "tools/muster-sim/truth.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace muster::sim {

using calendar_time = std::chrono::sys_time<std::chrono::milliseconds>;

// Of the one form in which the manager writes times: "2026-11-22T22:44:14.900Z".
std::optional<calendar_time> read_time(std::string_view text);

struct status_answer {
  calendar_time started_at;
  fleet_view fleet;
  double deaf_seconds = 0;    // since the start
  bool is_disrupted = false;  // the whole fleet, not only a part of it
};
std::optional<status_answer> read_status(std::string_view body);

// `agent_online`, `agent_stale` and `agent_offline`; all else is nothing.
struct agent_news {
  std::string host;
  agent_word word = agent_word::online;
  calendar_time at;
};
std::optional<agent_news> read_agent_news(std::string_view data);

// Hands over each agent of a page; nothing if it is none.
struct page_end {
  std::string next_cursor;  // empty after the last
};
std::optional<page_end> read_agent_page(
  std::string_view body, const std::function<void(std::string_view host, calendar_time changed_at)>& take);

// How far the policy of last came, as the manager counts it.
struct policy_view {
  uint64_t revision = 0;
  uint64_t agents = 0;
  uint64_t reached = 0;  // were sent it, or said that they have it
  double last_ms = 0;    // until the last of these had it
};
std::optional<policy_view> read_policy_status(std::string_view body);

// One value of the Prometheus text; 0 if it is not there.
double read_metric(std::string_view text, std::string_view name);

}  // namespace muster::sim
