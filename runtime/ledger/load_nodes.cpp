// Joins nodes with their agents.
#include "runtime/ledger/load_nodes.hpp"

#include "runtime/ledger/node_records.hpp"
#include "runtime/ledger/transactions.hpp"

namespace muster {

caf::expected<restored_nodes> load_nodes(const store& from, const restored_fleet& fleet) {
  restored_nodes out;
  read_transaction view{from};
  for (const auto& [record, standing, events] : fleet.agents) {
    if (record.speaks != dialect::plexd) continue;
    const auto stored = view.get(ledger_table::nodes, raw(record.id));
    if (!stored) continue;
    auto facts = decode_node(*stored);
    if (!facts) return facts.error();
    out.nodes.push_back({std::move(*facts), record.tenant, record.host.hostname, record.labels,
                         standing.status, standing.changed_at});
  }
  record_cursor at{view, ledger_table::tokens};
  for (bool more = at.first(); more; more = at.next()) {
    auto token = decode_token(at.record());
    if (!token) return token.error();
    out.tokens.push_back(std::move(*token));
  }
  record_cursor left{view, ledger_table::addresses};
  for (bool more = left.first(); more; more = left.next()) {
    auto address = decode_address(left.record());
    if (!address) return address.error();
    out.left.push_back(std::move(*address));
  }
  if (const auto record = view.get(ledger_table::binaries, binaries_key)) {
    auto binaries = decode_binaries(*record);
    if (!binaries) return binaries.error();
    out.binaries = std::move(*binaries);
  }
  if (view.error()) return view.error();
  return out;
}

}  // namespace muster
