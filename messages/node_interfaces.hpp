// The typed actors that know nodes, as interfaces.hpp has the others.
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

namespace muster {

struct agent_forgotten;
struct committed;
struct append_events;
struct attach_event_listeners;
struct note_signing_keys;
struct publish_events;
struct publish_signing;
struct read_signing_keys;
struct record_events;
struct rotate_signing_key;
struct signing_keys;
struct signing_keys_known;
struct transition_due;
struct announce_capabilities;
struct artifact;
struct artifact_list;
struct binary_list;
struct declare_binary;
struct direct_agent;
struct direct_agents;
struct list_binaries;
struct list_nodes;
struct list_tokens;
struct make_token;
struct node_changed;
struct node_details;
struct node_page;
struct node_selection;
struct node_welcome;
struct find_artifact;
struct list_artifacts;
struct note_node;
struct part_stored;
struct record_binaries;
struct record_node;
struct record_token;
struct register_node;
struct replace_node_key;
struct remove_artifact;
struct report_checksum;
struct report_endpoint;
struct revoke_token;
struct seal_artifact;
struct select_nodes;
struct show_node;
struct store_part;
struct token_list;
struct token_made;
struct node_report_page;
struct node_value_page;
struct read_node_reports;
struct read_node_values;
struct record_node_entries;
struct record_node_reports;
struct cancel_run;
struct execution_acknowledged;
struct execution_due;
struct execution_finished;
struct execution_output;
struct execution_page;
struct execution_record;
struct forget_run;
struct list_runs;
struct pending_actions;
struct pending_actions_of;
struct read_execution;
struct read_executions;
struct read_output;
struct read_run;
struct record_work;
struct run_page;
struct run_purge_due;
struct run_row;
struct start_run;
struct work_write_due;
struct compose_state;
struct fetch_secret;
struct fleet_policy_changed;
struct list_peers;
struct list_secrets;
struct peer_list;
struct put_secret;
struct read_layers;
struct read_state_history;
struct record_state;
struct revoke_secret;
struct secret_list;
struct secret_value;
struct show_state;
struct state_history;
struct state_layers;
struct state_news_due;
struct state_shown;
struct state_written;
struct write_state;
struct node_state;
template <class T>
class document;
struct start_upgrade;
struct upgrade;
struct list_upgrades;
struct upgrade_list;
struct show_upgrade;
struct move_upgrade;
struct record_upgrade;
struct upgrade_check_due;

// clang-format off: one message a line

// One per manager: knows which hosts may become nodes, by which bootstrap tokens, and which address each has.
using registrar_actor = caf::typed_actor<
  // A host becomes a node, or resumes the one it was.
  caf::replies_to<register_node>::with<node_welcome>,
  // Nodes tell of themselves.
  caf::replies_to<announce_capabilities>::with<committed>, caf::replies_to<report_endpoint>::with<committed>,
  caf::replies_to<replace_node_key>::with<committed>, caf::replies_to<report_checksum>::with<committed>,
  // Operators make, look at and end bootstrap tokens.
  caf::replies_to<make_token>::with<token_made>, caf::replies_to<list_tokens>::with<token_list>,
  caf::replies_to<revoke_token>::with<committed>,
  // Operators look at nodes and say which programs are good.
  caf::replies_to<list_nodes>::with<node_page>, caf::replies_to<show_node>::with<node_details>,
  caf::replies_to<declare_binary>::with<committed>, caf::replies_to<list_binaries>::with<binary_list>,
  // The dispatcher asks whom work would reach.
  caf::replies_to<select_nodes>::with<node_selection>,
  // The fleet tells how nodes do, and who is no more.
  caf::reacts_to<node_changed>, caf::reacts_to<agent_forgotten>>;

// Whoever must know all nodes that there are.
using node_listener_actor = caf::typed_actor<caf::reacts_to<note_node>, caf::reacts_to<agent_forgotten>>;

// Whoever sends events to nodes.
using event_listener_actor =
  caf::typed_actor<caf::reacts_to<publish_signing>, caf::reacts_to<publish_events>>;

// Whoever serves the keys that events verify with.
using key_listener_actor = caf::typed_actor<caf::replies_to<note_signing_keys>::with<signing_keys_known>>;

// One per manager: numbers, keeps and signs the events of each tenant.
using event_log_actor = caf::typed_actor<
  // Whoever has something to tell nodes.
  caf::replies_to<append_events>::with<committed>,
  // Operators, and whoever serves the keys.
  caf::replies_to<rotate_signing_key>::with<signing_keys>,
  caf::replies_to<read_signing_keys>::with<signing_keys>,
  // Main, once.
  caf::reacts_to<attach_event_listeners>,
  // Its own timer.
  caf::reacts_to<transition_due>>;

// Whoever knows which nodes there are, and whoever tells nodes.
using node_selector_actor = caf::typed_actor<caf::replies_to<select_nodes>::with<node_selection>>;
using event_appender_actor = caf::typed_actor<caf::replies_to<append_events>::with<committed>>;

// One per manager: brings actions to nodes and knows what came of them.
using dispatcher_actor = caf::typed_actor<
  // Operators start runs, end them and look at them.
  caf::replies_to<start_run>::with<run_row>, caf::replies_to<cancel_run>::with<run_row>,
  caf::replies_to<list_runs>::with<run_page>, caf::replies_to<read_run>::with<run_row>,
  caf::replies_to<read_executions>::with<execution_page>,
  caf::replies_to<read_execution>::with<execution_record>,
  // Nodes answer, and ask what they may have missed.
  caf::replies_to<execution_acknowledged>::with<committed>,
  caf::replies_to<execution_finished>::with<committed>,
  caf::replies_to<pending_actions_of>::with<pending_actions>,
  // The fleet tells who is no more.
  caf::reacts_to<agent_forgotten>,
  // Its own timers.
  caf::reacts_to<execution_due>, caf::reacts_to<work_write_due>, caf::reacts_to<run_purge_due>>;

// Whoever can tell how nodes are, and whoever brings actions to them.
using node_lister_actor = caf::typed_actor<caf::replies_to<list_nodes>::with<node_page>>;
using run_keeper_actor =
  caf::typed_actor<caf::replies_to<start_run>::with<run_row>, caf::replies_to<cancel_run>::with<run_row>,
                   caf::replies_to<list_runs>::with<run_page>,
                   caf::replies_to<read_executions>::with<execution_page>>;

// One per manager: brings a new program to nodes, stage by stage.
using upgrader_actor = caf::typed_actor<
  // Operators start upgrades, look at them and move them.
  caf::replies_to<start_upgrade>::with<upgrade>, caf::replies_to<list_upgrades>::with<upgrade_list>,
  caf::replies_to<show_upgrade>::with<upgrade>, caf::replies_to<move_upgrade>::with<upgrade>,
  // Its own timer.
  caf::reacts_to<upgrade_check_due>>;

// One per manager: knows what each node shall be and have, and whom it may see.
using steward_actor = caf::typed_actor<
  // The registrar tells how nodes are, and which are no more.
  caf::reacts_to<note_node>, caf::reacts_to<agent_forgotten>,
  // The fleet tells that agents may have another policy.
  caf::reacts_to<fleet_policy_changed>,
  // The event log tells which keys are good.
  caf::replies_to<note_signing_keys>::with<signing_keys_known>,
  // Loops ask on behalf of nodes.
  caf::replies_to<compose_state>::with<document<node_state>>, caf::replies_to<list_peers>::with<peer_list>,
  caf::replies_to<fetch_secret>::with<secret_value>,
  // Operators look and write.
  caf::replies_to<show_state>::with<state_shown>, caf::replies_to<write_state>::with<state_written>,
  caf::replies_to<read_layers>::with<state_layers>, caf::replies_to<read_state_history>::with<state_history>,
  caf::replies_to<put_secret>::with<state_written>, caf::replies_to<revoke_secret>::with<state_written>,
  caf::replies_to<list_secrets>::with<secret_list>,
  // Its own timer.
  caf::reacts_to<state_news_due>>;

// One per manager: keeps the programs that nodes fetch, as files.
using shelf_actor = caf::typed_actor<
  caf::replies_to<store_part>::with<part_stored>, caf::replies_to<seal_artifact>::with<artifact>,
  caf::replies_to<find_artifact>::with<artifact>, caf::replies_to<list_artifacts>::with<artifact_list>,
  caf::replies_to<remove_artifact>::with<artifact>>;

// clang-format on

}  // namespace muster
