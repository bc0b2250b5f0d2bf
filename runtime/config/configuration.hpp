// The manager's configuration: its values, how they are read, checked, printed and reloaded. Flags win over
// MUSTER_* variables, those over the YAML file, that over the defaults written here. Plain values without
// threads of their own; the table in settings.cpp is what gives them keys, ranges and words.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "messages/channels.hpp"
#include "messages/enrolment.hpp"
#include "runtime/log/log_format.hpp"

namespace muster {

// When an agent that says nothing is believed to be stale or offline; nothing means never.
struct liveness_profile_options {
  std::chrono::milliseconds interval{0};  // 0: not given, which validate() refuses
  std::optional<std::chrono::milliseconds> stale_after;
  std::optional<std::chrono::milliseconds> offline_after;

  bool operator==(const liveness_profile_options&) const = default;
};

std::map<std::string, liveness_profile_options> default_liveness_profiles();

enum class enrolment_mode { open, token, path_secret };

struct configuration {
  std::string fleet_listen = "127.0.0.1:8080";
  std::string operator_listen = "127.0.0.1:8081";
  std::filesystem::path data_dir;  // load_configuration() fills in default_data_dir()
  std::string operator_socket;     // empty: see operator_socket_path()
  bool insecure = false;
  bool insecure_open_enrolment = false;
  bool fleet_listener_operator_routes = false;
  std::string log_level = "info";
  muster::log_format log_format = muster::log_format::text;
  std::string sensor_key;  // one that sensors come in with from the first start on; empty: none
  unsigned loops = 0;      // 0: see threads_or_default()
  unsigned workers = 0;

  struct liveness_section {
    std::map<std::string, liveness_profile_options> profiles = default_liveness_profiles();
    std::chrono::milliseconds late_tolerance = std::chrono::seconds(1);
    std::chrono::milliseconds startup_grace{0};
    bool operator==(const liveness_section&) const = default;
  } liveness;

  struct retention_section {
    std::chrono::milliseconds threats = std::chrono::days(1);
    std::chrono::milliseconds history = std::chrono::days(30);
    std::chrono::milliseconds departed = std::chrono::days(90);
    std::chrono::milliseconds patterns = std::chrono::days(30);
    std::chrono::milliseconds policies = std::chrono::days(3650);
    std::chrono::milliseconds node_reports = std::chrono::days(7);
    std::chrono::milliseconds scans = std::chrono::days(30);
    bool operator==(const retention_section&) const = default;
  } retention;

  struct enrolment_panguard_section {
    enrolment_mode mode = enrolment_mode::open;
    std::string secret;  // enrols into `tenant`
    std::string tenant = "default";
    std::map<std::string, std::string> secrets;  // tenant -> secret, for more tenants
    duplicate_policy on_duplicate = duplicate_policy::reconnect;
    std::map<std::string, std::string> labels;
    bool operator==(const enrolment_panguard_section&) const = default;
  } enrolment_panguard;

  struct limits_section {
    std::uint64_t connections = 18'000;
    std::uint64_t in_flight = 4'096;
    std::uint64_t body_bytes = 1ull << 20;
    std::uint64_t inflate_ratio = 100;
    std::uint64_t body_budget = 256ull << 20;  // bytes
    std::uint64_t header_bytes = 16ull << 10;
    std::chrono::milliseconds header_time = std::chrono::seconds(10);
    std::chrono::milliseconds body_time = std::chrono::seconds(30);
    std::chrono::milliseconds idle_time = std::chrono::seconds(90);
    std::chrono::milliseconds answer_time = std::chrono::seconds(10);
    std::uint64_t agents = 2'000'000;
    std::uint64_t store_bytes = 64ull << 30;
    bool operator==(const limits_section&) const = default;
  } limits;

  // Requests a second; 0 lets everything pass.
  struct admission_section {
    std::uint64_t registration = 5'000;
    std::uint64_t heartbeats = 200'000;
    std::uint64_t events = 20'000;
    std::uint64_t reads = 20'000;
    bool operator==(const admission_section&) const = default;
  } admission;

  struct correlation_section {
    std::chrono::milliseconds window = std::chrono::minutes(5);
    std::uint64_t pattern_agents = 2;
    std::uint64_t critical_agents = 3;
    std::map<std::string, std::string> pattern_agents_by_kind;  // kind -> number
    std::map<std::string, std::string> critical_agents_by_kind;
    std::map<std::string, std::string> kinds;  // operator's own: kind -> JSON pointer into the event
    bool benign = false;
    bool trust_everyone = false;
    std::string ignored_ranges;  // separated by commas
    std::uint64_t windows = 100'000;
    std::uint64_t window_agents = 10'000;
    bool operator==(const correlation_section&) const = default;
  } correlation;

