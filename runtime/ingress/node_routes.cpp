// The operator listener: nodes, what lets hosts become some, and the keys that their
// events are signed with.
#include "messages/errors.hpp"
#include "messages/type_ids.hpp"
#include "runtime/ingress/operator_asking.hpp"
#include "runtime/ingress/query_reader.hpp"
#include "runtime/wire/operator_nodes.hpp"
#include "runtime/wire/operator_reports.hpp"

namespace muster {

namespace {

constexpr uint32_t shown_metrics = 100;  // groups on a node's page; all are under /metrics

}  // namespace

void operator_door::serve_nodes(operator_route which, const http::request& from, http::reply to) {
  const auto& registrar = host_.ports().registrar;
  const auto& events = host_.ports().events;
  switch (which) {
    case operator_route::tokens:
      return ask<token_list>(registrar, list_tokens{}, to, [this, to](const token_list& list) {
        to(http::answer_with(operator_api::write_tokens(list, host_.utc_now())));
      });
    case operator_route::token_make: return token_make(from, std::move(to));
    case operator_route::token_revoke:
      return change(registrar, revoke_token{std::string{from.parameters[0]}, author({}, from)}, to);
    case operator_route::nodes: return nodes(from, std::move(to));
    case operator_route::node: return node(from, std::move(to));
    case operator_route::node_directives: return node_directives(from, std::move(to));
    case operator_route::binaries:
      return pass_on(registrar, list_binaries{}, to, from.if_none_match, operator_api::write_binaries);
    case operator_route::binary_declare: return binary_declare(from, std::move(to));
    case operator_route::binary_forget:
      return change(registrar, declare_binary{std::string{from.parameters[0]}, {}, author({}, from)}, to);
    case operator_route::signing_keys:
      return pass_on(events, read_signing_keys{}, to, from.if_none_match, operator_api::write_keys);
    case operator_route::signing_rotation: return signing_rotation(from, std::move(to));
    default: return serve_artifacts(which, from, std::move(to));
  }
}

void operator_door::token_make(const http::request& from, http::reply to) {
  auto body = body_of(from, to);
  if (!body) return;
  auto request = operator_api::read_token_request(*body);
  if (body->failed()) return to(problem(400, body->problem()));
  request.author = author(std::move(request.author), from);
  change<token_made>(host_.ports().registrar, std::move(request), to, [to](const token_made& made) {
    to(http::answer_with(operator_api::write_made_token(made), 201).with("Cache-Control", "no-store"));
  });
}

void operator_door::nodes(const http::request& from, http::reply to) {
  query_reader query{from, {"tenant", "selector", "status", "hostname", "deviant", "limit", "cursor"}};
  list_nodes wanted;
  if (const auto tenant = query.text("tenant"); !tenant.empty()) wanted.tenant = tenant;
  if (const auto name = query.text("hostname"); !name.empty()) wanted.hostname = name;
  wanted.status = query.status();
  wanted.deviant = query.flag("deviant");
  wanted.limit = query.limit();
  wanted.after = agent_id{query.cursor()};
  const auto labels = operator_api::read_selector(query.text("selector"));
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  if (!labels)
    return to(problem(400, "query parameter 'selector' must be key=value pairs with commas between"));
  wanted.labels = *labels;
  pass_on(host_.ports().registrar, std::move(wanted), std::move(to), from.if_none_match,
          operator_api::write_nodes);
}

void operator_door::node(const http::request& from, http::reply to) {
  const auto id = parse_agent_id(from.parameters[0]);
  if (!id) return to(problem(404, "no such node"));
  const auto& ports = host_.ports();
  const auto finish = [to, known = from.if_none_match](const node_details& node, const agent_details& agent,
                                                       const node_value_page& metrics) {
    answer(to, known, operator_api::write_node(node, agent.row, operator_api::write_metric_list(metrics)));
  };
  ask<node_details>(
    ports.registrar, show_node{*id}, to, [this, to, finish, id = *id](const node_details& node) {
      ask<agent_details>(
        host_.ports().fleet, show_agent{id}, to, [this, to, finish, id, node](const agent_details& agent) {
          ask<node_value_page>(
            host_.ports().archive, read_node_values{id, value_kind::metrics, 0, shown_metrics}, to,
            [finish, node, agent](const node_value_page& page) { finish(node, agent, page); });
        });
    });
}

void operator_door::node_directives(const http::request& from, http::reply to) {
  const auto id = parse_agent_id(from.parameters[0]);
  if (!id) return to(problem(404, "no such node"));
  auto body = body_of(from, to);
  if (!body) return;
  const auto directives = operator_api::read_directives(*body);
  if (body->failed()) return to(problem(400, body->problem()));
  ask<node_details>(host_.ports().registrar, show_node{*id}, to,
                    [this, to, id = *id, directives](const node_details&) {
                      host_.direct({id}, directives);
                      to({204, {}, {}, {}, false});
                    });
}

void operator_door::binary_declare(const http::request& from, http::reply to) {
  auto body = body_of(from, to);
  if (!body) return;
  auto request = operator_api::read_binary(*body);
  if (body->failed()) return to(problem(400, body->problem()));
  request.version = from.parameters[0];
  if (request.version.size() > 128) return to(problem(400, "the version is longer than 128 bytes"));
  request.author = author(std::move(request.author), from);
  change(host_.ports().registrar, std::move(request), std::move(to));
}

void operator_door::signing_rotation(const http::request& from, http::reply to) {
  auto body = body_of(from, to);
  if (!body) return;
  auto request = operator_api::read_rotation(*body);
  if (body->failed()) return to(problem(400, body->problem()));
  request.author = author(std::move(request.author), from);
  change<signing_keys>(host_.ports().events, std::move(request), to, [to](const signing_keys& keys) {
    to(http::answer_with(operator_api::write_keys(keys)));
  });
}

}  // namespace muster
