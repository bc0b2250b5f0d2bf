// Scans behind the pages of history, audit and threats.
#include "runtime/ledger/archive.hpp"

#include "messages/type_ids.hpp"
#include "runtime/ledger/store_errors.hpp"
#include "runtime/ledger/transactions.hpp"

#include <caf/stateful_actor.hpp>

#include <algorithm>
#include <unordered_map>

namespace muster {

namespace {

// Counts what a query has looked at; always lets it look at one record.
class scan_budget {
 public:
  explicit scan_budget(const archive_options& limits) : limits_(limits) {}

  bool spend(const stored_record& record) {
    if (records_ >= limits_.scan_records || bytes_ >= limits_.scan_bytes) return false;
    records_ += 1;
    bytes_ += record.json.size();
    return true;
  }

 private:
  const archive_options& limits_;
  size_t records_ = 0;
  size_t bytes_ = 0;
};

size_t page_size(uint32_t asked) { return std::clamp<size_t>(asked, 1, max_page); }

bool matches(const read_audit& wanted, const audit_entry& entry) {
  auto prefix = wanted.action.ends_with('.');
  return (wanted.subject.empty() || entry.subject == wanted.subject)
         && (wanted.action.empty()
             || (prefix ? entry.action.starts_with(wanted.action) : entry.action == wanted.action));
}

bool matches(const read_threats& wanted, const threat& what) {
  return (wanted.severity.empty() || what.severity == wanted.severity)
         && (wanted.conclusion.empty() || what.conclusion == wanted.conclusion);
}

// Names the hosts of reporters, each looked up once.
class host_names {
 public:
  host_names(transaction& view, record_decoder& decoder) : view_(view), decoder_(decoder) {}

  const std::string& of(agent_id id) {
    auto [known, fresh] = names_.try_emplace(raw(id));
    if (fresh)
      if (auto record = view_.get(ledger_table::agents, raw(id)))
        if (auto found = decoder_.hostname(*record)) known->second = std::move(*found);
    return known->second;
  }

 private:
  transaction& view_;
  record_decoder& decoder_;
  std::unordered_map<uint64_t, std::string> names_;
};

void add_rows(uint64_t number, threat_report&& report, const read_threats& wanted, host_names& hosts,
              std::vector<threat_row>& rows) {
  for (uint32_t position = 0; position < report.threats.size(); ++position) {
    auto& what = report.threats[position];
    if (!matches(wanted, what)) continue;
    rows.push_back(
      {number, position, report.reporter, hosts.of(report.reporter), report.received_at, std::move(what)});
  }
}

}  // namespace

archive_actor::behavior_type archive_state::make_behavior(std::shared_ptr<store> where,
                                                          archive_options options) {
  ledger_store = std::move(where);
  limits = options;
  return {
    [this](const read_agent& wanted) { return agent(wanted); },
    [this](const read_history& wanted) { return history(wanted); },
    [this](const read_audit& wanted) { return audit(wanted); },
    [this](const read_threats& wanted) { return threats(wanted); },
  };
}

caf::expected<agent_record> archive_state::agent(const read_agent& wanted) {
  read_transaction view{*ledger_store};
  auto record = view.get(ledger_table::agents, raw(wanted.id));
  if (view.error()) return view.error();
  if (!record) return caf::make_error(fleet_error::record_missing, to_string(wanted.id));
  return decoder.agent(*record);
}

// Each change names the record with the one before; the chain ends where that was
// purged. A record may hold several changes of the agent, in order.
caf::expected<change_page> archive_state::history(const read_history& wanted) {
  read_transaction view{*ledger_store};
  scan_budget budget{limits};
  change_page page;
  page.next = wanted.from;
  while (page.next != 0) {
    auto record = view.get(ledger_table::changes, page.next);
    if (view.error()) return view.error();
    if (record && (page.changes.size() >= page_size(wanted.limit) || !budget.spend(*record))) return page;
    page.next = 0;
    if (!record) break;
    auto changes = decoder.changes_of(wanted.id, *record);
    if (!changes) return changes.error();
    if (changes->empty()) break;
    page.changes.insert(page.changes.end(), changes->rbegin(), changes->rend());
    if (changes->front().previous < record->key) page.next = changes->front().previous;
  }
  return page;
}

caf::expected<audit_page> archive_state::audit(const read_audit& wanted) {
  read_transaction view{*ledger_store};
  scan_budget budget{limits};
  audit_page page;
  record_cursor at{view, ledger_table::audit};
  auto more = at.before(wanted.before);
  while (more && page.entries.size() < page_size(wanted.limit) && budget.spend(at.record())) {
    page.next = at.record().key;
    auto entry = decoder.audit(at.record());
    if (!entry) return entry.error();
    if (matches(wanted, *entry)) page.entries.push_back(std::move(*entry));
    more = at.previous();
  }
  if (view.error()) return view.error();
  if (!more) page.next = 0;
  return page;
}

caf::expected<threat_page> archive_state::threats(const read_threats& wanted) {
  read_transaction view{*ledger_store};
  record_decoder of_hosts;
  host_names hosts{view, of_hosts};
  scan_budget budget{limits};
  threat_page page;
  record_cursor at{view, ledger_table::threats};
  auto more = at.before(wanted.before);
  while (more && page.threats.size() < page_size(wanted.limit) && budget.spend(at.record())) {
    page.next = at.record().key;
    auto report = decoder.threats(at.record());
    if (!report) return report.error();
    auto behind = report->received_at < wanted.since;
    if (behind && wanted.since - report->received_at > limits.clock_slack) {
      more = false;
    } else {
      if (!behind && (!wanted.reporter || report->reporter == *wanted.reporter))
        add_rows(page.next, std::move(*report), wanted, hosts, page.threats);
      more = at.previous();
    }
  }
  if (view.error()) return view.error();
  if (!more) page.next = 0;
  return page;
}

archive_actor::behavior_type archive(archive_actor::stateful_pointer<archive_state> self,
                                     std::shared_ptr<store> where, archive_options options) {
  return self->state.make_behavior(std::move(where), options);
}

}  // namespace muster
