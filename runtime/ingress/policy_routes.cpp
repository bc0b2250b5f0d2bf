// The operator listener: layers of policy, their history, and emergencies.
#include "messages/errors.hpp"
#include "messages/type_ids.hpp"
#include "runtime/config/units.hpp"
#include "runtime/ingress/operator_asking.hpp"
#include "runtime/ingress/query_reader.hpp"
#include "runtime/wire/operator_api.hpp"
#include "runtime/wire/operator_policy.hpp"
#include "runtime/wire/panguard.hpp"
#include "runtime/wire/policy_document.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace muster {

namespace {

constexpr std::string_view scope_words =
  "a scope is fleet, organization:NAME, label:KEY=VALUE or agent:ID, and 'tenant' names one tenant";

}  // namespace

void operator_door::serve_policy(operator_route which, const http::request& from, http::reply to) {
  switch (which) {
    case operator_route::policies: return policies(from, std::move(to));
    case operator_route::policy_schema: {
      auto words = http::answer_with(std::string{policy_json::policy_schema()});
      words.content_type = "application/schema+json";
      return to(std::move(words));
    }
    case operator_route::policy_status: return policy_status(from, std::move(to));
    case operator_route::policy_effective: return policy_effective(from, std::move(to));
    case operator_route::policy_history: return policy_history(from, std::move(to));
    case operator_route::policy_revision: return policy_revision_of(from, std::move(to));
    case operator_route::policy_layer: return policy_layer_of(from, std::move(to));
    case operator_route::policy_write: return policy_write(from, std::move(to), false);
    case operator_route::policy_delete: return policy_write(from, std::move(to), true);
    case operator_route::policy_rollback: return policy_rollback(from, std::move(to));
    case operator_route::emergencies: return emergencies(from, std::move(to));
    case operator_route::emergency_revocation: return revoke(from, std::move(to));
    case operator_route::rollouts: return rollouts(std::move(to));
    case operator_route::rollout: return rollout_of(from, std::move(to));
    case operator_route::rollout_start: return rollout_start(from, std::move(to));
    case operator_route::rollout_move: return rollout_move_of(from, std::move(to));
    case operator_route::panguard_policy: return panguard_policy(std::move(to));
    case operator_route::panguard_policy_write: return panguard_policy_write(from, std::move(to));
    default: return serve_nodes(which, from, std::move(to));
  }
}

void operator_door::with_overview(http::reply to, std::function<void(const policy_overview&)> done) {
  ask<policy_overview>(host_.ports().policy, read_policies{}, std::move(to), std::move(done));
}

void operator_door::policies(const http::request& from, http::reply to) {
  with_overview(to, [to, known = from.if_none_match](const policy_overview& all) {
    answer(to, known, operator_api::write_policies(all));
  });
}

void operator_door::policy_status(const http::request& from, http::reply to) {
  query_reader query{from, {"group_by"}};
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  const auto by = query.text("group_by");
  ask<policy_progress>(
    host_.ports().fleet, count_policy_progress{by.empty() ? "tenant" : by}, to,
    [to](const policy_progress& progress) { to(http::answer_with(operator_api::write_progress(progress))); });
}

void operator_door::policy_effective(const http::request& from, http::reply to) {
  const auto id = parse_agent_id(from.parameters[0]);
  if (!id) return to(problem(404, "no such agent"));
  ask<agent_details>(
    host_.ports().fleet, show_agent{*id}, to,
    [this, to, id = *id, known = from.if_none_match](const agent_details& details) {
      ask<agent_policy>(
        host_.ports().policy, explain_policy{id, details.row.policy_profile}, to,
        [to, id, known, acknowledged = details.row.policy_acknowledged](const agent_policy& has) {
          answer(to, known, operator_api::write_agent_policy(id, has, acknowledged));
        });
    });
}

void operator_door::policy_history(const http::request& from, http::reply to) {
  query_reader query{from, {"scope", "tenant", "action", "limit", "cursor"}};
  read_revisions wanted;
  if (const auto scope = query.text("scope"); !scope.empty()) {
    wanted.scope = operator_api::read_scope(scope, query.text("tenant"));
    if (!wanted.scope) return to(problem(400, scope_words));
  }
  wanted.action = query.text("action");
  wanted.before = query.cursor();
  wanted.limit = query.limit();
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  pass_on(host_.ports().archive, std::move(wanted), std::move(to), from.if_none_match,
          operator_api::write_revisions);
}

void operator_door::policy_revision_of(const http::request& from, http::reply to) {
  const auto number = parse_whole_number(from.parameters[0]);
  if (!number) return to(problem(404, "no such revision"));
  ask<policy_revision>(
    host_.ports().archive, read_revision{*number}, to, [this, to](const policy_revision& found) {
      if (found.previous == 0) return to(http::answer_with(operator_api::write_revision(found, {})));
      host_.self()
        .request(host_.ports().archive, operator_patience, read_revision{found.previous})
        .then(
          [to, found](const policy_revision& before) {
            to(http::answer_with(
              operator_api::write_revision(found, before.what.value_or(policy_document{}))));
          },
          [to, found](caf::error&) { to(http::answer_with(operator_api::write_revision(found, {}))); });
    });
}

