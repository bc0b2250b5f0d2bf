// A correlator on virtual time between a fake ledger and a listener. Its windows are real.
#pragma once

#include "actors/manager/correlator.hpp"

#include "tests/actors/fakes.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

namespace muster::test {

struct correlator_fixture : virtual_time_fixture {
  void start(restored_correlation restored = {}) {
    writer = spawn(fake_ledger, ledger);
    correlator_ports ports{
      writer,
      [this] { return utc(); },
      [this](std::string_view event, const std::string&) { journal.emplace_back(event); },
      {spawn(fake_listener, heard)}};
    subject = spawn(correlator, options, std::move(ports), std::move(restored));
    deliver();
  }
  // As a crash does: what was only in memory is gone.
  void crash() {
    caf::anon_send_exit(subject, caf::exit_reason::kill);
    deliver();
  }

  utc_time utc() const {
    return noon + std::chrono::duration_cast<std::chrono::milliseconds>(sched.clock().now() - started);
  }

  static key_sighting ip(const std::string& value) { return {"source_ip", value, 1, {}, {}}; }
  // A report that is durable now.
  correlate_sightings report_of(uint64_t agent, std::vector<key_sighting> keys) {
    return {"north", agent_id{agent}, true, utc(), ++reports, std::move(keys)};
  }
  std::vector<pattern_id> see(const correlate_sightings& report) {
    auto joined = ask<joined_patterns>(subject, report);
    BOOST_REQUIRE(joined);
    return joined->patterns;
  }
  std::vector<pattern_id> see(uint64_t agent, const std::string& value) {
    return see(report_of(agent, {ip(value)}));
  }
  correlation_counts counts() { return *ask<correlation_counts>(subject, count_correlation{}); }

  // What the ledger holds: of each pattern its last record.
  std::map<pattern_id, pattern> stored() const {
    std::map<pattern_id, pattern> last;
    for (const auto& record : ledger->patterns) last[record.what.id] = record.what;
    return last;
  }
  std::vector<pattern> stored_open() const {
    std::vector<pattern> open;
    for (const auto& [id, whole] : stored())
      if (whole.open()) open.push_back(whole);
    return open;
  }
  std::vector<pattern_step> steps() const {
    std::vector<pattern_step> all;
    for (const auto& change : *heard) all.push_back(change.step);
    return all;
  }
  std::vector<std::string> actions() const {
    std::vector<std::string> all;
    for (const auto& record : ledger->patterns)
      for (const auto& entry : record.audit) all.push_back(entry.action);
    return all;
  }

  correlator_options options;
  std::shared_ptr<ledger_book> ledger = std::make_shared<ledger_book>();
  std::shared_ptr<std::vector<pattern_changed>> heard = std::make_shared<std::vector<pattern_changed>>();
  std::vector<std::string> journal;
  uint64_t reports = 0;
  caf::actor_clock::time_point started = sched.clock().now();
  ledger_actor writer;
  correlator_actor subject;
};

using steps_heard = std::vector<pattern_step>;
using words = std::vector<std::string>;

}  // namespace muster::test
