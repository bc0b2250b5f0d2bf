// The plexd dialect: what nodes tell of themselves and of what they have seen.
#include "runtime/ingress/door_checks.hpp"
#include "runtime/ingress/fleet_routes.hpp"
#include "runtime/ingress/plexd_asking.hpp"
#include "runtime/wire/panguard.hpp"
#include "runtime/wire/plexd_work.hpp"

namespace muster {

// What the registrar took is known to the steward before it is asked.
template <class News>
void plexd_door::with_peers(News news, http::reply to, std::string (*write)(const std::vector<mesh_peer>&)) {
  const auto id = news.id;
  host_.self()
    .request(host_.ports().registrar, caf::infinite, std::move(news))
    .then(
      [this, id, to, write](const committed&) {
        ask<peer_list>(host_.ports().steward, list_peers{id}, to,
                       [write](const peer_list& seen) { return http::answer_with(write(seen.peers)); });
      },
      [this, to](caf::error& failed) { to(problem(failed)); });
}

void plexd_door::replace_key(http::request& from, http::reply to) {
  if (!parse_body(host_, *this, from, to)) return;
  auto asked = plexd::read_key_replacement(host_.parser().root());
  if (!asked.value) return to(problem(400, asked.problem));
  const auto& named = asked.value->node_id;
  if (!named.empty() && parse_agent_id(named) != from.caller)
    return to(problem(403, "the key belongs to another node"));
  with_peers(replace_node_key{from.caller, asked.value->public_key}, std::move(to),
             plexd::write_updated_peers);
}

void plexd_door::take_capabilities(http::request& from, http::reply to) {
  if (!parse_body(host_, *this, from, to)) return;
  auto news = plexd::read_capabilities(host_.parser().root());
  if (!news.value) return to(problem(400, news.problem));
  news.value->id = from.caller;
  ask<committed>(host_.ports().registrar, std::move(*news.value), std::move(to),
                 [](const committed&) { return http::answer_with("{}"); });
}

void plexd_door::take_endpoint(http::request& from, http::reply to) {
  if (!parse_body(host_, *this, from, to)) return;
  auto news = plexd::read_endpoint(host_.parser().root());
  if (!news.value) return to(problem(400, news.problem));
  news.value->id = from.caller;
  with_peers(std::move(*news.value), std::move(to), plexd::write_peer_endpoints);
}

// As the Panguard dialect words them, and with the same consequences.
void plexd_door::take_threats(http::request& from, http::reply to) {
  if (!parse_body(host_, *this, from, to)) return;
  auto threats = panguard::read_threats(host_.parser().root(), from.caller, host_.sightings());
  if (!threats.value) return to(problem(400, threats.problem));
  auto* slot = caller(from, to);
  if (slot == nullptr) return;
  const auto now = host_.utc_now();
  host_.slots().note_heard(*slot, now);
  ask<threats_accepted>(slot->agent, report_threats{now, std::move(*threats.value)}, std::move(to),
                        [this, id = slot->id](const threats_accepted& accepted) {
                          host_.tell_threats(id, accepted);
                          return http::answer_with(panguard::write_accepted(accepted), 202);
                        });
}

void plexd_door::take_acknowledgement(http::request& from, http::reply to) {
  if (!parse_body(host_, *this, from, to)) return;
  auto news = plexd::read_acknowledgement(host_.parser().root(), from.caller, from.parameters[1]);
  if (!news.value) return to(problem(400, news.problem));
  ask<committed>(host_.ports().dispatcher, std::move(*news.value), std::move(to),
                 [](const committed&) { return http::answer_with("{}"); });
}

void plexd_door::take_result(http::request& from, http::reply to) {
  if (!parse_body(host_, *this, from, to)) return;
  auto news = plexd::read_result(host_.parser().root(), from.caller, from.parameters[1]);
  if (!news.value) return to(problem(400, news.problem));
  ask<committed>(host_.ports().dispatcher, std::move(*news.value), std::move(to),
                 [](const committed&) { return http::answer_with("{}"); });
}

}  // namespace muster
