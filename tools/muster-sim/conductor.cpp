// Who is due, and what follows from an answer. The stages of a run are in stages.cpp.
#include "tools/muster-sim/conductor.hpp"

#include "tools/muster-sim/registration_answer.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace muster::sim {

namespace {

constexpr int tries_for_a_reporter = 8;
constexpr std::chrono::seconds retry_pause{1};  // where the manager does not name one
constexpr size_t shown_refusal = 200;           // bytes

bool is_worth_another_try(unsigned status) { return status == 408 || status == 429 || status >= 500; }

}  // namespace

conductor::conductor(const options& wanted, share part, time_point start, uint64_t run)
  : part_(part),
    prefix_(wanted.hostname_prefix),
    duration_(wanted.duration),
    reregister_(wanted.reregister),
    deregister_(wanted.deregister),
    pace_(wanted.register_rate / part.count),
    // Beats always find half of the connections.
    at_once_(std::max(1u, part.of(wanted.connections) * wanted.pipeline / 2)),
    run_(run),
    agents_(part.of(wanted.agents), start),
    beats_(agents_.size(), wanted.interval, mix(wanted.seed) + part.index, start),
    registrations_(agents_.size(), pace_, at_once_, start),
    random_(mix(wanted.seed + 1) + part.index),
    writer_(wanted.where.authority(), wanted.path_prefix(), wanted.enrol_token),
    start_{start, {}},
    registered_at_(start) {
  if (wanted.events_per_second > 0) {
    event_gap_ = std::chrono::nanoseconds{static_cast<int64_t>(1e9 * part.count / wanted.events_per_second)};
    next_event_ = start + event_gap_;
  }
}

std::optional<request> conductor::take_due(time_point now, bool reachable) {
  std::optional<request> found;
  if (stage_ == stage::running) {
    found = due_beat(now);
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
    const auto open_loop = std::min(beats_.next_due(), next_event_);
    return reachable ? std::min(open_loop, registrations_.next_due()) : open_loop;
  }
  return departures_ && reachable ? departures_->next_due() : time_point::max();
}

std::optional<request> conductor::due_beat(time_point now) {
  while (beats_.next_due() <= now) {
    const auto due = beats_.next_due();
    const auto agent = beats_.take();
    if (agents_.beats(agent)) return request{due, agent, request_kind::heartbeat};
  }
  return std::nullopt;
}

std::optional<request> conductor::due_event(time_point now) {
  while (next_event_ <= now) {
    const auto due = next_event_;
    next_event_ += event_gap_;
    for (int i = 0; i < tries_for_a_reporter; ++i) {
      const auto agent = random_.below(agents_.size());
      if (agents_.beats(agent)) return request{due, agent, request_kind::event};
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

std::optional<request> conductor::due_departure(time_point now) {
  while (const auto agent = departures_->take(now)) {
    if (agents_.beats(*agent)) return request{now, *agent, request_kind::departure};
    departures_->settle();
  }
  return std::nullopt;
}

void conductor::write(const request& what, time_point now, std::string& out) {
  switch (what.kind) {
    case request_kind::registration: return writer_.registration(out, host_of(what.agent));
    case request_kind::heartbeat:
      total_.latest = std::max(total_.latest, now - what.due);
      pulse_.latest = std::max(pulse_.latest, now - what.due);
      return writer_.heartbeat(out, agents_.credential_of(what.agent), agents_.uptime(what.agent, now));
    case request_kind::event:
      return writer_.event(out, agents_.credential_of(what.agent), host_of(what.agent),
                           {run_, events_++ * part_.count + part_.index, random_.next(), calendar_});
    case request_kind::departure: return writer_.departure(out, agents_.credential_of(what.agent));
  }
}

void conductor::answered(const request& what, const answer& with, time_point now) {
  auto& counted = total_[what.kind];
  counted.latency.record(now - what.due);
  if (what.kind == request_kind::heartbeat) pulse_.beats.record(now - what.due);
  if (!with.ok()) return refuse(what, with, now);
  if (what.kind == request_kind::registration) return welcome(what, with, now);
  if (what.kind == request_kind::departure) agents_.set(what.agent, agent_state::unregistered);
  ++counted.ok;
  settle(what.kind);
}

void conductor::welcome(const request& what, const answer& with, time_point now) {
  const auto read = read_registration_answer(with);
  if (!read) {
    ++total_[what.kind].errors;
    ++total_.failed[static_cast<size_t>(failure::bad_answer)];
    return give_up(what, with);
  }
  agents_.enrol(what.agent, read->as, now);
  ++total_[what.kind].ok;
  ++(read->reconnected ? total_.reconnected : total_.newcomers);
  registered_at_ = now;
  settle(what.kind);
}

void conductor::refuse(const request& what, const answer& with, time_point now) {
  ++total_[what.kind].errors;
  ++total_.refusals[with.status];
  if (what.kind == request_kind::heartbeat) {
    if (!reregister_ || !agents_.beats(what.agent) || (with.status != 401 && with.status != 404)) return;
    agents_.set(what.agent, agent_state::lost);
    return registrations_.add(what.agent, now);
  }
  if (is_worth_another_try(with.status)) return come_again(what, with.retry_after, now);
  if (what.kind == request_kind::registration) return give_up(what, with);
  settle(what.kind);
}

void conductor::give_up(const request& what, const answer& with) {
  agents_.set(what.agent, agent_state::given_up);
  if (total_.given_up++ == 0)
    total_.first_refusal = fmt::format("{}: {}", with.status, with.body.substr(0, shown_refusal));
  settle(what.kind);
}

void conductor::failed(const request& what, failure why) {
  ++total_[what.kind].errors;
  ++total_.failed[static_cast<size_t>(why)];
  come_again(what, std::chrono::seconds{0}, what.due);
}

// What must be done once is tried until it is. The pause is spread, so that not all come back together.
void conductor::come_again(const request& what, std::chrono::seconds asked, time_point now) {
  const auto pause = asked > std::chrono::seconds{0} ? asked : retry_pause;
  const std::chrono::duration<double> spread{random_.unit()};
  const auto at = now + pause + std::chrono::duration_cast<std::chrono::nanoseconds>(spread);
  if (what.kind == request_kind::registration) registrations_.put_off(what.agent, at);
  if (what.kind == request_kind::departure) departures_->put_off(what.agent, at);
}

void conductor::settle(request_kind kind) {
  if (kind == request_kind::registration) registrations_.settle();
  if (kind == request_kind::departure) departures_->settle();
}

pulse conductor::take_pulse() {
  pulse out = pulse_;
  out.registered = agents_.registered();
  out.errors = total_.errors();
  pulse_ = {};
  return out;
}

}  // namespace muster::sim
