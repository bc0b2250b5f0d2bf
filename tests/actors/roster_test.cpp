// The columns of the fleet: rows, slots, lists and blocks of standings.
#include "actors/manager/roster.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

using namespace muster;
using namespace std::chrono_literals;

namespace {

constexpr utc_time noon{std::chrono::milliseconds{1'700'000'000'000}};

agent_record record_of(const std::string& hostname, const std::string& tenant = "north",
                       const std::string& organization = "") {
  agent_record record;
  record.tenant = tenant;
  record.host = {hostname, organization, "Linux 6.1.0", "x64", "1.0.0", "10.0.0.5", "0af3", "192.0.2.1"};
  record.labels = {{"role", "web"}, {"zone", "eu"}};
  record.tokens = {{1, 1}, {2, 2}, {3, 3}};
  record.registered_at = noon - 1h;
  record.enrolled_at = noon;
  return record;
}

struct roster_suite {
  agent_id admit(const std::string& hostname, const std::string& tenant = "north") {
    return fleet.admit(record_of(hostname, tenant), ++serial);
  }
  agent_id restore(uint32_t slot, agent_status status = agent_status::online, utc_time changed_at = noon) {
    auto record = record_of("host-" + std::to_string(slot));
    record.id = make_agent_id(0, slot, ++serial);
    fleet.restore(record, {record.id, status, noon, changed_at, 5});
    return record.id;
  }
  std::vector<std::string> names(const list_agents& query) const {
    std::vector<std::string> found;
    for (const auto& row : fleet.list(query).agents) found.push_back(row.hostname);
    return found;
  }
  fleet_counts counts() const {
    fleet_counts out;
    fleet.count(out);
    return out;
  }
  uint64_t count(agent_status status) const { return counts().by_status[static_cast<size_t>(status)]; }
  void change(agent_id id, agent_status to, utc_time at = noon) {
    fleet.apply({id, fleet.status(id), to, change_cause::silence, at, noon, 0}, ++number);
  }

