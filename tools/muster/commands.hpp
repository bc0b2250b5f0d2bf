// The commands: each asks the operator API and tells the console. Failures are thrown.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tools/muster/command_line.hpp"
#include "tools/muster/console.hpp"
#include "tools/muster/operator_api.hpp"
#include "tools/muster/views.hpp"

namespace muster::cli {

// Runs what the line says. Whoever calls tells failures with report().
void run(const command_line& line, const operator_api& api, const console& on);

// Prints the failure to `err`, as one line of words or one of JSON, and returns its exit code.
int report(const failure& what, bool json, std::ostream& err);

void list(const command_line& line, const operator_api& api, const console& on);
void show_agent(const command_line& line, const operator_api& api, const console& on);
void remove_agent(const command_line& line, const operator_api& api, const console& on);
void label_agent(const command_line& line, const operator_api& api, const console& on);

void show_pattern(const command_line& line, const operator_api& api, const console& on);
void watch_patterns(const command_line& line, const operator_api& api, const console& on);

void list_layers(const command_line& line, const operator_api& api, const console& on);
void show_layer(const command_line& line, const operator_api& api, const console& on);
void show_revision(const command_line& line, const operator_api& api, const console& on);
void show_effective_policy(const command_line& line, const operator_api& api, const console& on);
void show_policy_status(const command_line& line, const operator_api& api, const console& on);
void print_policy_schema(const command_line& line, const operator_api& api, const console& on);

// A policy is set, deleted or rolled back, or that is tried.
void change_layer(const command_line& line, const operator_api& api, const console& on);

void list_rollouts(const command_line& line, const operator_api& api, const console& on);
void show_rollout(const command_line& line, const operator_api& api, const console& on);
void start_rollout(const command_line& line, const operator_api& api, const console& on);
void move_rollout(const command_line& line, const operator_api& api, const console& on);

void list_emergencies(const command_line& line, const operator_api& api, const console& on);
void revoke_emergency(const command_line& line, const operator_api& api, const console& on);

void create_token(const command_line& line, const operator_api& api, const console& on);
void list_tokens(const command_line& line, const operator_api& api, const console& on);
void revoke_token(const command_line& line, const operator_api& api, const console& on);
void show_node(const command_line& line, const operator_api& api, const console& on);
void direct_node(const command_line& line, const operator_api& api, const console& on);
void declare_binary(const command_line& line, const operator_api& api, const console& on);
void list_binaries(const command_line& line, const operator_api& api, const console& on);
void push_artifact(const command_line& line, const operator_api& api, const console& on);
void list_artifacts(const command_line& line, const operator_api& api, const console& on);
void remove_artifact(const command_line& line, const operator_api& api, const console& on);
void show_signing_keys(const command_line& line, const operator_api& api, const console& on);
void rotate_signing_key(const command_line& line, const operator_api& api, const console& on);
void run_action(const command_line& line, const operator_api& api, const console& on);
void show_run(const command_line& line, const operator_api& api, const console& on);
void print_output(const command_line& line, const operator_api& api, const console& on);
void cancel_run(const command_line& line, const operator_api& api, const console& on);
// All commands about upgrades.
void upgrade_nodes(const command_line& line, const operator_api& api, const console& on);
// All commands about registries, keys of sensors, sensors and scans, but the list of scans.
void run_on_sensors(const command_line& line, const operator_api& api, const console& on);
void show_sensor(const command_line& line, const operator_api& api, const console& on);
// All commands about schedules of scans.
void schedule_scans(const command_line& line, const operator_api& api, const console& on);
// All commands about notifications.
void tell_people(const command_line& line, const operator_api& api, const console& on);
void list_state_layers(const command_line& line, const operator_api& api, const console& on);
void show_state_layer(const command_line& line, const operator_api& api, const console& on);
void show_node_state(const command_line& line, const operator_api& api, const console& on);
void change_state(const command_line& line, const operator_api& api, const console& on);
void list_secrets(const command_line& line, const operator_api& api, const console& on);
void set_secret(const command_line& line, const operator_api& api, const console& on);
void revoke_secret(const command_line& line, const operator_api& api, const console& on);

// A list without pages, as JSON or as a table.
void print_list(const api_document& list, const list_view& view, const command_line& line, const console& on);
// The document as the manager wrote it, or as `text` makes it.
void print_document(const api_document& document, const command_line& line, const console& on,
                    std::string (*text)(const boost::json::object&, const view_style&));

// The id of the one agent the line names; throws not_found where there is none or several.
std::string named_agent(const command_line& line, const operator_api& api);
// The id of the agent with this id or host name; nothing if there is none, not_found if there are several.
std::optional<std::string> agent_called(const std::string& name, const operator_api& api);
// Each "name=value" as a member.
boost::json::object pairs_of(const std::vector<std::string>& texts);
failure no_agent_called(const std::string& name);
// The id of the one registry with this id or name; throws not_found where there is none or several.
std::string registry_called(const std::string& name, const operator_api& api);
// What is to be scanned for which registry, as the API takes it.
boost::json::object scan_body(const command_line& line, const operator_api& api);

// `--since` as the API takes it: a time stays, a span such as "1h" counts back from `now`.
std::string since_time(std::string_view text, utc_time now);

view_style style_of(const console& on);

}  // namespace muster::cli
