// The fleet listener: what agents ask, passed on to actors.
#include "runtime/ingress/fleet_routes.hpp"

#include "messages/type_ids.hpp"
#include "runtime/config/listen_address.hpp"
#include "runtime/ingress/door_checks.hpp"
#include "runtime/ingress/fleet_door.hpp"
#include "runtime/ingress/problems.hpp"

#include <fmt/format.h>

#include <caf/all.hpp>

namespace muster {

void fleet_door::serve(http::request& full, http::reply to) {
  if (operators_ != nullptr && !router_.owns(full.matched)) return operators_->serve(full, std::move(to));
  switch (static_cast<fleet_route>(full.matched->name)) {
    case fleet_route::heartbeat: return take_heartbeat(full, std::move(to));
    case fleet_route::registration: return register_agent(full, std::move(to));
    case fleet_route::events: return take_events(full, std::move(to));
    case fleet_route::departure: return deregister(full, std::move(to));
    case fleet_route::policy: return show_policy(full, std::move(to));
    case fleet_route::policy_stream: return stream_policy(full, std::move(to));
    case fleet_route::rules: return to(http::answer_with(panguard::write_rules()));
    case fleet_route::health: return to(show_health());
  }
}

http::response fleet_door::problem(const caf::error& failed) {
  return answer_problem(*this, to_problem(failed));
}

// The caller's slot, unless it was removed while its body arrived.
slot_table::entry* fleet_door::caller(const http::request& from) { return host_.slots().find(from.caller); }

// Where an agent's beats belong: a stable place within the interval, so that a
// fleet that came back together drifts apart.
panguard::pace fleet_door::pace_of(agent_id id, dialect speaks, utc_time at) const {
  const auto interval = host_.settings().intervals[static_cast<size_t>(speaks)];
  const auto step = (raw(id) * 0x9E3779B97F4A7C15u) >> 32;
  const std::chrono::milliseconds phase{static_cast<int64_t>(step) % interval.count()};
  const auto now = at.time_since_epoch() % interval;
  auto next = (phase - now + interval) % interval;
  if (next < interval / 2) next += interval;
  return {interval, phase, next};
}

void fleet_door::register_agent(http::request& from, http::reply to) {
  if (!parse_body(host_, *this, from, to)) return;
  auto facts = panguard::read_registration(host_.parser().root());
  if (!facts.value) return to(problem(400, facts.problem));
  if (const auto peer = parse_listen_address(from.peer)) facts.value->seen_from = peer->address;
  const auto& settings = host_.settings();
  const auto policy =
    settings.new_identity_for_duplicates ? duplicate_policy::new_identity : duplicate_policy::reconnect;
  host_.self()
    .request(host_.ports().fleet, caf::infinite,
             enrol_agent{dialect::panguard, from.tenant, *facts.value, settings.labels, policy, from.peer,
                         settings.open_to_strangers})
    .then(
      [this, to, host = *facts.value](const enrolment& welcome) {
        to(http::answer_with(panguard::write_enrolment(
                               welcome, host, pace_of(welcome.id, dialect::panguard, welcome.enrolled_at)),
                             welcome.reconnected ? 200 : 201));
      },
      [this, to](caf::error& failed) { to(problem(failed)); });
}

void fleet_door::take_heartbeat(http::request& from, http::reply to) {
  heartbeat beat;
  if (from.has_body) {
    if (!parse_body(host_, *this, from, to)) return;
    auto report = panguard::read_report(host_.parser().root(), &beat.policy_claimed);
    if (!report.value) return to(problem(400, report.problem));
    beat.report = std::move(*report.value);
  }
  auto* slot = caller(from);
  if (slot == nullptr) return to(unauthorized(problem(401, "the token is not valid")));
  beat.heard_at = host_.listening_now();
  beat.received_at = host_.utc_now();
  host_.slots().note_heard(*slot, beat.received_at);
  ++host_.counts().heartbeats;
  if (const auto* policy = host_.policies().of(slot->id, slot->profile))
    beat.policy_version = policy->version;
  if (beat.policy_claimed != 0)
    host_.policies().note_acknowledged(slot->id, beat.policy_claimed, beat.received_at);
  host_.self()
    .request(slot->agent, caf::infinite, std::move(beat))
    .then(
      [this, to, id = slot->id, speaks = slot->speaks, at = slot->heard_at](const heartbeat_ack& ack) {
        http::response words;
        words.body.reserve(256);
        panguard::write_ack(words.body, id, ack, pace_of(id, speaks, at));
        to(std::move(words));
      },
      [this, to](caf::error& failed) { to(problem(failed)); });
}

void fleet_door::take_events(http::request& from, http::reply to) {
  if (!parse_body(host_, *this, from, to)) return;
  auto threats = panguard::read_threats(host_.parser().root(), from.caller, host_.sightings());
  if (!threats.value) return to(problem(400, threats.problem));
  auto* slot = caller(from);
  if (slot == nullptr) return to(unauthorized(problem(401, "the token is not valid")));
  const auto now = host_.utc_now();
  host_.slots().note_heard(*slot, now);
  host_.self()
    .request(slot->agent, caf::infinite, report_threats{now, std::move(*threats.value)})
    .then(
      [this, to, id = slot->id](const threats_accepted& accepted) {
        to(http::answer_with(panguard::write_accepted(accepted)));
        host_.tell_threats(id, accepted);
      },
      [this, to](caf::error& failed) { to(problem(failed)); });
}

void fleet_door::deregister(http::request& from, http::reply to) {
  auto* slot = caller(from);
  if (slot == nullptr) return to(unauthorized(problem(401, "the token is not valid")));
  host_.self()
    .request(slot->agent, caf::infinite, deregister_agent{host_.utc_now()})
    .then([to, id = slot->id](const committed&) { to(http::answer_with(panguard::write_departed(id))); },
          [this, to](caf::error& failed) { to(problem(failed)); });
}

// One body for every dialect; tells a stranger nothing of the fleet.
http::response fleet_door::show_health() {
  const auto up = std::chrono::duration_cast<std::chrono::seconds>(host_.now().time_since_epoch() - started_);
  return http::answer_with(
    fmt::format(R"({{"ok":true,"status":"ok","running":true,"uptime":{}}})", up.count()));
}

}  // namespace muster
