// The reader: answers what operators ask of the ledger, a page at a time, in read
// transactions that see the last commit and never wait for the writer.
#pragma once

#include "messages/interfaces.hpp"
#include "messages/node_reports.hpp"
#include "messages/policy.hpp"
#include "messages/queries.hpp"
#include "messages/work.hpp"
#include "runtime/ledger/record_decoder.hpp"
#include "runtime/ledger/store.hpp"

#include <caf/typed_event_based_actor.hpp>

namespace muster {

// What one query may look at. One that stops there answers what it found so far,
// with a cursor to go on from, be that fewer rows than asked for.
struct archive_options {
  size_t scan_records = 100'000;
  size_t scan_bytes = size_t{64} << 20;
  // Reports are stored about in the order of their times: further behind than
  // this nothing newer is expected. Covers a wall clock that was set back.
  std::chrono::milliseconds clock_slack = std::chrono::hours{1};
};

struct archive_state {
  static inline const char* name = "muster.archive";

  explicit archive_state(archive_actor::pointer actor) : self(actor) {}
  archive_actor::behavior_type make_behavior(std::shared_ptr<store> where, archive_options options);

  caf::expected<agent_record> agent(const read_agent& wanted);
  caf::expected<change_page> history(const read_history& wanted);
  caf::expected<audit_page> audit(const read_audit& wanted);
  caf::expected<threat_page> threats(const read_threats& wanted);
  caf::expected<pattern_page> patterns(const read_patterns& wanted);
  caf::expected<pattern> one_pattern(const read_pattern& wanted);
  caf::expected<revision_page> revisions(const read_revisions& wanted);
  caf::expected<policy_revision> revision(const read_revision& wanted);
  caf::expected<execution_output> output(const read_output& wanted);
  caf::expected<scan_findings> findings(const read_findings& wanted);
  caf::expected<node_report_page> reports(const read_node_reports& wanted);
  caf::expected<node_value_page> values(const read_node_values& wanted);

  archive_actor::pointer self;
  std::shared_ptr<store> ledger_store;
  archive_options limits;
  record_decoder decoder;
};

archive_actor::behavior_type archive(archive_actor::stateful_pointer<archive_state> self,
                                     std::shared_ptr<store> where, archive_options options);

}  // namespace muster
