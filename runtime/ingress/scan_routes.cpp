// The operator listener: registries, the keys of their sensors, sensors and scans.
#include "messages/errors.hpp"
#include "messages/type_ids.hpp"
#include "runtime/config/units.hpp"
#include "runtime/ingress/operator_asking.hpp"
#include "runtime/ingress/query_reader.hpp"
#include "runtime/wire/operator_scans.hpp"

#include <algorithm>

namespace muster {

void operator_door::serve_scans(operator_route which, const http::request& from, http::reply to) {
  const auto& coordinator = host_.ports().coordinator;
  if (!coordinator) return to(problem(503, "this manager coordinates no scans"));
  switch (which) {
    case operator_route::registries:
      return pass_on(coordinator, list_registries{}, std::move(to), from.if_none_match,
                     operator_api::write_registries);
    case operator_route::registry: return registry_of(from, std::move(to));
    case operator_route::registry_make: return registry_make(from, std::move(to));
    case operator_route::registry_remove: return registry_remove(from, std::move(to));
    case operator_route::sensor_keys:
      return ask<sensor_key_list>(
        coordinator, list_sensor_keys{}, to, [this, to](const sensor_key_list& list) {
          to(http::answer_with(operator_api::write_sensor_keys(list, host_.utc_now())));
        });
    case operator_route::sensor_key_make: return sensor_key_make(from, std::move(to));
    case operator_route::sensor_key_revoke: return sensor_key_revoke(from, std::move(to));
    case operator_route::sensors: return sensors(from, std::move(to));
    case operator_route::sensor: return sensor_of(from, std::move(to));
    case operator_route::sensor_remove: return sensor_remove(from, std::move(to));
    case operator_route::sensor_bind: return sensor_bind(from, std::move(to));
    case operator_route::scans: return scans(from, std::move(to));
    case operator_route::scan: return scan_of(from, std::move(to));
    case operator_route::scan_make: return scan_make(from, std::move(to));
    case operator_route::scan_cancel: return scan_cancel(from, std::move(to));
    case operator_route::scan_findings: return scan_findings_of(from, std::move(to));
    default: return serve_schedules(which, from, std::move(to));
  }
}

// --- registries ---

void operator_door::registry_of(const http::request& from, http::reply to) {
  const auto id = parse_registry_id(from.parameters[0]);
  if (!id) return to(problem(404, "no such registry"));
  ask<registry_list>(host_.ports().coordinator, list_registries{}, to,
                     [this, to, id = *id, known = from.if_none_match](const registry_list& list) {
                       const auto& rows = list.registries;
                       const auto found = std::find_if(
                         rows.begin(), rows.end(), [id](const auto& row) { return row.registry.id == id; });
                       if (found == rows.end()) return to(problem(404, "no such registry"));
                       answer(to, known, operator_api::write_registry(*found));
                     });
}

void operator_door::registry_make(const http::request& from, http::reply to) {
  auto body = body_of(from, to);
  if (!body) return;
  auto request = operator_api::read_registry(*body);
  if (body->failed()) return to(problem(400, body->problem()));
  request.author = author(std::move(request.author), from);
  change<scan_registry>(host_.ports().coordinator, std::move(request), to, [to](const scan_registry& made) {
    to(http::answer_with(operator_api::write_registry(made), 201));
  });
}

void operator_door::registry_remove(const http::request& from, http::reply to) {
  query_reader query{from, {"author"}};
  const auto id = parse_registry_id(from.parameters[0]);
  if (!id) return to(problem(404, "no such registry"));
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  change(host_.ports().coordinator, remove_registry{*id, author(query.text("author"), from)}, std::move(to));
}

// --- keys ---

void operator_door::sensor_key_make(const http::request& from, http::reply to) {
  auto body = body_of(from, to);
  if (!body) return;
  auto request = operator_api::read_sensor_key(*body);
  if (body->failed()) return to(problem(400, body->problem()));
  request.author = author(std::move(request.author), from);
  change<sensor_key_made>(host_.ports().coordinator, request, to,
                          [to, registry = request.registry](const sensor_key_made& made) {
                            to(http::answer_with(operator_api::write_made_key(made, registry), 201)
                                 .with("Cache-Control", "no-store"));
                          });
}

void operator_door::sensor_key_revoke(const http::request& from, http::reply to) {
  query_reader query{from, {"author"}};
  const auto number = parse_whole_number(from.parameters[0]);
  if (!number) return to(problem(404, "no such key"));
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  change(host_.ports().coordinator, revoke_sensor_key{*number, author(query.text("author"), from)},
         std::move(to));
}

// --- sensors ---

void operator_door::sensors(const http::request& from, http::reply to) {
  query_reader query{from, {"registry"}};
  list_sensors wanted;
  wanted.registry = query.registry();
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  pass_on(host_.ports().coordinator, std::move(wanted), std::move(to), from.if_none_match,
          operator_api::write_sensors);
}

// Gives the sensor's row to `done`; an id that is nobody's is answered as such.
template <class Done>
void operator_door::with_sensor(std::string id, http::reply to, Done done) {
  if (id.empty()) return to(problem(404, "no such sensor"));
  ask<sensor_list>(host_.ports().coordinator, list_sensors{caf::none, std::move(id)}, to,
                   [this, to, done = std::move(done)](const sensor_list& list) mutable {
                     if (list.sensors.empty()) return to(problem(404, "no such sensor"));
                     done(list.sensors.front());
                   });
}

void operator_door::sensor_of(const http::request& from, http::reply to) {
  with_sensor(std::string{from.parameters[0]}, to, [to, known = from.if_none_match](const sensor_row& row) {
    answer(to, known, operator_api::write_sensor(row));
  });
}

void operator_door::sensor_remove(const http::request& from, http::reply to) {
  query_reader query{from, {"author"}};
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  change(host_.ports().coordinator,
         remove_sensor{std::string{from.parameters[0]}, author(query.text("author"), from)}, std::move(to));
}

void operator_door::sensor_bind(const http::request& from, http::reply to) {
  auto body = body_of(from, to);
  if (!body) return;
  auto request = operator_api::read_binding(*body);
  if (body->failed()) return to(problem(400, body->problem()));
  request.sensor = from.parameters[0];
  request.author = author(std::move(request.author), from);
  change(host_.ports().coordinator, std::move(request), std::move(to));
}

// --- scans ---

void operator_door::scans(const http::request& from, http::reply to) {
  query_reader query{from, {"registry", "status", "sensor", "limit", "cursor"}};
  list_scans wanted;
  wanted.registry = query.registry();
  wanted.status = query.scan();
  wanted.before = scan_id{query.cursor()};
  wanted.limit = query.limit();
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  const auto sensor = query.text("sensor");
  if (sensor.empty())
    return pass_on(host_.ports().coordinator, std::move(wanted), std::move(to), from.if_none_match,
                   operator_api::write_scans);
  with_sensor(sensor, to, [this, to, wanted, known = from.if_none_match](const sensor_row& row) mutable {
    wanted.sensor = row.sensor.agent;
    pass_on(host_.ports().coordinator, wanted, to, known, operator_api::write_scans);
  });
}

void operator_door::scan_of(const http::request& from, http::reply to) {
  const auto id = parse_scan_id(from.parameters[0]);
  if (!id) return to(problem(404, "no such scan"));
  pass_on(host_.ports().coordinator, show_scan{*id}, std::move(to), from.if_none_match,
          operator_api::write_scan);
}

void operator_door::scan_make(const http::request& from, http::reply to) {
  auto body = body_of(from, to);
  if (!body) return;
  auto request = operator_api::read_scan(*body);
  if (body->failed()) return to(problem(400, body->problem()));
  request.author = author(std::move(request.author), from);
  change<scan_job>(host_.ports().coordinator, std::move(request), to, [to](const scan_job& made) {
    to(http::answer_with(operator_api::write_scan_job(made), 201));
  });
}

void operator_door::scan_cancel(const http::request& from, http::reply to) {
  query_reader query{from, {"author"}};
  const auto id = parse_scan_id(from.parameters[0]);
  if (!id) return to(problem(404, "no such scan"));
  if (!query.problem().empty()) return to(problem(400, query.problem()));
  change<scan_job>(host_.ports().coordinator, cancel_scan{*id, author(query.text("author"), from)}, to,
                   [to](const scan_job& now) { to(http::answer_with(operator_api::write_scan_job(now))); });
}

void operator_door::scan_findings_of(const http::request& from, http::reply to) {
  const auto id = parse_scan_id(from.parameters[0]);
  if (!id) return to(problem(404, "no such scan"));
  ask<scan_findings>(
    host_.ports().archive, read_findings{*id}, to,
    [to, known = from.if_none_match](const scan_findings& found) { answer(to, known, found.json); });
}

}  // namespace muster
