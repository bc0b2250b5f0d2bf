// The operator listener: schedules of scans.
#include "messages/errors.hpp"
#include "messages/type_ids.hpp"
#include "runtime/config/units.hpp"
#include "runtime/ingress/operator_asking.hpp"
#include "runtime/ingress/query_reader.hpp"
#include "runtime/wire/operator_schedules.hpp"

namespace muster {

void operator_door::serve_schedules(operator_route which, const http::request& from, http::reply to) {
  switch (which) {
    case operator_route::schedules: return schedules(from, std::move(to));
    case operator_route::schedule: return schedule_of(from, std::move(to));
    case operator_route::schedule_make: return schedule_make(from, std::move(to));
    case operator_route::schedule_move: return schedule_move_of(from, std::move(to));
    case operator_route::schedule_remove: return schedule_remove(from, std::move(to));
    default: return to(problem(404, "no such route"));
  }
}

void operator_door::schedules(const http::request& from, http::reply to) {
  query_reader query{from, {"registry"}};
  const auto registry = query.registry();
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  pass_on(host_.ports().coordinator, list_schedules{registry}, std::move(to), from.if_none_match,
          operator_api::write_schedules);
}

void operator_door::schedule_of(const http::request& from, http::reply to) {
  const auto number = parse_whole_number(from.parameters[0]);
  if (!number) return to(problem(404, "no such schedule"));
  pass_on(host_.ports().coordinator, show_schedule{*number}, std::move(to), from.if_none_match,
          operator_api::write_schedule);
}

void operator_door::schedule_make(const http::request& from, http::reply to) {
  auto body = body_of(from, to);
  if (!body) return;
  auto request = operator_api::read_schedule(*body);
  if (body->failed()) return to(problem(400, body->problem()));
  request.schedule.author = author(std::move(request.schedule.author), from);
  change<schedule_row>(host_.ports().coordinator, std::move(request), to, [to](const schedule_row& made) {
    to(http::answer_with(operator_api::write_schedule(made), 201));
  });
}

void operator_door::schedule_move_of(const http::request& from, http::reply to) {
  query_reader query{from, {"author"}};
  const auto number = parse_whole_number(from.parameters[0]);
  const bool pauses = from.parameters[1] == "pause";
  if (!number) return to(problem(404, "no such schedule"));
  if (!pauses && from.parameters[1] != "resume") return to(problem(404, "no such route"));
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  change<schedule_row>(
    host_.ports().coordinator, change_schedule{*number, pauses, author(query.text("author"), from)}, to,
    [to](const schedule_row& now) { to(http::answer_with(operator_api::write_schedule(now))); });
}

void operator_door::schedule_remove(const http::request& from, http::reply to) {
  query_reader query{from, {"author"}};
  const auto number = parse_whole_number(from.parameters[0]);
  if (!number) return to(problem(404, "no such schedule"));
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  change(host_.ports().coordinator, remove_schedule{*number, author(query.text("author"), from)},
         std::move(to));
}

}  // namespace muster
