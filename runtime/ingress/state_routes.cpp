// The operator listener: layers of desired state, what a node gets of them, and secrets.
#include "messages/errors.hpp"
#include "messages/type_ids.hpp"
#include "runtime/config/units.hpp"
#include "runtime/crypto/base64.hpp"
#include "runtime/ingress/operator_asking.hpp"
#include "runtime/ingress/query_reader.hpp"
#include "runtime/wire/operator_api.hpp"
#include "runtime/wire/operator_state.hpp"
#include "runtime/wire/state_document.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace muster {

namespace {

constexpr std::string_view scope_words =
  "a scope is tenant, label:KEY=VALUE or node:ID; 'tenant' names the tenant of the first two";
constexpr size_t longest_value = 128 * 1024;  // as written; the steward knows the limit of the value

}  // namespace

void operator_door::serve_state(operator_route which, const http::request& from, http::reply to) {
  const auto& steward = host_.ports().steward;
  if (!steward) return to(problem(503, "this manager keeps no desired state"));
  switch (which) {
    case operator_route::state_layers:
      return pass_on(steward, read_layers{}, std::move(to), from.if_none_match,
                     operator_api::write_state_layers);
    case operator_route::state_schema: {
      auto words = http::answer_with(std::string{state_json::state_schema()});
      words.content_type = "application/schema+json";
      return to(std::move(words));
    }
    case operator_route::state_history: return state_history_of(from, std::move(to));
    case operator_route::state_layer: return state_layer_of(from, std::move(to));
    case operator_route::state_write: return state_write(from, std::move(to), false);
    case operator_route::state_delete: return state_write(from, std::move(to), true);
    case operator_route::node_state: return node_state_of(from, std::move(to));
    case operator_route::secrets:
      return pass_on(steward, list_secrets{}, std::move(to), from.if_none_match, operator_api::write_secrets);
    case operator_route::secret_put: return secret_put(from, std::move(to));
    case operator_route::secret_revocation: return secret_revoke(from, std::move(to));
    default: return to(problem(404, "no such route"));
  }
}

void operator_door::state_history_of(const http::request& from, http::reply to) {
  query_reader query{from, {"scope", "tenant", "limit", "cursor"}};
  read_state_history wanted;
  if (const auto scope = query.text("scope"); !scope.empty()) {
    wanted.scope = operator_api::read_state_scope(scope, query.text("tenant"));
    if (!wanted.scope) return to(problem(400, scope_words));
  }
  wanted.before = query.cursor();
  wanted.limit = query.limit();
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  pass_on(host_.ports().steward, std::move(wanted), std::move(to), from.if_none_match,
          operator_api::write_state_history);
}

void operator_door::state_layer_of(const http::request& from, http::reply to) {
  query_reader query{from, {"tenant"}};
  const auto scope = operator_api::read_state_scope(from.parameters[0], query.text("tenant"));
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  if (!scope) return to(problem(400, scope_words));
  ask<state_layers>(host_.ports().steward, read_layers{}, to,
                    [to, scope = *scope, this](const state_layers& all) {
                      const auto found = std::find_if(all.layers.begin(), all.layers.end(),
                                                      [&](const auto& each) { return each->scope == scope; });
                      if (found == all.layers.end()) return to(problem(404, "no such layer of state"));
                      to(http::answer_with(operator_api::write_state_layer(**found))
                           .with("ETag", fmt::format("\"{}\"", (*found)->revision)));
                    });
}

template <class Change>
void operator_door::send_state_change(Change request, http::reply to) {
  change<state_written>(host_.ports().steward, std::move(request), to, [to](const state_written& done) {
    to(http::answer_with(operator_api::write_state_written(done))
         .with("ETag", fmt::format("\"{}\"", done.revision)));
  });
}

void operator_door::preview_state(const write_state& request, http::reply to) {
  ask<state_layers>(host_.ports().steward, read_layers{}, to, [this, to, request](const state_layers& all) {
    desired_state before;
    for (const auto& each : all.layers)
      if (each->scope == request.scope) before = each->what;
    ask<state_written>(host_.ports().steward, request, to, [to, request, before](const state_written& would) {
      const auto after = request.what ? *request.what : desired_state{};
      to(http::answer_with(operator_api::write_state_preview(would, before, after)));
    });
  });
}

void operator_door::state_write(const http::request& from, http::reply to, bool removes) {
  query_reader query{from, {"tenant", "author", "reason", "dry_run", "show"}};
  const auto scope = operator_api::read_state_scope(from.parameters[0], query.text("tenant"));
  write_state request;
  request.by = {author(query.text("author"), from), query.text("reason")};
  request.dry_run = query.flag("dry_run");
  const auto shown = query.text("show");
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  if (!scope) return to(problem(400, scope_words));
  request.scope = *scope;
  if (!shown.empty()) {
    const auto id = parse_agent_id(shown);
    if (!id || !request.dry_run)
      return to(problem(400, "query parameter 'show' is the id of a node, for a dry run"));
    request.shown = *id;
  }
  if (!read_expected(from, to, request.expected)) return;
  if (!removes) {
    auto what = state_json::read_state(from.body);
    if (!what.value) return to(problem(422, what.problem));
    request.what = std::move(*what.value);
  }
  if (request.dry_run) return preview_state(request, std::move(to));
  send_state_change(std::move(request), std::move(to));
}

void operator_door::node_state_of(const http::request& from, http::reply to) {
  const auto id = parse_agent_id(from.parameters[0]);
  if (!id) return to(problem(404, "no such node"));
  pass_on(host_.ports().steward, show_state{*id}, std::move(to), from.if_none_match,
          operator_api::write_state_shown);
}

// The value is in the body alone, which nothing repeats.
void operator_door::secret_put(const http::request& from, http::reply to) {
  query_reader query{from, {"scope", "tenant", "author", "reason"}};
  const auto scope = operator_api::read_state_scope(query.text("scope"), query.text("tenant"));
  put_secret request{
    std::string{from.parameters[0]}, {}, {}, {author(query.text("author"), from), query.text("reason")}};
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  if (!scope) return to(problem(400, scope_words));
  request.scope = *scope;
  if (!host_.parser().parse(from.body)) return to(problem(400, "the body is not one JSON object"));
  json::object_reader body{host_.parser().root()};
  const auto value = body.required_text("base64", longest_value);
  body.allow_only({"base64"});
  if (body.failed()) return to(problem(400, body.problem()));
  auto bytes = from_base64(value);
  if (!bytes) return to(problem(400, "'base64' is not base64"));
  request.value = std::move(*bytes);
  send_state_change(std::move(request), std::move(to));
}

void operator_door::secret_revoke(const http::request& from, http::reply to) {
  query_reader query{from, {"scope", "tenant", "author", "reason"}};
  const auto scope = operator_api::read_state_scope(query.text("scope"), query.text("tenant"));
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  if (!scope) return to(problem(400, scope_words));
  send_state_change(
    revoke_secret{
      std::string{from.parameters[0]}, *scope, {author(query.text("author"), from), query.text("reason")}},
    std::move(to));
}

}  // namespace muster
