// What agents report of attacks: one report is one record, whatever it contains.
#pragma once

#include "messages/ids.hpp"
#include "messages/time.hpp"

#include <caf/meta/type_name.hpp>
#include <caf/optional.hpp>

#include <string>
#include <vector>

namespace muster {

// What an event shows that other hosts may see too: "source_ip", "file_hash",
// "attack_technique" or a kind of the operator's, and the value in its normal form.
struct sighting {
  std::string kind;
  std::string value;
  std::string name;  // what people call it, where the event says so: of techniques

  bool operator==(const sighting&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, sighting& x) {
  return f(caf::meta::type_name("sighting"), x.kind, x.value, x.name);
}

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
  std::vector<sighting> sightings;  // each kind and value once

  bool operator==(const threat&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, threat& x) {
  return f(caf::meta::type_name("threat"), x.event_id, x.severity, x.category, x.conclusion, x.action,
           x.confidence, x.event, x.sightings);
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
  std::vector<uint32_t> accepted;    // positions in the report that were stored, in order
  uint32_t duplicates = 0;           // reported before by this agent, not stored again
  std::vector<pattern_id> patterns;  // that it joined or opened, ascending
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, threats_accepted& x) {
  return f(caf::meta::type_name("threats_accepted"), x.report, x.accepted, x.duplicates, x.patterns);
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
