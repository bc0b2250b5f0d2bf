// What agents report of attacks: one report is one record, whatever it contains.
#pragma once

#include "messages/ids.hpp"
#include "messages/time.hpp"

#include <caf/meta/type_name.hpp>
#include <caf/optional.hpp>

#include <string>
#include <vector>

namespace muster {

// One reported event. `event` is the event as the agent wrote it, minified JSON;
// the other fields are lifted out of it and empty when it has none.
struct threat {
  std::string event_id;
  std::string severity;
  std::string category;
  std::string conclusion;            // benign, suspicious, malicious
  std::string action;                // what the agent did about it
  caf::optional<double> confidence;  // 0 to 100
  std::string event;

  bool operator==(const threat&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, threat& x) {
  return f(caf::meta::type_name("threat"), x.event_id, x.severity, x.category, x.conclusion, x.action,
           x.confidence, x.event);
}

// Ingress to agent: it reports threats. Answered by `threats_accepted` once durable.
struct report_threats {
  utc_time received_at{};
  std::vector<threat> threats;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, report_threats& x) {
  return f(caf::meta::type_name("report_threats"), x.received_at, x.threats);
}

// Agent to ingress. `report` numbers the record that holds the new ones, 0 for none.
struct threats_accepted {
  uint64_t report = 0;
  std::vector<uint32_t> accepted;  // positions in the report that were stored, in order
  uint32_t duplicates = 0;         // reported before by this agent, not stored again
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, threats_accepted& x) {
  return f(caf::meta::type_name("threats_accepted"), x.report, x.accepted, x.duplicates);
}

// A stored report.
struct threat_report {
  agent_id reporter{};
  utc_time received_at{};
  std::vector<threat> threats;

  bool operator==(const threat_report&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, threat_report& x) {
  return f(caf::meta::type_name("threat_report"), x.reporter, x.received_at, x.threats);
}

}  // namespace muster
