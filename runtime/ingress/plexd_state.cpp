// The plexd dialect: what a node shall be and have.
#include "runtime/ingress/fleet_routes.hpp"
#include "runtime/ingress/plexd_asking.hpp"
#include "runtime/wire/plexd_secret.hpp"
#include "runtime/wire/plexd_work.hpp"

#include <fmt/format.h>

namespace muster {

void plexd_door::show_state(const http::request& from, http::reply to) {
  host_.self()
    .request(host_.ports().steward, caf::infinite, compose_state{from.caller})
    .then(
      [this, to, id = from.caller, known = from.if_none_match](const document<node_state>& state) {
        ask<pending_actions>(host_.ports().dispatcher, pending_actions_of{id}, to,
                             [this, id, known, state](const pending_actions& pending) {
                               return state_answer(id, *state, pending, known);
                             });
      },
      [this, to](caf::error& failed) { to(problem(failed)); });
}

// What only agents of our own look for stands behind what the steward composed.
http::response plexd_door::state_answer(agent_id id, const node_state& state, const pending_actions& pending,
                                        const std::string& known) {
  const auto actions = plexd::write_pending(pending);
  uint64_t version = 0;
  std::string policy;
  if (const auto* slot = host_.slots().find(id))
    if (const auto* has = host_.policies().of(id, slot->profile)) {
      version = has->version;
      policy =
        fmt::format(R"(,"fleet_policy":{{"version":{},"document":{{{}}}}})", version, has->policy->json);
    }
  const auto tag = fmt::format("\"{}-{}-{:x}\"", state.etag.substr(1, state.etag.size() - 2), version,
                               std::hash<std::string>{}(actions));
  http::response words;
  if (http::names_tag(known, tag)) {
    words.status = 304;
  } else {
    words.body = state.json;
    words.body.pop_back();
    words.body += policy;
    words.body += R"(,"pending_actions":)" + actions + "}";
  }
  words.with("ETag", tag).with("Cache-Control", "private, no-cache");
  return words;
}

// Encrypted under the key that the node has just shown.
void plexd_door::show_secret(const http::request& from, http::reply to) {
  const std::string key{bearer_of(from.authorization)};
  ask<secret_value>(host_.ports().steward, fetch_secret{from.caller, std::string{from.parameters[1]}},
                    std::move(to), [key](const secret_value& secret) {
                      auto words =
                        http::answer_with(plexd::write_secret(secret.key, secret.version, key, secret.value));
                      return std::move(words).with("Cache-Control", "no-store");
                    });
}

}  // namespace muster
