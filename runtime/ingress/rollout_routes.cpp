// The operator listener: staged rollouts.
#include "messages/errors.hpp"
#include "messages/type_ids.hpp"
#include "runtime/config/units.hpp"
#include "runtime/ingress/operator_asking.hpp"
#include "runtime/ingress/query_reader.hpp"
#include "runtime/wire/operator_policy.hpp"
#include "runtime/wire/policy_document.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace muster {

namespace {

constexpr size_t gate_limit = 16;
constexpr std::chrono::hours longest_stage{24 * 30};

void read_gates(json::object_reader& from, start_rollout& into) {
  for (const auto& text : operator_api::read_texts(from, "gates", gate_limit)) {
    const auto gate = operator_api::read_gate(text);
    if (!gate)
      return from.fail("gates", "'" + text
                                  + "' is not MEASURE<N% or MEASURE<rest+N%, with a measure of stale_share, "
                                    "offline_share, silent_share, pattern_share or error_share");
    into.gates.push_back(*gate);
  }
}

start_rollout read_rollout(json::object_reader& from) {
  start_rollout out;
  from.allow_only({"scope", "tenant", "stages", "gates", "every", "author", "reason", "policy"});
  const auto scope_text = from.text("scope", 400);
  const auto scope =
    operator_api::read_scope(scope_text.empty() ? "fleet" : scope_text, from.text("tenant", 64));
  if (!scope) from.fail("scope", "must be fleet, organization:NAME or label:KEY=VALUE");
  else out.scope = *scope;
  out.stages = operator_api::read_stages(from);
  read_gates(from, out);
  const auto every = parse_duration(from.required_text("every", 32));
  if (!from.failed() && (!every || every->count() <= 0 || *every > longest_stage))
    from.fail("every", "must be a duration from 1ms to 30d, like 10m");
  if (every) out.every = *every;
  out.author = from.text("author", 256);
  out.reason = from.text("reason", 1024);
  const auto policy = from.find("policy");
  if (!policy) from.fail("policy", "is missing");
  if (from.failed()) return out;
  auto what = policy_json::read_policy(simdjson::minify(*policy));
  if (!what.value) from.fail("policy", what.problem);
  else out.what = std::move(*what.value);
  return out;
}

}  // namespace

void operator_door::rollouts(http::reply to) {
  with_overview(to, [to](const policy_overview& all) {
    to(http::answer_with(operator_api::write_rollouts(all.rollouts)));
  });
}

// Its document is that of the revision that started it.
void operator_door::rollout_of(const http::request& from, http::reply to) {
  const auto id = parse_whole_number(from.parameters[0]);
  if (!id) return to(problem(404, "no such rollout"));
  with_overview(to, [this, to, id = *id](const policy_overview& all) {
    const auto found = std::find_if(all.rollouts.begin(), all.rollouts.end(),
                                    [id](const policy_rollout& one) { return one.id == id; });
    if (found == all.rollouts.end()) return to(problem(404, "no such rollout"));
    ask<policy_revision>(host_.ports().archive, read_revision{id}, to,
                         [to, rollout = *found](const policy_revision& started) {
                           to(http::answer_with(operator_api::write_rollout(rollout, started.what)));
                         });
  });
}

void operator_door::rollout_start(const http::request& from, http::reply to) {
  if (!host_.parser().parse(from.body)) return to(problem(400, host_.parser().problem()));
  json::object_reader body{host_.parser().root()};
  auto request = read_rollout(body);
  if (body.failed()) return to(problem(422, body.problem()));
  request.author = author(std::move(request.author), from);
  change<policy_written>(host_.ports().policy, std::move(request), to, [to](const policy_written& done) {
    to(http::answer_with(fmt::format(R"({{"id":{}}})", done.revision), 201));
  });
}

void operator_door::rollout_move_of(const http::request& from, http::reply to) {
  query_reader query{from, {"author", "reason"}};
  const auto id = parse_whole_number(from.parameters[0]);
  const auto move = operator_api::read_move(from.parameters[1]);
  if (!id) return to(problem(404, "no such rollout"));
  if (!move) return to(problem(404, "no such route"));
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  change<policy_written>(
    host_.ports().policy,
    muster::move_rollout{*id, *move, caf::none, author(query.text("author"), from), query.text("reason")}, to,
    [to](const policy_written& done) {
      to(http::answer_with(fmt::format(R"({{"revision":{}}})", done.revision)));
    });
}

}  // namespace muster
