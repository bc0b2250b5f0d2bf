// One action on many nodes: who is told when, what came of it on each, and when one that
// keeps silent is given up. Every answer may come twice, late or never.
#pragma once

#include "actors/manager/work_time.hpp"
#include "messages/work.hpp"

#include <chrono>
#include <deque>
#include <optional>
#include <set>

namespace muster {

struct action_run_limits {
  std::chrono::milliseconds acknowledge_within = std::chrono::minutes{2};
  std::chrono::milliseconds result_grace = std::chrono::seconds{30};  // beyond the timeout
  uint32_t postponements = 10;                                        // of one execution
  std::chrono::milliseconds first_delay = std::chrono::seconds{2};    // twice as long each time
  std::chrono::milliseconds longest_delay = std::chrono::minutes{1};
};

class action_run {
 public:
  using monotonic = work_time::monotonic;

  // Executions ascending by slot, all new or all as they were recorded.
  action_run(run_record what, std::vector<execution_record> executions, const action_run_limits& limits,
             work_time when);

  const run_record& record() const { return record_; }
  const std::vector<execution_record>& executions() const { return executions_; }
  const execution_record* of(uint32_t slot) const;
  run_row row() const { return {record_, counts_}; }
  bool over() const { return record_.ended_at != utc_time{}; }

  // Those that have their turn now, up to max_parallel at once. They count as sent.
  std::vector<execution_record> send(work_time when);
  // One that could not be told, or cannot take it now, has its turn again later.
  void postpone(uint32_t slot, const std::string& why, work_time when);
  void acknowledge(uint32_t slot, bool accepted, const std::string& reason, work_time when);
  // Whether it is news: then its output counts, too.
  bool finish(uint32_t slot, const execution_finished& result, work_time when);
  void fail(uint32_t slot, const std::string& why, work_time when);
  // Gives up those whose time has passed.
  void expire(work_time when);
  // Those that were told of it.
  std::vector<execution_record> cancel(work_time when);

  std::optional<monotonic> next_deadline() const;

  // What is not written yet, each once.
  bool has_changes() const { return run_changed_ || !changed_.empty(); }
  void take_changes(record_work& into);
  // That was not written after all.
  void return_changes(const record_work& of);

 private:
  struct entry {
    monotonic due{};  // zero without a deadline
    bool changed = false;
  };

  size_t index_of(uint32_t slot) const;  // executions_.size() without one
  void enter(size_t index, execution_status status, std::string reason, work_time when);
  void set_deadline(size_t index, std::optional<monotonic> due);
  void restore(size_t index, work_time when);
  void mark(size_t index);
  void settle(utc_time at);
  size_t in_flight() const;
  std::chrono::milliseconds delay(uint32_t postponed) const;

  run_record record_;
  std::vector<execution_record> executions_;
  std::vector<entry> entries_;  // of each execution
  action_run_limits limits_;
  std::vector<uint32_t> counts_;
  std::deque<size_t> queue_;                          // have their turn next
  std::set<std::pair<monotonic, size_t>> deadlines_;  // of those under way, and of those that wait
  std::vector<size_t> changed_;
  bool run_changed_ = false;
};

}  // namespace muster
