// The operator listener: runs of actions on nodes.
#include "messages/errors.hpp"
#include "messages/type_ids.hpp"
#include "runtime/config/units.hpp"
#include "runtime/ingress/operator_asking.hpp"
#include "runtime/ingress/query_reader.hpp"
#include "runtime/wire/operator_work.hpp"

namespace muster {

void operator_door::runs(const http::request& from, http::reply to) {
  query_reader query{from, {"status", "action", "limit", "cursor"}};
  list_runs wanted;
  const auto status = query.text("status");
  if (!status.empty() && status != "running")
    return to(problem(400, "query parameter 'status' must be running"));
  wanted.under_way = !status.empty();
  wanted.action = query.text("action");
  wanted.before = query.cursor();
  wanted.limit = query.limit();
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  pass_on(host_.ports().dispatcher, std::move(wanted), std::move(to), from.if_none_match,
          operator_api::write_runs);
}

void operator_door::run_of(const http::request& from, http::reply to) {
  const auto number = parse_whole_number(from.parameters[0]);
  if (!number) return to(problem(404, "no such run"));
  pass_on(host_.ports().dispatcher, read_run{*number}, std::move(to), from.if_none_match,
          operator_api::write_run);
}

void operator_door::run_start(const http::request& from, http::reply to) {
  auto body = body_of(from, to);
  if (!body) return;
  auto request = operator_api::read_start_run(*body);
  if (body->failed()) return to(problem(400, body->problem()));
  request.author = author(std::move(request.author), from);
  change<run_row>(host_.ports().dispatcher, std::move(request), to, [to](const run_row& started) {
    to(http::answer_with(operator_api::write_run(started), 201));
  });
}

void operator_door::run_cancel(const http::request& from, http::reply to) {
  query_reader query{from, {"author"}};
  const auto number = parse_whole_number(from.parameters[0]);
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  if (!number) return to(problem(404, "no such run"));
  change<run_row>(host_.ports().dispatcher, cancel_run{*number, author(query.text("author"), from)}, to,
                  [to](const run_row& ended) { to(http::answer_with(operator_api::write_run(ended))); });
}

void operator_door::executions(const http::request& from, http::reply to) {
  query_reader query{from, {"status", "limit", "cursor"}};
  const auto number = parse_whole_number(from.parameters[0]);
  read_executions wanted;
  const auto status = query.text("status");
  wanted.status = parse_execution_status(status);
  if (!status.empty() && !wanted.status)
    return to(problem(400,
                      "query parameter 'status' must be queued, sent, running, succeeded, failed, timed_out, "
                      "cancelled or expired"));
  wanted.from = query.cursor();
  wanted.limit = query.limit();
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  if (!number) return to(problem(404, "no such run"));
  wanted.run = *number;
  pass_on(host_.ports().dispatcher, std::move(wanted), std::move(to), from.if_none_match,
          operator_api::write_executions);
}

void operator_door::execution_of(const http::request& from, http::reply to) {
  const auto number = parse_whole_number(from.parameters[0]);
  const auto node = parse_agent_id(from.parameters[1]);
  if (!number || !node) return to(problem(404, "no such execution"));
  ask<execution_record>(
    host_.ports().dispatcher, read_execution{*number, *node}, to, [this, to](const execution_record& found) {
      ask<execution_output>(host_.ports().archive, read_output{found.run, found.node}, to,
                            [to, found](const execution_output& printed) {
                              to(http::answer_with(operator_api::write_execution(found, printed)));
                            });
    });
}

}  // namespace muster
