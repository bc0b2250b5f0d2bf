// Looks for the first record of each table that holds sealed ones.
#include "runtime/ledger/sealed_records.hpp"

#include "runtime/ledger/ledger_tables.hpp"
#include "runtime/ledger/transactions.hpp"

namespace muster {

bool has_sealed_records(const store& where) {
  read_transaction view{where};
  for (const auto table : {ledger_table::signing_keys, ledger_table::nodes, ledger_table::state_layers,
                           ledger_table::secrets, ledger_table::channels})
    if (record_cursor{view, table}.first()) return true;
  return false;
}

}  // namespace muster
