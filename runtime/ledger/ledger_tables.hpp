// What the ledger keeps, and under which names. Keys are 64-bit numbers, stored
// as 8 bytes big-endian so that they sort; values are JSON with a member "v".
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace muster {

// Of the whole store. A store with a greater one is refused, never guessed at.
constexpr uint64_t schema_version = 1;

enum class ledger_table : uint8_t {
  agents,         // by agent id: who is enrolled
  changes,        // by the fleet's numbers: batches of state changes
  audit,          // numbered by the ledger: one entry each
  threats,        // numbered by the ledger: one report each
  standings,      // by block: standings of standings_per_block slots
  patterns,       // by pattern id, which is in order of opening
  policies,       // by revision: what it changed
  policy_state,   // one record, policy_state_key: everything that is in force
  events,         // by stream and sequence (event_key): what nodes are told
  signing_keys,   // one record, signing_keys_key: what events are signed with, sealed
  nodes,          // by agent id: what a node is beyond its agent
  tokens,         // bootstrap tokens, by the first half of the digest
  binaries,       // one record, binaries_key: programs of nodes that were declared good
  runs,           // by number: actions that were started on nodes
  executions,     // by run and slot (execution_key): what becomes of them on each
  outputs,        // the same: what they printed
  state_layers,   // by the revision that made them: layers of desired state, sealed
  state_history,  // by revision: what was done to layers and secrets
  secrets,        // by the revision that made them, sealed
  reports,        // by node, kind and number (report_key): the last that nodes reported
  node_values,    // by node, kind and name's hash (value_key): what they say anew
  upgrades,       // by number: new programs that were brought to nodes
  addresses,      // by agent id: of nodes that were removed, until they have cooled down
  notices,        // by number: what people are still to be told of, or what lasts
  deliveries,     // by id: messages that a channel has not taken yet
  channels,       // by number: where messages go, of operators, sealed
  routes,         // one record, routes_key: which notices go where, of operators
  silences,       // by number: what nobody is told of
  sensor_keys,    // by number: by which sensors come in
  registries,     // by number: that sensors scan for
  sensors,        // by number: those that were deleted, too
  scans,          // by number: images to be scanned, and what came of it
  findings,       // the same: what was found
  schedules,      // by number: when images are scanned again
};
constexpr std::array<const char*, 34> ledger_table_names{
  "agents",       "changes",    "audit",        "threats",       "standings", "patterns", "policies",
  "policy_state", "events",     "signing_keys", "nodes",         "tokens",    "binaries", "runs",
  "executions",   "outputs",    "state_layers", "state_history", "secrets",   "reports",  "node_values",
  "upgrades",     "addresses",  "notices",      "deliveries",    "channels",  "routes",   "silences",
  "sensor_keys",  "registries", "sensors",      "scans",         "findings",  "schedules"};

// Tables that a store of schema 1 may lack, since it was made before they were:
// opening it makes them, and programs that don't know them leave them alone.
constexpr ledger_table later_tables[]{
  ledger_table::patterns,      ledger_table::policies,     ledger_table::policy_state,
  ledger_table::events,        ledger_table::signing_keys, ledger_table::nodes,
  ledger_table::tokens,        ledger_table::binaries,     ledger_table::runs,
  ledger_table::executions,    ledger_table::outputs,      ledger_table::state_layers,
  ledger_table::state_history, ledger_table::secrets,      ledger_table::reports,
  ledger_table::node_values,   ledger_table::upgrades,     ledger_table::addresses,
  ledger_table::notices,       ledger_table::deliveries,   ledger_table::channels,
  ledger_table::routes,        ledger_table::silences,     ledger_table::sensor_keys,
  ledger_table::registries,    ledger_table::sensors,      ledger_table::scans,
  ledger_table::findings,      ledger_table::schedules};

constexpr uint64_t policy_state_key = 1;
constexpr uint64_t signing_keys_key = 1;
constexpr uint64_t binaries_key = 1;
constexpr uint64_t routes_key = 1;

// Streams are numbered from 0, below 2^24; sequences end below 2^40. So the events of
// a stream lie together, in order, under keys like all others.
constexpr uint64_t event_key(uint32_t stream, uint64_t sequence) { return uint64_t{stream} << 40 | sequence; }
constexpr uint32_t stream_of(uint64_t event_key) { return static_cast<uint32_t>(event_key >> 40); }
constexpr uint64_t sequence_of(uint64_t event_key) { return event_key & ((uint64_t{1} << 40) - 1); }

// Runs are numbered from 1, below 2^40; slots end below 2^24. So the executions of a run
// lie together.
constexpr uint64_t execution_key(uint64_t run, uint32_t slot) { return run << 24 | slot; }
constexpr uint64_t run_of(uint64_t execution_key) { return execution_key >> 24; }

// Numbers in the table "meta", as decimal text; 0 when absent.
enum class meta_number : uint8_t {
  schema,
  last_serial,     // highest serial ever given to an agent
  changes_until,   // the standings contain all changes up to this one
  changes_purged,  // highest number ever purged, so that none is given twice
  audit_purged,
  threats_purged,
  last_run,  // highest number ever given to a run
};
constexpr std::array<const char*, 7> meta_number_names{
  "schema", "last_serial", "changes_until", "changes_purged", "audit_purged", "threats_purged", "last_run"};

// One record as it lies in the store; `json` is valid as long as its transaction.
struct stored_record {
  ledger_table from;
  uint64_t key;
  std::string_view json;
};

}  // namespace muster
