// Who is due, and what they say. What follows from answers is in answers.cpp, the stages of a run in
// stages.cpp, the steps of a scenario in steps.cpp.
#include "tools/muster-sim/conductor.hpp"

#include "tools/muster-sim/calendar.hpp"

#include <algorithm>

namespace muster::sim {

namespace {

constexpr int tries_for_a_reporter = 8;
}  // namespace

conductor::conductor(const run_plan& plan, share part, run_board& board, uint64_t run, stream_keeper* streams)
  : plan_(plan),
    what_(plan.what),
    part_(part),
    board_(board),
    streams_(streams),
    pace_(what_.register_rate / part.count),
    // Beats always find half of the connections.
    at_once_(std::max(1u, part.of(what_.all_connections()) * what_.pipeline / 2)),
    run_(run),
    agents_(part.of(what_.agents()), board.record.start()),
    registrations_(agents_.size(), pace_, at_once_, board.record.start()),
    random_(mix(what_.seed + 1) + part.index),
    writer_(plan, run),
    steps_(what_, run),
    start_{board.record.start(), {}},
    registered_at_(board.record.start()) {
  uint32_t first = 0, all = 0;
  for (const auto& each : what_.fleet) {
    all += each.agents;
    section made{&each, first, part.of(all) - first, {}, {}};
    first += made.agents;
    const auto seed = mix(what_.seed) + part.index + 1'000 * sections_.size();
    if (made.agents > 0) made.beats.emplace(made.agents, each.beat, seed, start_.at);
    if (made.agents > 0 && each.pull.count() > 0)
      made.pulls.emplace(made.agents, each.pull, ~seed, start_.at);
    sections_.push_back(std::move(made));
  }
  if (what_.events_per_second > 0) {
    event_gap_ = std::chrono::nanoseconds{static_cast<int64_t>(1e9 * part.count / what_.events_per_second)};
    next_event_ = start_.at + event_gap_;
  }
}

const fleet_part& conductor::part_of(uint32_t agent) const {
  auto place = sections_.begin();
  while (agent >= place->first + place->agents) ++place;
  return *place->part;
}

std::optional<request> conductor::take_due(time_point now, bool reachable) {
  std::optional<request> found;
  if (stage_ == stage::running) {
    found = due_later(now);
    if (!found) found = due_by_rhythm(now);
    if (!found) found = due_by_step(now);
    if (!found) found = due_event(now);
    if (!found && reachable) found = due_registration(now);
  } else if (stage_ == stage::departing && reachable) {
    found = due_departure(now);
  }
  if (found) ++total_[found->kind].sent;
  return found;
}

time_point conductor::next_due(bool reachable) const {
  if (stage_ == stage::running) {
    auto next = std::min(next_event_, steps_.next_turn());
    if (!later_.empty()) next = std::min(next, later_.top().due);
    for (const auto& each : sections_) {
      if (each.beats) next = std::min(next, each.beats->next_due());
      if (each.pulls) next = std::min(next, each.pulls->next_due());
    }
    return reachable ? std::min(next, registrations_.next_due()) : next;
  }
  return departures_ && reachable ? departures_->next_due() : time_point::max();
}

// Whether the agent can, and the scenario lets it.
bool conductor::may(const request& what) const {
  if (what.kind == request_kind::registration) return !agents_.silent(what.agent);
  return agents_.speaks(what.agent);
}

std::optional<request> conductor::due_later(time_point now) {
  while (!later_.empty() && later_.top().due <= now) {
    const auto what = later_.top();
    later_.pop();
    if (may(what)) return what;
  }
  return std::nullopt;
}

std::optional<request> conductor::due_by_rhythm(time_point now) {
  for (auto& each : sections_) {
    for (auto* rhythm : {&each.beats, &each.pulls}) {
      while (*rhythm && (*rhythm)->next_due() <= now) {
        const auto due = (*rhythm)->next_due();
        const auto agent = each.first + (*rhythm)->take();
        if (!agents_.speaks(agent)) continue;
        return request{due, agent, rhythm == &each.beats ? request_kind::heartbeat : request_kind::poll};
      }
    }
  }
  return std::nullopt;
}

std::optional<request> conductor::due_event(time_point now) {
  while (next_event_ <= now) {
    const auto due = next_event_;
    next_event_ += event_gap_;
    for (int i = 0; i < tries_for_a_reporter; ++i) {
      const auto agent = random_.below(agents_.size());
      if (agents_.speaks(agent) && part_of(agent).speaks != dialect::harborguard)
        return request{due, agent, request_kind::event};
    }
  }
  return std::nullopt;
}

// Registrations are paced by how many may be under way, so they are due when they are taken.
std::optional<request> conductor::due_registration(time_point now) {
  const auto agent = registrations_.take(now);
  if (!agent) return std::nullopt;
  return request{now, *agent, request_kind::registration};
}

// Sensors know no departure.
std::optional<request> conductor::due_departure(time_point now) {
  while (const auto agent = departures_->take(now)) {
    if (agents_.beats(*agent) && part_of(*agent).speaks != dialect::harborguard)
      return request{now, *agent, request_kind::departure};
    departures_->settle();
  }
  return std::nullopt;
}

std::string conductor::clock_of(uint32_t agent) const {
  const auto skew = steps_.skew(number_of(agent));
  return skew.count() == 0 ? std::string{} : utc_text(calendar_ + skew);
}

void conductor::write(const request& what, time_point now, std::string& out) {
  const auto agent = what.agent;
  const auto& part = part_of(agent);
  if (is_sign_of_life(what.kind, part.speaks)) board_.record.sent(number_of(agent), now);
  if (what.kind == request_kind::heartbeat) {
    total_.latest = std::max(total_.latest, now - what.due);
    pulse_.latest = std::max(pulse_.latest, now - what.due);
  }
  const auto shown = clock_of(agent);
  speaker who{
    part, number_of(agent), agents_.credential_of(agent), agents_.uptime(agent, now), agents_.version(agent),
    shown};
  if (what.kind == request_kind::work) who.job = &jobs_[agent];
  if (what.kind != request_kind::event) return writer_.write(what.kind, who, out);
  const auto seen_at = shown.empty() ? utc_text(calendar_) : shown;
  const auto seen = sighting_of(what, seen_at);
  who.seen = &seen;
  writer_.write(what.kind, who, out);
}

sighting conductor::sighting_of(const request& what, std::string_view seen_at) {
  return {run_, events_++ * part_.count + part_.index, random_.next(), seen_at,
          what.cause == 0 ? std::string{} : steps_.shows(what.cause)};
}

void conductor::write_stream(uint32_t agent, std::string_view last_event, std::string& out) {
  speaker who{part_of(agent), number_of(agent), agents_.credential_of(agent)};
  who.version = agents_.version(agent);
  who.last_event = last_event;
  writer_.write(request_kind::stream, who, out);
}

pulse conductor::take_pulse() {
  pulse out = pulse_;
  out.registered = agents_.registered();
  out.silent = agents_.silent();
  for (const auto& kind : total_.kinds) {
    out.sent += kind.sent;
    out.ok += kind.ok;
  }
  out.errors = total_.errors();
  out.policy_reached = policy_reached_;
  pulse_ = {};
  return out;
}

}  // namespace muster::sim
