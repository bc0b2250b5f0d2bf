// Reads runs and executions from one end to the other, side by side.
#include "runtime/ledger/load_work.hpp"

#include "runtime/ledger/transactions.hpp"
#include "runtime/ledger/work_records.hpp"

#include <algorithm>

namespace muster {

namespace {

caf::error load_executions(read_transaction& view, restored_run& into) {
  const auto run = into.run.number;
  record_cursor at{view, ledger_table::executions};
  for (bool more = at.seek(execution_key(run, 0)); more && run_of(at.record().key) == run; more = at.next()) {
    auto execution = decode_execution(at.record());
    if (!execution) return execution.error();
    into.executions.push_back(std::move(*execution));
  }
  return {};
}

}  // namespace

caf::expected<restored_work> load_work(const store& from) {
  restored_work out;
  read_transaction view{from};
  out.last_run = view.number(meta_number::last_run);
  record_cursor at{view, ledger_table::runs};
  for (bool more = at.first(); more; more = at.next()) {
    auto run = decode_run(at.record());
    if (!run) return run.error();
    out.runs.push_back({std::move(*run), {}});
    if (auto failed = load_executions(view, out.runs.back())) return failed;
    out.last_run = std::max(out.last_run, out.runs.back().run.number);
  }
  if (view.error()) return view.error();
  return out;
}

}  // namespace muster
