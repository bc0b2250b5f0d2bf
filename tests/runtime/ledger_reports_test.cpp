// What nodes report in the ledger: rings, values under names, forgetting, ageing, pages.
#include "ledger_fixture.hpp"

#include "runtime/ledger/archive.hpp"
#include "runtime/ledger/ledger.hpp"
#include "runtime/ledger/report_records.hpp"
#include "runtime/ledger/report_rings.hpp"

using namespace muster;
using namespace muster::ledger_test;

namespace {

struct report_ledger : actor_fixture {
  report_ledger() {
    open();
    writer = spawn(ledger, data, options());
    reader = spawn(archive, data, archive_options{});
    for (uint32_t slot : {1, 2}) must(ask<committed>(writer, record_agent{sample_agent(slot, slot), {}, {}}));
  }
  ledger_options options() {
    ledger_options out;
    out.now_utc = [this] { return now; };
    return out;
  }
  void report(uint32_t slot, report_kind kind, const std::string& item, std::vector<node_value> latest = {}) {
    must(ask<committed>(writer,
                        record_node_reports{agent_at(slot, slot), kind, now, {item}, std::move(latest)}));
  }
  uint64_t enter(uint32_t slot, std::vector<std::string> names, std::vector<std::string> deleted = {},
                 const std::string& json = "1") {
    record_node_entries what{agent_at(slot, slot), {}, std::move(deleted)};
    for (auto& name : names) what.entries.push_back({std::move(name), now, json});
    return must(ask<committed>(writer, std::move(what))).number;
  }
  node_report_page page(uint32_t slot, report_kind kind, uint64_t before = 0, uint32_t limit = 1'000) {
    return must(ask<node_report_page>(reader, read_node_reports{agent_at(slot, slot), kind, before, limit}));
  }
  // "c b a": the newest first.
  std::string items(uint32_t slot, report_kind kind) {
    std::string out;
    for (const auto& each : page(slot, kind).reports) out += (out.empty() ? "" : " ") + each.items.at(0);
    return out;
  }
  // "a=1 b=2", sorted.
  std::string values(uint32_t slot, value_kind kind) {
    std::set<std::string> all;
    const auto found =
      must(ask<node_value_page>(reader, read_node_values{agent_at(slot, slot), kind, 0, 1'000}));
    for (const auto& each : found.values) all.insert(each.name + "=" + each.json);
    std::string out;
    for (const auto& each : all) out += (out.empty() ? "" : " ") + each;
    return out;
  }

  utc_time now = noon;
  ledger_actor writer;
  archive_actor reader;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(report_records)

BOOST_AUTO_TEST_CASE(report_is_read_back_byte_for_byte) {
  const std::vector<std::string> items{R"({"a":1.50,"b":"\u2028 é"})", "{}"};
  const auto key = report_key(0xffffff, report_kind::tunnels, 77);
  const auto json = encode(record_node_reports{agent_at(1, 2), report_kind::tunnels, noon + 7ms, items, {}});
  BOOST_TEST((must(decode_report({ledger_table::reports, key, json}))
              == node_report{agent_at(1, 2), 77, noon + 7ms, items}));
  BOOST_TEST((time_of_report(json) == noon + 7ms));
  BOOST_TEST((time_of_report("{}") == utc_time{}));
}

BOOST_AUTO_TEST_CASE(values_are_read_back) {
  const value_bucket bucket{agent_at(1, 2), {{"a \"b\"", noon, R"({"x":"\n"})"}, {"", noon + 1ms, "null"}}};
  BOOST_TEST((must(decode_values({ledger_table::node_values, 5, encode(bucket)})) == bucket));
  BOOST_TEST((!decode_values({ledger_table::node_values, 5, R"({"v":1,"node":"x"})"})));
}

BOOST_AUTO_TEST_CASE(keys_of_nodes_and_kinds_lie_apart) {
  BOOST_TEST(report_ring_end(report_key(1, report_kind::drift, 5)) == report_key(1, report_kind::metrics, 0));
  BOOST_TEST(report_key(1, report_kind::tunnels, (uint64_t{1} << 36) - 1)
             < report_key(2, report_kind::drift, 0));
  BOOST_TEST(value_end(1, value_kind::entries) == value_key(1, value_kind::metrics, 0));
  BOOST_TEST(value_end(1, value_kind::metrics) == value_key(2, value_kind::entries, 0));
  BOOST_TEST(value_key(1, value_kind::entries, ~uint64_t{0}) < value_end(1, value_kind::entries));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(ledger_reports, report_ledger)

BOOST_AUTO_TEST_CASE(reports_are_listed_newest_first_by_node_and_kind) {
  report(1, report_kind::drift, "1");
  report(2, report_kind::drift, "2");
  report(1, report_kind::metrics, "3");
  report(1, report_kind::drift, "4");
  BOOST_TEST(items(1, report_kind::drift) == "4 1");
  BOOST_TEST(items(2, report_kind::drift) == "2");
  BOOST_TEST(items(1, report_kind::metrics) == "3");
  BOOST_TEST(items(2, report_kind::metrics) == "");
  BOOST_TEST(items(1, report_kind::tunnels) == "");
  BOOST_TEST((page(1, report_kind::drift).reports.at(0).at == noon));
}

BOOST_AUTO_TEST_CASE(oldest_of_a_ring_goes_when_it_is_full) {
  for (size_t i = 1; i <= 65; ++i) {
    report(1, report_kind::metrics, std::to_string(i));
    report(2, report_kind::violations, std::to_string(i));
  }
  const auto kept = page(1, report_kind::metrics).reports;
  BOOST_TEST(kept.size() == kept_reports(report_kind::metrics));
  BOOST_TEST(kept.front().items.at(0) == "65");
  BOOST_TEST(kept.back().items.at(0) == "6");
  BOOST_TEST(page(2, report_kind::violations).reports.size() == 65u);
  BOOST_TEST(kept_reports(report_kind::violations) == 1'000u);
  BOOST_TEST(kept_reports(report_kind::drift) == 100u);
}

BOOST_AUTO_TEST_CASE(reports_come_in_pages) {
  for (int i = 1; i <= 5; ++i) report(1, report_kind::logs, std::to_string(i));
  report(2, report_kind::logs, "other");
  const auto first = page(1, report_kind::logs, 0, 2);
  BOOST_TEST(first.reports.size() == 2u);
  BOOST_TEST(first.next == 4u);
  const auto second = page(1, report_kind::logs, first.next, 3);
  BOOST_TEST(second.reports.size() == 3u);
  BOOST_TEST(second.reports.front().items.at(0) == "3");
  BOOST_TEST(page(1, report_kind::logs, second.next == 0 ? 1 : second.next, 3).reports.empty());
}

BOOST_AUTO_TEST_CASE(entries_are_replaced_and_deleted_by_name) {
  enter(1, {"a", "b"});
  enter(2, {"a"}, {}, "2");
  enter(1, {"b"}, {"a", "unknown"}, "3");
  BOOST_TEST(values(1, value_kind::entries) == "b=3");
  BOOST_TEST(values(2, value_kind::entries) == "a=2");
  enter(1, {}, {"b"});
  BOOST_TEST(values(1, value_kind::entries) == "");
}

BOOST_AUTO_TEST_CASE(new_entries_beyond_the_bound_find_no_room) {
  std::vector<std::string> names;
  for (size_t i = 0; i < kept_values - 1; ++i) names.push_back("n" + std::to_string(i));
  BOOST_TEST(enter(1, names) == 0u);
  BOOST_TEST(enter(1, {"x", "y", "z"}) == 2u);
  BOOST_TEST(enter(1, {"n0", "x"}, {}, "2") == 0u, "what is there is replaced all the same");
  BOOST_TEST(enter(1, {"y"}, {"n1"}) == 0u, "and what is deleted makes room");
  BOOST_TEST(enter(2, {"a"}) == 0u);
  BOOST_TEST(keys(ledger_table::node_values).size() == kept_values + 1);
}

BOOST_AUTO_TEST_CASE(large_entries_leave_room_for_fewer) {
  const auto large = '"' + std::string(kept_value_bytes / 2, 'x') + '"';
  BOOST_TEST(enter(1, {"a"}, {}, large) == 0u);
  BOOST_TEST(enter(1, {"b"}, {}, large) == 1u);
  BOOST_TEST(enter(1, {"a", "c"}, {}, "1") == 0u);
  BOOST_TEST(values(1, value_kind::entries) == "a=1 c=1");
  BOOST_TEST(enter(1, {"b"}, {}, large) == 0u);
}

BOOST_AUTO_TEST_CASE(latest_metrics_are_kept_by_name) {
  report(1, report_kind::metrics, "1", {{"system", noon, "10"}, {"latency n_1", noon, "11"}});
  report(1, report_kind::metrics, "2", {{"system", noon, "20"}});
  BOOST_TEST(values(1, value_kind::metrics) == "latency n_1=11 system=20");
  BOOST_TEST(values(1, value_kind::entries) == "");
}

BOOST_AUTO_TEST_CASE(values_come_in_pages) {
  enter(1, {"a", "b", "c", "d", "e"});
  std::set<std::string> seen;
  uint64_t from = 0;
  int pages = 0;
  do {
    const auto found =
      must(ask<node_value_page>(reader, read_node_values{agent_at(1, 1), value_kind::entries, from, 2}));
    for (const auto& each : found.values) BOOST_TEST(seen.insert(each.name).second);
    from = found.next;
    ++pages;
  } while (from != 0);
  BOOST_TEST(seen.size() == 5u);
  BOOST_TEST(pages == 3);
}

BOOST_AUTO_TEST_CASE(removed_node_leaves_nothing_and_can_add_nothing) {
  for (uint32_t slot : {1, 2}) {
    report(slot, report_kind::drift, "1", {{"system", noon, "1"}});
    report(slot, report_kind::tunnels, "2");
    enter(slot, {"a"});
  }
  must(ask<committed>(writer, forget_agent{agent_at(1, 1), {}}));
  report(1, report_kind::drift, "late", {{"system", noon, "1"}});
  enter(1, {"late"});
  BOOST_TEST(items(1, report_kind::drift) == "");
  BOOST_TEST(items(1, report_kind::tunnels) == "");
  BOOST_TEST(values(1, value_kind::entries) == "");
  BOOST_TEST(values(1, value_kind::metrics) == "");
  BOOST_TEST(items(2, report_kind::drift) == "1");
  BOOST_TEST(values(2, value_kind::entries) == "a=1");
  BOOST_TEST(keys(ledger_table::reports).size() == 2u);
  BOOST_TEST(keys(ledger_table::node_values).size() == 2u);
}

BOOST_AUTO_TEST_CASE(reports_of_the_node_that_had_the_slot_are_not_shown) {
  report(1, report_kind::drift, "1");
  const auto other =
    must(ask<node_report_page>(reader, read_node_reports{agent_at(1, 9), report_kind::drift, 0, 10}));
  BOOST_TEST(other.reports.empty());
  enter(1, {"a"});
  const auto values =
    must(ask<node_value_page>(reader, read_node_values{agent_at(1, 9), value_kind::entries, 0, 10}));
  BOOST_TEST(values.values.empty());
}

BOOST_AUTO_TEST_CASE(old_reports_are_purged_some_at_a_time) {
  for (int i = 0; i < 3; ++i) {
    report(1, report_kind::drift, std::to_string(i));
    report(1, report_kind::audit, std::to_string(i));
    now += 1h;
  }
  report(2, report_kind::drift, "new");
  uint64_t at = 0;
  size_t deleted = 0;
  for (int passes = 0; passes < 10; ++passes) deleted += must(purge_reports(*data, noon + 90min, 2, at));
  BOOST_TEST(deleted == 4u);
  BOOST_TEST(items(1, report_kind::drift) == "2");
  BOOST_TEST(items(1, report_kind::audit) == "2");
  BOOST_TEST(items(2, report_kind::drift) == "new");
  BOOST_TEST(must(purge_reports(*data, noon + 90min, 100, at))
               + must(purge_reports(*data, noon + 90min, 100, at))
             == 0u);
}

BOOST_AUTO_TEST_CASE(ledger_purges_reports_by_itself) {
  report(1, report_kind::drift, "old");
  now += 24h * 7 + 1min;
  report(1, report_kind::metrics, "new");
  advance(3min);
  BOOST_TEST(items(1, report_kind::drift) == "");
  BOOST_TEST(items(1, report_kind::metrics) == "new");
}

BOOST_AUTO_TEST_SUITE_END()
