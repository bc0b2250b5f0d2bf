// What people are told of: one notice is one thing that happened. Whoever notices it sends
// a `notice` to the notifier and knows nothing of routes, channels and silences.
#pragma once

#include "messages/time.hpp"

#include <caf/meta/type_name.hpp>
#include <caf/optional.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace muster {

enum class notice_event : uint8_t {
  agent_lost,
  agent_recovered,
  sensor_lost,  // an agent that scans registries
  sensor_recovered,
  disruption_began,
  disruption_ended,
  registry_error,
  registry_recovered,
  pattern_detected,
  pattern_ended,
  emergency_policy,
  rollout_halted,
  job_failed,
  key_expiring,
  agent_flapping,  // it comes and goes
  agent_calm,      // it no longer does
  test,            // an operator tries a channel
};
constexpr size_t notice_event_count = 17;

// How an event is called. Documented in docs/notifications.md, which a test compares.
struct notice_kind {
  const char* label;   // "Sensor lost connection": what receivers show
  const char* type;    // "agent_disconnected": what receivers and routes decide by
  const char* family;  // "agent": what opens and what resolves it are of one
};
const notice_kind& kind_of(notice_event event);

enum class notice_severity : uint8_t { info, low, medium, high, critical };
std::string to_string(notice_severity severity);                              // "CRITICAL"
caf::optional<notice_severity> parse_notice_severity(std::string_view text);  // in capitals or not

// What opens lasts until a notice with the same key resolves it: a group is reminded of it
// until then. What happened is told once.
enum class notice_stage : uint8_t { happened, opens, resolves };

// Anyone to the notifier. Not answered.
struct notice {
  notice_event event = notice_event::test;
  notice_severity severity = notice_severity::info;
  notice_stage stage = notice_stage::happened;
  std::string tenant;
  std::map<std::string, std::string> labels;  // of what it is about; routes match them
  std::string title;                          // one line
  std::string text;                           // a sentence or two
  std::string subject;                        // id of what it is about
  std::string path;                           // of a page about it, "/sensors/ag_1"; empty if there is none
  // Members of a webhook's body beside the usual ones. "registry.id" is member id of member registry.
  std::map<std::string, std::string> fields;
  std::map<std::string, int64_t> numbers;
  std::string key;  // names what opened and is resolved: "agent/ag-…". May be empty for what happened.
  utc_time at{};    // zero: when the notifier hears of it
  std::string id;   // the same in every repeat of it. The notifier gives one if it is empty.

  bool operator==(const notice&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, notice& x) {
  return f(caf::meta::type_name("notice"), x.event, x.severity, x.stage, x.tenant, x.labels, x.title, x.text,
           x.subject, x.path, x.fields, x.numbers, x.key, x.at, x.id);
}

// Which notices a route or a silence is for: those that have all that is asked for.
struct notice_match {
  std::vector<std::string> events;       // types or labels of events, any of them; empty for all
  caf::optional<notice_severity> least;  // this severity or a graver one
  caf::optional<std::string> tenant;
  std::string subject;                        // its id; empty for any
  std::map<std::string, std::string> labels;  // with these values

  bool matches(const notice& what) const;
  bool operator==(const notice_match&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, notice_match& x) {
  return f(caf::meta::type_name("notice_match"), x.events, x.least, x.tenant, x.subject, x.labels);
}

// Whether some event has this type or label.
bool names_notice_event(std::string_view text);

// Where notices that match go. The first route that matches a notice takes it, and later
// ones only if that one says to go on.
struct notice_route {
  notice_match match;
  std::vector<std::string> channels;                                   // their names
  std::chrono::milliseconds group_wait = std::chrono::seconds{10};     // before the first message of a group
  std::chrono::milliseconds group_interval = std::chrono::minutes{5};  // between its messages, at least
  std::chrono::milliseconds repeat_interval = std::chrono::hours{4};   // a reminder of what lasts; 0: none
  bool goes_on = false;

  bool operator==(const notice_route&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, notice_route& x) {
  return f(caf::meta::type_name("notice_route"), x.match, x.channels, x.group_wait, x.group_interval,
           x.repeat_interval, x.goes_on);
}

// Empty if it can be meant so, else what is wrong, beginning with the member's name. Whether its channels
// exist others know.
std::string problem_of(const notice_match& what);
std::string problem_of(const notice_route& what);

// Nobody is told of what matches, until it ends.
struct silence {
  uint64_t number = 0;  // from 1; given by the notifier
  notice_match match;
  utc_time created_at{};
  utc_time until{};
  std::string author;
  std::string reason;

  bool operator==(const silence&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, silence& x) {
  return f(caf::meta::type_name("silence"), x.number, x.match, x.created_at, x.until, x.author, x.reason);
}

// A message to one channel: what is new in a group, or what still lasts.
struct delivery {
  uint64_t id = 0;  // ascending with time, never given twice
  std::string channel;
  std::string group;            // names the group; the same in all its messages
  std::vector<notice> notices;  // at least one; the first of them if there are too many
  uint64_t count = 0;           // with those that are not listed
  uint64_t open = 0;            // what lasts in the group now that this is told
  notice_severity severity =
    notice_severity::info;  // the gravest; of what is resolved, that of when it opened
  bool reminder = false;    // all of it was told before
  utc_time at{};
  uint32_t attempts = 0;  // that failed
  utc_time next_at{};     // when it is tried again; zero: as soon as may be

  bool operator==(const delivery&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, delivery& x) {
  return f(caf::meta::type_name("delivery"), x.id, x.channel, x.group, x.notices, x.count, x.open, x.severity,
           x.reminder, x.at, x.attempts, x.next_at);
}

// "nt-" and 16 lower-case hexadecimal digits.
std::string delivery_name(uint64_t id);

}  // namespace muster
