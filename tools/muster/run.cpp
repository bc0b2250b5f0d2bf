// Which function runs which command, and how failures are told.
#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "tools/muster/commands.hpp"
#include "tools/muster/terminal_text.hpp"

namespace muster::cli {
namespace {

void show_status(const command_line& line, const operator_api& api, const console& on) {
  print_document(api.get("/operator/v1/status"), line, on, status_text);
}

void print_version(const command_line& line, const console& on) {
  on.out << (line.json ? R"({"version":")" MUSTER_VERSION "\"}\n" : "muster " MUSTER_VERSION "\n");
}

void print_completion(const command_line& line, const console& on) {
  const auto commands = describe_commands();
  on.out << (line.shell == "bash"  ? bash_completion(commands)
             : line.shell == "zsh" ? zsh_completion(commands)
                                   : fish_completion(commands));
}

// Line ends are the program's own; whatever else is in the text may have come over the network.
std::string printable_lines(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    out += printable(text.substr(at, end - at)) + '\n';
    at = end + 1;
  }
  return out;
}

void run_on_nodes(const command_line& line, const operator_api& api, const console& on) {
  switch (line.what) {
    case command::tokens_create: return create_token(line, api, on);
    case command::tokens_list: return list_tokens(line, api, on);
    case command::tokens_revoke: return revoke_token(line, api, on);
    case command::nodes_show: return show_node(line, api, on);
    case command::nodes_remove: return remove_agent(line, api, on);
    case command::nodes_reconcile:
    case command::nodes_rotate_keys: return direct_node(line, api, on);
    case command::nodes_trust:
    case command::nodes_distrust: return declare_binary(line, api, on);
    case command::nodes_versions: return list_binaries(line, api, on);
    case command::artifacts_push: return push_artifact(line, api, on);
    case command::artifacts_list: return list_artifacts(line, api, on);
    case command::artifacts_remove: return remove_artifact(line, api, on);
    case command::signing_keys_show: return show_signing_keys(line, api, on);
    case command::signing_keys_rotate: return rotate_signing_key(line, api, on);
    case command::actions_run: return run_action(line, api, on);
    case command::actions_show: return show_run(line, api, on);
    case command::actions_output: return print_output(line, api, on);
    case command::actions_cancel: return cancel_run(line, api, on);
    case command::state_list: return list_state_layers(line, api, on);
    case command::state_get: return show_state_layer(line, api, on);
    case command::state_set:
    case command::state_delete:
    case command::state_diff: return change_state(line, api, on);
    case command::state_show: return show_node_state(line, api, on);
    case command::secrets_list: return list_secrets(line, api, on);
    case command::secrets_set: return set_secret(line, api, on);
    case command::secrets_revoke: return revoke_secret(line, api, on);
    case command::upgrade_start:
    case command::upgrade_list:
    case command::upgrade_show:
    case command::upgrade_pause:
    case command::upgrade_resume:
    case command::upgrade_abort: return upgrade_nodes(line, api, on);
    default: return run_on_sensors(line, api, on);
  }
}

}  // namespace

view_style style_of(const console& on) { return {on.now, on.out_is_terminal, on.colour}; }

void run(const command_line& line, const operator_api& api, const console& on) {
  switch (line.what) {
    case command::status: return show_status(line, api, on);
    case command::agents_show: return show_agent(line, api, on);
    case command::agents_remove: return remove_agent(line, api, on);
    case command::agents_label: return label_agent(line, api, on);
    case command::agents_list:
    case command::nodes_list:
    case command::agents_history:
    case command::threats_list:
    case command::patterns_list:
    case command::patterns_sightings:
    case command::policy_history:
    case command::actions_list:
    case command::actions_executions:
    case command::state_history:
    case command::nodes_reports:
    case command::nodes_entries:
    case command::nodes_metrics:
    case command::scans_list:
    case command::audit: return list(line, api, on);
    case command::patterns_show: return show_pattern(line, api, on);
    case command::patterns_watch: return watch_patterns(line, api, on);
    case command::policy_list: return list_layers(line, api, on);
    case command::policy_show: return show_layer(line, api, on);
    case command::policy_set:
    case command::policy_delete:
    case command::policy_rollback: return change_layer(line, api, on);
    case command::policy_revision: return show_revision(line, api, on);
    case command::policy_effective: return show_effective_policy(line, api, on);
    case command::policy_status: return show_policy_status(line, api, on);
    case command::policy_schema: return print_policy_schema(line, api, on);
    case command::rollout_start: return start_rollout(line, api, on);
    case command::rollout_list: return list_rollouts(line, api, on);
    case command::rollout_show: return show_rollout(line, api, on);
    case command::rollout_pause:
    case command::rollout_resume:
    case command::rollout_abort: return move_rollout(line, api, on);
    case command::emergency_list: return list_emergencies(line, api, on);
    case command::emergency_revoke: return revoke_emergency(line, api, on);
    case command::version: return print_version(line, on);
    case command::completion: return print_completion(line, on);
    default: return run_on_nodes(line, api, on);
  }
}

void print_document(const api_document& document, const command_line& line, const console& on,
                    std::string (*text)(const boost::json::object&, const view_style&)) {
  on.out << (line.json ? printable_json(document.text) + '\n' : text(document.value, style_of(on)));
}

int report(const failure& what, bool json, std::ostream& err) {
  err << (json ? printable_json(what.document()) + '\n' : "muster: " + printable_lines(what.message()));
  return static_cast<int>(what.code());
}

}  // namespace muster::cli
