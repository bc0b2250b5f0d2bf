// Reads what record_encoder wrote. Unknown members are ignored and missing ones
// have their defaults, save those that a record means nothing without. An invalid
// record is store_failed with a context that names table, key and member.
#pragma once

#include "messages/ledger.hpp"
#include "runtime/ledger/ledger_tables.hpp"

#include <caf/expected.hpp>

#include <memory>

namespace muster {

// Of a threat report what duplicates are found by.
struct reported_events {
  agent_id reporter{};
  utc_time received_at{};
  std::vector<uint64_t> fingerprints;  // of the events that have an id, in order
};

// Of an agent's record what rows and filters of what it reported need.
struct reporter_facts {
  std::string hostname;
  std::string tenant;
  bool enrolled_openly = false;
};

// Keeps its parser's buffers from record to record; one thread at a time.
class record_decoder {
 public:
  record_decoder();
  ~record_decoder();

  caf::expected<agent_record> agent(const stored_record& record);
  caf::expected<reporter_facts> reporter(const stored_record& agent);
  caf::expected<std::vector<state_change>> changes(const stored_record& record);
  caf::expected<std::vector<state_change>> changes_of(agent_id id, const stored_record& record);
  caf::expected<audit_entry> audit(const stored_record& record);
  caf::expected<threat_report> threats(const stored_record& record);
  // Without the JSON of the events, which is most of the work.
  caf::expected<threat_report> judgements(const stored_record& threats);
  caf::expected<reported_events> events(const stored_record& threats);
  caf::expected<std::vector<agent_standing>> standings(const stored_record& record);
  caf::expected<pattern> patterns(const stored_record& record);
  caf::expected<bool> is_open(const stored_record& pattern);

  // When a record of changes, audit or threats was received (the latest, of changes), or a pattern opened.
  caf::expected<utc_time> time_of(const stored_record& record);

 private:
  struct parsers;

  template <class Read>
  auto decode(const stored_record& record, Read read)
    -> caf::expected<std::invoke_result_t<Read, const class members&>>;

  std::unique_ptr<parsers> parsers_;
};

}  // namespace muster
