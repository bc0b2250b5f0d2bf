// Scans behind the pages of history, audit, threats, patterns and revisions.
#include "runtime/ledger/archive.hpp"

#include "messages/type_ids.hpp"
#include "runtime/ledger/policy_records.hpp"
#include "runtime/ledger/report_records.hpp"
#include "runtime/ledger/store_errors.hpp"
#include "runtime/ledger/transactions.hpp"
#include "runtime/ledger/work_records.hpp"

#include <caf/stateful_actor.hpp>

#include <algorithm>
#include <iterator>
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

bool shows(const threat& what, const std::string& kind, const std::string& value) {
  if (kind.empty() && value.empty()) return true;
  return std::any_of(what.sightings.begin(), what.sightings.end(), [&](const sighting& seen) {
    return (kind.empty() || seen.kind == kind) && (value.empty() || seen.value == value);
  });
}

bool matches(const read_revisions& wanted, const policy_revision& what) {
  return (!wanted.scope || what.scope == wanted.scope)
         && (wanted.action.empty() || what.action == wanted.action);
}

bool matches(const read_threats& wanted, const threat& what) {
  return (wanted.severity.empty() || what.severity == wanted.severity)
         && (wanted.conclusion.empty() || what.conclusion == wanted.conclusion)
         && shows(what, wanted.kind, wanted.value);
}

bool matches(const read_patterns& wanted, const pattern& what) {
  auto takes_part = [&](agent_id id) {
    return std::any_of(what.agents.begin(), what.agents.end(),
                       [&](const pattern_agent& each) { return each.id == id; });
  };
  return (wanted.tenant.empty() || what.tenant == wanted.tenant)
         && (wanted.kind.empty() || what.kind == wanted.kind)
         && (wanted.value.empty() || what.value == wanted.value)
         && (!wanted.open || what.open() == *wanted.open) && (!wanted.critical_only || what.critical)
         && (!wanted.agent || takes_part(*wanted.agent));
}

// Knows reporters by their records, each looked up once.
class reporters {
 public:
  explicit reporters(transaction& view) : view_(view) {}

  const reporter_facts& of(agent_id id) {
    auto [known, fresh] = known_.try_emplace(raw(id));
    if (fresh)
      if (auto record = view_.get(ledger_table::agents, raw(id)))
        if (auto found = decoder_.reporter(*record)) known->second = std::move(*found);
    return known->second;
  }

 private:
  transaction& view_;
  record_decoder decoder_;
  std::unordered_map<uint64_t, reporter_facts> known_;
};

bool matches(const read_threats& wanted, const threat_report& report, reporters& known) {
  return report.received_at >= wanted.since
         && (wanted.until == utc_time{} || report.received_at <= wanted.until)
         && (!wanted.reporter || report.reporter == *wanted.reporter)
         && (wanted.tenant.empty() || known.of(report.reporter).tenant == wanted.tenant);
}

void add_rows(uint64_t number, threat_report&& report, const read_threats& wanted, reporters& known,
              std::vector<threat_row>& rows) {
  for (uint32_t position = 0; position < report.threats.size(); ++position) {
    auto& what = report.threats[position];
    if (!matches(wanted, what)) continue;
    rows.push_back({number, position, report.reporter, known.of(report.reporter).hostname, report.received_at,
                    std::move(what)});
  }
}

// Shows `visit` the records of a table, the newest below `before` first, until the
// page is full, the budget is spent, or `visit` says that no older one counts.
template <class Page, class Row, class Visit>
caf::expected<Page> scan_back(read_transaction& view, const archive_options& limits, ledger_table table,
                              uint64_t before, uint32_t limit, std::vector<Row> Page::*rows, Visit visit) {
  scan_budget budget{limits};
  Page page;
  record_cursor at{view, table};
  auto more = at.before(before);
  while (more && (page.*rows).size() < page_size(limit) && budget.spend(at.record())) {
    page.next = at.record().key;
    caf::expected<bool> goes_on = visit(at.record(), page.*rows);
    if (!goes_on) return goes_on.error();
    more = *goes_on && at.previous();
  }
  if (view.error()) return view.error();
  if (!more) page.next = 0;
  return page;
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
    [this](const read_patterns& wanted) { return patterns(wanted); },
    [this](const read_pattern& wanted) { return one_pattern(wanted); },
    [this](const read_revisions& wanted) { return revisions(wanted); },
    [this](const read_revision& wanted) { return revision(wanted); },
    [this](const read_output& wanted) { return output(wanted); },
    [this](const read_findings& wanted) { return findings(wanted); },
    [this](const read_node_reports& wanted) { return reports(wanted); },
    [this](const read_node_values& wanted) { return values(wanted); },
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
  return scan_back(view, limits, ledger_table::audit, wanted.before, wanted.limit, &audit_page::entries,
                   [&](const stored_record& record, auto& rows) -> caf::expected<bool> {
                     auto entry = decoder.audit(record);
                     if (!entry) return entry.error();
                     if (matches(wanted, *entry)) rows.push_back(std::move(*entry));
                     return true;
                   });
}

