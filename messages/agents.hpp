// Who an agent is and how it does: the records that the ledger keeps and the
// rows that operators read.
#pragma once

#include "messages/ids.hpp"
#include "messages/time.hpp"

#include <caf/meta/type_name.hpp>
#include <caf/optional.hpp>

#include <map>
#include <string>
#include <vector>

namespace muster {

// Departed has left by itself; the others follow from when it was last heard.
enum class agent_status : uint8_t { online, stale, offline, departed };
constexpr size_t agent_status_count = 4;
std::string to_string(agent_status status);
caf::optional<agent_status> parse_agent_status(const std::string& text);

// The wire language an agent speaks; also the name of its default liveness profile.
enum class dialect : uint8_t { panguard, harborguard, plexd };
std::string to_string(dialect name);
caf::optional<dialect> parse_dialect(const std::string& text);

// What an agent said of its host when it enrolled; every text as given, at most 256 bytes.
struct host_facts {
  std::string hostname;
  std::string organization;  // separates identities within a tenant; empty when not given
  std::string os;
  std::string arch;
  std::string version;
  std::string address;     // what the agent calls its own address
  std::string machine_id;  // empty when the dialect has none
  std::string seen_from;   // the address it registered from, without the port; empty if there was none

  bool operator==(const host_facts&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, host_facts& x) {
  return f(caf::meta::type_name("host_facts"), x.hostname, x.organization, x.os, x.arch, x.version, x.address,
           x.machine_id, x.seen_from);
}

// The three tokens an identity may be shown with. A fresh one is issued at each
// registration and becomes the current one when it is first used; the one it
// then replaces is remembered only to notice a second holder.
struct agent_tokens {
  token_digest current;
  token_digest issued;
  token_digest superseded;

  bool operator==(const agent_tokens&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, agent_tokens& x) {
  return f(caf::meta::type_name("agent_tokens"), x.current, x.issued, x.superseded);
}

// The durable identity of one agent: one record in the ledger.
struct agent_record {
  agent_id id{};
  dialect speaks = dialect::panguard;
  std::string tenant;
  host_facts host;
  std::map<std::string, std::string> labels;
  agent_tokens tokens;
  utc_time registered_at{};      // first registration
  utc_time enrolled_at{};        // latest registration
  bool enrolled_openly = false;  // by just anyone: no secret was asked for, off loopback

  bool operator==(const agent_record&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, agent_record& x) {
  return f(caf::meta::type_name("agent_record"), x.id, x.speaks, x.tenant, x.host, x.labels, x.tokens,
           x.registered_at, x.enrolled_at, x.enrolled_openly);
}

// The volatile part that a restart must know: checkpointed, not written per beat.
struct agent_standing {
  agent_id id{};
  agent_status status = agent_status::online;
  utc_time last_seen{};              // what the manager received, not what the agent claims
  utc_time changed_at{};             // when `status` was entered
  uint64_t last_change = 0;          // number of the change record that holds its latest change, 0 for none
  uint64_t policy_acknowledged = 0;  // version of the policy that it last said it has, 0 if it never did

  bool operator==(const agent_standing&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, agent_standing& x) {
  return f(caf::meta::type_name("agent_standing"), x.id, x.status, x.last_seen, x.changed_at, x.last_change,
           x.policy_acknowledged);
}

// The latest report of an agent about itself. Counters are as the agent counts.
struct heartbeat_report {
  caf::optional<double> cpu_percent;
  caf::optional<double> memory_percent;
  caf::optional<double> memory_megabytes;
  caf::optional<int64_t> events_processed;
  caf::optional<int64_t> threats_detected;
  caf::optional<int64_t> actions_executed;
  caf::optional<int64_t> uptime_milliseconds;
  std::string mode;  // at most 32 bytes; empty when not given

  bool operator==(const heartbeat_report&) const = default;
};
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, heartbeat_report& x) {
  return f(caf::meta::type_name("heartbeat_report"), x.cpu_percent, x.memory_percent, x.memory_megabytes,
           x.events_processed, x.threats_detected, x.actions_executed, x.uptime_milliseconds, x.mode);
}

}  // namespace muster
