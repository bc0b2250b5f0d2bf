// Reads both tables from one end to the other.
#include "runtime/ledger/load_events.hpp"

#include "runtime/ledger/event_records.hpp"
#include "runtime/ledger/transactions.hpp"

namespace muster {

caf::expected<restored_events> load_events(const store& from) {
  restored_events out;
  read_transaction view{from};
  if (const auto record = view.get(ledger_table::signing_keys, signing_keys_key)) {
    auto keys = decode_signing_keys(*record);
    if (!keys) return keys.error();
    out.sealed = std::move(*keys);
  }
  record_cursor at{view, ledger_table::events};
  for (bool more = at.first(); more; more = at.next()) {
    auto event = decode_event(at.record());
    if (!event) return event.error();
    out.events.emplace_back(std::move(*event));
  }
  if (view.error()) return view.error();
  return out;
}

}  // namespace muster
