// The operator listener: where notifications go, and how they do.
#include "messages/errors.hpp"
#include "messages/type_ids.hpp"
#include "runtime/config/units.hpp"
#include "runtime/ingress/operator_asking.hpp"
#include "runtime/ingress/operator_routes.hpp"
#include "runtime/ingress/query_reader.hpp"
#include "runtime/wire/operator_notifications.hpp"

#include <algorithm>

namespace muster {

void operator_door::serve_notifications(operator_route which, const http::request& from, http::reply to) {
  const auto& notifier = host_.ports().notifier;
  switch (which) {
    case operator_route::channels:
      return pass_on(notifier, list_channels{}, std::move(to), from.if_none_match,
                     operator_api::write_channels);
    case operator_route::channel: return channel_of(from, std::move(to));
    case operator_route::channel_create: return channel_create(from, std::move(to));
    case operator_route::notice_routes:
      return pass_on(notifier, list_routes{}, std::move(to), from.if_none_match, operator_api::write_routes);
    case operator_route::notice_routes_write: return notice_routes_write(from, std::move(to));
    case operator_route::silences:
      return pass_on(notifier, list_silences{}, std::move(to), from.if_none_match,
                     operator_api::write_silences);
    case operator_route::silence_create: return silence_create(from, std::move(to));
    case operator_route::deliveries: return deliveries(from, std::move(to));
    default: break;
  }
  query_reader query{from, {"author"}};
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  std::string called{from.parameters[0]};
  auto by = author(query.text("author"), from);
  if (which == operator_route::channel_delete)
    return change(notifier, delete_channel{std::move(called), std::move(by)}, std::move(to));
  if (which == operator_route::channel_test)
    return change<delivery_outcome>(
      notifier, test_channel{std::move(called), std::move(by)}, to,
      [to](const delivery_outcome& how) { to(http::answer_with(operator_api::write_outcome(how))); });
  const auto number = parse_whole_number(called);
  if (!number) return to(problem(404, "no such silence"));
  change(notifier, delete_silence{*number, std::move(by)}, std::move(to));
}

void operator_door::channel_of(const http::request& from, http::reply to) {
  ask<channel_list>(host_.ports().notifier, list_channels{}, to,
                    [this, to, called = std::string{from.parameters[0]}](const channel_list& all) {
                      const auto found = std::ranges::find(all.channels, called,
                                                           [](const auto& each) { return each.what.name; });
                      if (found == all.channels.end()) return to(problem(404, "no such channel"));
                      to(http::answer_with(operator_api::write_channel(*found)));
                    });
}

void operator_door::channel_create(const http::request& from, http::reply to) {
  auto body = body_of(from, to);
  if (!body) return;
  create_channel request{operator_api::read_channel(*body), body->text("author", 256)};
  if (body->failed()) return to(problem(400, body->problem()));
  request.author = author(std::move(request.author), from);
  change<channel_row>(host_.ports().notifier, std::move(request), to, [to](const channel_row& made) {
    to(http::answer_with(operator_api::write_channel(made), 201));
  });
}

void operator_door::notice_routes_write(const http::request& from, http::reply to) {
  auto body = body_of(from, to);
  if (!body) return;
  write_routes request{operator_api::read_routes(*body), body->text("author", 256)};
  if (body->failed()) return to(problem(400, body->problem()));
  request.author = author(std::move(request.author), from);
  change<route_list>(host_.ports().notifier, std::move(request), to,
                     [to](const route_list& all) { to(http::answer_with(operator_api::write_routes(all))); });
}

void operator_door::silence_create(const http::request& from, http::reply to) {
  auto body = body_of(from, to);
  if (!body) return;
  create_silence request{operator_api::read_silence(*body, host_.utc_now())};
  if (body->failed()) return to(problem(400, body->problem()));
  request.what.author = author(std::move(request.what.author), from);
  change<silence>(host_.ports().notifier, std::move(request), to, [to](const silence& made) {
    to(http::answer_with(operator_api::write_silence(made), 201));
  });
}

void operator_door::deliveries(const http::request& from, http::reply to) {
  query_reader query{from, {"channel", "limit"}};
  list_deliveries wanted;
  if (auto called = query.text("channel"); !called.empty()) wanted.channel = std::move(called);
  wanted.limit = query.limit();
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  pass_on(host_.ports().notifier, std::move(wanted), std::move(to), from.if_none_match,
          operator_api::write_deliveries);
}

}  // namespace muster
