// Nodes of a mesh: agents that speak the plexd dialect. What the manager knows of one
// beyond its agent_record, and the bootstrap tokens that let hosts become nodes.
#pragma once

#include "messages/ids.hpp"
#include "messages/time.hpp"

#include <caf/meta/type_name.hpp>

#include <map>
#include <string>

namespace muster {

// Lets hosts enrol, each use one host. Made by operators; its text is shown once and
// not stored.
struct bootstrap_token {
  std::string id;  // "bt-" and 16 lower-case hexadecimal digits, the beginning of the digest
  token_digest digest;
  std::string tenant;
  std::map<std::string, std::string> labels;  // for nodes that enrol with it
  std::string hostname;                       // the only host that may use it; empty for any
  uint32_t uses = 1;                          // how many hosts may enrol, at least 1
  uint32_t used = 0;
  utc_time made_at{};
  utc_time expires_at{};  // the first millisecond in which it is no longer valid
  utc_time revoked_at{};  // zero while it is not
  std::string author;

  bool operator==(const bootstrap_token&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, bootstrap_token& x) {
  return f(caf::meta::type_name("bootstrap_token"), x.id, x.digest, x.tenant, x.labels, x.hostname, x.uses,
           x.used, x.made_at, x.expires_at, x.revoked_at, x.author);
}

}  // namespace muster
