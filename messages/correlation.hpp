// What one host sees is noise, what two see within the window is an attack:
// sightings travel from agents over the correlator to the window of their key,
// and a window says when a pattern opens, grows critical and ends.
#pragma once

#include "messages/threats.hpp"

namespace muster {

// What one report saw of one key.
struct key_sighting {
  std::string kind;
  std::string value;
  uint32_t count = 1;                   // events of the report that show it
  std::string severity;                 // the gravest of them: info, low, medium, high, critical, or empty
  std::vector<std::string> techniques;  // of those events, "T1110" or "T1110 Brute Force", each once
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, key_sighting& x) {
  return f(caf::meta::type_name("key_sighting"), x.kind, x.value, x.count, x.severity, x.techniques);
}

// Agent to correlator, once the report is durable. Answered by `joined_patterns`.
struct correlate_sightings {
  std::string tenant;
  agent_id reporter{};
  bool trusted = true;  // counts towards emergencies: neither contested nor enrolled by just anyone
  utc_time at{};        // when the manager received it
  uint64_t report = 0;  // number of the record that holds it
  std::vector<key_sighting> keys;  // each kind and value once
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, correlate_sightings& x) {
  return f(caf::meta::type_name("correlate_sightings"), x.tenant, x.reporter, x.trusted, x.at, x.report,
           x.keys);
}
struct joined_patterns {
  std::vector<pattern_id> patterns;  // ascending, each once
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, joined_patterns& x) {
  return f(caf::meta::type_name("joined_patterns"), x.patterns);
}

// One agent's part in a pattern.
struct pattern_agent {
  agent_id id{};
  utc_time first_seen{};
  utc_time last_seen{};
  uint64_t sightings = 0;
  bool trusted = true;

  bool operator==(const pattern_agent&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, pattern_agent& x) {
  return f(caf::meta::type_name("pattern_agent"), x.id, x.first_seen, x.last_seen, x.sightings, x.trusted);
}

// Several hosts saw the same thing within the window. Grows while sightings come,
// ends when none came for a whole window.
struct pattern {
  pattern_id id{};
  std::string tenant;
  std::string kind;
  std::string value;
  bool critical = false;  // once enough agents saw it; stays so
  std::string severity;   // "critical" if so, else the gravest of its events, at least "medium"
  utc_time opened_at{};   // when the agent that made it a pattern saw it
  utc_time first_seen{};
  utc_time last_seen{};
  utc_time ended_at{};                  // zero while it is open
  uint64_t sightings = 0;               // events
  uint64_t last_report = 0;             // highest number of a report that is counted
  uint64_t agent_count = 0;             // distinct; `agents` holds fewer once there were too many
  uint64_t trusted_count = 0;           // those that count towards emergencies
  std::vector<pattern_agent> agents;    // in the order of their first sighting
  std::vector<std::string> techniques;  // at most 32

  bool open() const { return ended_at == utc_time{}; }
  bool operator==(const pattern&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, pattern& x) {
  return f(caf::meta::type_name("pattern"), x.id, x.tenant, x.kind, x.value, x.critical, x.severity,
           x.opened_at, x.first_seen, x.last_seen, x.ended_at, x.sightings, x.last_report, x.agent_count,
           x.trusted_count, x.agents, x.techniques);
}

// Correlator to window: an agent saw your key. Answered by `sighting_verdict`.
struct note_sighting {
  agent_id reporter{};
  bool trusted = true;
  utc_time at{};
  uint64_t report = 0;
  key_sighting what;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, note_sighting& x) {
  return f(caf::meta::type_name("note_sighting"), x.reporter, x.trusted, x.at, x.report, x.what);
}

// What a sighting did to the pattern of its window, if there is one.
enum class pattern_step : uint8_t {
  none,             // no pattern
  joined,           // one more sighting
  grew,             // one more agent
  opened,           // it is a pattern now
  became_critical,  // also when it opened as such
};
struct sighting_verdict {
  pattern_step step = pattern_step::none;
  pattern_id id{};               // unless none
  caf::optional<pattern> whole;  // when opened or critical
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, sighting_verdict& x) {
  return f(caf::meta::type_name("sighting_verdict"), x.step, x.id, x.whole);
}

// Correlator to window: show what you know. Answered by `window_contents`.
struct describe_window {};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, describe_window&) {
  return f(caf::meta::type_name("describe_window"));
}
struct window_contents {
  caf::optional<pattern> whole;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, window_contents& x) {
  return f(caf::meta::type_name("window_contents"), x.whole);
}

// Correlator to window: nothing came for a whole window, or there are too many
// of you. It answers with its pattern, ended, if it had one, and is no more.
struct retire_window {
  utc_time at{};
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, retire_window& x) {
  return f(caf::meta::type_name("retire_window"), x.at);
}

// Correlator to policy and to whoever listens: a pattern opened, became critical,
// gained agents (gathered, not one by one) or ended.
struct pattern_changed {
  pattern_step step = pattern_step::none;  // none: it ended
  pattern whole;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, pattern_changed& x) {
  return f(caf::meta::type_name("pattern_changed"), x.step, x.whole);
}

// The correlator to itself: windows may be empty now, patterns wait to be written.
struct window_check_due {
  utc_time deadline{};
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, window_check_due& x) {
  return f(caf::meta::type_name("window_check_due"), x.deadline);
}
struct pattern_flush_due {};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, pattern_flush_due&) {
  return f(caf::meta::type_name("pattern_flush_due"));
}

// Operator and metrics to correlator. Answered by `correlation_counts`.
struct count_correlation {};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, count_correlation&) {
  return f(caf::meta::type_name("count_correlation"));
}
struct correlation_counts {
  uint64_t windows = 0;        // now
  uint64_t open_patterns = 0;  // now
  // Since the start:
  uint64_t sightings = 0;  // keys of reports
  uint64_t patterns_opened = 0;
  uint64_t patterns_critical = 0;
  uint64_t patterns_ended = 0;
  uint64_t windows_dropped = 0;  // since there were too many
  uint64_t agents_dropped = 0;   // from windows with too many
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, correlation_counts& x) {
  return f(caf::meta::type_name("correlation_counts"), x.windows, x.open_patterns, x.sightings,
           x.patterns_opened, x.patterns_critical, x.patterns_ended, x.windows_dropped, x.agents_dropped);
}

}  // namespace muster
