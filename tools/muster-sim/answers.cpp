// What follows from an answer, or from none.
#include "tools/muster-sim/conductor.hpp"

#include "tools/muster-sim/registration_answer.hpp"

#include <fmt/format.h>

#include <charconv>

namespace muster::sim {

namespace {

constexpr std::chrono::seconds retry_pause{1};  // where the manager does not name one
constexpr std::chrono::seconds scan_time{1};    // of a sensor's job
constexpr size_t shown_refusal = 200;           // bytes

bool is_worth_another_try(unsigned status) { return status == 408 || status == 429 || status >= 500; }

bool is_good(const request& what, const answer& with) {
  return with.ok() || (what.kind == request_kind::poll && with.status == 304);
}

// The number right behind the first `before`; 0 if there is none.
uint64_t number_behind(std::string_view text, std::string_view before) {
  const auto at = text.find(before);
  if (at == std::string_view::npos) return 0;
  uint64_t value = 0;
  std::from_chars(text.data() + at + before.size(), text.data() + text.size(), value);
  return value;
}

uint32_t version_behind(std::string_view text, std::string_view before) {
  return static_cast<uint32_t>(number_behind(text, before));
}

std::string text_behind(std::string_view text, std::string_view before) {
  const auto at = text.find(before);
  if (at == std::string_view::npos) return {};
  const auto from = text.substr(at + before.size());
  return std::string{from.substr(0, from.find('"'))};
}

}  // namespace

void conductor::answered(const request& what, const answer& with, time_point now) {
  auto& counted = total_[what.kind];
  if (!is_good(what, with)) return refuse(what, with, now);
  counted.latency.record(now - what.latency_from());
  if (what.kind == request_kind::heartbeat) pulse_.beats.record(now - what.latency_from());
  if (is_sign_of_life(what.kind, part_of(what.agent).speaks))
    board_.record.answered(number_of(what.agent), with.sent_at == time_point{} ? what.due : with.sent_at,
                           now);
  switch (what.kind) {
    case request_kind::registration: return welcome(what, with, now);
    case request_kind::departure: departed(what, now); break;
    case request_kind::heartbeat: heed_beat(what, with, now); break;
    case request_kind::poll: heed_poll(what, with, now); break;
    case request_kind::work: heed_work(what, now); break;
    case request_kind::event:
    case request_kind::stream: break;
  }
  ++counted.ok;
  settle(what);
}

void conductor::welcome(const request& what, const answer& with, time_point now) {
  const auto read = read_registration_answer(with, part_of(what.agent).speaks);
  if (!read) {
    ++total_[what.kind].errors;
    ++total_.failed[static_cast<size_t>(failure::bad_answer)];
    return give_up(what, with);
  }
  agents_.enrol(what.agent, read->as, now);
  ++total_[what.kind].ok;
  ++(read->reconnected ? total_.reconnected : total_.newcomers);
  registered_at_ = now;
  settle(what);
  open_stream(what.agent, now);
  if (what.cause > 0) later({now, what.agent, request_kind::heartbeat, what.cause});
}

// Who leaves because a step restarts it comes back at once.
void conductor::departed(const request& what, time_point now) {
  agents_.set(what.agent, agent_state::unregistered);
  board_.record.leaves(number_of(what.agent));
  close_stream(what.agent);
  if (what.cause > 0) later({now, what.agent, request_kind::registration, what.cause});
}

void conductor::heed_beat(const request& what, const answer& with, time_point now) {
  const auto& part = part_of(what.agent);
  if (!part.follows_policy()) return;
  const bool node = part.speaks == dialect::plexd;
  const auto version = version_behind(with.body, node ? R"("policy_version":)" : R"("policyVersion":)");
  const bool asked = node && with.body.find(R"("reconcile":true)") != std::string_view::npos;
  if (asked || version > agents_.version(what.agent)) later({now, what.agent, request_kind::poll});
}

void conductor::heed_poll(const request& what, const answer& with, time_point now) {
  switch (part_of(what.agent).speaks) {
    case dialect::panguard:
      if (with.ok()) note_version(what.agent, version_behind(with.body, R"("version":)"), now);
      return;
    case dialect::plexd:
      return note_version(what.agent, version_behind(with.body, R"("fleet_policy":{"version":)"), now);
    case dialect::harborguard: {
      const auto job = number_behind(with.body, R"("id":"job-)");
      if (job == 0 || jobs_.contains(what.agent)) return;
      jobs_[what.agent] = {job, text_behind(with.body, R"("imageRef":")"), false};
      return later({now + scan_time, what.agent, request_kind::work});
    }
  }
}

// First the result, then that the job is done, then for the next one.
void conductor::heed_work(const request& what, time_point now) {
  const auto job = jobs_.find(what.agent);
  if (job == jobs_.end()) return;
  if (!std::exchange(job->second.told, true)) return later({now, what.agent, request_kind::work});
  jobs_.erase(job);
  later({now, what.agent, request_kind::poll});
}

void conductor::note_version(uint32_t agent, uint32_t version, time_point now) {
  if (version <= agents_.version(agent)) return;
  if (pushed_ > 0 && agents_.version(agent) < pushed_ && version >= pushed_) {
    ++policy_reached_;
    total_.policy.record(now - board_.pushed_at());
  }
  agents_.set_version(agent, version);
}

// An agent may have a revision before its number is known here.
void conductor::look_at_push(time_point now) {
  if (board_.pushed() == pushed_) return;
  pushed_ = board_.pushed();
  policy_reached_ = 0;
  for (uint32_t agent = 0; agent < agents_.size(); ++agent) {
    if (agents_.version(agent) < pushed_) continue;
    ++policy_reached_;
    total_.policy.record(now - board_.pushed_at());
  }
}

void conductor::refuse(const request& what, const answer& with, time_point now) {
  const bool later_please =
    with.status == 429 || (with.status == 503 && with.retry_after > std::chrono::seconds{0});
  if (plan_.patient && later_please) {
    ++total_.turned_away;
    ++total_[what.kind].excused;
    return come_again(what, with.retry_after, now);
  }
  ++total_.refusals[with.status];
  if (!excuse(what)) ++total_[what.kind].errors;
  if (what.kind == request_kind::heartbeat) {
    if (!plan_.reregister || !agents_.beats(what.agent) || (with.status != 401 && with.status != 404)) return;
    agents_.set(what.agent, agent_state::lost);
    return registrations_.add(what.agent, now);
  }
  if (what.kind == request_kind::work) jobs_.erase(what.agent);
  if (is_worth_another_try(with.status)) return come_again(what, with.retry_after, now);
  if (what.kind == request_kind::registration) return give_up(what, with);
  settle(what);
}

void conductor::give_up(const request& what, const answer& with) {
  agents_.set(what.agent, agent_state::given_up);
  if (total_.given_up++ == 0)
    total_.first_refusal = fmt::format("{}: {}", with.status, with.body.substr(0, shown_refusal));
  settle(what);
}

void conductor::failed(const request& what, failure why) {
  ++total_.failed[static_cast<size_t>(why)];
  if (!excuse(what)) ++total_[what.kind].errors;
  if (what.kind == request_kind::work) jobs_.erase(what.agent);
  come_again(what, std::chrono::seconds{0}, what.due);
}

// Nobody is to blame for what goes wrong while the scenario restarts the manager.
bool conductor::excuse(const request& what) {
  if (!board_.restarting) return false;
  ++total_.during_restart;
  ++total_[what.kind].excused;
  return true;
}

// What must be done once is tried until it is. The pause is spread, so that not all come back together.
void conductor::come_again(const request& what, std::chrono::seconds asked, time_point now) {
  const auto pause = asked > std::chrono::seconds{0} ? asked : retry_pause;
  const std::chrono::duration<double> spread{random_.unit()};
  auto again = what;
  again.first_due = what.latency_from();
  again.due = now + pause + std::chrono::duration_cast<std::chrono::nanoseconds>(spread);
  const bool is_asked_to = plan_.patient && asked > std::chrono::seconds{0};
  switch (what.kind) {
    case request_kind::registration:
      return what.cause > 0 ? later(again) : registrations_.put_off(what.agent, again.due);
    case request_kind::departure:
      return what.cause > 0 ? later(again) : departures_->put_off(what.agent, again.due);
    case request_kind::heartbeat:
    case request_kind::event:
      if (is_asked_to) later(again);  // else its next turn comes soon enough
      return;
    case request_kind::poll:
    case request_kind::work:
    case request_kind::stream: return;
  }
}

void conductor::settle(const request& what) {
  if (what.cause > 0) return;
  if (what.kind == request_kind::registration) registrations_.settle();
  if (what.kind == request_kind::departure) departures_->settle();
}

}  // namespace muster::sim
