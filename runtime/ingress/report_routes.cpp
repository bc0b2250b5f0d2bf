// The operator listener: what a node has reported.
#include "messages/errors.hpp"
#include "messages/type_ids.hpp"
#include "runtime/ingress/operator_asking.hpp"
#include "runtime/ingress/query_reader.hpp"
#include "runtime/wire/operator_reports.hpp"

namespace muster {

void operator_door::node_reports(const http::request& from, http::reply to) {
  query_reader query{from, {"kind", "limit", "cursor"}};
  const auto id = parse_agent_id(from.parameters[0]);
  const auto kind = parse_report_kind(query.text("kind"));
  if (!kind)
    return to(problem(400,
                      "query parameter 'kind' must be drift, metrics, logs, audit, violations, recovery or "
                      "tunnels"));
  read_node_reports wanted{{}, *kind, query.cursor(), query.limit()};
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  if (!id) return to(problem(404, "no such node"));
  wanted.id = *id;
  pass_on(host_.ports().archive, wanted, std::move(to), from.if_none_match, operator_api::write_node_reports);
}

void operator_door::node_values(const http::request& from, http::reply to, value_kind kind) {
  query_reader query{from, {"limit", "cursor"}};
  const auto id = parse_agent_id(from.parameters[0]);
  read_node_values wanted{{}, kind, query.cursor(), query.limit()};
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  if (!id) return to(problem(404, "no such node"));
  wanted.id = *id;
  pass_on(host_.ports().archive, wanted, std::move(to), from.if_none_match,
          kind == value_kind::entries ? operator_api::write_node_entries : operator_api::write_node_metrics);
}

}  // namespace muster