  struct policy_section {
    bool emergencies = true;
    std::chrono::milliseconds emergency_lifetime = std::chrono::days(1);
    std::uint64_t emergencies_per_kind = 1'000;
    std::uint64_t emergency_revisions_per_minute = 10;
    std::uint64_t emergency_auto_respond = 95;
    std::uint64_t emergency_notify_and_wait = 80;
    std::string private_ranges =  // separated by commas
      "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,169.254.0.0/16,fc00::/7,fe80::/10";
    std::string never_block;
    std::uint64_t push_per_second = 50'000;
    std::chrono::milliseconds gate_interval = std::chrono::seconds(5);
    bool operator==(const policy_section&) const = default;
  } policy;

  struct disruption_section {
    bool on = true;
    double share = 0.55;
    std::map<std::string, std::string> share_by_tenant;  // tenant -> share
    std::map<std::string, std::string> share_by_label;   // name of a label -> share
    std::uint64_t min_agents = 50;
    std::chrono::milliseconds grace = std::chrono::seconds(30);
    std::chrono::milliseconds hold = std::chrono::minutes(5);
    std::uint64_t releases_per_minute = 10;
    std::chrono::milliseconds longest = std::chrono::hours(1);
    bool operator==(const disruption_section&) const = default;
  } disruption;

  struct flapping_section {
    bool on = true;
    std::chrono::milliseconds half_life = std::chrono::minutes(10);
    double start = 4.5;
    double stop = 1.5;
    bool operator==(const flapping_section&) const = default;
  } flapping;

  struct mesh_section {
    std::string addresses = "10.100.0.0/16";
    std::string bridge_addresses = "10.100.255.0/24";
    std::map<std::string, std::string> addresses_by_tenant;
    std::chrono::milliseconds cooldown = std::chrono::hours(1);
    bool operator==(const mesh_section&) const = default;
  } mesh;

  struct events_section {
    std::uint64_t kept = 10'000;  // of each tenant
    bool operator==(const events_section&) const = default;
  } events;

  struct ledger_section {
    std::chrono::milliseconds checkpoint_interval = std::chrono::minutes(1);
    bool operator==(const ledger_section&) const = default;
  } ledger;

  struct notifications_section {
    bool allow_private_destinations = false;
    std::string subject_prefix = "[Muster]";
    std::string link_base;  // empty: the operator listener
    std::vector<channel_settings> channels;
    std::vector<notice_route> routes;
    bool operator==(const notifications_section&) const = default;
  } notifications;

  bool operator==(const configuration&) const = default;
};

// /var/lib/muster for root, else $XDG_STATE_HOME/muster or $HOME/.local/state/muster; empty without either.
std::filesystem::path default_data_dir(const std::map<std::string, std::string>& environment, bool is_root);

// `operator_socket`, or operator.sock in the data directory.
std::filesystem::path operator_socket_path(const configuration& from);

// `configured`, or max(1, cores / 2) when it is 0.
unsigned threads_or_default(unsigned configured);

struct configuration_sources {
  std::optional<std::filesystem::path> file;
  std::map<std::string, std::string> environment;  // all of it: XDG_STATE_HOME and HOME matter too
  std::map<std::string, std::string> flags;        // key -> text
};

// Variables of this process.
std::map<std::string, std::string> process_environment();

// Each error and warning says where, which key and what: `musterd.yaml:3:5: log_level: must be one of ...`.
// With errors, `value` is what the rest amounts to and must not be run with.
struct loaded_configuration {
  configuration value;
  std::vector<std::string> errors;
  std::vector<std::string> warnings;
};

loaded_configuration load_configuration(const configuration_sources& sources);

struct configuration_problem {
  std::string key;
  std::string cause;  // the key that asks it of `key`; empty where there is none
  std::string message;
};

// What is wrong between settings, each by itself being in range. load_configuration() has called it.
std::vector<configuration_problem> validate(const configuration& candidate);

// Every setting as a file that can be loaded again, but for the secrets, which are printed as ***.
std::string to_yaml(const configuration& from);

// The table of settings in docs/configuration.md.
std::string settings_table_markdown();

// Keys that changed and that a running manager cannot take over.
std::vector<std::string> settings_needing_restart(const configuration& before, const configuration& after);

// `running` with the reloadable settings of `fresh`. Call validate() on it: a reloaded value may have needed
// one that was not reloaded (an empty secret, say, needs mode open).
configuration with_reloadable(const configuration& running, const configuration& fresh);

}  // namespace muster
