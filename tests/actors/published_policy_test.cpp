// What hearers keep of what was published.
#include "actors/manager/published_policy.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;

namespace {

agent_id agent(uint32_t slot) { return make_agent_id(0, slot, slot + 1); }

policy_version version(uint64_t number) { return {number, document{effective_policy{}}}; }

publish_policy table_of(uint64_t revision, std::vector<std::vector<policy_version>> profiles,
                        std::vector<uint32_t> bounds = {policy_buckets}) {
  return {document{policy_table{revision, {}, std::move(bounds), std::move(profiles), {}}}};
}

struct published_fixture {
  uint64_t of(uint32_t profile, agent_id id = agent(1)) const {
    const auto* has = published.of(id, profile);
    return has != nullptr ? has->version : 0;
  }

  published_policy published;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(published_policy_suite, published_fixture)

BOOST_AUTO_TEST_CASE(nothing_is_known_before_the_first_table) {
  BOOST_TEST(of(0) == 0u);
  BOOST_TEST(!published.table());
}

BOOST_AUTO_TEST_CASE(a_profile_has_what_the_table_says) {
  published.take(table_of(3, {{version(2)}, {version(3)}}));
  BOOST_TEST(of(0) == 2u);
  BOOST_TEST(of(1) == 3u);
  BOOST_TEST(of(2) == 0u);
}

BOOST_AUTO_TEST_CASE(a_band_has_its_own_version_also_in_profiles_that_came_later) {
  published.take(table_of(5, {{version(4), version(5)}}, {policy_buckets / 2, policy_buckets}));
  published.take(publish_profiles{1, {{version(6), version(7)}}});
  for (uint32_t slot = 0; slot < 20; ++slot) {
    const bool upper = policy_bucket(agent(slot)) >= policy_buckets / 2;
    BOOST_TEST(of(0, agent(slot)) == (upper ? 5u : 4u));
    BOOST_TEST(of(1, agent(slot)) == (upper ? 7u : 6u));
  }
}

BOOST_AUTO_TEST_CASE(profiles_that_came_later_follow_those_of_the_table) {
  published.take(table_of(3, {{version(3)}}));
  published.take(publish_profiles{1, {{version(4)}}});
  published.take(publish_profiles{2, {{version(5)}}});
  BOOST_TEST(of(1) == 4u);
  BOOST_TEST(of(2) == 5u);
  BOOST_TEST(of(3) == 0u);
}

BOOST_AUTO_TEST_CASE(profiles_that_are_known_already_change_nothing) {
  published.take(table_of(3, {{version(3)}}));
  published.take(publish_profiles{0, {{version(9)}, {version(4)}}});
  published.take(publish_profiles{1, {{version(9)}}});
  BOOST_TEST(of(0) == 3u);
  BOOST_TEST(of(1) == 4u);
}

BOOST_AUTO_TEST_CASE(a_new_table_replaces_what_came_since_the_last) {
  published.take(table_of(3, {{version(3)}}));
  published.take(publish_profiles{1, {{version(3)}}});
  published.take(table_of(4, {{version(3)}, {version(4)}}));
  BOOST_TEST(of(1) == 4u);
  BOOST_TEST(of(2) == 0u);
}

BOOST_AUTO_TEST_CASE(an_agent_of_its_own_does_not_have_what_its_profile_has) {
  auto news = table_of(4, {{version(3)}});
  auto table = *news.table;
  table.specials = {{agent(1), version(4)}, {agent(7), version(2)}};
  published.take(publish_policy{document{std::move(table)}});
  BOOST_TEST(of(0, agent(1)) == 4u);
  BOOST_TEST(of(0, agent(7)) == 2u);
  BOOST_TEST(of(0, agent(2)) == 3u);
}

BOOST_AUTO_TEST_CASE(a_scope_concerns_the_profiles_it_names) {
  const policy_profile north{"north", "acme", {{"env", "prod"}, {"team", "a/b"}}};
  const auto concerned = [&](policy_layer layer, const std::string& name, const std::string& tenant = "") {
    return concerns({layer, tenant, name}, north);
  };
  BOOST_TEST(concerned(policy_layer::fleet, ""));
  BOOST_TEST(concerned(policy_layer::fleet, "", "north"));
  BOOST_TEST(!concerned(policy_layer::fleet, "", "south"));
  BOOST_TEST(concerned(policy_layer::organization, "acme"));
  BOOST_TEST(!concerned(policy_layer::organization, "ACME"));
  BOOST_TEST(concerned(policy_layer::label, "env=prod"));
  BOOST_TEST(concerned(policy_layer::label, "env"));
  BOOST_TEST(concerned(policy_layer::label, "team=a/b"));
  BOOST_TEST(!concerned(policy_layer::label, "env=prod", "south"));
  BOOST_TEST(!concerned(policy_layer::label, "env=test"));
  BOOST_TEST(!concerned(policy_layer::label, "en=prod"));
  BOOST_TEST(!concerned(policy_layer::agent, to_string(agent(1))));
}

BOOST_AUTO_TEST_SUITE_END()
