// What every door checks of a request.
#include "runtime/ingress/door_checks.hpp"

#include <algorithm>

namespace muster {

using http::iequals;

door_refusal refuse_route(http::service& door, const http::router& routes, http::request& head) {
  switch (routes.match(head)) {
    case http::match_result::found: break;
    case http::match_result::no_path: return door.problem(404, "no such route");
    case http::match_result::no_method:
      return door.problem(405, "the method is not allowed here").with("Allow", routes.allowed(head));
  }
  return std::nullopt;
}

door_refusal refuse_coding(http::service& door, const http::request& head) {
  const auto& coding = head.content_encoding;
  if (coding.empty() || iequals(coding, "gzip") || iequals(coding, "identity")) return std::nullopt;
  return door.problem(415, "Content-Encoding must be gzip or absent").with("Accept-Encoding", "gzip");
}

door_refusal refuse_media(http::service& door, const http::request& head,
                          std::initializer_list<std::string_view> types, bool or_none) {
  if (auto refusal = refuse_coding(door, head)) return refusal;
  const bool sends = head.method == http::verb::post || head.method == http::verb::put;
  if (!sends || !head.has_body) return std::nullopt;
  auto type = std::string_view{head.content_type};
  type = type.substr(0, type.find(';'));
  while (!type.empty() && type.front() == ' ') type.remove_prefix(1);
  while (!type.empty() && type.back() == ' ') type.remove_suffix(1);
  if (type.empty() && or_none) return std::nullopt;
  if (std::any_of(types.begin(), types.end(), [&type](auto known) { return iequals(type, known); }))
    return std::nullopt;
  return door.problem(415, "Content-Type must be " + std::string{*types.begin()});
}

door_refusal refuse_crowd(ingress& host, http::service& door, const http::request& head) {
  const auto which = static_cast<lane>(head.matched->lane);
  if (host.lanes().admits(which, host.now())) return std::nullopt;
  const auto who = raw(head.caller) != 0 ? raw(head.caller) : std::hash<std::string>{}(head.peer);
  return door.problem(429, "too many requests of this kind, come back later")
    .with("Retry-After", std::to_string(host.lanes().retry_after(which, who)));
}

bool parse_body(ingress& host, http::service& door, const http::request& from, const http::reply& to) {
  if (host.parser().parse(from.body)) return true;
  to(door.problem(400, host.parser().problem()));
  return false;
}

}  // namespace muster
