// What the dispatcher writes, and what it does once that is durable: nodes are told,
// askers are answered. Old runs go.
#include "actors/manager/dispatcher.hpp"
#include "messages/errors.hpp"
#include "messages/type_ids.hpp"

#include <caf/all.hpp>

#include <iterator>

namespace muster {

// --- one write at a time -----------------------------------------------------

caf::result<committed> dispatcher_state::when_written() {
  auto promise = self->make_response_promise<committed>();
  next_.answers.push_back([promise](const caf::error& failed) mutable {
    if (failed) promise.deliver(failed);
    else promise.deliver(committed{});
  });
  write();
  return promise;
}

void dispatcher_state::write() {
  if (writing_) return;
  auto what = std::make_shared<pending_write>(std::exchange(next_, {}));
  for (const auto number : std::exchange(changed_, {})) runs_.at(number).take_changes(what->record);
  for (auto& [key, output] : std::exchange(outputs_, {})) what->record.outputs.push_back(std::move(output));
  what->record.audit = std::exchange(audit_, {});
  const auto& record = what->record;
  if (record.runs.empty() && record.executions.empty() && record.outputs.empty() && record.audit.empty())
    return written(*what);
  writing_ = true;
  for (const auto& each : record.runs) in_write_.insert(each.number);
  for (const auto& each : record.executions) in_write_.insert(each.run);
  for (const auto& each : record.outputs) in_write_.insert(each.run);
  self->request(ports_.ledger, caf::infinite, record)
    .then(
      [this, what](const committed&) {
        writing_ = false;
        in_write_.clear();
        written(*what);
        if (!changed_.empty() || !next_.answers.empty()) write();
      },
      [this, what](caf::error& failed) {
        writing_ = false;
        in_write_.clear();
        not_written(*what, failed);
      });
}

void dispatcher_state::written(pending_write& what) {
  for (const auto& answer : what.answers) answer({});
  std::move(what.events.begin(), what.events.end(), std::back_inserter(outbox_));
  send_events();
}

// What happened has happened: it is written later. Outputs are too large to be kept
// until then, and come again from nodes that had no answer.
void dispatcher_state::not_written(pending_write& what, const caf::error& why) {
  ports_.tell("work_not_recorded", self->system().render(why));
  for (const auto& each : what.record.executions) changed_.insert(each.run);
  for (const auto& each : what.record.runs) changed_.insert(each.number);
  for (const auto number : changed_) runs_.at(number).return_changes(what.record);
  for (const auto& each : what.record.outputs) lost_outputs_.emplace(each.run, slot_of(each.node));
  for (const auto& each : outputs_) lost_outputs_.insert(each.first);
  outputs_.clear();
  audit_.insert(audit_.begin(), what.record.audit.begin(), what.record.audit.end());
  next_.events.insert(next_.events.begin(), std::make_move_iterator(what.events.begin()),
                      std::make_move_iterator(what.events.end()));
  for (const auto& answer : what.answers) answer(why);
  for (const auto& answer : std::exchange(next_.answers, {})) answer(why);
  if (!std::exchange(retry_pending_, true)) self->delayed_send(self, options_.retry_after, work_write_due{});
}

// --- events ------------------------------------------------------------------

void dispatcher_state::send_events() {
  if (appending_ || outbox_.empty()) return;
  append_events request{outbox_.front().tenant, {}};
  std::vector<outgoing> taken;
  while (!outbox_.empty() && taken.size() < options_.events_at_once
         && outbox_.front().tenant == request.tenant) {
    request.events.push_back(std::move(outbox_.front().event));
    taken.push_back(std::move(outbox_.front()));
    outbox_.pop_front();
  }
  appending_ = true;
  self->request(ports_.events, caf::infinite, std::move(request))
    .then(
      [this](const committed&) {
        appending_ = false;
        send_events();
      },
      [this, taken = std::move(taken)](caf::error& failed) {
        appending_ = false;
        not_sent(taken, self->system().render(failed));
        send_events();
      });
}

void dispatcher_state::not_sent(const std::vector<outgoing>& events, const std::string& why) {
  ports_.tell("actions_not_sent", why);
  for (const auto& each : events) {
    const auto found = each.requests ? runs_.find(each.of.first) : runs_.end();
    if (found == runs_.end()) continue;
    found->second.postpone(each.of.second, "it could not be sent: " + why, now());
    if (found->second.has_changes()) changed_.insert(found->first);
  }
  for (const auto number : std::set<uint64_t>{under_way_}) move_on(runs_.at(number));
  write();
}

// --- old runs ----------------------------------------------------------------

void dispatcher_state::make_room(size_t executions) {
  for (auto at = runs_.begin(); at != runs_.end() && executions_ + executions > options_.kept_executions;) {
    const auto run = at++;
    if (run->second.over()) drop(run);
  }
  forget_next();
}

// What is being written must be found when it was not.
void dispatcher_state::drop(run_map::iterator run) {
  if (in_write_.contains(run->first) || changed_.contains(run->first)) return;
  forgetting_.push_back(run->first);
  executions_ -= run->second.executions().size();
  lost_outputs_.erase(lost_outputs_.lower_bound({run->first, 0}),
                      lost_outputs_.lower_bound({run->first + 1, 0}));
  runs_.erase(run);
}

void dispatcher_state::purge() {
  const auto before = ports_.utc_now() - options_.retention;
  for (auto at = runs_.begin(); at != runs_.end();) {
    const auto run = at++;
    if (run->second.over() && run->second.record().ended_at < before) drop(run);
  }
  forget_next();
  self->delayed_send(self, options_.purge_interval, run_purge_due{});
}

void dispatcher_state::forget_next() {
  if (forgets_ || forgetting_.empty()) return;
  forgets_ = true;
  self->request(ports_.ledger, caf::infinite, forget_run{forgetting_.front()})
    .then(
      [this](const committed& done) {
        forgets_ = false;
        if (done.number == 0) forgetting_.pop_front();
        forget_next();
      },
      [this](caf::error& failed) {  // the next purge tries again
        forgets_ = false;
        ports_.tell("run_not_forgotten", self->system().render(failed));
      });
}

}  // namespace muster
