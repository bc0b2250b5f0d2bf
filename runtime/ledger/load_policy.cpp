// Reads the one record that holds it.
#include "runtime/ledger/load_policy.hpp"

#include "runtime/ledger/policy_records.hpp"
#include "runtime/ledger/transactions.hpp"

namespace muster {

caf::expected<policy_state> load_policy(const store& from) {
  read_transaction view{from};
  const auto record = view.get(ledger_table::policy_state, policy_state_key);
  if (view.error()) return view.error();
  if (!record) return policy_state{};
  return decode_state(*record);
}

}  // namespace muster
