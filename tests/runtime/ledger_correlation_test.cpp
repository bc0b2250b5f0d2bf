// What correlation knows after a restart.
#include "ledger_fixture.hpp"

#include "runtime/ledger/ledger_batch.hpp"
#include "runtime/ledger/load_correlation.hpp"

using namespace muster;
using namespace muster::ledger_test;

namespace {

struct correlation_suite : store_fixture {
  correlation_suite() { open(); }

  void write(const auto&... requests) {
    record_encoder encoder;
    ledger_batch batch{*data, encoder};
    (batch.apply(requests), ...);
    BOOST_REQUIRE(!batch.commit());
  }
  void report(utc_time at, const std::string& value, agent_id by = agent_at(1, 1)) {
    write(record_threats{{by, at, {sample_threat_showing(value, {{"source_ip", value, ""}})}}});
  }
  restored_correlation load(bool benign = false) {
    reopen();
    return must(load_correlation(*data, noon, 5min, benign));
  }
  std::string values(const restored_correlation& restored) {
    std::string all;
    for (const auto& each : restored.recent)
      for (const auto& key : each.keys) all += key.value + " ";
    return all;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(ledger_correlation, correlation_suite)

BOOST_AUTO_TEST_CASE(empty_store_gives_nothing) {
  BOOST_TEST(load().open.empty());
  BOOST_TEST(load().recent.empty());
}

BOOST_AUTO_TEST_CASE(open_patterns_come_back_whole_and_ended_ones_not) {
  write(record_pattern{open_pattern(noon - 40 * 24h, "a"), {}},
        record_pattern{sample_pattern(noon - 2h, "b"), {}},
        record_pattern{open_pattern(noon - 1min, "c"), {}});
  BOOST_TEST(
    (load().open == std::vector{open_pattern(noon - 40 * 24h, "a"), open_pattern(noon - 1min, "c")}));
}

BOOST_AUTO_TEST_CASE(reports_of_the_last_window_come_back_in_their_order) {
  write(record_agent{sample_agent(1, 1), {}});
  report(noon - 11min, "far too old");
  report(noon - 5min - 1ms, "too old");
  report(noon - 5min, "a");
  report(noon - 6min, "late");
  report(noon - 1min, "b");
  report(noon + 6min, "of the future");
  report(noon - 2min, "c");
  report(noon, "d");
  const auto restored = load();
  BOOST_TEST(values(restored) == "a b c d ");
  BOOST_TEST(restored.recent[0].report == 3u);
  BOOST_TEST((restored.recent[0].at == noon - 5min));
  BOOST_TEST(restored.recent[3].report == 8u);
}

BOOST_AUTO_TEST_CASE(search_for_reports_ends_two_windows_back) {
  write(record_agent{sample_agent(1, 1), {}});
  report(noon - 1min, "hidden");
  report(noon - 10min - 1ms, "end");
  report(noon, "a");
  BOOST_TEST(values(load()) == "a ");
}

BOOST_AUTO_TEST_CASE(reporter_is_known_by_its_record) {
  auto open_host = sample_agent(2, 2);
  open_host.tenant = "south";
  open_host.enrolled_openly = true;
  write(record_agent{sample_agent(1, 1), {}}, record_agent{open_host, {}});
  report(noon, "a", agent_at(1, 1));
  report(noon, "b", agent_at(2, 2));
  report(noon, "removed", agent_at(3, 3));
  report(noon, "c", agent_at(1, 1));
  const auto restored = load();
  BOOST_REQUIRE(restored.recent.size() == 3u);
  BOOST_TEST(restored.recent[0].tenant == "north");
  BOOST_TEST((restored.recent[0].reporter == agent_at(1, 1)));
  BOOST_TEST(restored.recent[0].trusted);
  BOOST_TEST(restored.recent[1].tenant == "south");
  BOOST_TEST(!restored.recent[1].trusted);
  BOOST_TEST(restored.recent[2].keys.at(0).value == "c");
}

BOOST_AUTO_TEST_CASE(report_becomes_the_keys_that_it_shows) {
  auto benign = sample_threat_showing("e2", {{"source_ip", "203.0.113.9", ""}});
  benign.conclusion = "benign";
  const sighting technique{"attack_technique", "T1110", "Brute Force"};
  write(
    record_agent{sample_agent(1, 1), {}},
    record_threats{{agent_at(1, 1), noon, {sample_threat("shows nothing")}}},
    record_threats{{agent_at(1, 1),
                    noon,
                    {sample_threat_showing("e1", {{"source_ip", "203.0.113.9", ""}, technique}), benign}}});
  const auto restored = load();
  BOOST_REQUIRE(restored.recent.size() == 1u);
  const auto& keys = restored.recent[0].keys;
  BOOST_REQUIRE(keys.size() == 2u);
  BOOST_TEST(keys[0].kind == "source_ip");
  BOOST_TEST(keys[0].count == 1u);
  BOOST_TEST(keys[0].severity == "high");
  BOOST_TEST((keys[0].techniques == std::vector<std::string>{"T1110 Brute Force"}));
  BOOST_TEST(load(true).recent.at(0).keys.at(0).count == 2u);
}

// As a program wrote them that knew no sightings.
BOOST_AUTO_TEST_CASE(reports_without_sightings_say_nothing) {
  write(record_agent{sample_agent(1, 1), {}});
  {
    write_transaction writing{*data};
    writing.append(ledger_table::threats, 1,
                   R"({"v":1,"at":1700000000000,"reporter":"ag-0000000100000001","threats":[{"event_id":"e",)"
                   R"("severity":"high","event":{"metadata":{"sourceIP":"203.0.113.9"}}}]})");
    BOOST_REQUIRE(!writing.commit());
  }
  BOOST_TEST(load().recent.empty());
}

BOOST_AUTO_TEST_CASE(unreadable_pattern_stops_the_start_and_is_named) {
  {
    write_transaction writing{*data};
    writing.put(ledger_table::patterns, 1, R"({"v":1,"at":1})");
    BOOST_REQUIRE(!writing.commit());
  }
  auto restored = load_correlation(*data, noon, 5min, false);
  BOOST_REQUIRE(!restored);
  BOOST_TEST(describe_store_error(restored.error()).find("patterns/pt-0000000000000001: ")
             != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
