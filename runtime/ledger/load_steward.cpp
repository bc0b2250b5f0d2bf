// Reads the three tables from one end to the other.
#include "runtime/ledger/load_steward.hpp"

#include "actors/manager/state_book.hpp"
#include "runtime/ledger/steward_records.hpp"
#include "runtime/ledger/store_errors.hpp"
#include "runtime/ledger/transactions.hpp"
#include "runtime/wire/state_document.hpp"

namespace muster {

namespace {

caf::expected<state_layer> open_layer(sealed_layer stored, const vault& keys) {
  const auto text = keys.open(layer_place(stored.layer.number), stored.sealed);
  if (!text) return text.error();
  auto what = state_json::read_state(*text);
  if (!what.value)
    return store_failure("state_layers/" + std::to_string(stored.layer.number) + ": " + what.problem);
  stored.layer.what = std::move(*what.value);
  return std::move(stored.layer);
}

template <class T, class Decode>
caf::error read_table(read_transaction& view, ledger_table from, std::vector<T>& into, Decode decode) {
  record_cursor at{view, from};
  for (bool more = at.first(); more; more = at.next()) {
    auto read = decode(at.record());
    if (!read) return std::move(read.error());
    into.push_back(std::move(*read));
  }
  return {};
}

}  // namespace

caf::expected<restored_steward> load_steward(const store& from, const vault& keys) {
  restored_steward out;
  read_transaction view{from};
  const auto layer = [&keys](const stored_record& record) -> caf::expected<state_layer> {
    auto stored = decode_layer(record);
    if (!stored) return std::move(stored.error());
    return open_layer(std::move(*stored), keys);
  };
  if (auto failed = read_table(view, ledger_table::state_layers, out.layers, layer)) return failed;
  if (auto failed = read_table(view, ledger_table::secrets, out.secrets, decode_secret)) return failed;
  if (auto failed = read_table(view, ledger_table::state_history, out.history, decode_state_revision))
    return failed;
  if (view.error()) return view.error();
  return out;
}

}  // namespace muster
