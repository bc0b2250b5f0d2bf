// What the ledger keeps of nodes' reports: a ring for each node and kind, of which the
// oldest goes when the newest comes, and values that nodes say anew under their names.
#pragma once

#include "messages/ledger.hpp"
#include "messages/node_reports.hpp"
#include "runtime/ledger/store.hpp"
#include "runtime/ledger/transactions.hpp"

namespace muster {

// Reports of a kind, and values of a kind, that are kept of each node.
size_t kept_reports(report_kind kind);
constexpr size_t kept_values = 1'000;
constexpr size_t kept_value_bytes = 16u << 20;

void append_report(write_transaction& writing, const record_node_reports& what);

// Returns for how many there was no room: new ones, and larger ones in place of others.
uint64_t put_values(write_transaction& writing, agent_id id, value_kind kind,
                    const std::vector<node_value>& values);
void remove_values(write_transaction& writing, agent_id id, const std::vector<std::string>& names);

// Everything that the node has reported.
void forget_reports(write_transaction& writing, agent_id id);

// Deletes reports that came before, in one transaction that looks at `limit` records at
// most. Goes on at `at`, and moves it: 0 is the start, and the end. Returns how many it
// deleted.
caf::expected<size_t> purge_reports(store& from, utc_time before, size_t limit, uint64_t& at);

}  // namespace muster
