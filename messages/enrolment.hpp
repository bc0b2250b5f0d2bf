// How an agent enters and leaves the fleet.
#pragma once

#include "messages/document.hpp"
#include "messages/nodes.hpp"

namespace muster {

// What to do when a host registers that has an identity already.
enum class duplicate_policy : uint8_t {
  reconnect,     // resumes it
  new_identity,  // resumes it unless it is online elsewhere
  always_new,
};

// Ingress to fleet: a host asks to join. Answered by `enrolment` once durable.
struct enrol_agent {
  dialect speaks = dialect::panguard;
  std::string tenant;  // from the credential, never from the client's word
  host_facts host;
  std::map<std::string, std::string> labels;
  duplicate_policy on_duplicate = duplicate_policy::reconnect;
  std::string peer;                    // the address it came from, for the audit
  bool openly_enrolled = false;        // no credential was asked for
  token_digest credential = {};        // what it will show from now on; empty: the fleet issues a token
  document<node_enrolment> node = {};  // what becomes durable with it, for a node
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, enrol_agent& x) {
  return f(caf::meta::type_name("enrol_agent"), x.speaks, x.tenant, x.host, x.labels, x.on_duplicate, x.peer,
           x.openly_enrolled, x.credential, x.node);
}

// Fleet to ingress: welcome. The only message that ever carries a token's text.
struct enrolment {
  agent_id id{};
  std::string token;  // empty if the credential came with the request
  bool reconnected = false;
  utc_time registered_at{};
  utc_time enrolled_at{};
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, enrolment& x) {
  return f(caf::meta::type_name("enrolment"), x.id, x.token, x.reconnected, x.registered_at, x.enrolled_at);
}

// Ingress to fleet: the token issued last was used, so the one before it ends.
struct token_used {
  agent_id id{};
  token_digest issued;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, token_used& x) {
  return f(caf::meta::type_name("token_used"), x.id, x.issued);
}

// Operator to fleet: delete identity and tokens. Answered by `committed`.
struct remove_agent {
  agent_id id{};
  std::string removed_by;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, remove_agent& x) {
  return f(caf::meta::type_name("remove_agent"), x.id, x.removed_by);
}

// Operator to fleet: replace an agent's labels. Answered by `committed`.
struct label_agent {
  agent_id id{};
  std::map<std::string, std::string> labels;
  std::string labelled_by;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, label_agent& x) {
  return f(caf::meta::type_name("label_agent"), x.id, x.labels, x.labelled_by);
}

}  // namespace muster
