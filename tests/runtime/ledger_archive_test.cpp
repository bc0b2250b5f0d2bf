// The archive: pages of history, audit and threats.
#include "ledger_fixture.hpp"

#include "runtime/ledger/archive.hpp"
#include "runtime/ledger/ledger_batch.hpp"

using namespace muster;
using namespace muster::ledger_test;

namespace {

struct archive_suite : actor_fixture {
  archive_suite() {
    open();
    start();
  }
  void start() { reader = spawn(archive, data, options); }

  void write(const auto&... requests) {
    record_encoder encoder;
    ledger_batch batch{*data, encoder};
    (batch.apply(requests), ...);
    BOOST_REQUIRE(!batch.commit());
  }
  template <class Page>
  Page read(const auto& query) {
    return must(ask<Page>(reader, query));
  }

  // All rows of a query, and how many pages they took.
  template <class Page>
  size_t read_all(auto query, auto take) {
    for (size_t pages = 1;; ++pages) {
      auto page = read<Page>(query);
      take(page);
      if (page.next == 0) return pages;
      query.before = page.next;
    }
  }
  std::string actions(read_audit query, size_t* pages = nullptr) {
    std::string found;
    auto count = read_all<audit_page>(query, [&](const audit_page& page) {
      for (const auto& entry : page.entries) found += entry.action + " ";
    });
    if (pages) *pages = count;
    return found;
  }
  std::string events(read_threats query, size_t* pages = nullptr) {
    std::string found;
    auto count = read_all<threat_page>(query, [&](const threat_page& page) {
      for (const auto& row : page.threats) found += row.what.event_id + " ";
    });
    if (pages) *pages = count;
    return found;
  }

  static read_threats threats_of(caf::optional<agent_id> reporter, const std::string& severity = "",
                                 const std::string& conclusion = "", utc_time since = {},
                                 uint32_t limit = 100) {
    read_threats wanted;
    wanted.reporter = reporter;
    wanted.severity = severity;
    wanted.conclusion = conclusion;
    wanted.since = since;
    wanted.limit = limit;
    return wanted;
  }
  // The values of the patterns that are found.
  std::string patterns(read_patterns query, size_t* pages = nullptr) {
    std::string found;
    auto count = read_all<pattern_page>(query, [&](const pattern_page& page) {
      for (const auto& what : page.patterns) found += what.value + " ";
    });
    if (pages) *pages = count;
    return found;
  }

  state_change change(uint64_t previous, utc_time at = noon) {
    return sample_change(agent, agent_status::online, agent_status::stale, change_cause::silence, previous,
                         at);
  }
  state_change other_change() {
    return sample_change(agent_at(8, 8), agent_status::online, agent_status::stale, change_cause::silence);
  }

