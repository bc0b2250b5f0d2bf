// THE table of settings. A new setting is one entry here, one field in configuration.hpp and the table of
// docs/configuration.md printed anew (the test that compares them says how); nothing else names settings.
#include <algorithm>
#include <cctype>
#include <iterator>

#include "runtime/config/listen_address.hpp"
#include "runtime/config/loss_settings.hpp"
#include "runtime/config/node_settings.hpp"
#include "runtime/config/notification_settings.hpp"
#include "runtime/config/setting_kinds.hpp"
#include "runtime/config/threat_settings.hpp"
#include "runtime/crypto/sensor_keys.hpp"

namespace muster {
namespace {

using namespace setting_kinds;
using namespace std::chrono_literals;
using std::chrono::days;

constexpr std::uint64_t kib = 1ull << 10, mib = 1ull << 20, gib = 1ull << 30, tib = 1ull << 40;

bool is_address(const std::string& text) { return parse_listen_address(text).has_value(); }
bool is_path(const std::string& text) { return !text.empty() && text.find('\0') == std::string::npos; }
bool is_socket_path(const std::string& text) { return text.empty() || is_path(text); }

bool is_identifier(const std::string& text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](unsigned char c) {
    return c < 0x80 && (std::isalnum(c) || c == '_' || c == '-' || c == '.');
  });
}
bool is_label_text(const std::string& text) {
  return text.size() <= 256
         && std::ranges::none_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}
// What a header and a command line carry unharmed. path_secret wants less still, see validate().
bool is_secret(const std::string& text) {
  return text.size() >= 16 && text.size() <= 256
         && std::ranges::all_of(text, [](unsigned char c) { return c > 0x20 && c < 0x7f; });
}

std::vector<setting> door_settings() {
  constexpr auto kept = on_reload::kept;
  const std::string address = "IP:PORT or [IPv6]:PORT, port 0 for any free one";
  auto data_dir = text(
    "data_dir", [](auto& c) -> auto& { return c.data_dir; }, is_path, kept, "a path",
    "Where the store lives; one manager at a time uses it.");
  data_dir.fallback = "`/var/lib/muster` for root, else `$XDG_STATE_HOME/muster` or `~/.local/state/muster`";
  auto socket = text(
    "operator_socket", [](auto& c) -> auto& { return c.operator_socket; }, is_socket_path, kept, "a path",
    "Unix socket for operators; empty means `operator.sock` in the data directory.");
  socket.fallback = "`operator.sock` in `data_dir`";
  return {
    text(
      "fleet_listen", [](auto& c) -> auto& { return c.fleet_listen; }, is_address, kept, address,
      "Where agents connect; off loopback it needs `insecure`."),
    text(
      "operator_listen", [](auto& c) -> auto& { return c.operator_listen; }, is_address, kept, address,
      "Where operators connect; off loopback it needs `insecure`."),
    socket,
    data_dir,
    truth(
      "insecure", [](auto& c) -> auto& { return c.insecure; },
      "Allows plain HTTP on addresses that are not loopback."),
    truth(
      "insecure_open_enrolment", [](auto& c) -> auto& { return c.insecure_open_enrolment; },
      "Allows enrolment without a secret on an address that is not loopback."),
    truth(
      "fleet_listener_operator_routes", [](auto& c) -> auto& { return c.fleet_listener_operator_routes; },
      "Serves the dialects' operator routes on the fleet listener too."),
    text(
      "sensor_key", [](auto& c) -> auto& { return c.sensor_key; },
      [](const std::string& t) { return t.empty() || is_sensor_key(t); }, kept,
      "`hg_ak_` and 32 or 48 hexadecimal digits (or empty)",
      "A key that HarborGuard sensors of the tenant `default` may show; made where the store has none like "
      "it.",
      visibility::secret),
  };
}

std::vector<setting> process_settings() {
  const std::array<word<std::string>, 4> levels = {
    {{"debug", "debug"}, {"info", "info"}, {"warn", "warn"}, {"error", "error"}}};
  const std::array<word<log_format>, 2> formats = {{{"text", log_format::text}, {"json", log_format::json}}};
  return {
    one_of(
      "log_level", [](auto& c) -> auto& { return c.log_level; }, levels, on_reload::taken,
      "The least important lines that are written."),
    one_of(
      "log_format", [](auto& c) -> auto& { return c.log_format; }, formats, on_reload::kept,
      "Lines for people, or one JSON object a line."),
    number(
      "loops", [](auto& c) -> auto& { return c.loops; }, 0, 256, on_reload::kept,
      "Event loops, one thread each; 0 means half the cores, at least 1."),
    number(
      "workers", [](auto& c) -> auto& { return c.workers; }, 0, 256, on_reload::kept,
      "Threads for other actors; 0 means half the cores, at least 1."),
  };
}

