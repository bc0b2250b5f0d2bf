// Patterns from their table, sightings from the newest reports.
#include "runtime/ledger/load_correlation.hpp"

#include "actors/manager/sighting_keys.hpp"
#include "runtime/ledger/load_fleet.hpp"
#include "runtime/ledger/record_decoder.hpp"
#include "runtime/ledger/transactions.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>

namespace muster {

namespace {

class correlation_loader {
 public:
  correlation_loader(const store& from, bool trust_everyone) : view_(from), trust_everyone_(trust_everyone) {}

  caf::expected<restored_correlation> load(utc_time now, std::chrono::milliseconds window, bool benign) {
    if (auto error = load_patterns()) return error;
    if (auto error = load_reports(now, window, benign)) return error;
    if (view_.error()) return view_.error();
    return std::move(restored_);
  }

 private:
  caf::error load_patterns() {
    record_cursor at{view_, ledger_table::patterns};
    for (bool more = at.first(); more; more = at.next()) {
      auto open = decoder_.is_open(at.record());
      if (!open) return open.error();
      if (!*open) continue;
      auto what = decoder_.patterns(at.record());
      if (!what) return what.error();
      restored_.open.push_back(std::move(*what));
    }
    return {};
  }

  // From the newest report back. Reports are in order of time but for the little
  // that loops deliver late, which another window surely covers.
  caf::error load_reports(utc_time now, std::chrono::milliseconds window, bool benign) {
    size_t searched = 0;
    record_cursor at{view_, ledger_table::threats};
    for (bool more = at.last(); more && searched < recent_events_bytes; more = at.previous()) {
      searched += at.record().json.size();
      auto report = decoder_.judgements(at.record());
      if (!report) return report.error();
      if (report->received_at < now - 2 * window) break;
      if (report->received_at < now - window || report->received_at > now + window) continue;
      if (auto error = add(at.record().key, *report, benign)) return error;
    }
    std::reverse(restored_.recent.begin(), restored_.recent.end());
    return {};
  }

  caf::error add(uint64_t number, const threat_report& report, bool benign) {
    auto keys = sighting_keys(report.threats, benign);
    if (keys.empty()) return {};
    auto [known, fresh] = reporters_.try_emplace(raw(report.reporter));
    if (fresh)
      if (auto record = view_.get(ledger_table::agents, raw(report.reporter))) {
        auto facts = reporter_decoder_.reporter(*record);
        if (!facts) return facts.error();
        known->second = std::move(*facts);
      }
    if (const auto& reporter = known->second)
      restored_.recent.push_back({reporter->tenant, report.reporter,
                                  trust_everyone_ || !reporter->enrolled_openly, report.received_at, number,
                                  std::move(keys)});
    return {};
  }

  read_transaction view_;
  bool trust_everyone_;
  record_decoder decoder_;
  record_decoder reporter_decoder_;
  restored_correlation restored_;
  std::unordered_map<uint64_t, std::optional<reporter_facts>> reporters_;  // nothing: removed
};

}  // namespace

caf::expected<restored_correlation> load_correlation(const store& from, utc_time now,
                                                     std::chrono::milliseconds window, bool correlate_benign,
                                                     bool trust_everyone) {
  return correlation_loader{from, trust_everyone}.load(now, window, correlate_benign);
}

}  // namespace muster
