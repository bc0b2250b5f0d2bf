// The correlator actor: from reports to windows, and the windows' ends. What it
// writes and tells of patterns is in correlator_records.cpp.
#include "actors/manager/correlator.hpp"

#include "actors/manager/correlation_window.hpp"
#include "messages/type_ids.hpp"

#include <caf/all.hpp>

#include <algorithm>

namespace muster {

// Complete when all windows of a report have answered.
struct correlator_state::gathering {
  std::optional<caf::typed_response_promise<joined_patterns>> promise;  // none while replaying
  size_t missing = 0;
  joined_patterns joined;

  void arrive(pattern_id id) {
    auto& ids = joined.patterns;
    if (id != pattern_id{}) ids.push_back(id);
    if (--missing > 0 || !promise) return;
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    promise->deliver(std::move(joined));
  }
};

correlator_actor::behavior_type correlator_state::make_behavior(correlator_options options,
                                                                correlator_ports ports,
                                                                restored_correlation restored) {
  options_ = std::move(options);
  ports_ = std::move(ports);
  windows_ = window_table{options_.rules.window, options_.late_reports};
  options_.rules.opens_from = ports_.utc_now() - options_.rules.window;
  restore(std::move(restored));
  return {
    [this](correlate_sightings& report) { return correlate(report); },
    [this](const count_correlation&) { return count(); },
    [this](const window_check_due& due) { check_windows(due.deadline); },
    [this](const pattern_flush_due&) { flush(); },
  };
}

correlator_state::~correlator_state() {
  windows_.for_each(
    [](const tracked_window& window) { caf::anon_send_exit(window.actor, caf::exit_reason::user_shutdown); });
}

// All this is before any new sighting in the line.
void correlator_state::restore(restored_correlation restored) {
  std::sort(restored.open.begin(), restored.open.end(),
            [](const pattern& a, const pattern& b) { return a.opened_at < b.opened_at; });
  for (auto& known : restored.open) {
    pattern_key key{known.tenant, known.kind, known.value};
    if (auto older = windows_.find(key)) retire(older, older->last_seen);
    const auto last_seen = known.last_seen;
    const auto window = spawn_window(std::move(key), last_seen, std::move(known));
    window->told = 0;  // people know of it, but whoever acts on patterns may not have come to that
    gather(window);
  }
  for (auto& report : restored.recent) {
    if (report.keys.empty()) continue;
    ++restored_in_line_;
    enqueue(std::move(report), std::make_shared<gathering>());
  }
  dispatch();
  retire_due();
}

caf::result<joined_patterns> correlator_state::correlate(correlate_sightings& report) {
  if (report.keys.empty()) return joined_patterns{};
  counts_.sightings += report.keys.size();
  auto answer = std::make_shared<gathering>();
  auto promise = self->make_response_promise<joined_patterns>();
  answer->promise = promise;
  enqueue(std::move(report), std::move(answer));
  dispatch();
  arm_timer();
  return promise;
}

void correlator_state::enqueue(correlate_sightings report, std::shared_ptr<gathering> answer) {
  answer->missing = report.keys.size();
  line_.push_back({std::move(report), std::move(answer)});
}

// Passes on as many sightings as may be under way at a time: CAF looks through all
// unanswered requests of an actor for each answer.
void correlator_state::dispatch() {
  while (!line_.empty() && under_way_ < options_.under_way) {
    auto& first = line_.front();
    note(first.report, first.report.keys[first.next++], first.answer);
    if (first.next < first.report.keys.size()) continue;
    const bool last_restored = restored_in_line_ > 0 && --restored_in_line_ == 0;
    line_.pop_front();
    if (last_restored) retire_due();
  }
}

// Without a timeout: in this CAF a timer outlives its answer, and sightings are many.
void correlator_state::note(const correlate_sightings& report, key_sighting& what,
                            const std::shared_ptr<gathering>& answer) {
  auto window = window_of({report.tenant, what.kind, what.value}, report.at);
  ++under_way_;
  self
    ->request(window->actor, caf::infinite,
              note_sighting{report.reporter, report.trusted, report.at, report.report, std::move(what)})
    .then(
      [this, window, answer](const sighting_verdict& verdict) {
        --under_way_;
        judge(window, verdict);
        answer->arrive(verdict.id);
        dispatch();
      },
      [this, window, answer](const caf::error& failed) {
        --under_way_;
        lose(window, failed);
        answer->arrive({});
        dispatch();
      });
}

window_handle correlator_state::window_of(pattern_key key, utc_time at) {
  auto window = windows_.find(key);
  if (window && at < windows_.end_of(window->last_seen)) {
    windows_.touch(window, at);
    return window;
  }
  if (window) retire(window, at);  // its timer is late
  return spawn_window(std::move(key), at, {});
}

window_handle correlator_state::spawn_window(pattern_key key, utc_time at, std::optional<pattern> restored) {
  if (windows_.size() >= options_.windows)
    if (auto idle = windows_.idle_longest()) {
      ++counts_.windows_dropped;
      retire(idle, ports_.utc_now());
    }
  auto window = std::make_shared<tracked_window>();
  window->key = key;
  window->last_seen = at;
  if (restored) {
    window->open = restored->id;
    window->agents = window->told = restored->agent_count;
    window->unlisted = restored->agent_count - restored->agents.size();
  }
  correlation_window_options opening{options_.rules, std::move(key), std::move(restored)};
  if (auto other = options_.kinds.find(opening.key.kind); other != options_.kinds.end())
    opening.rules.thresholds = other->second;
  window->actor = self->spawn(correlation_window, std::move(opening));
  windows_.add(window);
  return window;
}

void correlator_state::judge(const window_handle& window, const sighting_verdict& verdict) {
  if (verdict.step == pattern_step::none) return;
  const bool fresh = window->open == pattern_id{};
  if (fresh && window->retired) window->open = verdict.id;
  else if (fresh) windows_.opened(window, verdict.id);
  if (!verdict.whole) {
    window->agents += verdict.step == pattern_step::grew;
    gather(window);
    return;
  }
  const auto& whole = *verdict.whole;
  if (fresh) {
    ++counts_.patterns_opened;
    window->audit.push_back(audit("pattern.detected", whole));
  }
  if (verdict.step == pattern_step::became_critical) {
    ++counts_.patterns_critical;
    window->audit.push_back(audit("pattern.critical", whole));
  }
  announce(*window, verdict.step, whole);
  write(window, whole);
}

void correlator_state::retire(const window_handle& window, utc_time at) {
  windows_.remove(window);
  window->retired = true;
  self->request(window->actor, caf::infinite, retire_window{at})
    .then(
      [this, window](window_contents& contents) {
        if (contents.whole) finish(*window, *contents.whole);
      },
      [this](const caf::error& failed) { ports_.tell("window_failed", self->system().render(failed)); });
}

void correlator_state::finish(tracked_window& window, pattern& whole) {
  ++counts_.patterns_ended;
  window.audit.push_back(audit("pattern.ended", whole));
  announce(window, pattern_step::none, whole);
  write_ended({std::move(whole), std::move(window.audit)});
}

// Its actor is no more; the next sighting starts anew.
void correlator_state::lose(const window_handle& window, const caf::error& why) {
  if (window->retired) return;
  ports_.tell("window_failed", self->system().render(why));
  windows_.remove(window);
  window->retired = true;
}

void correlator_state::check_windows(utc_time deadline) {
  if (deadline != armed_for_) return;  // overtaken by a nearer one
  armed_for_ = {};
  retire_due();
}

// What was reported but not yet written of a restored pattern may show that it goes
// on, so nothing ends before the line holds no restored report.
void correlator_state::retire_due() {
  if (restored_in_line_ > 0) return;
  const auto now = ports_.utc_now();
  while (auto window = windows_.due(now)) retire(window, now);
  arm_timer();
}

// The one place that arms the timer for windows. A pending one that is early
// enough is kept: when it fires, the rest is armed anew.
void correlator_state::arm_timer() {
  const auto deadline = windows_.deadline();
  if (!deadline || (armed_for_ != utc_time{} && armed_for_ <= *deadline)) return;
  armed_for_ = *deadline;
  const auto wait = std::max(armed_for_ - ports_.utc_now(), std::chrono::milliseconds{1});
  self->delayed_send(self, wait, window_check_due{armed_for_});
}

correlation_counts correlator_state::count() const {
  auto counts = counts_;
  counts.windows = windows_.size();
  counts.open_patterns = windows_.with_pattern();
  return counts;
}

correlator_actor::behavior_type correlator(correlator_actor::stateful_pointer<correlator_state> self,
                                           correlator_options options, correlator_ports ports,
                                           restored_correlation restored) {
  return self->state.make_behavior(std::move(options), std::move(ports), std::move(restored));
}

}  // namespace muster