std::vector<setting> liveness_settings() {
  return {
    profile_duration(
      "liveness.profiles.<name>.interval", [](auto& p) -> auto& { return p.interval; }, 100ms, days(1),
      "How often an agent is asked to send a heartbeat; a new profile must say."),
    profile_duration(
      "liveness.profiles.<name>.stale_after", [](auto& p) -> auto& { return p.stale_after; }, 100ms, days(30),
      "Silence after which an agent is stale."),
    profile_duration(
      "liveness.profiles.<name>.offline_after", [](auto& p) -> auto& { return p.offline_after; }, 100ms,
      days(30), "Silence after which an agent is offline."),
    // Pulses come each 250 ms, so that less than two of them would see gaps where there are none.
    duration(
      "liveness.late_tolerance", [](auto& c) -> auto& { return c.liveness.late_tolerance; }, 500ms, 1min,
      on_reload::kept, "Longest pause of the manager that counts as listening."),
    duration(
      "liveness.startup_grace", [](auto& c) -> auto& { return c.liveness.startup_grace; }, 0ms, 1h,
      on_reload::kept, "After a start, how long silence counts for nobody."),
  };
}

std::vector<setting> retention_settings() {
  constexpr auto taken = on_reload::taken;
  return {
    duration(
      "retention.threats", [](auto& c) -> auto& { return c.retention.threats; }, 1min, days(3650), taken,
      "How long threats are kept."),
    duration(
      "retention.history", [](auto& c) -> auto& { return c.retention.history; }, 1min, days(3650), taken,
      "How long state changes of agents are kept."),
    duration(
      "retention.departed", [](auto& c) -> auto& { return c.retention.departed; }, 1min, days(3650),
      on_reload::kept, "How long agents that left are remembered."),
    duration(
      "retention.patterns", [](auto& c) -> auto& { return c.retention.patterns; }, 1min, days(3650), taken,
      "How long patterns are kept, from when they opened."),
    duration(
      "retention.policies", [](auto& c) -> auto& { return c.retention.policies; }, days(1), days(36'500),
      taken, "How long revisions of policy can be looked up and rolled back to."),
    duration(
      "retention.node_reports", [](auto& c) -> auto& { return c.retention.node_reports; }, 1min, days(3650),
      taken, "How long reports of nodes are kept: drift, metrics, logs, audit and the like."),
    duration(
      "retention.scans", [](auto& c) -> auto& { return c.retention.scans; }, 1min, days(3650),
      on_reload::kept, "How long finished scans are kept, with what they found."),
  };
}

std::vector<setting> enrolment_settings() {
  constexpr auto taken = on_reload::taken;
  const std::array<word<enrolment_mode>, 3> modes = {{{"open", enrolment_mode::open},
                                                      {"token", enrolment_mode::token},
                                                      {"path_secret", enrolment_mode::path_secret}}};
  const std::array<word<duplicate_policy>, 2> policies = {
    {{"reconnect", duplicate_policy::reconnect}, {"new_identity", duplicate_policy::new_identity}}};
  const std::string identifier = "1 to 64 letters, digits, `_`, `-`, `.`";
  const std::string secret = "16 to 256 printable ASCII characters without spaces";
  auto own_secret = text(
    "enrolment.panguard.secret", [](auto& c) -> auto& { return c.enrolment_panguard.secret; },
    [](const std::string& t) { return t.empty() || is_secret(t); }, taken, secret + " (or empty)",
    "What an agent must know to enrol; for `path_secret` only letters, digits, `_`, `-`.",
    visibility::secret);
  return {
    one_of(
      "enrolment.panguard.mode", [](auto& c) -> auto& { return c.enrolment_panguard.mode; }, modes,
      on_reload::kept, "How Panguard agents prove that they may enrol."),
    own_secret,
    text(
      "enrolment.panguard.tenant", [](auto& c) -> auto& { return c.enrolment_panguard.tenant; },
      is_identifier, taken, identifier, "The tenant of agents that enrol with `secret`, or openly."),
    mapping(
      "enrolment.panguard.secrets", [](auto& c) -> auto& { return c.enrolment_panguard.secrets; },
      is_identifier, is_secret, taken, "tenant=secret pairs, a secret being " + secret,
      "Secrets of further tenants.", visibility::secret),
    one_of(
      "enrolment.panguard.on_duplicate", [](auto& c) -> auto& { return c.enrolment_panguard.on_duplicate; },
      policies, taken, "What happens when a host enrols whose identity is online elsewhere."),
    mapping(
      "enrolment.panguard.labels", [](auto& c) -> auto& { return c.enrolment_panguard.labels; },
      is_identifier, is_label_text, taken,
      "name=value pairs, a name being " + identifier + ", a value at most 256 bytes",
      "Labels every agent gets when it enrols."),
  };
}

std::vector<setting> limit_settings() {
  constexpr auto kept = on_reload::kept, taken = on_reload::taken;
  return {
    number(
      "limits.connections", [](auto& c) -> auto& { return c.limits.connections; }, 1, 1'048'576, kept,
      "Open connections."),
    number(
      "limits.in_flight", [](auto& c) -> auto& { return c.limits.in_flight; }, 1, 1'048'576, taken,
      "Requests that wait for an answer at one time."),
    size(
      "limits.body_bytes", [](auto& c) -> auto& { return c.limits.body_bytes; }, kib, gib, taken,
      "Largest body of a request, after inflating."),
    // 1032 is the most that deflate can reach.
    number(
      "limits.inflate_ratio", [](auto& c) -> auto& { return c.limits.inflate_ratio; }, 1, 1032, kept,
      "How many times larger a body may get by inflating."),
    size(
      "limits.body_budget", [](auto& c) -> auto& { return c.limits.body_budget; }, mib, tib, kept,
      "Memory for all bodies being read; at least `limits.body_bytes`."),
    size(
      "limits.header_bytes", [](auto& c) -> auto& { return c.limits.header_bytes; }, kib, mib, kept,
      "Largest header of a request."),
    duration(
      "limits.header_time", [](auto& c) -> auto& { return c.limits.header_time; }, 100ms, 1h, taken,
      "Time to send a header."),
    duration(
      "limits.body_time", [](auto& c) -> auto& { return c.limits.body_time; }, 100ms, 1h, taken,
      "Time to send a body."),
    duration(
      "limits.idle_time", [](auto& c) -> auto& { return c.limits.idle_time; }, 1s, days(1), taken,
      "How long a connection may rest between requests."),
    duration(
      "limits.answer_time", [](auto& c) -> auto& { return c.limits.answer_time; }, 100ms, 1h, taken,
      "How long a request waits for its answer before it is given up."),
    number(
      "limits.agents", [](auto& c) -> auto& { return c.limits.agents; }, 1, 16'000'000, kept,
      "Enrolled agents."),
    size(
      "limits.store_bytes", [](auto& c) -> auto& { return c.limits.store_bytes; }, 16 * mib, 16 * tib, kept,
      "Largest size of the store."),
  };
}

std::vector<setting> pace_settings() {
  constexpr auto taken = on_reload::taken;
  constexpr std::uint64_t most = 10'000'000;
  return {
    number(
      "admission.registration_per_second", [](auto& c) -> auto& { return c.admission.registration; }, 0, most,
      taken, "Enrolments admitted; 0 admits all."),
    number(
      "admission.heartbeats_per_second", [](auto& c) -> auto& { return c.admission.heartbeats; }, 0, most,
      taken, "Heartbeats admitted; 0 admits all."),
    number(
      "admission.events_per_second", [](auto& c) -> auto& { return c.admission.events; }, 0, most, taken,
      "Reports of threats and other events admitted; 0 admits all."),
    number(
      "admission.reads_per_second", [](auto& c) -> auto& { return c.admission.reads; }, 0, most, taken,
      "Other requests admitted; 0 admits all."),
    duration(
      "ledger.checkpoint_interval", [](auto& c) -> auto& { return c.ledger.checkpoint_interval; }, 1s, 1h,
      on_reload::kept, "How often last heartbeats are written to the store."),
  };
}

std::vector<setting> all_settings() {
  std::vector<setting> all;
  for (auto make_group : {door_settings, process_settings, liveness_settings, retention_settings,
                          enrolment_settings, threat_settings, loss_settings, node_settings,
                          notification_settings, limit_settings, pace_settings}) {
    std::ranges::move(make_group(), std::back_inserter(all));
  }
  return all;
}

}  // namespace

const std::vector<setting>& settings() {
  static const std::vector<setting> table = all_settings();
  return table;
}

}  // namespace muster
