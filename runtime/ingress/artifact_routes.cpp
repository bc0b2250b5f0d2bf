// The operator listener: programs that nodes fetch, uploaded in parts.
#include "messages/type_ids.hpp"
#include "runtime/config/units.hpp"
#include "runtime/ingress/operator_asking.hpp"
#include "runtime/ingress/query_reader.hpp"
#include "runtime/wire/operator_artifacts.hpp"

#include <fmt/format.h>

namespace muster {

namespace {

artifact_name name_in(const http::request& from) {
  return {std::string{from.parameters[0]}, std::string{from.parameters[1]}, std::string{from.parameters[2]}};
}

}  // namespace

void operator_door::serve_artifacts(operator_route which, const http::request& from, http::reply to) {
  const auto& shelf = host_.ports().shelf;
  switch (which) {
    case operator_route::artifacts:
      return pass_on(shelf, list_artifacts{}, to, from.if_none_match, operator_api::write_artifacts);
    case operator_route::artifact_store: return artifact_store(from, std::move(to));
    case operator_route::artifact_seal: return artifact_seal(from, std::move(to));
    case operator_route::artifact_remove:
      return ask<artifact>(shelf, remove_artifact{name_in(from), author({}, from)}, to,
                           [to](const artifact&) {
                             to({204, {}, {}, {}, false});
                           });
    default: return serve_scans(which, from, std::move(to));
  }
}

void operator_door::artifact_store(const http::request& from, http::reply to) {
  query_reader query{from, {"offset"}};
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  const auto text = query.text("offset");
  const auto offset = parse_whole_number(text.empty() ? "0" : text);
  if (!offset) return to(problem(400, "query parameter 'offset' must be a whole number of 0 or more"));
  ask<part_stored>(
    host_.ports().shelf, store_part{name_in(from), *offset, from.body}, to,
    [to](const part_stored& done) { to(http::answer_with(fmt::format(R"({{"offset":{}}})", done.offset))); });
}

void operator_door::artifact_seal(const http::request& from, http::reply to) {
  auto body = body_of(from, to);
  if (!body) return;
  body->allow_only({"sha256", "signature", "author"});
  seal_artifact request{name_in(from), body->required_text("sha256", 64), body->text("signature", 4096),
                        body->text("author", 256)};
  if (body->failed()) return to(problem(400, body->problem()));
  request.author = author(std::move(request.author), from);
  ask<artifact>(host_.ports().shelf, std::move(request), to, [to](const artifact& made) {
    to(http::answer_with(operator_api::write_artifact(made), 201));
  });
}

}  // namespace muster
