// What may be written behind `muster`, as one tree of commands: parsed, explained by --help, and the source
// of the shell completions.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tools/muster/completion.hpp"
#include "tools/muster/failure.hpp"

namespace muster::cli {

enum class command {
  status,
  agents_list,
  agents_show,
  agents_remove,
  agents_label,
  agents_history,
  threats_list,
  patterns_list,
  patterns_show,
  patterns_sightings,
  patterns_watch,
  policy_list,
  policy_show,
  policy_set,
  policy_delete,
  policy_history,
  policy_revision,
  policy_rollback,
  policy_effective,
  policy_status,
  policy_schema,
  rollout_start,
  rollout_list,
  rollout_show,
  rollout_pause,
  rollout_resume,
  rollout_abort,
  emergency_list,
  emergency_revoke,
  tokens_create,
  tokens_list,
  tokens_revoke,
  nodes_list,
  nodes_show,
  nodes_remove,
  nodes_reconcile,
  nodes_rotate_keys,
  nodes_trust,
  nodes_distrust,
  nodes_versions,
  artifacts_push,
  artifacts_list,
  artifacts_remove,
  signing_keys_show,
  signing_keys_rotate,
  actions_run,
  actions_list,
  actions_show,
  actions_executions,
  actions_output,
  actions_cancel,
  state_list,
  state_get,
  state_set,
  state_delete,
  state_diff,
  state_history,
  state_show,
  secrets_list,
  secrets_set,
  secrets_revoke,
  nodes_reports,
  nodes_entries,
  nodes_metrics,
  upgrade_start,
  upgrade_list,
  upgrade_show,
  upgrade_pause,
  upgrade_resume,
  upgrade_abort,
  registries_create,
  registries_list,
  registries_show,
  registries_bind,
  registries_unbind,
  registries_delete,
  keys_create,
  keys_list,
  keys_revoke,
  sensors_list,
  sensors_show,
  sensors_delete,
  scans_create,
  scans_list,
  scans_show,
  scans_cancel,
  scans_findings,
  schedules_create,
  schedules_list,
  schedules_show,
  schedules_pause,
  schedules_resume,
  schedules_delete,
  channels_list,
  channels_show,
  channels_create,
  channels_delete,
  channels_test,
  notice_routes_list,
  notice_routes_set,
  silences_list,
  silences_create,
  silences_delete,
  notifications_list,
  audit,
  version,
  completion,
};

// How a layer of policy or of state, a secret's scope, or what applies it, is named and changed.
struct policy_words {
  std::string scope;  // "fleet", "organization:NAME", "label:KEY=VALUE", "label:KEY" or "agent:ID"
  std::string tenant;
  std::string file;  // "-" is standard input
  std::string reason;
  std::optional<std::uint64_t> if_revision;
  std::uint64_t to_revision = 0;
  bool dry_run = false;
  std::string group_by;
  std::vector<std::string> stages;
  std::string every;
  std::vector<std::string> gates;
};

// What is asked for hosts that shall become nodes, and of nodes.
struct node_words {
  std::string tenant;
  std::vector<std::string> labels;  // "key=value"
  std::string hostname;
  std::uint64_t uses = 1;
  std::string span = "24h";  // a token's lifetime, or the overlap of two signing keys
  std::vector<std::string> checksums;
};

// What is to be run on which nodes.
struct action_words {
  std::string name;
  std::vector<std::string> selector;    // "key=value"
  std::vector<std::string> nodes;       // ids or host names
  std::vector<std::string> parameters;  // "name=value"
  std::string tenant;
  std::string timeout = "30s";
  std::uint64_t max_parallel = 50;
  bool all_nodes = false;
  bool wait = false;
};

// A program that nodes fetch.
struct artifact_words {
  std::string version;
  std::string os;
  std::string arch;
  std::string file;
  std::string signature;
};

// Which program is to be brought to which nodes. Stages, spans and the reason are those of a rollout.
struct upgrade_words {
  std::string version;
  std::vector<std::string> selector;   // "key=value"
  std::vector<std::string> checksums;  // "os/arch=hex"
  std::string tenant;
  std::string patience = "5m";
  std::uint64_t max_failed = 0;
};

// What sensors are to scan for whom and when, and the keys by which they come in.
struct scan_words {
  std::string registry;  // a name or an id
  std::string tenant;
  std::string sensor;
  std::string dialect = "harborguard";
  std::string key_name;
  std::string ttl;  // empty for ever
  std::string image;
  std::vector<std::string> scanners;
  std::string source;
  std::string tar_path;
  std::optional<std::int64_t> priority;
  std::optional<std::uint64_t> attempts;
  std::string schedule_name;
  std::string cron;
  std::string zone;
};

// A channel, or what a silence is for.
struct notification_words {
  std::string type;
  std::string url;
  std::string secret_file;
  std::string user;
  std::string from;
  std::string to;
  std::string tls;
  std::string ca_file;
  std::string format;
  std::vector<std::string> events;
  std::vector<std::string> labels;  // "key=value"
  std::string severity;
  std::string subject;
  std::string span;
};

struct command_line {
  command what = command::version;
  bool json = false;
  std::string operator_text;
  std::string token;
  std::string data_dir;

  std::uint64_t limit = 100;  // rows of a list; 0 for all
  std::string cursor;
  std::map<std::string, std::string> filters;  // by the API's names; empty when not given

  // Of a pattern, an emergency, a rollout, a revision, a run, an upgrade, a scan, a schedule, a channel ...
  std::string id;
  std::string author;  // USER, or else LOGNAME
  policy_words policy;
  node_words node;
  artifact_words artifact;
  action_words action;
  upgrade_words upgrade;
  scan_words scan;
  notification_words notification;
  std::string interval = "1s";  // of a watch
  std::string watch_for;        // empty for ever

  std::string agent;  // an id or a host name; or else
  std::string machine_id;
  std::vector<std::string> label_changes;  // "key=value" sets, "key-" takes away
  bool yes = false;
  std::string shell;
};

// Either a line to run, or a text to print: help and version (code ok), or what is wrong (code usage).
struct parsed_command_line {
  std::optional<command_line> line;
  exit_code code = exit_code::ok;
  std::string text;
  bool json = false;  // whether a mistake is to be told in JSON
};

// Reads MUSTER_OPERATOR, MUSTER_TOKEN, USER and LOGNAME too. `arguments` without the program's name.
parsed_command_line parse_command_line(const std::vector<std::string>& arguments);

// The tree itself.
command_node describe_commands();

}  // namespace muster::cli
