// What the fleet knows of policy per slot.
#include "actors/manager/policy_columns.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;
using namespace std::chrono_literals;

namespace {

const utc_time noon{std::chrono::hours{500'000}};
const policy_profile north{"north", "", {}};
const policy_profile acme{"north", "acme", {{"env", "prod"}}};

agent_id agent(uint32_t slot) { return make_agent_id(0, slot, slot + 1); }

struct columns_fixture {
  // Everyone of a profile should have this version from this revision on.
  void publish(uint64_t revision, std::vector<uint64_t> versions, utc_time at = noon) {
    policy_table table{revision, at, {policy_buckets}, {}, {}};
    for (auto number : versions)
      table.of_profile.push_back({policy_version{number, document{effective_policy{}}}});
    columns.publish(publish_policy{document{std::move(table)}});
  }
  policy_progress progress(const std::string& by = "tenant") const {
    policy_progress out;
    std::vector<std::chrono::milliseconds> took;
    for (auto id : all) columns.count(id, columns.group(id, by), out, took);
    columns.finish(out, took);
    return out;
  }
  agent_id add(uint32_t slot, const policy_profile& profile) {
    columns.place(agent(slot), profile);
    all.push_back(agent(slot));
    return agent(slot);
  }
  void acknowledge(agent_id id, uint64_t version, utc_time at = noon) { columns.note({id, 0, version, at}); }
  rollout_health compare(const compare_cohorts& query, agent_status status = agent_status::online,
                         bool held = false) const {
    rollout_health out;
    for (auto id : all) columns.compare(id, status, held, query, out);
    return out;
  }

  policy_columns columns;
  std::vector<agent_id> all;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(policy_columns_suite, columns_fixture)

BOOST_AUTO_TEST_CASE(agents_that_are_alike_share_a_profile_that_is_told_once) {
  BOOST_TEST(columns.place(agent(1), north) == 0u);
  BOOST_TEST(columns.place(agent(2), acme) == 1u);
  BOOST_TEST(columns.place(agent(3), north) == 0u);
  auto news = columns.take_new_profiles();
  BOOST_TEST(news.first == 0u);
  BOOST_TEST((news.profiles == std::vector{north, acme}));
  BOOST_TEST(columns.take_new_profiles().profiles.empty());
  auto other = acme;
  other.labels["env"] = "test";
  BOOST_TEST(columns.place(agent(2), other) == 2u);
  news = columns.take_new_profiles();
  BOOST_TEST(news.first == 2u);
  BOOST_TEST((news.profiles == std::vector{other}));
}

BOOST_AUTO_TEST_CASE(a_version_is_that_of_the_profile_or_unknown) {
  const auto id = add(1, north);
  BOOST_TEST(columns.version(id) == 0u);
  publish(3, {2});
  BOOST_TEST(columns.version(id) == 2u);
  BOOST_TEST(columns.version(agent(900)) == 0u);
  BOOST_TEST(!columns.is_special(id));
}

BOOST_AUTO_TEST_CASE(progress_tells_who_has_it_was_sent_it_is_behind_or_never_asked) {
  for (uint32_t slot = 0; slot < 5; ++slot) add(slot, north);
  publish(2, {2});
  acknowledge(all[0], 2);
  columns.note({all[1], 2, 0, {}});
  acknowledge(all[2], 1);
  columns.note({all[3], 1, 0, {}});
  const auto counted = progress();
  BOOST_TEST(counted.revision == 2u);
  BOOST_TEST((counted.at == noon));
  BOOST_TEST(counted.all.agents == 5u);
  BOOST_TEST(counted.all.acknowledged == 1u);
  BOOST_TEST(counted.all.delivered == 1u);
  BOOST_TEST(counted.all.behind == 2u);
  BOOST_TEST(counted.all.never_asked == 1u);
}

BOOST_AUTO_TEST_CASE(progress_is_grouped_by_tenant_organization_or_label) {
  add(1, north), add(2, acme), add(3, acme);
  publish(2, {2, 2});
  acknowledge(all[1], 2);
  const auto by = progress("env");
  BOOST_REQUIRE(by.groups.size() == 2u);
  BOOST_TEST(by.groups[0].group == "");
  BOOST_TEST(by.groups[1].group == "prod");
  BOOST_TEST(by.groups[1].agents == 2u);
  BOOST_TEST(by.groups[1].acknowledged == 1u);
  BOOST_TEST(progress("organization").groups.back().group == "acme");
  BOOST_TEST(progress("tenant").groups.size() == 1u);
}

BOOST_AUTO_TEST_CASE(how_long_it_took_is_measured_for_the_newest_version_only) {
  for (uint32_t slot = 0; slot < 4; ++slot) add(slot, slot == 3 ? acme : north);
  publish(2, {2, 2});
  acknowledge(all[3], 2, noon + 9s);
  publish(3, {3, 2}, noon + 1min);
  for (uint32_t slot = 0; slot < 3; ++slot) acknowledge(all[slot], 3, noon + 1min + (slot + 1) * 1s);
  const auto counted = progress();
  BOOST_TEST(counted.revision == 3u);
  BOOST_TEST(counted.measured == 3u);
  BOOST_TEST(counted.p50.count() == 2000);
  BOOST_TEST(counted.last.count() == 3000);
  acknowledge(all[0], 3, noon + 2min);  // says it again
  BOOST_TEST(progress().last.count() == 3000);
}

BOOST_AUTO_TEST_CASE(who_is_no_more_leaves_nothing_to_the_next_in_its_slot) {
  const auto id = add(1, north);
  publish(2, {2});
  acknowledge(id, 2);
  columns.note_error(id, noon);
  columns.clear(id);
  columns.place(id, north);
  BOOST_TEST(columns.acknowledged(id) == 0u);
  BOOST_TEST(compare({{}, policy_buckets, noon}).staged.with_errors == 0u);
  columns.restore_acknowledged(id, 7);
  BOOST_TEST(columns.acknowledged(id) == 7u);
}

BOOST_AUTO_TEST_CASE(cohorts_are_split_by_bucket_and_counted_by_what_happened_since) {
  for (uint32_t slot = 0; slot < 100; ++slot) add(slot, slot < 50 ? north : acme);
  const uint32_t bound = policy_buckets / 2;
  const auto below = static_cast<uint64_t>(
    std::count_if(all.begin(), all.end(), [](agent_id id) { return policy_bucket(id) < bound; }));
  auto health = compare({{}, bound, noon}, agent_status::stale);
  BOOST_TEST(health.staged.agents == below);
  BOOST_TEST(health.staged.stale == below);
  BOOST_TEST(health.rest.agents == 100 - below);
  BOOST_TEST(compare({{}, bound, noon}, agent_status::departed).rest.agents == 0u);
  columns.note_error(all[0], noon - 1ms);
  columns.note_error(all[1], noon);
  pattern seen;
  seen.agents = {{all[2], noon, noon + 1s, 1, true}};
  columns.note_pattern(seen);
  seen.agents[0].last_seen = noon - 1s;  // told late
  columns.note_pattern(seen);
  health = compare({{}, policy_buckets, noon});
  BOOST_TEST(health.staged.with_errors == 1u);
  BOOST_TEST(health.staged.in_patterns == 1u);
  BOOST_TEST(compare({{policy_layer::organization, "", "acme"}, policy_buckets, noon}).staged.agents == 50u);
}

BOOST_AUTO_TEST_SUITE_END()