  agent_id agent = agent_at(1, 1);
  archive_options options;
  archive_actor reader;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(ledger_archive, archive_suite)

BOOST_AUTO_TEST_CASE(agent_is_found_by_its_id) {
  write(record_agent{sample_agent(1, 1), {}});
  BOOST_TEST((read<agent_record>(read_agent{agent_at(1, 1)}) == sample_agent(1, 1)));
  auto unknown = ask<agent_record>(reader, read_agent{agent_at(1, 2)});
  BOOST_REQUIRE(!unknown);
  BOOST_TEST((unknown.error() == fleet_error::record_missing));
}

BOOST_AUTO_TEST_CASE(history_follows_the_chain_across_batches) {
  write(record_changes{3, {other_change(), change(0, noon)}, {}});
  write(record_changes{5, {other_change()}, {}});
  write(record_changes{7, {change(3, noon + 1s), other_change()}, {}},
        record_changes{8, {change(7, noon + 2s)}, {}});
  auto page = read<change_page>(read_history{agent, 8, 100});
  BOOST_REQUIRE(page.changes.size() == 3u);
  BOOST_TEST((page.changes[0].at == noon + 2s));
  BOOST_TEST((page.changes[2].at == noon));
  BOOST_TEST(page.next == 0u);
}

BOOST_AUTO_TEST_CASE(history_comes_in_pages) {
  for (uint64_t n = 1; n <= 5; ++n) write(record_changes{n, {change(n - 1)}, {}});
  auto page = read<change_page>(read_history{agent, 5, 2});
  BOOST_TEST(page.changes.size() == 2u);
  BOOST_TEST(page.next == 3u);
  page = read<change_page>(read_history{agent, 3, 3});
  BOOST_TEST(page.changes.size() == 3u);
  BOOST_TEST(page.next == 0u);
}

BOOST_AUTO_TEST_CASE(history_ends_where_a_record_was_purged) {
  write(record_changes{4, {change(2)}, {}}, record_changes{6, {change(4)}, {}});
  for (uint32_t limit : {1u, 2u, 100u}) {
    auto page = read<change_page>(read_history{agent, 4, limit});
    BOOST_TEST(page.changes.size() == 1u);
    BOOST_TEST(page.next == 0u);
  }
  BOOST_TEST(read<change_page>(read_history{agent, 0, 100}).changes.empty());
  BOOST_TEST(read<change_page>(read_history{agent, 2, 100}).changes.empty());
  BOOST_TEST(read<change_page>(read_history{agent_at(1, 2), 6, 100}).changes.empty());
}

BOOST_AUTO_TEST_CASE(several_changes_in_one_record_come_newest_first_and_end) {
  write(record_changes{1, {change(0, noon)}, {}});
  write(record_changes{2, {change(1, noon + 1s), change(2, noon + 2s), change(2, noon + 3s)}, {}});
  auto page = read<change_page>(read_history{agent, 2, 100});
  BOOST_REQUIRE(page.changes.size() == 4u);
  for (size_t i = 0; i < 4; ++i) BOOST_TEST((page.changes[i].at == noon + 3s - i * 1s));
  BOOST_TEST(page.next == 0u);
}

BOOST_AUTO_TEST_CASE(chain_that_does_not_lead_back_in_time_ends) {
  write(record_changes{2, {change(2)}, {}}, record_changes{3, {change(7)}, {}},
        record_changes{7, {change(3)}, {}});
  BOOST_TEST(read<change_page>(read_history{agent, 2, 100}).changes.size() == 1u);
  BOOST_TEST(read<change_page>(read_history{agent, 7, 100}).changes.size() == 2u);
}

BOOST_AUTO_TEST_CASE(audit_is_filtered_by_subject_and_action) {
  write(record_audit{{sample_audit("agent.enrolled", "a"), sample_audit("agent.removed", "b"),
                      sample_audit("agents", "a"), sample_audit("agent.enrolled", "b")}});
  BOOST_TEST(actions({}) == "agent.enrolled agents agent.removed agent.enrolled ");
  BOOST_TEST(actions({"a", "", 0, 100}) == "agents agent.enrolled ");
  BOOST_TEST(actions({"", "agent.", 0, 100}) == "agent.enrolled agent.removed agent.enrolled ");
  BOOST_TEST(actions({"", "agent", 0, 100}) == "");
  BOOST_TEST(actions({"b", "agent.enrolled", 0, 100}) == "agent.enrolled ");
}

BOOST_AUTO_TEST_CASE(audit_pages_join_without_gap_or_overlap) {
  std::string all;
  for (int i = 20; i > 0; --i) all += std::to_string(i) + " ";
  for (int i = 1; i <= 20; ++i)
    write(record_audit{{sample_audit(std::to_string(i), i % 2 ? "odd" : "even")}});
  for (uint32_t limit : {1u, 3u, 7u, 20u, 21u}) {
    size_t pages = 0;
    BOOST_TEST(actions({"", "", 0, limit}, &pages) == all);
    BOOST_TEST(pages == (20 + limit - 1) / limit);
  }
  BOOST_TEST(actions({"odd", "", 6, 2}) == "5 3 1 ");
}

BOOST_AUTO_TEST_CASE(limits_outside_their_range_are_moved_into_it) {
  std::vector<audit_entry> many(max_page + 1, sample_audit("x", "y"));
  write(record_audit{many});
  BOOST_TEST(read<audit_page>(read_audit{"", "", 0, 0}).entries.size() == 1u);
  BOOST_TEST(read<audit_page>(read_audit{"", "", 0, 1'000'000}).entries.size() == max_page);
}

BOOST_AUTO_TEST_CASE(scan_that_finds_nothing_stops_at_its_limit_with_a_cursor) {
  options.scan_records = 10;
  start();
  record_audit entries;
  for (int i = 1; i <= 35; ++i) entries.entries.push_back(sample_audit("x", i == 2 ? "rare" : "often"));
  write(entries);
  auto page = read<audit_page>(read_audit{"rare", "", 0, 100});
  BOOST_TEST(page.entries.empty());
  BOOST_TEST(page.next == 26u);
  size_t pages = 0;
  BOOST_TEST(actions({"rare", "", 0, 100}, &pages) == "x ");
  BOOST_TEST(pages == 4u);
  options.scan_bytes = 1;
  start();
  BOOST_TEST(actions({"rare", "", 0, 100}, &pages) == "x ");
  BOOST_TEST(pages == 35u);
}

BOOST_AUTO_TEST_CASE(threats_are_joined_with_their_hosts) {
  write(record_agent{sample_agent(1, 1), {}},
        record_threats{{agent, noon, {sample_threat("a"), sample_threat("b")}}},
        record_threats{{agent_at(9, 9), noon + 1s, {sample_threat("c")}}});
  auto page = read<threat_page>(read_threats{});
  BOOST_REQUIRE(page.threats.size() == 3u);
  BOOST_TEST(page.threats[0].hostname == "");
  BOOST_TEST(page.threats[0].report == 2u);
  BOOST_TEST(page.threats[2].hostname == "host-1");
  BOOST_TEST(page.threats[2].report == 1u);
  BOOST_TEST(page.threats[2].position == 1u);
  BOOST_TEST((page.threats[2].reporter == agent));
  BOOST_TEST((page.threats[2].received_at == noon));
  BOOST_TEST((page.threats[2].what == sample_threat("b")));
  BOOST_TEST(page.next == 0u);
}

BOOST_AUTO_TEST_CASE(report_of_threats_is_never_split) {
  for (const std::string report : {"a", "b", "c"})
    write(record_threats{{agent, noon, {sample_threat(report + "1"), sample_threat(report + "2")}}});
  auto page = read<threat_page>(threats_of({}, "", "", {}, 3));
  BOOST_TEST(page.threats.size() == 4u);
  BOOST_TEST(page.next == 2u);
  for (uint32_t limit : {1u, 2u, 3u, 5u, 6u, 100u})
    BOOST_TEST(events(threats_of({}, "", "", {}, limit)) == "c1 c2 b1 b2 a1 a2 ");
}

BOOST_AUTO_TEST_CASE(threats_are_filtered) {
  auto benign = sample_threat("benign");
  benign.conclusion = "benign";
  write(record_threats{{agent, noon, {sample_threat("low", "low"), sample_threat("high")}}},
        record_threats{{agent_at(2, 2), noon + 1s, {sample_threat("other"), benign}}});
  BOOST_TEST(events(threats_of({}, "low", "", {}, 100)) == "low ");
  BOOST_TEST(events(threats_of({}, "", "benign", {}, 100)) == "benign ");
  BOOST_TEST(events(threats_of(agent, "", "", {}, 100)) == "low high ");
  BOOST_TEST(events(threats_of(agent, "high", "", {}, 100)) == "high ");
  BOOST_TEST(events(threats_of({}, "", "", noon + 1s, 100)) == "other benign ");
  BOOST_TEST(events(threats_of({}, "", "", noon + 2s, 100)) == "");
}

BOOST_AUTO_TEST_CASE(threats_are_filtered_by_what_they_show) {
  const sighting ip{"source_ip", "203.0.113.9", ""}, other_ip{"source_ip", "203.0.113.10", ""};
  const sighting account{"account", "203.0.113.9", ""}, technique{"attack_technique", "T1110", "Brute Force"};
  write(record_threats{{agent, noon, {sample_threat_showing("a", {technique, ip}), sample_threat("b")}}},
        record_threats{{agent, noon, {sample_threat_showing("c", {other_ip})}}},
        record_threats{{agent, noon, {sample_threat_showing("d", {account})}}});
  auto showing = [this](const std::string& kind, const std::string& value) {
    read_threats wanted;
    wanted.kind = kind;
    wanted.value = value;
    return events(wanted);
  };
  BOOST_TEST(showing("source_ip", "203.0.113.9") == "a ");
  BOOST_TEST(showing("attack_technique", "T1110") == "a ");
  BOOST_TEST(showing("source_ip", "") == "c a ");
  BOOST_TEST(showing("", "203.0.113.9") == "d a ");
  BOOST_TEST(showing("attack_technique", "203.0.113.9") == "");
  BOOST_TEST(showing("", "") == "d c a b ");
  BOOST_TEST((read<threat_page>(read_threats{}).threats[2].what.sightings == std::vector{technique, ip}));
}

BOOST_AUTO_TEST_CASE(threats_are_filtered_by_the_tenant_of_their_reporter) {
  auto southern = sample_agent(2, 2);
  southern.tenant = "south";
  write(record_agent{sample_agent(1, 1), {}}, record_agent{southern, {}},
        record_threats{{agent, noon, {sample_threat("a")}}},
        record_threats{{agent_at(2, 2), noon, {sample_threat("b")}}},
        record_threats{{agent_at(3, 3), noon, {sample_threat("removed")}}},
        record_threats{{agent, noon, {sample_threat("c")}}});
  auto of = [this](const std::string& tenant) {
    read_threats wanted;
    wanted.tenant = tenant;
    return events(wanted);
  };
  BOOST_TEST(of("north") == "c a ");
  BOOST_TEST(of("south") == "b ");
  BOOST_TEST(of("west") == "");
  BOOST_TEST(of("") == "c removed b a ");
}

BOOST_AUTO_TEST_CASE(threats_are_found_until_a_time) {
  for (int i = 0; i < 5; ++i)
    write(record_threats{{agent, noon + i * 1s, {sample_threat(std::to_string(i))}}});
  read_threats wanted;
  wanted.until = noon + 2s;
  BOOST_TEST(events(wanted) == "2 1 0 ");
  wanted.since = noon + 1s;
  BOOST_TEST(events(wanted) == "2 1 ");
  wanted.limit = 1;
  BOOST_TEST(events(wanted) == "2 1 ");
  wanted.until = noon;
  BOOST_TEST(events(wanted) == "");
}

BOOST_AUTO_TEST_CASE(pattern_is_found_by_its_id) {
  const auto what = sample_pattern(noon);
  write(record_pattern{what, {}});
  BOOST_TEST((read<pattern>(read_pattern{what.id}) == what));
  auto unknown = ask<pattern>(reader, read_pattern{pattern_id{7}});
  BOOST_REQUIRE(!unknown);
  BOOST_TEST((unknown.error() == fleet_error::record_missing));
}

BOOST_AUTO_TEST_CASE(patterns_come_newest_first_in_pages_without_gap_or_overlap) {
  std::string all;
  for (int i = 9; i >= 0; --i) all += std::to_string(i) + " ";
  for (int i : {3, 7, 1, 0, 9, 4, 8, 2, 6, 5})
    write(record_pattern{sample_pattern(noon + i * 1ms, std::to_string(i)), {}});
  for (uint32_t limit : {1u, 3u, 10u, 11u}) {
    read_patterns wanted;
    wanted.limit = limit;
    size_t pages = 0;
    BOOST_TEST(patterns(wanted, &pages) == all);
    BOOST_TEST(pages == (10 + limit - 1) / limit);
  }
}

BOOST_AUTO_TEST_CASE(patterns_are_filtered) {
  auto hash = open_pattern(noon + 1s, "hash");
  hash.kind = "file_hash";
  hash.critical = false;
  auto south = sample_pattern(noon + 2s, "south");
  south.tenant = "south";
  south.agents.pop_back();
  write(record_pattern{sample_pattern(noon, "old"), {}}, record_pattern{hash, {}}, record_pattern{south, {}},
        record_pattern{open_pattern(noon + 3s, "open"), {}});
  auto where = [this](auto set) {
    read_patterns wanted;
    set(wanted);
    return patterns(wanted);
  };
  BOOST_TEST(where([](auto&) {}) == "open south hash old ");
  BOOST_TEST(where([](auto& x) { x.tenant = "south"; }) == "south ");
  BOOST_TEST(where([](auto& x) { x.kind = "file_hash"; }) == "hash ");
  BOOST_TEST(where([](auto& x) { x.value = "old"; }) == "old ");
  BOOST_TEST(where([](auto& x) { x.open = true; }) == "open hash ");
  BOOST_TEST(where([](auto& x) { x.open = false; }) == "south old ");
  BOOST_TEST(where([](auto& x) { x.critical_only = true; }) == "open south old ");
  BOOST_TEST(where([](auto& x) { x.agent = agent_at(2, 2); }) == "open hash old ");
  BOOST_TEST(where([](auto& x) { x.agent = agent_at(3, 3); }) == "");
  BOOST_TEST(where([](auto& x) { x.since = noon + 1s; }) == "open south hash ");
  BOOST_TEST(where([](auto& x) {
               x.open = true;
               x.critical_only = true;
             })
             == "open ");
}

BOOST_AUTO_TEST_CASE(scan_for_patterns_stops_at_its_limit_with_a_cursor) {
  options.scan_records = 2;
  start();
  for (int i = 0; i < 7; ++i) write(record_pattern{sample_pattern(noon + i * 1s, i ? "often" : "rare"), {}});
  read_patterns wanted;
  wanted.value = "rare";
  auto page = read<pattern_page>(wanted);
  BOOST_TEST(page.patterns.empty());
  BOOST_TEST(page.next == raw(sample_pattern(noon + 5s, "often").id));
  size_t pages = 0;
  BOOST_TEST(patterns(wanted, &pages) == "rare ");
  BOOST_TEST(pages == 4u);
  wanted.since = noon + 6s;
  BOOST_TEST(patterns(wanted, &pages) == "");
  BOOST_TEST(pages == 1u);
}

BOOST_AUTO_TEST_CASE(reports_from_before_the_clock_was_set_back_are_found) {
  write(record_threats{{agent, noon, {sample_threat("first")}}},
        record_threats{{agent, noon - 30min, {sample_threat("second")}}});
  BOOST_TEST(events(threats_of({}, "", "", noon - 1min, 100)) == "first ");
}

BOOST_AUTO_TEST_CASE(search_ends_well_before_its_oldest_time) {
  write(record_threats{{agent, noon - 10h, {sample_threat("old")}}},
        record_threats{{agent, noon - 9h, {sample_threat("old")}}},
        record_threats{{agent, noon, {sample_threat("new")}}});
  size_t pages = 0;
  options.scan_records = 2;
  start();
  BOOST_TEST(events(threats_of({}, "", "", noon - 1h, 100), &pages) == "new ");
  BOOST_TEST(pages == 1u);
}

BOOST_AUTO_TEST_CASE(unreadable_record_is_an_error_that_names_it) {
  {
    write_transaction writing{*data};
    writing.append(ledger_table::audit, 12, "{\"v\":1}");
    BOOST_REQUIRE(!writing.commit());
  }
  auto page = ask<audit_page>(reader, read_audit{});
  BOOST_REQUIRE(!page);
  BOOST_TEST(describe_store_error(page.error()) == "store_failed: audit/12: 'at' is missing");
}

BOOST_AUTO_TEST_SUITE_END()
