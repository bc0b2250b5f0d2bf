// What dashboards are told while they listen: who came and went, who reported
// threats. Loops say whether they have listeners; without any, nothing is sent.
#pragma once

#include "messages/agents.hpp"
#include "messages/correlation.hpp"
#include "messages/interfaces.hpp"

namespace muster {

// Loop to fleet: it has listeners from now on, or has none left.
struct follow_news {
  ingress_actor loop;
  bool follows = false;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, follow_news& x) {
  return f(caf::meta::type_name("follow_news"), x.loop, x.follows);
}

// Fleet to every loop: these have listeners now.
struct news_followed {
  std::vector<ingress_actor> by;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, news_followed& x) {
  return f(caf::meta::type_name("news_followed"), x.by);
}

// Fleet to the loops that follow: an agent enrolled, entered another state or was removed.
struct agent_changed {
  agent_id id{};
  std::string hostname;
  agent_status status = agent_status::online;  // departed: also when it was removed
  utc_time at{};
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, agent_changed& x) {
  return f(caf::meta::type_name("agent_changed"), x.id, x.hostname, x.status, x.at);
}

// The loop that took a report to the loops that follow, once it is durable.
struct threats_reported {
  agent_id reporter{};
  uint64_t accepted = 0;
  std::vector<pattern_id> patterns;  // that it joined or opened
  utc_time at{};
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, threats_reported& x) {
  return f(caf::meta::type_name("threats_reported"), x.reporter, x.accepted, x.patterns, x.at);
}

}  // namespace muster
