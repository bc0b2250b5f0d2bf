// Reads the table from one end to the other.
#include "runtime/ledger/load_upgrades.hpp"

#include "runtime/ledger/transactions.hpp"
#include "runtime/ledger/upgrade_records.hpp"

namespace muster {

caf::expected<restored_upgrades> load_upgrades(const store& from) {
  restored_upgrades out;
  read_transaction view{from};
  record_cursor at{view, ledger_table::upgrades};
  for (bool more = at.first(); more; more = at.next()) {
    auto what = decode_upgrade(at.record());
    if (!what) return what.error();
    out.upgrades.push_back(std::move(*what));
  }
  if (view.error()) return view.error();
  return out;
}

}  // namespace muster
