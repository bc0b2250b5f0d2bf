// The fleet actor: what it gathers from agents and loops, and writes in batches.
#include "actors/manager/fleet.hpp"

#include "messages/errors.hpp"
#include "messages/type_ids.hpp"

#include <caf/all.hpp>

namespace muster {

void fleet_state::note(const state_change& change) {
  if (!roster_.contains(change.id)) return;
  gather(change);
  schedule_flush(options_.flush_delay);
}

// Answered once the change is durable; one that is said twice, with the first.
caf::result<committed> fleet_state::note_departure(const state_change& change) {
  if (!roster_.contains(change.id)) return caf::make_error(fleet_error::agent_unknown);
  if (change.from != change.to) gather(change);
  const auto number = roster_.standing(change.id).last_change;
  if (number <= written_changes_) return committed{};
  auto promise = self->make_response_promise<committed>();
  departures_.emplace_back(number, promise);
  schedule_flush(options_.flush_delay);
  return promise;
}

void fleet_state::note_contest(const state_change& change) {
  if (!roster_.contains(change.id)) return;
  const bool begins = change.cause == change_cause::contest;
  roster_.set_contested(change.id, begins);
  totals_.contests += begins;
  gather(change);
  changes_.add(audit("manager", begins ? "agent.contested" : "agent.uncontested", change.id,
                     "host=" + roster_.row(change.id).hostname));
  schedule_flush(options_.flush_delay);
}

void fleet_state::gather(state_change change) {
  change.previous = roster_.standing(change.id).last_change;
  ++totals_.transitions;
  const auto number = changes_.add(change);
  roster_.apply(change, number);
  if (change.from == change.to) return;
  losses_.moved(change.id, change.from, change.to, groups_of(change.id), listening_now());
  tell_status(change.id, change.to, change.at);
  tell_loss(change);
  settle_losses();
}

void fleet_state::schedule_flush(std::chrono::milliseconds delay) {
  if (flush_pending_ || writing_) return;
  flush_pending_ = true;
  self->delayed_send(self, delay, flush_due{});
}

// Writes one record at a time, so that numbers become durable in order.
void fleet_state::flush() {
  if (writing_ || changes_.empty()) return;
  writing_ = true;
  const auto& record = changes_.front();
  self->request(ports_.ledger, options_.request_timeout, record)
    .then(
      [this, number = record.number](const committed&) {
        writing_ = false;
        written_changes_ = number;
        if (closed_) return;
        changes_.pop();
        std::erase_if(departures_, [number](auto& departure) {
          if (departure.first > number) return false;
          departure.second.deliver(committed{});
          return true;
        });
        flush();
      },
      [this](caf::error& failed) {
        writing_ = false;
        ports_.tell("changes_not_recorded", self->system().render(failed));
        for (auto& departure : departures_) departure.second.deliver(failed);
        departures_.clear();
        schedule_flush(options_.retry_delay);
      });
}

void fleet_state::note_beats(const beats_heard& heard) {
  for (const auto& beat : heard.beats)
    if (roster_.contains(beat.id)) roster_.seen(beat.id, beat.at);
}

// Writes the standings that were touched, in messages of bounded size. The point
// up to which changes need not be replayed moves once all of them are durable.
void fleet_state::checkpoint() {
  struct progress {
    size_t missing = 0;
    bool complete = true;
  };
  remove_long_departed();
  const auto until = written_changes_;
  auto written = std::make_shared<progress>();
  auto touched = roster_.take_touched_blocks();
  for (size_t i = 0; i < touched.size(); i += options_.checkpoint_blocks) {
    const auto end = std::min(touched.size(), i + options_.checkpoint_blocks);
    record_standings write;
    for (auto k = i; k < end; ++k) write.blocks.push_back(durable_block(touched[k]));
    ++written->missing;
    self->request(ports_.ledger, options_.request_timeout, std::move(write))
      .then(
        [this, written, until](const committed&) {
          if (--written->missing == 0 && written->complete) settle_changes(until);
        },
        [this, written](caf::error& failed) {
          --written->missing;
          written->complete = false;
          ports_.tell("standings_not_recorded", self->system().render(failed));
          roster_.touch_all();
        });
  }
}

// All standings contain the changes up to `until`.
void fleet_state::settle_changes(uint64_t until) {
  if (until == 0) return;
  self->request(ports_.ledger, options_.request_timeout, record_standings{until, {}})
    .then(
      [](const committed&) {},
      [this](caf::error& failed) { ports_.tell("standings_not_recorded", self->system().render(failed)); });
}

// Numbers of changes that are not durable yet stay out of the store: after a
// crash other changes would get them.
standings_block fleet_state::durable_block(uint32_t number) const {
  auto block = roster_.block(number);
  for (auto& standing : block.standings) standing.policy_acknowledged = policies_.acknowledged(standing.id);
  for (auto& standing : block.standings)
    if (standing.last_change > written_changes_)
      standing.last_change = changes_.durable_before(standing.id, standing.last_change);
  return block;
}

void fleet_state::remove_long_departed() {
  const auto since = ports_.utc_now() - options_.departed_retention;
  for (auto id : roster_.departed_before(since, options_.removals_per_checkpoint)) {
    if (removing_.contains(id)) continue;
    forget_agent write{id, {audit("manager", "agent.removed", id, "departed since more than the retention")}};
    discard_agent(id);
    ++totals_.removed;
    publish(id, slot_of(id));
    self->request(ports_.ledger, options_.request_timeout, std::move(write))
      .then(
        [](const committed&) {},
        [this](caf::error& failed) { ports_.tell("removal_not_recorded", self->system().render(failed)); });
  }
}

// The end: nothing more is admitted; what has gathered becomes durable. The
// ledger answers in order, so its last answer stands for all.
caf::result<committed> fleet_state::close() {
  if (!closed_) {
    closed_ = true;
    if (writing_) changes_.pop();
    for (; !changes_.empty(); changes_.pop()) {
      written_changes_ = changes_.front().number;
      self->request(ports_.ledger, options_.request_timeout, changes_.front())
        .then(
          [](const committed&) {},
          [this](caf::error& failed) { ports_.tell("changes_not_recorded", self->system().render(failed)); });
    }
    checkpoint();
  }
  return self->delegate(ports_.ledger, record_standings{});
}

}  // namespace muster