  roster fleet;
  uint32_t serial = 0;
  uint64_t number = 0;
};

using texts = std::vector<std::string>;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(roster_suite_, roster_suite)

BOOST_AUTO_TEST_CASE(an_admitted_agent_keeps_all_of_its_record) {
  auto record = record_of("web-1", "north", "acme");
  record.enrolled_openly = true;
  record.id = fleet.admit(record, 7);
  BOOST_TEST((record.id == make_agent_id(0, 0, 7)));
  BOOST_TEST((fleet.record(record.id) == record));
  BOOST_TEST(fleet.contains(record.id));
  BOOST_TEST((fleet.status(record.id) == agent_status::online));
  BOOST_TEST((fleet.standing(record.id) == agent_standing{record.id, agent_status::online, noon, noon, 0}));
}

BOOST_AUTO_TEST_CASE(slots_are_dense_and_used_again) {
  const auto a = admit("a"), b = admit("b"), c = admit("c");
  BOOST_TEST(slot_of(c) == 2u);
  fleet.remove(b);
  BOOST_TEST(!fleet.contains(b));
  BOOST_TEST(!fleet.at_slot(1));
  const auto d = admit("d");
  BOOST_TEST(slot_of(d) == 1u);
  BOOST_TEST(!fleet.contains(b));
  BOOST_TEST(fleet.contains(d));
  BOOST_TEST(fleet.size() == 3u);
  BOOST_TEST(fleet.contains(a));
}

BOOST_AUTO_TEST_CASE(an_id_of_nobody_is_not_contained) {
  BOOST_TEST(!fleet.contains(agent_id{}));
  const auto a = admit("a");
  BOOST_TEST(!fleet.contains(make_agent_id(1, slot_of(a), serial_of(a))));
  BOOST_TEST(!fleet.contains(make_agent_id(0, slot_of(a), serial_of(a) + 1)));
  BOOST_TEST(!fleet.contains(make_agent_id(0, 77, 1)));
  fleet.remove(a);
  BOOST_TEST(!fleet.contains(agent_id{}));
}

BOOST_AUTO_TEST_CASE(restored_agents_may_leave_gaps_and_come_in_any_order) {
  const auto five = restore(5), two = restore(2), seven = restore(7);
  BOOST_TEST(fleet.slots() == 8u);
  BOOST_TEST(fleet.size() == 3u);
  std::set<uint32_t> taken{slot_of(five), slot_of(two), slot_of(seven)};
  for (int i = 0; i < 6; ++i) BOOST_TEST(taken.insert(slot_of(admit("new"))).second);
  BOOST_TEST(*taken.rbegin() == 8u);
  BOOST_TEST(fleet.contains(two));
}

BOOST_AUTO_TEST_CASE(a_restored_agent_keeps_its_standing) {
  const auto id = restore(3, agent_status::stale, noon - 5min);
  BOOST_TEST((fleet.standing(id) == agent_standing{id, agent_status::stale, noon, noon - 5min, 5}));
  BOOST_TEST(count(agent_status::stale) == 1u);
}

BOOST_AUTO_TEST_CASE(a_host_is_found_within_its_tenant_and_organization) {
  const auto plain = fleet.admit(record_of("web", "north"), 1);
  const auto other_tenant = fleet.admit(record_of("web", "south"), 2);
  const auto organized = fleet.admit(record_of("web", "north", "acme"), 3);
  BOOST_TEST((fleet.of_host(dialect::panguard, "north", record_of("web").host) == std::vector{plain}));
  BOOST_TEST((fleet.of_host(dialect::panguard, "south", record_of("web").host) == std::vector{other_tenant}));
  BOOST_TEST(
    (fleet.of_host(dialect::panguard, "north", record_of("web", "", "acme").host) == std::vector{organized}));
  BOOST_TEST(fleet.of_host(dialect::panguard, "north", record_of("we").host).empty());
}

BOOST_AUTO_TEST_CASE(twins_of_one_host_are_found_by_slot_and_forgotten_one_by_one) {
  const auto a = admit("twin"), between = admit("other"), b = admit("twin");
  BOOST_TEST((fleet.of_host(dialect::panguard, "north", record_of("twin").host) == std::vector{a, b}));
  fleet.remove(a);
  BOOST_TEST((fleet.of_host(dialect::panguard, "north", record_of("twin").host) == std::vector{b}));
  fleet.remove(b);
  BOOST_TEST(fleet.of_host(dialect::panguard, "north", record_of("twin").host).empty());
  BOOST_TEST(fleet.contains(between));
}

BOOST_AUTO_TEST_CASE(an_update_replaces_what_the_host_said) {
  const auto id = admit("web");
  auto again = fleet.record(id);
  again.host.version = "2.0.0";
  again.host.address = "10.9.9.9";
  again.labels = {{"role", "db"}};
  again.tokens.issued = {9, 9};
  again.enrolled_at = noon + 1h;
  fleet.update(again);
  BOOST_TEST((fleet.record(id) == again));
  BOOST_TEST(fleet.size() == 1u);
}

BOOST_AUTO_TEST_CASE(changes_move_agents_between_the_counts) {
  const auto a = admit("a"), b = admit("b");
  change(a, agent_status::stale, noon + 90s);
  BOOST_TEST(count(agent_status::online) == 1u);
  BOOST_TEST(count(agent_status::stale) == 1u);
  BOOST_TEST((fleet.row(a).changed_at == noon + 90s));
  BOOST_TEST(fleet.standing(a).last_change == 1u);
  change(a, agent_status::online, noon + 100s);
  BOOST_TEST((fleet.standing(a).last_seen == noon + 100s));
  BOOST_TEST(count(agent_status::online) == 2u);
  fleet.remove(b);
  BOOST_TEST(counts().total() == 1u);
  BOOST_TEST(counts().by_dialect[0] == 1u);
}

BOOST_AUTO_TEST_CASE(a_change_without_a_new_status_keeps_the_time_of_the_old_one) {
  const auto id = admit("a");
  change(id, agent_status::online, noon + 1h);
  BOOST_TEST((fleet.row(id).changed_at == noon));
  BOOST_TEST(fleet.standing(id).last_change == 1u);
}

BOOST_AUTO_TEST_CASE(being_seen_never_goes_back) {
  const auto id = admit("a");
  fleet.seen(id, noon + 10s);
  fleet.seen(id, noon + 5s);
  BOOST_TEST((fleet.row(id).last_seen == noon + 10s));
}

BOOST_AUTO_TEST_CASE(contested_identities_are_counted_once) {
  const auto id = admit("a");
  fleet.set_contested(id, true);
  fleet.set_contested(id, true);
  BOOST_TEST(counts().contested == 1u);
  fleet.set_contested(id, false);
  fleet.set_contested(id, false);
  BOOST_TEST(counts().contested == 0u);
  fleet.set_contested(id, true);
  fleet.remove(id);
  BOOST_TEST(counts().contested == 0u);
}

BOOST_AUTO_TEST_CASE(lists_are_filtered_by_each_column) {
  const auto a = admit("web-1"), b = admit("db-1", "south");
  auto labelled = fleet.record(b);
  labelled.labels = {{"role", "db"}};
  labelled.host.machine_id = "ffff";
  fleet.update(labelled);
  change(b, agent_status::stale);
  fleet.set_contested(a, true);
  auto with = [](auto member, auto value) {
    list_agents query;
    query.*member = value;
    return query;
  };
  BOOST_TEST(names({}) == (texts{"web-1", "db-1"}), boost::test_tools::per_element());
  BOOST_TEST(names(with(&list_agents::status, agent_status::stale)) == texts{"db-1"});
  BOOST_TEST(names(with(&list_agents::speaks, dialect::plexd)).empty());
  BOOST_TEST(names(with(&list_agents::tenant, "south")) == texts{"db-1"});
  BOOST_TEST(names(with(&list_agents::hostname, "web-1")) == texts{"web-1"});
  BOOST_TEST(names(with(&list_agents::hostname, "web")).empty());
  BOOST_TEST(names(with(&list_agents::machine_id, "ffff")) == texts{"db-1"});
  BOOST_TEST(names(with(&list_agents::contested_only, true)) == texts{"web-1"});
  BOOST_TEST(names(with(&list_agents::text, "WEB")) == texts{"web-1"});
  BOOST_TEST(names(with(&list_agents::text, to_string(b).substr(3))) == texts{"db-1"});
}

BOOST_AUTO_TEST_CASE(a_label_is_asked_for_by_key_or_with_its_value) {
  admit("a");
  auto with = [this](const std::string& label) {
    list_agents query;
    query.label = label;
    return names(query).size();
  };
  BOOST_TEST(with("role") == 1u);
  BOOST_TEST(with("role=web") == 1u);
  BOOST_TEST(with("zone=eu") == 1u);
  BOOST_TEST(with("rol") == 0u);
  BOOST_TEST(with("role=we") == 0u);
  BOOST_TEST(with("role=") == 0u);
  BOOST_TEST(with("web") == 0u);
}

BOOST_AUTO_TEST_CASE(pages_continue_where_the_last_one_ended) {
  for (int i = 0; i < 5; ++i) admit("host-" + std::to_string(i));
  fleet.remove(*fleet.at_slot(2));
  list_agents query;
  query.limit = 2;
  auto page = fleet.list(query);
  BOOST_TEST(page.agents.size() == 2u);
  BOOST_TEST((page.next_slot == caf::optional<uint32_t>{3}));
  query.from_slot = *page.next_slot;
  page = fleet.list(query);
  BOOST_TEST(page.agents.size() == 2u);
  BOOST_TEST(page.agents[0].hostname == "host-3");
  BOOST_TEST(!page.next_slot);
  query.from_slot = 100;
  BOOST_TEST(fleet.list(query).agents.empty());
}

BOOST_AUTO_TEST_CASE(touched_blocks_are_taken_once) {
  const auto first = restore(0), last = restore(2 * standings_per_block);
  BOOST_TEST(fleet.take_touched_blocks().empty());
  fleet.seen(last, noon + 1s);
  BOOST_TEST((fleet.take_touched_blocks() == std::vector<uint32_t>{2}));
  BOOST_TEST(fleet.take_touched_blocks().empty());
  change(first, agent_status::stale);
  BOOST_TEST((fleet.take_touched_blocks() == std::vector<uint32_t>{0}));
  fleet.touch_all();
  BOOST_TEST((fleet.take_touched_blocks() == std::vector<uint32_t>{0, 1, 2}));
}

BOOST_AUTO_TEST_CASE(a_block_holds_the_standings_of_its_slots) {
  restore(1);
  const auto b = restore(standings_per_block);
  const auto block = fleet.block(1);
  BOOST_TEST(block.block == 1u);
  BOOST_REQUIRE(block.standings.size() == 1u);
  BOOST_TEST((block.standings[0] == fleet.standing(b)));
  fleet.remove(b);
  BOOST_TEST((fleet.take_touched_blocks() == std::vector<uint32_t>{1}));
  BOOST_TEST(fleet.block(1).standings.empty());
}

BOOST_AUTO_TEST_CASE(long_departed_agents_are_found_up_to_a_limit) {
  const auto old = restore(0, agent_status::departed, noon - 100h);
  restore(1, agent_status::departed, noon - 1h);
  restore(2, agent_status::offline, noon - 100h);
  const auto old_too = restore(3, agent_status::departed, noon - 99h);
  BOOST_TEST((fleet.departed_before(noon - 50h, 10) == std::vector{old, old_too}));
  BOOST_TEST((fleet.departed_before(noon - 50h, 1) == std::vector{old}));
  BOOST_TEST(fleet.departed_before(noon - 100h, 10).empty());
}

BOOST_AUTO_TEST_CASE(labels_survive_being_joined_and_split) {
  const std::map<std::string, std::string> labels{{"a", ""}, {"b", "x=y"}, {"role", "web"}};
  BOOST_TEST((split_labels(join_labels(labels)) == labels));
  BOOST_TEST(split_labels("").empty());
  BOOST_TEST(join_labels({}).empty());
}

BOOST_AUTO_TEST_CASE(an_agent_is_found_by_the_address_it_names_and_by_the_one_it_is_seen_from) {
  auto record = record_of("web-1");
  record.host.address = "::ffff:198.51.100.7";
  record.host.seen_from = "2001:DB8::1";
  const auto id = fleet.admit(record, ++serial);
  BOOST_TEST((fleet.of_address("198.51.100.7") == id));
  BOOST_TEST((fleet.of_address("2001:db8::1") == id));
  BOOST_TEST(!fleet.of_address("198.51.100.8").has_value());
  BOOST_TEST(!fleet.of_address("web-1").has_value());
}

BOOST_AUTO_TEST_CASE(an_address_moves_with_its_agent_and_goes_with_it) {
  const auto first = restore(3);
  auto moved = fleet.record(first);
  moved.host.address = "198.51.100.7";
  moved.host.seen_from = "not an address";
  fleet.update(moved);
  BOOST_TEST((fleet.of_address("198.51.100.7") == first));
  BOOST_TEST(!fleet.of_address("10.0.0.5").has_value());
  fleet.remove(first);
  BOOST_TEST(!fleet.of_address("198.51.100.7").has_value());
}

BOOST_AUTO_TEST_CASE(a_host_has_an_identity_for_each_dialect) {
  const auto agent = admit("web-1");
  auto record = record_of("web-1");
  record.speaks = dialect::plexd;
  const auto node = fleet.admit(record, ++serial);
  BOOST_TEST((fleet.of_host(dialect::panguard, "north", record.host) == std::vector{agent}));
  BOOST_TEST((fleet.of_host(dialect::plexd, "north", record.host) == std::vector{node}));
  fleet.remove(node);
  BOOST_TEST(fleet.of_host(dialect::plexd, "north", record.host).empty());
  BOOST_TEST((fleet.of_host(dialect::panguard, "north", record.host) == std::vector{agent}));
}

BOOST_AUTO_TEST_SUITE_END()
