// Records to JSON and back.
#include "ledger_fixture.hpp"

#include "actors/manager/event_ring.hpp"
#include "runtime/ledger/record_decoder.hpp"
#include "runtime/ledger/record_encoder.hpp"

#include <limits>

using namespace muster;
using namespace muster::ledger_test;

namespace {

struct records_suite {
  record_encoder encoder;
  record_decoder decoder;

  agent_record read_agent_again(const agent_record& record) {
    return must(decoder.agent({ledger_table::agents, raw(record.id), encoder.agent(record)}));
  }
  threat_report read_threats_again(const threat_report& report) {
    return must(decoder.threats({ledger_table::threats, 1, encoder.threats(report)}));
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(ledger_records, records_suite)

BOOST_AUTO_TEST_CASE(agent_comes_back_as_it_was) {
  auto record = sample_agent(3, 17);
  BOOST_TEST((read_agent_again(record) == record));
  record.enrolled_openly = true;
  BOOST_TEST((read_agent_again(record) == record));
  agent_record empty;
  empty.id = agent_at(0, 1);
  BOOST_TEST((read_agent_again(empty) == empty));
  BOOST_TEST(encoder.agent(empty).find("enrolled_openly") == std::string_view::npos);
}

BOOST_AUTO_TEST_CASE(every_character_of_a_text_comes_back) {
  auto record = sample_agent(3, 17);
  record.host.hostname.clear();
  for (int c = 1; c < 128; ++c) record.host.hostname += static_cast<char>(c);
  record.host.hostname += '\0';
  record.host.os = "Größe ✓ 🦀";
  record.labels = {{"\"\\\n", "\t\r\b"}, {"", ""}};
  BOOST_TEST((read_agent_again(record) == record));
}

BOOST_AUTO_TEST_CASE(bytes_that_are_not_utf8_become_latin1_and_stay_readable) {
  auto record = sample_agent(3, 17);
  record.host.hostname = "caf\xe9";
  BOOST_TEST(read_agent_again(record).host.hostname == "caf\xc3\xa9");
}

BOOST_AUTO_TEST_CASE(changes_come_back_in_order) {
  std::vector<state_change> changes;
  for (auto cause : {change_cause::silence, change_cause::heartbeat, change_cause::registration,
                     change_cause::departure, change_cause::contest, change_cause::contest_over})
    changes.push_back(
      sample_change(agent_at(5, 6), agent_status::stale, agent_status::departed, cause, changes.size()));
  changes[2].id = agent_at(1, 2);
  auto json = std::string{encoder.changes(changes)};
  const stored_record record{ledger_table::changes, 9, json};
  BOOST_TEST((must(decoder.changes(record)) == changes));
  BOOST_TEST((must(decoder.changes_of(agent_at(1, 2), record)) == std::vector{changes[2]}));
  BOOST_TEST(must(decoder.changes_of(agent_at(1, 3), record)).empty());
}

BOOST_AUTO_TEST_CASE(record_of_changes_has_the_time_of_the_latest) {
  const std::vector changes{sample_change(agent_at(1, 1), {}, {}, {}, 0, noon + 5s),
                            sample_change(agent_at(2, 2), {}, {}, {}, 0, noon)};
  BOOST_TEST((must(decoder.time_of({ledger_table::changes, 1, encoder.changes(changes)})) == noon + 5s));
}

BOOST_AUTO_TEST_CASE(audit_entry_comes_back_as_it_was) {
  auto entry = sample_audit("agent.enrolled", "ag-1");
  BOOST_TEST((must(decoder.audit({ledger_table::audit, 1, encoder.audit(entry)})) == entry));
}

BOOST_AUTO_TEST_CASE(standings_come_back_as_they_were) {
  standings_block block{2, {}};
  for (uint32_t i = 0; i < standings_per_block; ++i)
    block.standings.push_back({agent_at(2048 + i, i + 1), static_cast<agent_status>(i % 4), noon - i * 1ms,
                               noon - i * 1s, std::numeric_limits<uint64_t>::max() - i});
  BOOST_TEST(
    (must(decoder.standings({ledger_table::standings, 2, encoder.standings(block)})) == block.standings));
}

BOOST_AUTO_TEST_CASE(threats_come_back_with_the_very_text_of_their_events) {
  threat_report report{agent_at(1, 2), noon, {sample_threat("e1"), sample_threat("e2"), {}}};
  report.threats[1].confidence = caf::none;
  for (const char* event : {"[1,[2]]", "3.10", "\"x\\u0041\"", "null", "true", "{}"}) {
    report.threats.emplace_back();
    report.threats.back().event = event;
  }
  report.threats.back().confidence = 0.1;
  BOOST_TEST((read_threats_again(report) == report));
}

BOOST_AUTO_TEST_CASE(sightings_come_back_with_their_events) {
  threat_report report{agent_at(1, 2), noon, {sample_threat("e1"), sample_threat("e2")}};
  BOOST_TEST(encoder.threats(report).find("sightings") == std::string_view::npos);
  report.threats[1].sightings = {{"source_ip", "203.0.113.9", ""},
                                 {"attack_technique", "T1110", "Brute Force"},
                                 {"account \"\n", "\t✓", ""}};
  BOOST_TEST((read_threats_again(report) == report));
  BOOST_TEST(encoder.threats(report).find(
               R"("sightings":[["source_ip","203.0.113.9"],["attack_technique","T1110","Brute Force"],[)")
             != std::string_view::npos);
}

BOOST_AUTO_TEST_CASE(judgements_are_threats_without_their_events) {
  threat_report report{agent_at(1, 2), noon, {sample_threat("e1"), sample_threat("e2")}};
  report.threats[0].sightings = {{"source_ip", "203.0.113.9", ""}};
  for (auto& what : report.threats) what.event = R"({"id":"e"})";
  auto read = must(decoder.judgements({ledger_table::threats, 1, encoder.threats(report)}));
  for (auto& what : report.threats) what.event.clear();
  BOOST_TEST((read == report));
}

BOOST_AUTO_TEST_CASE(pattern_comes_back_as_it_was) {
  auto again = [this](const pattern& what) {
    return must(decoder.patterns({ledger_table::patterns, raw(what.id), encoder.patterns(what)}));
  };
  BOOST_TEST((again(sample_pattern(noon)) == sample_pattern(noon)));
  BOOST_TEST((again(open_pattern(noon)) == open_pattern(noon)));
  pattern least;
  least.id = pattern_id{1};
  BOOST_TEST((again(least) == least));
  const stored_record open{ledger_table::patterns, 1, encoder.patterns(open_pattern(noon))};
  BOOST_TEST(must(decoder.is_open(open)));
  BOOST_TEST((must(decoder.time_of(open)) == noon));
  BOOST_TEST(!must(decoder.is_open({ledger_table::patterns, 1, encoder.patterns(sample_pattern(noon))})));
}

BOOST_AUTO_TEST_CASE(invalid_pattern_is_named_by_its_id) {
  const std::pair<const char*, const char*> cases[]{
    {R"({"v":1,"at":1,"agents":[],"techniques":[]})", "'id' is missing or no pattern id"},
    {R"({"v":1,"id":"pt-0000000000000001","agents":[],"techniques":[]})", "'at' is missing"},
    {R"({"v":1,"at":1,"id":"pt-0000000000000001","techniques":[]})", "'agents' is missing"},
    {R"({"v":1,"at":1,"id":"pt-0000000000000001","agents":[[]],"techniques":[]})", "is incomplete"},
    {R"({"v":1,"at":1,"id":"pt-0000000000000001","agents":[],"techniques":[7]})",
     "'techniques' has the wrong"},
    {R"({"v":1,"at":1,"id":"pt-0000000000000001","critical":1,"agents":[],"techniques":[]})", "wrong type"},
  };
  for (const auto& [json, complaint] : cases) {
    auto result = decoder.patterns({ledger_table::patterns, 1, json});
    BOOST_REQUIRE(!result);
    auto text = describe_store_error(result.error());
    BOOST_TEST(text.find("patterns/pt-0000000000000001: ") != std::string::npos, text);
    BOOST_TEST(text.find(complaint) != std::string::npos, text);
  }
}

BOOST_AUTO_TEST_CASE(incomplete_sighting_is_an_error) {
  for (const char* list : {"[]", R"(["source_ip"])", R"(["source_ip",7])", R"(["a","b",7])", "1"}) {
    auto json = std::string{R"({"v":1,"at":1,"reporter":"ag-0000000000000001","threats":[{"sightings":[)"}
                + list + "]}]}";
    BOOST_TEST(!decoder.threats({ledger_table::threats, 1, json}), list);
  }
}

BOOST_AUTO_TEST_CASE(event_that_is_not_json_harms_nobody) {
  threat_report report{agent_at(1, 2), noon, {sample_threat("e1")}};
  for (const std::string& event : {std::string{"1},{\"event_id\":\"forged\""}, std::string{"{"},
                                   std::string{"\xff"}, std::string(1020, '[') + std::string(1020, ']')}) {
    report.threats.emplace_back();
    report.threats.back().event = event;
  }
  auto again = read_threats_again(report);
  BOOST_REQUIRE(again.threats.size() == report.threats.size());
  BOOST_TEST(again.threats[1].event == report.threats[1].event);
  BOOST_TEST(again.threats[4].event == report.threats[4].event);
  BOOST_TEST((again.threats[0] == report.threats[0]));
}

BOOST_AUTO_TEST_CASE(confidence_that_is_no_number_is_left_out) {
  threat_report report{agent_at(1, 2), noon, {sample_threat("e1")}};
  report.threats[0].confidence = std::numeric_limits<double>::infinity();
  BOOST_TEST((read_threats_again(report).threats[0].confidence == caf::none));
}

BOOST_AUTO_TEST_CASE(events_are_known_by_the_fingerprints_of_their_ids) {
  const threat_report report{
    agent_at(1, 2), noon, {sample_threat("e1"), sample_threat(""), sample_threat("e2")}};
  auto events = must(decoder.events({ledger_table::threats, 1, encoder.threats(report)}));
  BOOST_TEST((events.fingerprints == std::vector{event_fingerprint("e1"), event_fingerprint("e2")}));
  BOOST_TEST((events.reporter == report.reporter));
}

BOOST_AUTO_TEST_CASE(unknown_members_are_ignored_and_missing_ones_have_defaults) {
  auto record = must(decoder.agent(
    {ledger_table::agents, 1,
     R"({"v":1,"id":"ag-0000000000000001","dialect":"plexd","colour":{"deep":[1]},"host":{"hostname":"h","cores":8}})"}));
  BOOST_TEST((record.id == agent_id{1}));
  BOOST_TEST(record.host.hostname == "h");
  BOOST_TEST(record.labels.empty());
  BOOST_TEST((record.enrolled_at == utc_time{}));
}

BOOST_AUTO_TEST_CASE(invalid_record_is_named_with_what_is_wrong) {
  const std::pair<const char*, const char*> cases[]{
    {R"({"v":1,"dialect":"plexd"})", "'id' is missing"},
    {R"({"v":1,"id":"ag-1","dialect":"plexd"})", "'ag-1' is no agent id"},
    {R"({"v":1,"id":"ag-0000000000000001","dialect":"latin"})", "'dialect' can't be 'latin'"},
    {R"({"v":1,"id":"ag-0000000000000001","dialect":"plexd","tenant":7})", "'tenant' has the wrong type"},
    {R"({"v":1,"id":"ag-0000000000000001","dialect":"plexd","token":"12"})", "32 hexadecimal digits"},
    {R"({"v":2,"id":"ag-0000000000000001","dialect":"plexd"})", "newer Muster"},
    {R"({"id":"ag-0000000000000001","dialect":"plexd"})", "'v' is missing"},
    {R"([1])", "not an object"},
    {R"({"v":1,)", "JSON"},
    {"", ""},
  };
  for (const auto& [json, complaint] : cases) {
    auto result = decoder.agent({ledger_table::agents, 0x100000001, json});
    BOOST_REQUIRE(!result);
    BOOST_TEST((result.error() == fleet_error::store_failed));
    auto text = describe_store_error(result.error());
    BOOST_TEST(text.find("agents/ag-0000000100000001: ") != std::string::npos, text);
    BOOST_TEST(text.find(complaint) != std::string::npos, text);
  }
}

BOOST_AUTO_TEST_CASE(incomplete_standing_is_an_error) {
  for (const char* list :
       {R"(["ag-0000000000000001",0,1,2])", R"(["ag-0000000000000001",4,1,2,3])", "[]", "1"}) {
    auto json = std::string{R"({"v":1,"standings":[)"} + list + "]}";
    BOOST_TEST(!decoder.standings({ledger_table::standings, 1, json}));
  }
}

BOOST_AUTO_TEST_SUITE_END()
