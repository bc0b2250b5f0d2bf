// The agent actor: messages become calls on its deciders.
#include "actors/manager/agent.hpp"

#include "actors/manager/sighting_keys.hpp"
#include "messages/errors.hpp"
#include "messages/policy_control.hpp"
#include "messages/type_ids.hpp"

#include <caf/all.hpp>

#include <algorithm>
#include <utility>

namespace muster {

namespace {

// Whose turn it is on this thread.
thread_local agent_state* current = nullptr;

agent_actor::behavior_type shared_behavior() {
  return {
    [](const heartbeat& beat) { return current->hear(beat); },
    [](report_threats& report) { return current->store(report); },
    [](const deregister_agent& request) { return current->depart(request.received_at); },
    [](const describe_agent& request) { return current->describe(request); },
    [](const agent_reenrolled& again) { current->reenrol(again); },
    [](const direct_agent& what) { current->direct(what); },
    [](const superseded_token_used& use) { current->second_holder(use.at); },
    [](const policy_acknowledged& shown) { current->acknowledge(shown.version); },
    [](const liveness_check_due& due) { current->check_liveness(due.deadline); },
  };
}

}  // namespace

agent::agent(caf::actor_config& config, agent_options options, std::shared_ptr<const agent_context> shared)
  : agent_actor::stateful_base<agent_state>(config) {
  state.begin_life(std::move(options), std::move(shared));
}

agent_actor::behavior_type agent::make_behavior() {
  static const auto same_for_all = shared_behavior();
  return same_for_all;
}

agent::resume_result agent::resume(caf::execution_unit* where, size_t messages) {
  auto* outer = std::exchange(current, &state);
  const auto result = agent_actor::stateful_base<agent_state>::resume(where, messages);
  current = outer;
  return result;
}

void agent_state::begin_life(agent_options options, std::shared_ptr<const agent_context> shared) {
  context_ = std::move(shared);
  id_ = options.id;
  tenant_ = std::move(options.tenant);
  openly_enrolled_ = options.openly_enrolled;
  acknowledge(options.policy_acknowledged);
  speaks_ = options.speaks;
  last_seen_ = options.last_seen;
  events_ = event_ring{options.recent_events};
  liveness_ = liveness_clock{options.status, listening_now()};
  arm_timer();
  // An exception ends this actor, not the agent: the fleet puts another in its place.
  self->set_exception_handler([this](std::exception_ptr& thrown) {
    std::string what = "unknown exception";
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& e) {
      what = e.what();
    } catch (...) {
    }
    caf::anon_send(context_->fleet, agent_failed{id_, what});
    return caf::make_error(caf::sec::runtime_error, what);
  });
}

heartbeat_ack agent_state::hear(const heartbeat& beat) {
  report_ = beat.report;
  ++heartbeats_;
  note_heard(beat.heard_at, beat.received_at, change_cause::heartbeat);
  if (contest_.current_used(beat.heard_at, stale_period()))
    self->send(context_->fleet, agent_contested{change(liveness_.status(), liveness_.status(),
                                                       change_cause::contest_over, beat.received_at)});
  if (beat.policy_claimed != 0) acknowledge(beat.policy_claimed);
  const auto asked = std::exchange(directives_, directives_ & directive_rotate_keys);
  return {liveness_.status(), contest_.open(), new_policy(beat.policy_version), asked};
}

// Who never said which version it has is taken to have the built-in one.
uint64_t agent_state::new_policy(uint64_t wanted) const {
  const uint64_t has = std::max<uint32_t>(policy_acknowledged_, 1);
  return wanted == 0 || wanted == has ? 0 : wanted;
}

void agent_state::reenrol(const agent_reenrolled& again) {
  openly_enrolled_ = again.openly;
  note_heard(listening_now(), again.at, change_cause::registration);
}

void agent_state::note_heard(listening_time heard_at, utc_time at, change_cause cause) {
  const auto last_seen = std::exchange(last_seen_, std::max(last_seen_, at));
  if (auto ended = liveness_.heard(heard_at)) {
    auto back = change(*ended, agent_status::online, cause, at);
    back.last_seen = last_seen;
    self->send(context_->fleet, agent_came_back{std::move(back)});
  }
  arm_timer();
}

caf::result<committed> agent_state::depart(utc_time at) {
  last_seen_ = std::max(last_seen_, at);
  if (liveness_.status() == agent_status::departed)  // said twice: answered after the first is durable
    return self->delegate(
      context_->fleet,
      agent_departed{change(agent_status::departed, agent_status::departed, change_cause::departure, at)});
  auto left = change(liveness_.status(), agent_status::departed, change_cause::departure, at);
  liveness_.depart();
  return self->delegate(context_->fleet, agent_departed{std::move(left)});
}

