// Group commit and the purge's timer.
#include "runtime/ledger/ledger.hpp"

#include "messages/type_ids.hpp"
#include "runtime/ledger/purge.hpp"
#include "runtime/ledger/report_rings.hpp"

#include <caf/stateful_actor.hpp>

#include <vector>

namespace muster {

ledger_actor::behavior_type ledger_state::make_behavior(std::shared_ptr<store> where,
                                                        ledger_options options) {
  ledger_store = std::move(where);
  limits = std::move(options);
  self->set_exit_handler([this](const caf::exit_msg& ending) { close(ending.reason); });
  self->delayed_send(self, limits.purge_interval, purge_due{});
  return {
    [this](record_agent& what) { return keep(std::move(what)); },
    [this](forget_agent& what) { return keep(std::move(what)); },
    [this](record_changes& what) { return keep(std::move(what)); },
    [this](record_threats& what) { return keep(std::move(what)); },
    [this](record_standings& what) { return keep(std::move(what)); },
    [this](record_audit& what) { return keep(std::move(what)); },
    [this](record_pattern& what) { return keep(std::move(what)); },
    [this](record_policy& what) { return keep(std::move(what)); },
    [this](record_events& what) { return keep(std::move(what)); },
    [this](record_token& what) { return keep(std::move(what)); },
    [this](record_node& what) { return keep(std::move(what)); },
    [this](record_binaries& what) { return keep(std::move(what)); },
    [this](record_work& what) { return keep(std::move(what)); },
    [this](forget_run& what) { return keep(std::move(what)); },
    [this](record_state& what) { return keep(std::move(what)); },
    [this](record_node_reports& what) { return keep(std::move(what)); },
    [this](record_node_entries& what) { return keep(std::move(what)); },
    [this](record_upgrade& what) { return keep(std::move(what)); },
    [this](record_sensors& what) { return keep(std::move(what)); },
    [this](record_notifications& what) { return keep(std::move(what)); },
    [this](const retention_limits& retention) { limits.retention = retention; },
    [this](commit_due) {
      commit();
      if (!pending.empty()) self->send(self, commit_due{});
    },
    [this](purge_due) { purge(); },
  };
}

// The first of a batch asks for its commit, which comes up after everything that
// is in the mailbox by then: that is what makes a batch.
caf::typed_response_promise<committed> ledger_state::keep(request what) {
  if (pending.empty()) self->send(self, commit_due{});
  pending.push_back({std::move(what), self->make_response_promise<committed>()});
  return pending.back().promise;
}

void ledger_state::commit() {
  ledger_batch batch{*ledger_store, encoder};
  std::vector<std::pair<caf::typed_response_promise<committed>, uint64_t>> answers;
  while (!pending.empty() && answers.size() < limits.batch_requests && batch.bytes() < limits.batch_bytes) {
    auto number = std::visit([&](const auto& what) { return batch.apply(what); }, pending.front().what);
    answers.emplace_back(std::move(pending.front().promise), number);
    pending.pop_front();
  }
  const auto failure = batch.commit();
  for (auto& [promise, number] : answers) {
    if (failure) promise.deliver(failure);
    else promise.deliver(committed{number});
  }
}

void ledger_state::purge() {
  auto more = purge_expired(*ledger_store, limits.retention, limits.now_utc(), limits.purge_batch);
  if (!more) limits.purge_failed(more.error());
  const auto reports = purge_reports(*ledger_store, limits.now_utc() - limits.retention.node_reports,
                                     limits.purge_batch, reports_purged);
  if (!reports) limits.purge_failed(reports.error());
  self->delayed_send(self, more && *more ? limits.purge_pause : limits.purge_interval, purge_due{});
}

// What was taken is still written and answered.
void ledger_state::close(const caf::error& reason) {
  while (!pending.empty()) commit();
  self->quit(reason);
}

ledger_actor::behavior_type ledger(ledger_actor::stateful_pointer<ledger_state> self,
                                   std::shared_ptr<store> where, ledger_options options) {
  return self->state.make_behavior(std::move(where), std::move(options));
}

}  // namespace muster