caf::expected<threat_page> archive_state::threats(const read_threats& wanted) {
  read_transaction view{*ledger_store};
  reporters known{view};
  return scan_back(view, limits, ledger_table::threats, wanted.before, wanted.limit, &threat_page::threats,
                   [&](const stored_record& record, auto& rows) -> caf::expected<bool> {
                     auto report = decoder.threats(record);
                     if (!report) return report.error();
                     if (wanted.since - report->received_at > limits.clock_slack) return false;
                     if (matches(wanted, *report, known))
                       add_rows(record.key, std::move(*report), wanted, known, rows);
                     return true;
                   });
}

// Keys are in the order in which patterns opened.
caf::expected<pattern_page> archive_state::patterns(const read_patterns& wanted) {
  read_transaction view{*ledger_store};
  return scan_back(view, limits, ledger_table::patterns, wanted.before, wanted.limit, &pattern_page::patterns,
                   [&](const stored_record& record, auto& rows) -> caf::expected<bool> {
                     auto what = decoder.patterns(record);
                     if (!what) return what.error();
                     if (what->opened_at < wanted.since) return false;
                     if (matches(wanted, *what)) rows.push_back(std::move(*what));
                     return true;
                   });
}

caf::expected<revision_page> archive_state::revisions(const read_revisions& wanted) {
  read_transaction view{*ledger_store};
  return scan_back(view, limits, ledger_table::policies, wanted.before, wanted.limit,
                   &revision_page::revisions,
                   [&](const stored_record& record, auto& rows) -> caf::expected<bool> {
                     auto what = decode_revision(record);
                     if (!what) return what.error();
                     if (matches(wanted, *what)) rows.push_back(std::move(*what));
                     return true;
                   });
}

caf::expected<pattern> archive_state::one_pattern(const read_pattern& wanted) {
  read_transaction view{*ledger_store};
  auto record = view.get(ledger_table::patterns, raw(wanted.id));
  if (view.error()) return view.error();
  if (!record) return caf::make_error(fleet_error::record_missing, to_string(wanted.id));
  return decoder.patterns(*record);
}

caf::expected<policy_revision> archive_state::revision(const read_revision& wanted) {
  read_transaction view{*ledger_store};
  auto record = view.get(ledger_table::policies, wanted.revision);
  if (view.error()) return view.error();
  if (!record)
    return caf::make_error(fleet_error::record_missing, "revision " + std::to_string(wanted.revision));
  return decode_revision(*record);
}

caf::expected<execution_output> archive_state::output(const read_output& wanted) {
  read_transaction view{*ledger_store};
  const auto record = view.get(ledger_table::outputs, execution_key(wanted.run, slot_of(wanted.node)));
  if (view.error()) return view.error();
  if (!record) return execution_output{wanted.run, wanted.node, {}, {}};
  return decode_output(*record);
}

caf::expected<scan_findings> archive_state::findings(const read_findings& wanted) {
  read_transaction view{*ledger_store};
  const auto record = view.get(ledger_table::findings, raw(wanted.id));
  if (view.error()) return view.error();
  if (!record) return caf::make_error(fleet_error::record_missing, to_string(wanted.id));
  return scan_findings{std::string{record->json}};
}

caf::expected<node_report_page> archive_state::reports(const read_node_reports& wanted) {
  read_transaction view{*ledger_store};
  const auto ring = report_key(slot_of(wanted.id), wanted.kind, 0);
  const auto end = report_ring_end(ring);
  const auto before = wanted.before == 0 || wanted.before > end - ring ? end : ring + wanted.before;
  auto page = scan_back(view, limits, ledger_table::reports, before, wanted.limit, &node_report_page::reports,
                        [&](const stored_record& record, auto& rows) -> caf::expected<bool> {
                          if (record.key < ring) return false;
                          auto report = decode_report(record);
                          if (!report) return report.error();
                          if (report->id == wanted.id) rows.push_back(std::move(*report));
                          return true;
                        });
  if (page) page->next = page->next > ring ? number_of_report(page->next) : 0;
  return page;
}

// Goes on from a bucket to the next, so that a page may have more than was asked for.
caf::expected<node_value_page> archive_state::values(const read_node_values& wanted) {
  read_transaction view{*ledger_store};
  scan_budget budget{limits};
  node_value_page page;
  const auto first = value_key(slot_of(wanted.id), wanted.kind, 0);
  const auto end = value_end(slot_of(wanted.id), wanted.kind);
  record_cursor at{view, ledger_table::node_values};
  bool more = wanted.from < end - first && at.seek(first + wanted.from) && at.record().key < end;
  while (more && page.values.size() < page_size(wanted.limit) && budget.spend(at.record())) {
    auto bucket = decode_values(at.record());
    if (!bucket) return bucket.error();
    if (bucket->id == wanted.id)
      std::move(bucket->values.begin(), bucket->values.end(), std::back_inserter(page.values));
    more = at.next() && at.record().key < end;
  }
  if (view.error()) return view.error();
  if (more) page.next = at.record().key - first;
  return page;
}

archive_actor::behavior_type archive(archive_actor::stateful_pointer<archive_state> self,
                                     std::shared_ptr<store> where, archive_options options) {
  return self->state.make_behavior(std::move(where), options);
}

}  // namespace muster
