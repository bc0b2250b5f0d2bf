// The operator listener: upgrades of nodes.
#include "messages/artifacts.hpp"
#include "messages/errors.hpp"
#include "messages/type_ids.hpp"
#include "runtime/config/units.hpp"
#include "runtime/ingress/operator_asking.hpp"
#include "runtime/ingress/query_reader.hpp"
#include "runtime/wire/operator_policy.hpp"
#include "runtime/wire/operator_upgrades.hpp"

namespace muster {

void operator_door::upgrades(const http::request& from, http::reply to) {
  pass_on(host_.ports().upgrader, list_upgrades{}, std::move(to), from.if_none_match,
          operator_api::write_upgrades);
}

void operator_door::upgrade_of(const http::request& from, http::reply to) {
  const auto number = parse_whole_number(from.parameters[0]);
  if (!number) return to(problem(404, "no such upgrade"));
  pass_on(host_.ports().upgrader, show_upgrade{*number}, std::move(to), from.if_none_match,
          operator_api::write_upgrade);
}

void operator_door::upgrade_start(const http::request& from, http::reply to) {
  auto body = body_of(from, to);
  if (!body) return;
  auto request = operator_api::read_start_upgrade(*body);
  if (body->failed()) return to(problem(400, body->problem()));
  request.author = author(std::move(request.author), from);
  ask<artifact_list>(host_.ports().shelf, list_artifacts{}, to,
                     [this, to, request = std::move(request)](const artifact_list& list) mutable {
                       for (const auto& one : list.artifacts)
                         if (one.name.version == request.version)
                           request.checksums.try_emplace(one.name.os + "/" + one.name.arch, one.sha256);
                       start_upgrade_of(std::move(request), to);
                     });
}

// Platforms without a checksum in the request have that of the uploaded artifact.
void operator_door::start_upgrade_of(start_upgrade request, const http::reply& to) {
  change<upgrade>(host_.ports().upgrader, std::move(request), to, [to](const upgrade& started) {
    to(http::answer_with(operator_api::write_upgrade(started), 201));
  });
}

void operator_door::upgrade_move_of(const http::request& from, http::reply to) {
  query_reader query{from, {"author", "reason"}};
  const auto number = parse_whole_number(from.parameters[0]);
  const auto move = operator_api::read_move(from.parameters[1]);
  if (!number) return to(problem(404, "no such upgrade"));
  if (!move) return to(problem(404, "no such route"));
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  change<upgrade>(host_.ports().upgrader,
                  move_upgrade{*number, *move, author(query.text("author"), from), query.text("reason")}, to,
                  [to](const upgrade& now) { to(http::answer_with(operator_api::write_upgrade(now))); });
}

}  // namespace muster
