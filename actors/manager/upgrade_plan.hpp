// Decides how an upgrade goes on: which nodes are to be asked, which of them came back as
// they should, when the next stage begins and when it must stop. A plain value: how nodes
// and executions are comes in with the time, verdicts and the next move come out.
#pragma once

#include "messages/nodes.hpp"
#include "messages/upgrades.hpp"

#include <caf/expected.hpp>

#include <set>
#include <unordered_map>

namespace muster {

// What is wrong with the request; empty if nothing is.
std::string problem_of(const start_upgrade& request);

// Whether it is one of those that the upgrade is for. Nodes that have left are not.
bool is_meant(const start_upgrade& by, const mesh_node& node);

// How long its stage has lasted, without the time it was paused.
std::chrono::milliseconds stage_age(const upgrade& what, utc_time now);

// The upgrade after this move, or upgrade_conflict. `why` is its outcome unless it goes on.
caf::expected<upgrade> moved(upgrade what, rollout_move move, const std::string& why, utc_time now);

enum class upgrade_verdict : uint8_t { later, upgraded, waiting, failed };

// What one look at all of its nodes has found.
struct upgrade_look {
  upgrade_counts counts;
  std::vector<upgrade_failure> failures;                // the first of them
  uint64_t stage_waiting = 0;                           // of this stage and those before
  std::map<std::string, std::vector<agent_id>> to_ask;  // by platform
  caf::optional<rollout_move> move;                     // advance or halt; none: wait
  std::string reason;
};

class upgrade_plan {
 public:
  static constexpr size_t failures_shown = 20;
  static constexpr uint32_t refusals_taken = 3;  // of runs, one after the other

  explicit upgrade_plan(upgrade what);

  const upgrade& what() const { return what_; }
  const std::set<uint64_t>& open_runs() const { return open_runs_; }

  // A run asked these nodes.
  void ask(uint64_t run, const std::vector<agent_id>& nodes);
  // A run of this upgrade whose executions have to be read.
  void adopt(uint64_t run);
  // What became of an execution of one of its runs. False while it is not over.
  bool note(const execution_record& execution);
  // It is no longer kept, so that nobody knows what became of it.
  void lose(uint64_t run);
  // All of its executions are over.
  void close(uint64_t run) { open_runs_.erase(run); }
  // The dispatcher would not run it.
  void note_refusal(std::string why);

  // Begin with an empty look, judge each of the nodes, then conclude.
  void judge(const node_row& row, utc_time now, upgrade_look& into);
  void conclude(utc_time now, upgrade_look& into);

  // A move that is durable now.
  void become(upgrade next);

 private:
  struct asked_node {
    uint64_t run = 0;
    execution_status status = execution_status::queued;
    std::string reason;
    utc_time finished_at{};
  };
  struct judgement {
    upgrade_verdict verdict = upgrade_verdict::waiting;
    std::string reason;  // why it failed
    bool ask = false;
  };

  judgement judgement_of(const node_row& row, utc_time now);
  judgement missing(const node_row& row, utc_time since, const std::string& why, utc_time now) const;

  upgrade what_;
  std::set<uint64_t> open_runs_;
  std::unordered_map<agent_id, asked_node> asked_;
  std::set<std::pair<uint64_t, agent_id>> forgiven_;  // executions by run that expired while many were lost
  std::unordered_map<agent_id, utc_time> well_;  // of this stage: when they were last seen as they should be
  uint32_t refusals_ = 0;
  std::string refusal_;
};

}  // namespace muster
