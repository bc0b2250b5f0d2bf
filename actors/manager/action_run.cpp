// The life of executions.
#include "actors/manager/action_run.hpp"

#include <algorithm>
#include <utility>

namespace muster {

namespace {

using std::chrono::milliseconds;

constexpr auto slot_below = [](const execution_record& a, uint32_t slot) { return slot_of(a.node) < slot; };

// As long as there was left when it was recorded, whatever the calendar did since.
milliseconds left_of(milliseconds span, utc_time since, utc_time at) {
  return std::clamp(span - (at - since), milliseconds{0}, span);
}

std::string reason_of(const execution_finished& result) {
  if (!result.reason.empty()) return result.reason;
  switch (result.status) {
    case execution_status::failed: return "it ended with exit code " + std::to_string(result.exit_code);
    case execution_status::timed_out: return "the node stopped it at its timeout";
    case execution_status::cancelled: return "the node cancelled it";
    default: return {};
  }
}

}  // namespace

action_run::action_run(run_record what, std::vector<execution_record> executions,
                       const action_run_limits& limits, work_time when)
  : record_(std::move(what)),
    executions_(std::move(executions)),
    entries_(executions_.size()),
    limits_(limits),
    counts_(execution_status_count) {
  for (size_t i = 0; i < executions_.size(); ++i) {
    ++counts_[static_cast<size_t>(executions_[i].status)];
    restore(i, when);
  }
  settle(when.at);
}

void action_run::restore(size_t index, work_time when) {
  const auto& each = executions_[index];
  switch (each.status) {
    case execution_status::queued: queue_.push_back(index); break;
    case execution_status::sent:
      set_deadline(index, when.now + left_of(limits_.acknowledge_within, each.sent_at, when.at));
      break;
    case execution_status::running:
      set_deadline(index,
                   when.now + left_of(record_.timeout + limits_.result_grace, each.acknowledged_at, when.at));
      break;
    default: break;
  }
}

size_t action_run::index_of(uint32_t slot) const {
  const auto found = std::lower_bound(executions_.begin(), executions_.end(), slot, slot_below);
  const bool there = found != executions_.end() && slot_of(found->node) == slot;
  return there ? static_cast<size_t>(found - executions_.begin()) : executions_.size();
}

const execution_record* action_run::of(uint32_t slot) const {
  const auto index = index_of(slot);
  return index < executions_.size() ? &executions_[index] : nullptr;
}

size_t action_run::in_flight() const {
  return size_t{counts_[static_cast<size_t>(execution_status::sent)]}
         + counts_[static_cast<size_t>(execution_status::running)];
}

// --- turns -------------------------------------------------------------------

std::vector<execution_record> action_run::send(work_time when) {
  std::vector<execution_record> out;
  while (!queue_.empty() && in_flight() < record_.max_parallel) {
    const auto index = queue_.front();
    queue_.pop_front();
    if (executions_[index].status != execution_status::queued) continue;
    executions_[index].sent_at = when.at;
    enter(index, execution_status::sent, {}, when);
    set_deadline(index, when.now + limits_.acknowledge_within);
    out.push_back(executions_[index]);
  }
  return out;
}

milliseconds action_run::delay(uint32_t postponed) const {
  auto out = limits_.first_delay;
  for (; postponed > 1 && out < limits_.longest_delay; --postponed) out *= 2;
  return std::min(out, limits_.longest_delay);
}

void action_run::postpone(uint32_t slot, const std::string& why, work_time when) {
  const auto index = index_of(slot);
  if (index == executions_.size() || executions_[index].status != execution_status::sent) return;
  auto& what = executions_[index];
  if (what.postponed >= limits_.postponements)
    return enter(index, execution_status::failed, why + ", " + std::to_string(what.postponed + 1) + " times",
                 when);
  ++what.postponed;
  enter(index, execution_status::queued, why, when);
  set_deadline(index, when.now + delay(what.postponed));
}

void action_run::acknowledge(uint32_t slot, bool accepted, const std::string& reason, work_time when) {
  const auto index = index_of(slot);
  if (index == executions_.size() || executions_[index].status != execution_status::sent) return;
  if (accepted || reason == "duplicate_execution_id") {
    executions_[index].acknowledged_at = when.at;
    enter(index, execution_status::running, {}, when);
    set_deadline(index, when.now + record_.timeout + limits_.result_grace);
  } else if (reason == "max_concurrent_reached") {
    postpone(slot, "the node has enough to do", when);
  } else {
    enter(index, execution_status::failed, "the node refused it: " + (reason.empty() ? "no reason" : reason),
          when);
  }
}

void action_run::expire(work_time when) {
  while (!deadlines_.empty() && deadlines_.begin()->first <= when.now) {
    const auto index = deadlines_.begin()->second;
    switch (executions_[index].status) {
      case execution_status::queued:
        set_deadline(index, std::nullopt);
        queue_.push_back(index);
        break;
      case execution_status::sent: enter(index, execution_status::expired, "never acknowledged", when); break;
      default: enter(index, execution_status::expired, "no result", when); break;
    }
  }
}

// --- ends --------------------------------------------------------------------

// One that was given up has its true end when the node tells it all the same.
bool action_run::finish(uint32_t slot, const execution_finished& result, work_time when) {
  const auto index = index_of(slot);
  if (index == executions_.size()) return false;
  auto& what = executions_[index];
  const bool given_up =
    what.status == execution_status::expired || what.status == execution_status::cancelled;
  const bool told = what.sent_at != utc_time{};
  if (!told || what.result_at != utc_time{} || (is_over(what.status) && !given_up)) return false;
  what.result_at = when.at;
  what.exit_code = result.exit_code;
  what.duration = result.duration;
  what.node_finished_at = result.at;
  auto reason = reason_of(result);
  if (given_up)
    reason = "late, after '" + std::exchange(what.reason, {}) + "'" + (reason.empty() ? "" : ": " + reason);
  enter(index, result.status, std::move(reason), when);
  return true;
}

void action_run::fail(uint32_t slot, const std::string& why, work_time when) {
  const auto index = index_of(slot);
  if (index < executions_.size() && !is_over(executions_[index].status))
    enter(index, execution_status::failed, why, when);
}

std::vector<execution_record> action_run::cancel(work_time when) {
  std::vector<execution_record> told;
  if (over()) return told;
  record_.cancelled_at = when.at;
  run_changed_ = true;
  for (size_t i = 0; i < executions_.size(); ++i) {
    const auto was = executions_[i].status;
    if (is_over(was)) continue;
    enter(i, execution_status::cancelled,
          was == execution_status::queued ? "before it was sent" : "the node was told to stop", when);
    if (was != execution_status::queued) told.push_back(executions_[i]);
  }
  queue_.clear();
  return told;
}

// --- state -------------------------------------------------------------------

void action_run::enter(size_t index, execution_status status, std::string reason, work_time when) {
  auto& what = executions_[index];
  --counts_[static_cast<size_t>(what.status)];
  ++counts_[static_cast<size_t>(status)];
  what.status = status;
  what.reason = std::move(reason);
  set_deadline(index, std::nullopt);
  mark(index);
  if (!is_over(status)) return;
  what.finished_at = when.at;
  settle(when.at);
}

void action_run::set_deadline(size_t index, std::optional<monotonic> due) {
  auto& at = entries_[index].due;
  if (at != monotonic{}) deadlines_.erase({at, index});
  at = due.value_or(monotonic{});
  if (due) deadlines_.emplace(at, index);
}

std::optional<action_run::monotonic> action_run::next_deadline() const {
  return deadlines_.empty() ? std::nullopt : std::optional{deadlines_.begin()->first};
}

void action_run::settle(utc_time at) {
  if (over() || in_flight() > 0 || counts_[static_cast<size_t>(execution_status::queued)] > 0) return;
  record_.ended_at = at;
  run_changed_ = true;
}

// --- changes -----------------------------------------------------------------

void action_run::mark(size_t index) {
  if (!std::exchange(entries_[index].changed, true)) changed_.push_back(index);
}

void action_run::take_changes(record_work& into) {
  if (std::exchange(run_changed_, false)) into.runs.push_back(record_);
  for (const auto index : std::exchange(changed_, {})) {
    entries_[index].changed = false;
    into.executions.push_back(executions_[index]);
  }
}

void action_run::return_changes(const record_work& of) {
  for (const auto& each : of.runs)
    if (each.number == record_.number) run_changed_ = true;
  for (const auto& each : of.executions)
    if (each.run == record_.number) mark(index_of(slot_of(each.node)));
}

}  // namespace muster
