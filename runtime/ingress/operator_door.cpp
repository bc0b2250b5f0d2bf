// The operator listener: who may come in, and how answers are worded. What
// operators ask is in operator_routes.cpp.
#include "runtime/ingress/operator_door.hpp"

#include "messages/type_ids.hpp"
#include "runtime/config/units.hpp"
#include "runtime/crypto/tokens.hpp"
#include "runtime/ingress/door_checks.hpp"
#include "runtime/ingress/fleet_routes.hpp"
#include "runtime/ingress/operator_routes.hpp"
#include "runtime/ingress/problems.hpp"
#include "runtime/ingress/query_reader.hpp"
#include "runtime/wire/operator_api.hpp"

#include <fmt/format.h>

#include <caf/all.hpp>

namespace muster {

using http::verb;

namespace {

constexpr size_t artifact_part_bytes = 16u << 20;
constexpr uint8_t open_to_all = 1;
constexpr uint8_t no_query = 2;  // takes no query parameters

http::route make(verb method, std::string_view pattern, operator_route name, uint8_t access = 0) {
  return {method, pattern, static_cast<uint8_t>(name), static_cast<uint8_t>(lane::reads), access};
}

std::vector<http::route> agent_routes() {
  using enum operator_route;
  return {
    make(verb::get, "/operator/v1/status", status, no_query),
    make(verb::get, "/operator/v1/agents", agents),
    make(verb::get, "/operator/v1/agents/{}", agent, no_query),
    make(verb::delete_, "/operator/v1/agents/{}", removal, no_query),
    make(verb::put, "/operator/v1/agents/{}/labels", labels, no_query),
    make(verb::get, "/operator/v1/agents/{}/history", history),
    make(verb::get, "/operator/v1/audit", audit),
    make(verb::get, "/operator/v1/threats", threats),
    make(verb::get, "/operator/v1/patterns", patterns),
    make(verb::get, "/operator/v1/patterns/{}", pattern, no_query),
    make(verb::get, "/operator/v1/patterns/{}/sightings", pattern_sightings),
    make(verb::get, "/operator/v1/policies", policies, no_query),
    make(verb::get, "/operator/v1/policies/schema", policy_schema, no_query),
    make(verb::get, "/operator/v1/policies/status", policy_status),
    make(verb::get, "/operator/v1/policies/effective/{}", policy_effective, no_query),
    make(verb::get, "/operator/v1/policies/history", policy_history),
    make(verb::get, "/operator/v1/policies/history/{}", policy_revision, no_query),
    make(verb::get, "/operator/v1/policies/layers/{}", policy_layer),
    make(verb::put, "/operator/v1/policies/layers/{}", policy_write),
    make(verb::delete_, "/operator/v1/policies/layers/{}", policy_delete),
    make(verb::post, "/operator/v1/policies/layers/{}/rollback", policy_rollback),
    make(verb::get, "/operator/v1/emergencies", emergencies, no_query),
    make(verb::delete_, "/operator/v1/emergencies/{}", emergency_revocation),
    make(verb::get, "/operator/v1/rollouts", rollouts, no_query),
    make(verb::post, "/operator/v1/rollouts", rollout_start, no_query),
    make(verb::get, "/operator/v1/rollouts/{}", rollout, no_query),
    make(verb::post, "/operator/v1/rollouts/{}/{}", rollout_move),
    make(verb::get, "/metrics", metrics),
    make(verb::get, "/healthz", healthz, open_to_all),
    make(verb::get, "/readyz", readyz, open_to_all),
    make(verb::get, "/health", healthz, open_to_all),
    make(verb::get, "/api/agents", panguard_agents),
    make(verb::get, "/api/agents/{}", panguard_agent),
    make(verb::get, "/api/threats", panguard_threats),
    make(verb::get, "/api/threats/summary", panguard_summary),
    make(verb::get, "/api/overview", panguard_overview),
    make(verb::get, "/api/events/stream", panguard_news),
    make(verb::get, "/api/policy/active", panguard_policy),
    make(verb::post, "/api/policy", panguard_policy_write),
  };
}

std::vector<http::route> node_routes() {
  using enum operator_route;
  return {
    make(verb::get, "/operator/v1/artifacts", artifacts, no_query),
    make(verb::put, "/operator/v1/artifacts/{}/{}/{}", artifact_store),
    make(verb::post, "/operator/v1/artifacts/{}/{}/{}", artifact_seal, no_query),
    make(verb::delete_, "/operator/v1/artifacts/{}/{}/{}", artifact_remove, no_query),
    make(verb::get, "/operator/v1/tokens", tokens, no_query),
    make(verb::post, "/operator/v1/tokens", token_make, no_query),
    make(verb::delete_, "/operator/v1/tokens/{}", token_revoke, no_query),
    make(verb::get, "/operator/v1/nodes", nodes),
    make(verb::get, "/operator/v1/nodes/{}", node, no_query),
    make(verb::delete_, "/operator/v1/nodes/{}", removal, no_query),
    make(verb::post, "/operator/v1/nodes/{}/directives", node_directives, no_query),
    make(verb::get, "/operator/v1/binaries", binaries, no_query),
    make(verb::put, "/operator/v1/binaries/{}", binary_declare, no_query),
    make(verb::delete_, "/operator/v1/binaries/{}", binary_forget, no_query),
    make(verb::get, "/operator/v1/signing-keys", signing_keys, no_query),
    make(verb::post, "/operator/v1/signing-keys/rotate", signing_rotation, no_query),
    make(verb::get, "/operator/v1/runs", runs),
    make(verb::post, "/operator/v1/runs", run_start, no_query),
    make(verb::get, "/operator/v1/runs/{}", run, no_query),
    make(verb::post, "/operator/v1/runs/{}/cancel", run_cancel),
    make(verb::get, "/operator/v1/runs/{}/executions", executions),
    make(verb::get, "/operator/v1/runs/{}/executions/{}", execution, no_query),
    make(verb::get, "/operator/v1/state/layers", state_layers, no_query),
    make(verb::get, "/operator/v1/state/schema", state_schema, no_query),
    make(verb::get, "/operator/v1/state/history", state_history),
    make(verb::get, "/operator/v1/state/layers/{}", state_layer),
    make(verb::put, "/operator/v1/state/layers/{}", state_write),
    make(verb::delete_, "/operator/v1/state/layers/{}", state_delete),
    make(verb::get, "/operator/v1/nodes/{}/state", node_state, no_query),
    make(verb::get, "/operator/v1/secrets", secrets, no_query),
    make(verb::put, "/operator/v1/secrets/{}", secret_put),
    make(verb::delete_, "/operator/v1/secrets/{}", secret_revocation),
    make(verb::get, "/operator/v1/nodes/{}/reports", node_reports),
    make(verb::get, "/operator/v1/nodes/{}/entries", node_entries),
    make(verb::get, "/operator/v1/nodes/{}/metrics", node_metrics),
    make(verb::get, "/operator/v1/upgrades", upgrades, no_query),
    make(verb::post, "/operator/v1/upgrades", upgrade_start, no_query),
    make(verb::get, "/operator/v1/upgrades/{}", upgrade, no_query),
    make(verb::post, "/operator/v1/upgrades/{}/{}", upgrade_move),
    make(verb::get, "/operator/v1/notifications/channels", channels, no_query),
    make(verb::post, "/operator/v1/notifications/channels", channel_create),
    make(verb::get, "/operator/v1/notifications/channels/{}", channel, no_query),
    make(verb::delete_, "/operator/v1/notifications/channels/{}", channel_delete),
    make(verb::post, "/operator/v1/notifications/channels/{}/test", channel_test),
    make(verb::get, "/operator/v1/notifications/routes", notice_routes, no_query),
    make(verb::put, "/operator/v1/notifications/routes", notice_routes_write),
    make(verb::get, "/operator/v1/notifications/silences", silences, no_query),
    make(verb::post, "/operator/v1/notifications/silences", silence_create),
    make(verb::delete_, "/operator/v1/notifications/silences/{}", silence_delete),
    make(verb::get, "/operator/v1/notifications/deliveries", deliveries),
  };
}

std::vector<http::route> scan_routes() {
  using enum operator_route;
  return {
    make(verb::get, "/operator/v1/registries", registries, no_query),
    make(verb::post, "/operator/v1/registries", registry_make, no_query),
    make(verb::get, "/operator/v1/registries/{}", registry, no_query),
    make(verb::delete_, "/operator/v1/registries/{}", registry_remove),
    make(verb::get, "/operator/v1/sensor-keys", sensor_keys, no_query),
    make(verb::post, "/operator/v1/sensor-keys", sensor_key_make, no_query),
    make(verb::delete_, "/operator/v1/sensor-keys/{}", sensor_key_revoke),
    make(verb::get, "/operator/v1/sensors", sensors),
    make(verb::get, "/operator/v1/sensors/{}", sensor, no_query),
    make(verb::delete_, "/operator/v1/sensors/{}", sensor_remove),
    make(verb::put, "/operator/v1/sensors/{}/registry", sensor_bind, no_query),
    make(verb::get, "/operator/v1/scans", scans),
    make(verb::post, "/operator/v1/scans", scan_make, no_query),
    make(verb::get, "/operator/v1/scans/{}", scan, no_query),
    make(verb::post, "/operator/v1/scans/{}/cancel", scan_cancel),
    make(verb::get, "/operator/v1/scans/{}/findings", scan_findings, no_query),
    make(verb::get, "/operator/v1/schedules", schedules),
    make(verb::post, "/operator/v1/schedules", schedule_make, no_query),
    make(verb::get, "/operator/v1/schedules/{}", schedule, no_query),
    make(verb::delete_, "/operator/v1/schedules/{}", schedule_remove),
    make(verb::post, "/operator/v1/schedules/{}/{}", schedule_move),
  };
}

// `"7"`, as If-Match wants it.
std::optional<uint64_t> revision_in(std::string_view tag) {
  if (tag.size() < 3 || !tag.starts_with('"') || !tag.ends_with('"')) return std::nullopt;
  return parse_whole_number(tag.substr(1, tag.size() - 2));
}

std::vector<http::route> operator_routes() {
  auto all = agent_routes();
  for (const auto& more : {node_routes(), scan_routes()}) all.insert(all.end(), more.begin(), more.end());
  return all;
}

}  // namespace

operator_door::operator_door(ingress& host, operator_context context)
  : host_(host), board_(std::move(context.board)), router_(operator_routes()) {}

std::optional<http::response> operator_door::admit(http::request& head) {
  switch (router_.match(head)) {
    case http::match_result::found: break;
    case http::match_result::no_path: return problem(404, "no such route");
    case http::match_result::no_method:
      if (head.method == verb::options) {
        http::response words{204, {}, {}, {}, false};
        words.with("Allow", router_.allowed(head));
        return words;
      }
      return problem(405, "the method is not allowed here").with("Allow", router_.allowed(head));
  }
  const bool trusted = head.trusted_peer || (head.matched->access & open_to_all) != 0;
  if (!trusted && !same_secret(bearer_of(head.authorization), board_->token())) {
    ++host_.counts().refused_credentials;
    return unauthorized(problem(401, "the operator's token is missing or wrong"));
  }
  if ((head.matched->access & no_query) != 0)
    if (const query_reader none{head, {}}; !none.problem().empty()) return problem(400, none.problem());
  if (auto refusal = refuse_coding(*this, head)) return refusal;
  const bool octets = static_cast<operator_route>(head.matched->name) == operator_route::artifact_store;
  const std::string_view type = octets ? "application/octet-stream" : "application/json";
  if (head.has_body && (head.method == verb::put || head.method == verb::post)
      && !head.content_type.starts_with(type))
    return problem(415, fmt::format("Content-Type must be {}", type));
  if (octets) head.body_limit = artifact_part_bytes;
  return std::nullopt;
}

http::response operator_door::problem(unsigned status, std::string_view detail) {
  http::response words;
  words.status = status;
  words.content_type = "application/problem+json";
  words.body = operator_api::write_problem(status, http::reason_phrase(status), detail);
  return words;
}

http::response operator_door::problem(const caf::error& failed) {
  return answer_problem(*this, to_problem(failed));
}

std::string operator_door::author(std::string given, const http::request& from) {
  return given.empty() ? "operator " + from.peer : std::move(given);
}

std::optional<json::object_reader> operator_door::body_of(const http::request& from, const http::reply& to) {
  if (!parse_body(host_, *this, from, to)) return std::nullopt;
  json::object_reader body{host_.parser().root()};
  if (!body.failed()) return body;
  to(problem(400, body.problem()));
  return std::nullopt;
}

bool operator_door::read_expected(const http::request& from, const http::reply& to,
                                  caf::optional<uint64_t>& into) {
  if (!from.if_match.empty() && from.if_match != "*") {
    const auto revision = revision_in(from.if_match);
    if (!revision) {
      to(problem(400, "If-Match must be the layer's ETag, a revision in quotes"));
      return false;
    }
    into = *revision;
  }
  if (from.if_none_match == "*") into = 0;  // only if there is none yet
  return true;
}

void operator_door::answer(const http::reply& to, const std::string& known, std::string body) {
  const auto tag = fmt::format("\"{:016x}\"", std::hash<std::string>{}(body));
  http::response words;
  if (http::names_tag(known, tag)) words.status = 304;
  else words.body = std::move(body);
  words.with("ETag", tag).with("Cache-Control", "no-cache");
  to(std::move(words));
}

}  // namespace muster