void operator_door::policy_layer_of(const http::request& from, http::reply to) {
  query_reader query{from, {"tenant"}};
  const auto scope = operator_api::read_scope(from.parameters[0], query.text("tenant"));
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  if (!scope) return to(problem(400, scope_words));
  with_overview(to, [this, to, scope = *scope](const policy_overview& all) {
    const auto found = std::find_if(all.layers.begin(), all.layers.end(),
                                    [&](const stored_policy& layer) { return layer.scope == scope; });
    if (found == all.layers.end()) return to(problem(404, "no such layer of policy"));
    // For If-Match alone: a rollout changes what is shown and leaves the layer's revision.
    to(http::answer_with(operator_api::write_layer(*found))
         .with("ETag", fmt::format("\"{}\"", found->revision)));
  });
}

void operator_door::policy_write(const http::request& from, http::reply to, bool removes) {
  query_reader query{from, {"tenant", "author", "reason", "dry_run"}};
  const auto scope = operator_api::read_scope(from.parameters[0], query.text("tenant"));
  write_policy request;
  request.action = removes ? "delete" : "write";
  request.author = author(query.text("author"), from);
  request.reason = query.text("reason");
  request.dry_run = query.flag("dry_run");
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  if (!scope) return to(problem(400, scope_words));
  request.scope = *scope;
  if (!read_expected(from, to, request.expected)) return;
  if (!removes) {
    auto what = policy_json::read_policy(from.body);
    if (!what.value) return to(problem(422, what.problem));
    request.what = std::move(*what.value);
  }
  write_layer(std::move(request), std::move(to));
}

void operator_door::write_layer(write_policy request, http::reply to) {
  const bool dry = request.dry_run;
  change<policy_written>(
    host_.ports().policy, std::move(request), to, [this, to, dry](const policy_written& done) {
      if (!dry) {
        auto words = http::answer_with(fmt::format(R"({{"revision":{}}})", done.revision));
        words.with("ETag", fmt::format("\"{}\"", done.revision));
        return to(std::move(words));
      }
      ask<affected_agents>(host_.ports().fleet, find_affected{done.effects}, to,
                           [to, done](const affected_agents& whom) {
                             to(http::answer_with(operator_api::write_effects(done, whom)));
                           });
    });
}

// A new revision with the document of an old one.
void operator_door::policy_rollback(const http::request& from, http::reply to) {
  query_reader query{from, {"tenant", "author", "dry_run"}};
  const auto scope = operator_api::read_scope(from.parameters[0], query.text("tenant"));
  const bool dry = query.flag("dry_run");
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  if (!scope) return to(problem(400, scope_words));
  auto body = body_of(from, to);
  if (!body) return;
  const auto number = body->number("revision", 1, 1e15);
  const auto reason = body->text("reason", 1024);
  body->allow_only({"revision", "reason"});
  if (!body->failed() && !number) body->fail("revision", "is missing");
  if (body->failed()) return to(problem(400, body->problem()));
  const auto revision = static_cast<uint64_t>(*number);
  ask<policy_revision>(host_.ports().archive, read_revision{revision}, to,
                       [this, to, scope = *scope, reason, revision, dry,
                        by = author(query.text("author"), from)](const policy_revision& found) {
                         if (!found.scope || *found.scope != scope)
                           return to(problem(409, fmt::format("revision {} is of another layer", revision)));
                         auto why =
                           fmt::format("rollback to {}{}{}", revision, reason.empty() ? "" : ": ", reason);
                         write_layer({scope, found.what, "rollback", by, std::move(why), caf::none, dry}, to);
                       });
}

void operator_door::emergencies(const http::request& from, http::reply to) {
  with_overview(to, [to, known = from.if_none_match](const policy_overview& all) {
    answer(to, known, operator_api::write_emergencies(all.emergencies));
  });
}

void operator_door::revoke(const http::request& from, http::reply to) {
  query_reader query{from, {"author", "reason"}};
  const auto cause = parse_pattern_id(from.parameters[0]);
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  if (!cause) return to(problem(404, "no such emergency"));
  change<policy_written>(host_.ports().policy,
                         revoke_emergency{*cause, author(query.text("author"), from), query.text("reason")},
                         to, [to](const policy_written& done) {
                           to(http::answer_with(fmt::format(R"({{"revision":{}}})", done.revision)));
                         });
}

void operator_door::panguard_policy(http::reply to) {
  with_overview(
    to, [to](const policy_overview& all) { to(http::answer_with(panguard::write_policy(all.fleet_wide))); });
}

// The dialect's way to write the layer of the whole fleet.
void operator_door::panguard_policy_write(const http::request& from, http::reply to) {
  auto what = policy_json::read_panguard_policy(from.body);
  if (!what.value) return to(problem(400, what.problem));
  write_policy request{{},        *what.value, "write", "operator " + from.peer, "POST /api/policy",
                       caf::none, false};
  change<policy_written>(host_.ports().policy, std::move(request), to, [this, to](const policy_written&) {
    with_overview(to, [to](const policy_overview& all) {
      to(http::answer_with(panguard::write_policy(all.fleet_wide), 201));
    });
  });
}

}  // namespace muster
