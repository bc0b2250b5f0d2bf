// The plexd dialect: who may come in, and how nodes enter, stay and leave.
#include "runtime/ingress/plexd_door.hpp"

#include "messages/errors.hpp"
#include "runtime/config/listen_address.hpp"
#include "runtime/ingress/door_checks.hpp"
#include "runtime/ingress/fleet_routes.hpp"
#include "runtime/ingress/plexd_asking.hpp"
#include "runtime/ingress/problems.hpp"
#include "runtime/wire/plexd_reports.hpp"

#include <boost/container_hash/hash.hpp>

namespace muster {

using http::verb;

namespace {

enum class plexd_route : uint8_t {
  heartbeat,
  state,
  events,
  registration,
  departure,
  capabilities,
  endpoint,
  secret,
  drift,
  entries,
  metrics,
  logs,
  audit,
  violations,
  recovery,
  tunnel_ready,
  tunnel_closed,
  threats,
  acknowledgement,
  result,
  key,
  artifact,
  ping,
};

enum class plexd_access : uint8_t {
  enrolling,   // who shows a bootstrap token
  any_node,    // who shows a node's key
  named_node,  // the node that the path names
};

constexpr uint32_t facts_seconds = 300;
constexpr uint32_t enrolment_seconds = 30;
constexpr size_t report_bytes = 10u << 20;
constexpr size_t result_bytes = 16u << 20;

std::vector<http::route> plexd_routes() {
  auto make = [](verb method, std::string_view pattern, plexd_route name, lane which,
                 plexd_access access = plexd_access::named_node) {
    return http::route{method, pattern, static_cast<uint8_t>(name), static_cast<uint8_t>(which),
                       static_cast<uint8_t>(access)};
  };
  using enum plexd_route;
  using enum plexd_access;
  return {
    make(verb::post, "/v1/nodes/{}/heartbeat", heartbeat, lane::heartbeats),
    make(verb::get, "/v1/nodes/{}/events", events, lane::reads),
    make(verb::get, "/v1/nodes/{}/state", state, lane::reads),
    make(verb::get, "/v1/nodes/{}/secrets/{}", secret, lane::reads),
    make(verb::post, "/v1/register", registration, lane::registration, enrolling),
    make(verb::post, "/v1/nodes/{}/deregister", departure, lane::registration),
    make(verb::put, "/v1/nodes/{}/capabilities", capabilities, lane::events),
    make(verb::put, "/v1/nodes/{}/endpoint", endpoint, lane::events),
    make(verb::post, "/v1/nodes/{}/drift", drift, lane::events),
    make(verb::post, "/v1/nodes/{}/report", entries, lane::events),
    make(verb::post, "/v1/nodes/{}/metrics", metrics, lane::events),
    make(verb::post, "/v1/nodes/{}/logs", logs, lane::events),
    make(verb::post, "/v1/nodes/{}/audit", audit, lane::events),
    make(verb::post, "/v1/nodes/{}/integrity/violations", violations, lane::events),
    make(verb::post, "/v1/nodes/{}/recovery", recovery, lane::events),
    make(verb::post, "/v1/nodes/{}/tunnels/{}/ready", tunnel_ready, lane::events),
    make(verb::post, "/v1/nodes/{}/tunnels/{}/closed", tunnel_closed, lane::events),
    make(verb::post, "/v1/nodes/{}/threats", threats, lane::events),
    make(verb::post, "/v1/nodes/{}/executions/{}/ack", acknowledgement, lane::events),
    make(verb::post, "/v1/nodes/{}/executions/{}/result", result, lane::events),
    make(verb::post, "/v1/keys/rotate", key, lane::registration, any_node),
    make(verb::get, "/v1/artifacts/plexd/{}/{}/{}", artifact, lane::reads, any_node),
    make(verb::get, "/v1/ping", ping, lane::reads, any_node),
  };
}

size_t body_limit(plexd_route name) {
  switch (name) {
    case plexd_route::result: return result_bytes;
    case plexd_route::drift:
    case plexd_route::entries:
    case plexd_route::metrics:
    case plexd_route::logs:
    case plexd_route::audit:
    case plexd_route::threats: return report_bytes;
    default: return 0;
  }
}

}  // namespace

plexd_door::plexd_door(ingress& host) : host_(host), router_(plexd_routes()) {}

std::optional<http::response> plexd_door::admit(http::request& head) {
  if (auto refusal = refuse_route(*this, router_, head)) return refusal;
  const auto name = static_cast<plexd_route>(head.matched->name);
  if (auto refusal = refuse_media(*this, head, {"application/json", "application/x-ndjson"})) return refusal;
  if (static_cast<plexd_access>(head.matched->access) != plexd_access::enrolling)
    if (auto refusal = check_node(head)) {
      ++host_.counts().refused_credentials;
      return refusal;
    }
  head.any_density = raw(head.caller) != 0;
  head.body_limit = body_limit(name);
  return refuse_crowd(host_, *this, head);
}

// Whose key it is, then whether it is the node that the path names.
plexd_door::outcome plexd_door::check_node(http::request& head) {
  const auto key = bearer_of(head.authorization);
  if (key.empty()) return unauthorized(problem(401, "a bearer token is missing"));
  const auto* slot = host_.slots().find_node(hasher_.digest(key));
  if (slot == nullptr) return unauthorized(problem(401, "the node's key is not valid"));
  head.caller = slot->id;
  const bool named = static_cast<plexd_access>(head.matched->access) == plexd_access::named_node;
  if (named && parse_agent_id(head.parameters[0]) != head.caller)
    return problem(403, "the key belongs to another node");
  return std::nullopt;
}

http::response plexd_door::problem(unsigned status, std::string_view detail) {
  http::response words;
  words.status = status;
  words.body = plexd::write_error(detail);
  return words;
}

// The key was good: who is not known now is on its way in or out, which the next request shows.
http::response plexd_door::problem(const caf::error& failed) {
  const auto coming = caf::make_error(fleet_error::state_not_ready);
  return answer_problem(*this, to_problem(failed == fleet_error::agent_unknown ? coming : failed));
}

slot_table::entry* plexd_door::caller(const http::request& from, const http::reply& to) {
  auto* slot = host_.slots().find(from.caller);
  if (slot == nullptr) to(unauthorized(problem(401, "the node was removed")));
  return slot;
}

void plexd_door::serve(http::request& full, http::reply to) {
  switch (static_cast<plexd_route>(full.matched->name)) {
    case plexd_route::heartbeat: return take_heartbeat(full, std::move(to));
    case plexd_route::state: return show_state(full, std::move(to));
    case plexd_route::secret: return show_secret(full, std::move(to));
    case plexd_route::events: return stream_events(full, std::move(to));
    case plexd_route::registration: return register_node(full, std::move(to));
    case plexd_route::departure: return deregister(full, std::move(to));
    case plexd_route::capabilities: return take_capabilities(full, std::move(to));
    case plexd_route::endpoint: return take_endpoint(full, std::move(to));
    case plexd_route::drift: return take_report(full, to, plexd::read_drift);
    case plexd_route::entries: return take_entries(full, to);
    case plexd_route::metrics: return take_report(full, to, plexd::read_metrics);
    case plexd_route::logs: return take_report(full, to, plexd::read_logs);
    case plexd_route::audit: return take_report(full, to, plexd::read_audit);
    case plexd_route::violations: return take_report(full, to, plexd::read_violation);
    case plexd_route::recovery: return take_report(full, to, plexd::read_recovery);
    case plexd_route::tunnel_ready: return take_tunnel(full, to, true);
    case plexd_route::tunnel_closed: return take_tunnel(full, to, false);
    case plexd_route::threats: return take_threats(full, std::move(to));
    case plexd_route::acknowledgement: return take_acknowledgement(full, std::move(to));
    case plexd_route::result: return take_result(full, std::move(to));
    case plexd_route::key: return replace_key(full, std::move(to));
    case plexd_route::artifact: return send_artifact(full, std::move(to));
    case plexd_route::ping: return to(http::answer_with("{}"));
  }
}

// The token may be in the body, in the field or in both.
void plexd_door::register_node(http::request& from, http::reply to) {
  if (!host_.nodes().ready())
    return to(problem(503, "the signing keys are not known yet").with("Retry-After", "1"));
  if (!parse_body(host_, *this, from, to)) return;
  auto asked = plexd::read_registration(host_.parser().root());
  if (!asked.value) return to(problem(400, asked.problem));
  const auto shown = bearer_of(from.authorization);
  auto& token = asked.value->token;
  if (token.empty()) token = shown;
  if (token.empty()) return to(problem(400, "$.token: is missing"));
  if (!shown.empty() && !same_secret(shown, token))
    return to(unauthorized(problem(401, "the bearer and $.token are not the same")));
  auto& request = asked.value->request;
  request.token = hasher_.digest(token);
  request.peer = from.peer;
  if (const auto peer = parse_listen_address(from.peer)) request.host.seen_from = peer->address;
  to.park(enrolment_seconds);  // a host that gave up would find its token used
  host_.self()
    .request(host_.ports().registrar, caf::infinite, std::move(request))
    .then([this, to](const node_welcome& welcome) { welcome_node(welcome, to); },
          [this, to](caf::error& failed) { to(problem(failed)); });
}

// It is a node already, so that it is let in even when its peers cannot be told.
void plexd_door::welcome_node(const node_welcome& welcome, const http::reply& to) {
  const auto answer = [this, to, welcome](const std::vector<mesh_peer>& peers) {
    to(http::answer_with(plexd::write_welcome(welcome, host_.nodes().signing_key(), peers), 201));
  };
  host_.self()
    .request(host_.ports().steward, caf::infinite, list_peers{welcome.id})
    .then([answer](const peer_list& seen) { answer(seen.peers); }, [answer](caf::error&) { answer({}); });
}

void plexd_door::take_heartbeat(http::request& from, http::reply to) {
  heartbeat beat;
  plexd::node_report report;
  if (from.has_body) {
    if (!parse_body(host_, *this, from, to)) return;
    auto said = plexd::read_heartbeat(host_.parser().root());
    if (!said.value) return to(problem(400, said.problem));
    report = std::move(*said.value);
    beat.report = report.report;
  }
  auto* slot = caller(from, to);
  if (slot == nullptr) return;
  note_facts(slot->id, report);
  beat.heard_at = host_.listening_now();
  beat.received_at = host_.utc_now();
  host_.slots().note_heard(*slot, beat.received_at);
  ++host_.counts().heartbeats;
  if (const auto* policy = host_.policies().of(slot->id, slot->profile))
    beat.policy_version = policy->version;
  const auto interval = host_.settings().intervals[static_cast<size_t>(dialect::plexd)];
  ask<heartbeat_ack>(slot->agent, std::move(beat), std::move(to), [interval](const heartbeat_ack& ack) {
    return http::answer_with(plexd::write_ack(ack, interval));
  });
}

// Few say anything, and then mostly the same.
void plexd_door::note_facts(agent_id id, const plexd::node_report& report) {
  if (report.binary_checksum.empty() && report.endpoint.empty()) return;
  size_t now =
    host_.second() / facts_seconds;  // so that it is told again at times: other loops hear of it too
  boost::hash_combine(now, report.binary_checksum);
  boost::hash_combine(now, report.endpoint);
  boost::hash_combine(now, report.nat_type);
  constexpr size_t most = 1u << 20;
  if (facts_.size() >= most) facts_.clear();
  if (std::exchange(facts_[raw(id)], now) == now) return;
  const auto tell = [this, id](auto news) {
    host_.self()
      .request(host_.ports().registrar, caf::infinite, std::move(news))
      .then([](const committed&) {}, [this, id](caf::error&) { facts_.erase(raw(id)); });
  };
  if (!report.binary_checksum.empty()) tell(report_checksum{id, report.binary_checksum});
  if (!report.endpoint.empty()) tell(report_endpoint{id, report.endpoint, report.nat_type});
}

// With ?purge=true nothing of it is kept.
void plexd_door::deregister(http::request& from, http::reply to) {
  auto* slot = caller(from, to);
  if (slot == nullptr) return;
  const auto done = [](const committed&) { return http::answer_with("{}"); };
  const auto purge = from.parameter("purge");
  if (purge && purge != "true" && purge != "false")
    return to(problem(400, "query parameter 'purge' must be true or false"));
  if (purge == "true")
    return ask<committed>(host_.ports().fleet, remove_agent{slot->id, "agent"}, std::move(to), done);
  ask<committed>(slot->agent, deregister_agent{host_.utc_now()}, std::move(to), done);
}

void plexd_door::stream_events(const http::request& from, http::reply to) {
  auto* slot = caller(from, to);
  if (slot == nullptr) return;
  const auto& tenant = host_.slots().tenant_of(*slot);
  if (!host_.nodes().ready() || tenant.empty())
    return to(problem(503, "the event stream is not ready").with("Retry-After", "1"));
  to(host_.nodes().listen(slot->id, tenant, from.last_event_id));
}

}  // namespace muster
