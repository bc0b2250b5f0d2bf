// The fleet listener: who may come in. What they ask is in fleet_routes.cpp.
#include "runtime/ingress/fleet_door.hpp"

#include "messages/errors.hpp"
#include "messages/type_ids.hpp"
#include "runtime/ingress/door_checks.hpp"
#include "runtime/ingress/fleet_routes.hpp"

#include <caf/all.hpp>

namespace muster {

using http::verb;

namespace {

constexpr std::string_view enrol_prefix = "/enroll/";
constexpr std::string_view bearer_prefix = "Bearer ";

std::vector<http::route> fleet_routes() {
  auto make = [](verb method, std::string_view pattern, fleet_route name, lane which, fleet_access access) {
    return http::route{method, pattern, static_cast<uint8_t>(name), static_cast<uint8_t>(which),
                       static_cast<uint8_t>(access)};
  };
  using enum fleet_route;
  using enum fleet_access;
  return {
    make(verb::post, "/api/agents/{}/heartbeat", heartbeat, lane::heartbeats, named_agent),
    make(verb::post, "/api/agents/register", registration, lane::registration, enrolling),
    make(verb::post, "/api/agents/{}/events", events, lane::events, named_agent),
    make(verb::get, "/api/policy/agent/{}", policy, lane::reads, named_agent),
    make(verb::get, "/api/policy/agent/{}/stream", policy_stream, lane::reads, named_agent),
    make(verb::delete_, "/api/agents/{}", departure, lane::registration, named_agent),
    make(verb::get, "/api/rules/latest", rules, lane::reads, any_agent),
    make(verb::get, "/health", health, lane::reads, anyone),
  };
}

}  // namespace

std::string_view bearer_of(std::string_view authorization) {
  if (authorization.size() <= bearer_prefix.size()) return {};
  const auto scheme = authorization.substr(0, bearer_prefix.size());
  if (!http::iequals(scheme, bearer_prefix)) return {};
  return authorization.substr(bearer_prefix.size());
}

http::response unauthorized(http::response words) {
  words.status = 401;
  words.with("WWW-Authenticate", "Bearer");
  return words;
}

fleet_door::fleet_door(ingress& host, http::service* operators)
  : host_(host), operators_(operators), router_(fleet_routes()), started_(host.now().time_since_epoch()) {}

std::optional<http::response> fleet_door::admit(http::request& head) {
  if (auto refusal = enter(head)) return refusal;
  switch (router_.match(head)) {
    case http::match_result::found: break;
    case http::match_result::no_path:
      if (operators_ != nullptr) return operators_->admit(head);
      return problem(404, "no such route");
    case http::match_result::no_method: {
      if (operators_ != nullptr && head.method == verb::get) return operators_->admit(head);
      if (head.method == verb::options) {
        http::response words{204, {}, {}, {}, false};
        words.with("Allow", router_.allowed(head));
        return words;
      }
      return problem(405, "the method is not allowed here").with("Allow", router_.allowed(head));
    }
  }
  if (auto refusal = refuse_media(*this, head, {"application/json"}, false)) return refusal;
  outcome refusal;
  switch (static_cast<fleet_access>(head.matched->access)) {
    case fleet_access::anyone: break;
    case fleet_access::enrolling: refusal = check_registration(head); break;
    case fleet_access::named_agent: refusal = check_agent(head, true); break;
    case fleet_access::any_agent: refusal = check_agent(head, false); break;
  }
  if (refusal) {
    ++host_.counts().refused_credentials;
    return refusal;
  }
  return refuse_crowd(host_, *this, head);
}

// Takes the enrolment secret off the path, where the gate wants one. A wrong
// secret and an unknown route are answered alike.
fleet_door::outcome fleet_door::enter(http::request& head) {
  const bool prefixed = head.path.starts_with(enrol_prefix);
  if (host_.settings().gate != enrolment_gate::path_secret || head.path == "/health") return std::nullopt;
  if (!prefixed) return problem(404, "no such route");
  const auto end = std::min(head.path.find('/', enrol_prefix.size()), head.path.size());
  auto segment = head.path.substr(enrol_prefix.size(), end - enrol_prefix.size());
  const auto shown = http::decode_segment(segment);
  for (const auto& [tenant, secret] : host_.settings().secrets)
    if (same_secret(shown, secret)) head.tenant = tenant;
  if (head.tenant.empty()) return problem(404, "no such route");
  head.path.erase(0, end);
  return std::nullopt;
}

fleet_door::outcome fleet_door::check_registration(http::request& head) {
  const auto& settings = host_.settings();
  if (settings.gate == enrolment_gate::open) head.tenant = settings.tenant;
  if (settings.gate != enrolment_gate::token) return std::nullopt;
  const auto shown = bearer_of(head.authorization);
  for (const auto& [tenant, secret] : settings.secrets)
    if (same_secret(shown, secret)) head.tenant = tenant;
  if (!head.tenant.empty()) return std::nullopt;
  return unauthorized(problem(401, "registration wants the enrolment token as bearer"));
}

// Whose token it is, then whether that agent may ask for what the path names.
fleet_door::outcome fleet_door::check_agent(http::request& head, bool named_in_path) {
  const auto token = bearer_of(head.authorization);
  if (token.empty()) return unauthorized(problem(401, "a bearer token is missing"));
  const auto subject = token_subject(token);
  auto* slot = subject ? host_.slots().find(*subject) : nullptr;
  const auto shown = slot != nullptr ? hasher_.digest(token) : token_digest{};
  const auto verdict = slot != nullptr ? slot_table::check(*slot, shown) : token_verdict::unknown;
  if (verdict == token_verdict::superseded)
    host_.self().send(slot->agent, superseded_token_used{host_.listening_now()});
  if (verdict == token_verdict::unknown || verdict == token_verdict::superseded)
    return unauthorized(problem(401, "the token is not valid"));
  head.caller = slot->id;
  if (named_in_path) {
    const auto named = parse_agent_id(head.parameters[0]);
    if (!named || (*named != head.caller && host_.slots().find(*named) == nullptr))
      return problem(404, "no such agent");
    if (*named != head.caller) return problem(403, "the token belongs to another agent");
  }
  if (verdict == token_verdict::issued) host_.self().send(host_.ports().fleet, token_used{slot->id, shown});
  return std::nullopt;
}

http::response fleet_door::problem(unsigned status, std::string_view detail) {
  http::response words;
  words.status = status;
  words.body = panguard::write_error(detail);
  return words;
}

}  // namespace muster
