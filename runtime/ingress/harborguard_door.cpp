// The HarborGuard dialect. Sensors retry what they are refused for ever, and never give up.
#include "runtime/ingress/harborguard_door.hpp"

#include "actors/manager/sensor_book.hpp"
#include "messages/errors.hpp"
#include "messages/heartbeat.hpp"
#include "messages/type_ids.hpp"
#include "runtime/ingress/door_checks.hpp"
#include "runtime/ingress/fleet_routes.hpp"
#include "runtime/ingress/problems.hpp"
#include "runtime/wire/harborguard.hpp"

#include <caf/all.hpp>

namespace muster {

using http::verb;

namespace {

enum class sensor_route : uint8_t { registration, heartbeat, jobs, status, upload };

constexpr size_t upload_bytes = 64u << 20;
constexpr size_t most_speakers = 100'000;
constexpr uint32_t answer_seconds = 25;  // sensors wait for 30

std::vector<http::route> sensor_routes() {
  auto make = [](verb method, std::string_view pattern, sensor_route name, lane which) {
    return http::route{method, pattern, static_cast<uint8_t>(name), static_cast<uint8_t>(which), 0};
  };
  using enum sensor_route;
  return {
    make(verb::post, "/api/agent/register", registration, lane::registration),
    make(verb::post, "/api/agent/heartbeat", heartbeat, lane::heartbeats),
    make(verb::get, "/api/agent/jobs", jobs, lane::heartbeats),
    make(verb::post, "/api/agent/jobs/{}/status", status, lane::events),
    make(verb::post, "/api/scans/upload", upload, lane::events),
  };
}

}  // namespace

harborguard_door::harborguard_door(ingress& host) : host_(host), router_(sensor_routes()) {}

std::optional<http::response> harborguard_door::admit(http::request& head) {
  if (auto refusal = refuse_route(*this, router_, head)) return refusal;
  if (auto refusal = refuse_coding(*this, head)) return refusal;
  if (auto refusal = check_key(head)) {
    ++host_.counts().refused_credentials;
    return refusal;
  }
  head.any_density = true;
  head.body_limit = static_cast<sensor_route>(head.matched->name) == sensor_route::upload ? upload_bytes : 0;
  return refuse_crowd(host_, *this, head);
}

// One that is known and no longer good is the likely reason why its sensors are silent.
harborguard_door::outcome harborguard_door::check_key(http::request& head) {
  auto shown = bearer_of(head.authorization);
  if (shown.empty()) shown = head.api_key;
  if (shown.empty()) return unauthorized(problem(401, "Missing Authorization header"));
  const auto* key = host_.sensors().find_key(hasher_.digest(shown));
  if (key == nullptr) return unauthorized(problem(401, "Invalid API key"));
  if (!is_good(*key, host_.utc_now())) {
    auto sensor =
      head.parameter("agentId").value_or("");  // a heartbeat has it in its body, which is not read
    if (const auto spoke = speaker(head.peer); sensor.empty() && raw(spoke) != 0) sensor = to_string(spoke);
    host_.self().send(host_.ports().coordinator, key_refused{key->number, std::move(sensor)});
    const auto why =
      has_expired(*key, host_.utc_now()) ? "The API key has expired" : "The API key was revoked";
    return unauthorized(problem(401, why));
  }
  head.key = key->number;
  return std::nullopt;
}

http::response harborguard_door::problem(unsigned status, std::string_view detail) {
  http::response words;
  words.status = status;
  words.body = harborguard::write_error(detail);
  return words;
}

http::response harborguard_door::problem(const caf::error& failed) {
  return answer_problem(*this, to_problem(failed));
}

template <class Answer, class Handle, class Message, class Done>
void harborguard_door::ask(const Handle& whom, Message what, http::reply to, Done done) {
  host_.self()
    .request(whom, caf::infinite, std::move(what))
    .then([to, done](Answer& answer) { to(done(answer)); },
          [this, to](caf::error& failed) { to(problem(failed)); });
}

void harborguard_door::serve(http::request& full, http::reply to) {
  switch (static_cast<sensor_route>(full.matched->name)) {
    case sensor_route::registration: return register_sensor_of(full, std::move(to));
    case sensor_route::heartbeat: return take_heartbeat(full, std::move(to));
    case sensor_route::jobs: return offer_work(full, std::move(to));
    case sensor_route::status: return take_status(full, std::move(to));
    case sensor_route::upload: return take_result(full, std::move(to));
  }
}

// --- who speaks ----------------------------------------------------------------

void harborguard_door::identify(const http::request& from, const std::string& id, const http::reply& to,
                                with_agent then) {
  const auto* key = host_.sensors().find_key(from.key);
  if (key == nullptr) return to(unauthorized(problem(401, "Invalid API key")));
  if (const auto* known = host_.sensors().find(id)) {
    if (!sensor_book::covers(*key, known->tenant, known->registry))
      return to(problem(403, "the agent belongs to another key"));
    return then(known->agent);
  }
  host_.self()
    .request(host_.ports().coordinator, caf::infinite, recall_sensor{key->number, id, from.peer})
    .then([then](const sensor_known& back) { then(back.agent); },
          [this, to](caf::error& failed) { to(problem(failed)); });
}

void harborguard_door::note_life(agent_id agent, const std::string& peer, const heartbeat_report& report) {
  if (speakers_.size() >= most_speakers) speakers_.clear();
  speakers_[peer] = agent;
  auto* slot = host_.slots().find(agent);
  if (slot == nullptr) return;
  heartbeat beat;
  beat.report = report;
  beat.heard_at = host_.listening_now();
  beat.received_at = host_.utc_now();
  host_.slots().note_heard(*slot, beat.received_at);
  ++host_.counts().heartbeats;
  host_.self()
    .request(slot->agent, caf::infinite, std::move(beat))
    .then([](const heartbeat_ack&) {}, [](caf::error&) {});
}

agent_id harborguard_door::speaker(const std::string& peer) const {
  const auto found = speakers_.find(peer);
  return found == speakers_.end() ? agent_id{} : found->second;
}

// --- what sensors ask ------------------------------------------------------------

void harborguard_door::register_sensor_of(http::request& from, http::reply to) {
  if (!parse_body(host_, *this, from, to)) return;
  auto facts = harborguard::read_registration(host_.parser().root());
  if (!facts.value) return to(problem(400, facts.problem));
  to.park(answer_seconds);
  ask<sensor_known>(host_.ports().coordinator, register_sensor{from.key, std::move(*facts.value), from.peer},
                    std::move(to), [this, peer = from.peer](const sensor_known& known) {
                      note_life(known.agent, peer, {});
                      return http::answer_with(harborguard::write_registered(known.id));
                    });
}

void harborguard_door::take_heartbeat(http::request& from, http::reply to) {
  if (!parse_body(host_, *this, from, to)) return;
  auto said = harborguard::read_beat(host_.parser().root());
  if (!said.value) return to(problem(400, said.problem));
  const auto& beat = *said.value;
  identify(from, beat.sensor, to, [this, to, peer = from.peer, beat, key = from.key](agent_id agent) {
    note_life(agent, peer, beat.report);
    host_.self().send(host_.ports().coordinator, sensor_beat{agent, key, beat.scanning, beat.active_scans});
    to(http::answer_with(R"({"ok":true})"));
  });
}

void harborguard_door::offer_work(http::request& from, http::reply to) {
  const auto id = from.parameter("agentId").value_or("");
  if (id.empty()) return to(problem(400, "query parameter 'agentId' is missing"));
  to.park(answer_seconds);
  identify(from, id, to, [this, to, peer = from.peer, key = from.key](agent_id agent) {
    note_life(agent, peer, {});
    ask<scan_offer>(host_.ports().coordinator, claim_scan{agent, key}, to, [](const scan_offer& offer) {
      return http::answer_with(harborguard::write_offer(offer));
    });
  });
}

void harborguard_door::take_status(http::request& from, http::reply to) {
  const auto id = parse_scan_id(from.parameters[0]);
  if (!id) return to(problem(404, "no such scan"));
  if (!parse_body(host_, *this, from, to)) return;
  auto end = harborguard::read_status(host_.parser().root());
  if (!end.value) return to(problem(400, end.problem));
  ask<committed>(
    host_.ports().coordinator,
    finish_scan{speaker(from.peer), from.key, *id, end.value->status, std::move(end.value->error)},
    std::move(to), [this, peer = from.peer](const committed& of) {
      note_life(agent_id{of.number}, peer, {});
      return http::answer_with(R"({"ok":true})");
    });
}

// Read elsewhere, since it may be large. Whose sign of life it is shows the status that follows.
void harborguard_door::take_result(http::request& from, http::reply to) {
  const auto agent = speaker(from.peer);
  to.park(answer_seconds);
  ask<result_stored>(host_.ports().results, read_result{std::move(from.body), from.key, agent}, std::move(to),
                     [](const result_stored& stored) {
                       return http::answer_with(harborguard::write_stored(stored),
                                                stored.created ? 201 : 200);
                     });
}

}  // namespace muster