caf::result<threats_accepted> agent_state::store(report_threats& report) {
  note_heard(listening_now(), report.received_at, change_cause::heartbeat);
  tell_errors(report);
  threats_accepted answer;
  std::vector<uint64_t> remembered;
  std::vector<threat> fresh;
  for (uint32_t i = 0; i < report.threats.size(); ++i) {
    auto& threat = report.threats[i];
    if (!threat.event_id.empty()) {
      auto fingerprint = event_fingerprint(threat.event_id);
      if (events_.contains(fingerprint)) {
        ++answer.duplicates;
        continue;
      }
      events_.remember(fingerprint);
      remembered.push_back(fingerprint);
    }
    answer.accepted.push_back(i);
    fresh.push_back(std::move(threat));
  }
  correlate_sightings sightings;
  sightings.at = report.received_at;
  if (context_->correlator) sightings.keys = sighting_keys(fresh, context_->correlate_benign);
  auto promise = self->make_response_promise<threats_accepted>();
  self->request(context_->ledger, caf::infinite, record_threats{{id_, report.received_at, std::move(fresh)}})
    .then(
      [this, promise, answer, sightings = std::move(sightings),
       lost = reports_lost_](const committed& done) mutable {
        // What this report repeats may be what could not be stored meanwhile.
        if (answer.duplicates > 0 && lost != reports_lost_) {
          promise.deliver(caf::make_error(fleet_error::store_failed));
          return;
        }
        answer.report = done.number;
        correlate(std::move(sightings), std::move(answer), promise);
      },
      [this, promise, remembered](caf::error& failed) mutable {
        ++reports_lost_;
        for (auto fingerprint : remembered) events_.forget(fingerprint);
        promise.deliver(std::move(failed));
      });
  return promise;
}

// Trouble of the agent itself, which a rollout may have caused.
void agent_state::tell_errors(const report_threats& report) {
  const auto is_error = [](const threat& what) {
    return what.category == "error" || what.category == "agent_error";
  };
  if (std::any_of(report.threats.begin(), report.threats.end(), is_error))
    self->send(context_->fleet, agent_erred{id_, report.received_at});
}

// The report is durable, so it is accepted whatever the correlator says. Without a
// timeout: in this CAF a timer outlives its answer, and reports are many.
void agent_state::correlate(correlate_sightings sightings, threats_accepted answer,
                            caf::typed_response_promise<threats_accepted> promise) {
  if (sightings.keys.empty()) {
    promise.deliver(std::move(answer));
    return;
  }
  if (tenant_) sightings.tenant = *tenant_;
  sightings.reporter = id_;
  sightings.trusted = trusted();
  sightings.report = answer.report;
  auto shared = std::make_shared<threats_accepted>(std::move(answer));
  self->request(context_->correlator, caf::infinite, std::move(sightings))
    .then(
      [promise, shared](joined_patterns& joined) mutable {
        shared->patterns = std::move(joined.patterns);
        promise.deliver(std::move(*shared));
      },
      [promise, shared](const caf::error&) mutable { promise.deliver(std::move(*shared)); });
}

bool agent_state::trusted() const {
  return context_->trust_everyone || (!contest_.open() && !openly_enrolled_);
}

agent_details agent_state::describe(const describe_agent& request) const {
  agent_details details{request.row, report_, heartbeats_};
  details.row.status = liveness_.status();
  details.row.last_seen = std::max(details.row.last_seen, last_seen_);
  details.row.contested = contest_.open();
  return details;
}

void agent_state::check_liveness(listening_time deadline) {
  if (deadline != armed_for_) return;  // overtaken by a nearer one
  armed_for_ = listening_time{0};
  const auto from = liveness_.status();
  if (auto entered = liveness_.check(profile(), listening_now())) {
    auto silent = change(from, *entered, change_cause::silence, context_->utc_now());
    if (*entered == agent_status::stale) self->send(context_->fleet, agent_went_stale{std::move(silent)});
    else self->send(context_->fleet, agent_went_offline{std::move(silent)});
  }
  arm_timer();
}

void agent_state::second_holder(listening_time at) {
  if (contest_.superseded_used(at, liveness_.heard_at(), stale_period()))
    self->send(context_->fleet, agent_contested{change(liveness_.status(), liveness_.status(),
                                                       change_cause::contest, context_->utc_now())});
}

std::chrono::nanoseconds agent_state::stale_period() const {
  return profile().stale_after.value_or(profile().offline_after.value_or(profile().interval * 3));
}

listening_time agent_state::listening_now() const { return context_->listening->at(self->clock().now()); }

// The one place that sets an alarm. A pending one that is early enough is kept:
// when it comes, the silence is looked at and the rest is set anew.
void agent_state::arm_timer() {
  const auto deadline = liveness_.deadline(profile());
  if (!deadline || (armed_for_ != listening_time{0} && armed_for_ <= *deadline)) return;
  armed_for_ = *deadline;
  if (context_->alarms->set(armed_for_, self))
    self->send(context_->alarm_clock, liveness_check_due{armed_for_});
}

state_change agent_state::change(agent_status from, agent_status to, change_cause cause, utc_time at) const {
  return {id_, from, to, cause, at, last_seen_, 0};
}

}  // namespace muster
