// Merging of layers.
#include "actors/manager/policy_merge.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;

namespace {

const policy_document built_in = built_in_policy();

policy_document merged(const std::vector<policy_document>& layers) {
  std::vector<const policy_document*> all{&built_in};
  for (const auto& layer : layers) all.push_back(&layer);
  return merge_policies(all);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(policy_merging)

BOOST_AUTO_TEST_CASE(later_layers_win_where_they_speak) {
  policy_document below, above;
  below.auto_respond = 80;
  below.notify_and_wait = 40;
  below.monitors = {{"enabled", "[\"file\"]"}, {"depth", "1"}};
  above.notify_and_wait = 50;
  above.monitors = {{"depth", "2"}};
  const auto out = merged({below, above});
  BOOST_TEST(*out.auto_respond == 80);
  BOOST_TEST(*out.notify_and_wait == 50);
  BOOST_TEST(out.monitors.at("enabled") == "[\"file\"]");
  BOOST_TEST(out.monitors.at("depth") == "2");
}

BOOST_AUTO_TEST_CASE(lists_are_united) {
  policy_document below, above;
  below.blocklist = {{"192.0.2.1", "192.0.2.3"}, {}, {"bad.example"}, {}, {}};
  above.blocklist = {{"192.0.2.2", "192.0.2.3"}, {"198.51.100.0/24"}, {}, {"aa"}, {}};
  const auto out = merged({below, above});
  const std::vector<std::string> ips{"192.0.2.1", "192.0.2.2", "192.0.2.3"};
  BOOST_TEST(out.blocklist.ips == ips, boost::test_tools::per_element());
  BOOST_TEST(out.blocklist.cidrs.size() == 1u);
  BOOST_TEST(out.blocklist.domains.size() == 1u);
  BOOST_TEST(out.blocklist.hashes.size() == 1u);
}

BOOST_AUTO_TEST_CASE(allowlist_of_any_layer_wins_over_blocklist_of_any_layer) {
  policy_document allowing, blocking;
  allowing.allowlist = {{"192.0.2.1"}, {"198.51.100.0/24", "2001:db8::/32"}, {"good.example"}, {"aa"}, {}};
  blocking.blocklist = {{"192.0.2.1", "192.0.2.2", "198.51.100.7", "2001:db8::1"},
                        {"198.51.0.0/16", "198.51.100.128/25"},
                        {"good.example"},
                        {"aa", "bb"},
                        {}};
  for (const auto& out : {merged({allowing, blocking}), merged({blocking, allowing})}) {
    BOOST_TEST(out.blocklist.ips == std::vector<std::string>{"192.0.2.2"}, boost::test_tools::per_element());
    // A range that merely contains something allowed stays: the agent has the allowlist too.
    BOOST_TEST(out.blocklist.cidrs == std::vector<std::string>{"198.51.0.0/16"},
               boost::test_tools::per_element());
    BOOST_TEST(out.blocklist.domains.empty());
    BOOST_TEST(out.blocklist.hashes == std::vector<std::string>{"bb"}, boost::test_tools::per_element());
    BOOST_TEST(out.allowlist.ips.size() == 1u);
  }
}

BOOST_AUTO_TEST_CASE(rules_with_the_same_id_are_replaced_in_place) {
  policy_document below, above;
  below.rules = {{"a", "{\"id\":\"a\"}"}, {"b", "{\"id\":\"b\"}"}};
  above.rules = {{"c", "{\"id\":\"c\"}"}, {"a", "{\"id\":\"a\",\"x\":1}"}};
  const auto out = merged({below, above});
  BOOST_TEST(out.rules.size() == 3u);
  BOOST_TEST(out.rules[0].body == "{\"id\":\"a\",\"x\":1}");
  BOOST_TEST(out.rules[2].id == "c");
}

BOOST_AUTO_TEST_CASE(nobody_is_asked_later_than_an_agent_acts) {
  policy_document layer;
  layer.auto_respond = 50;
  BOOST_TEST(*merged({layer}).notify_and_wait == 50);
}

BOOST_AUTO_TEST_CASE(emergencies_raise_thresholds_and_never_lower_them) {
  policy_document cautious, emergency;
  cautious.auto_respond = 100;
  cautious.notify_and_wait = 60;
  emergency.auto_respond = 95;
  emergency.notify_and_wait = 80;
  const auto out = merge_policies({&built_in, &cautious, &emergency}, 1);
  BOOST_TEST(*out.auto_respond == 100);
  BOOST_TEST(*out.notify_and_wait == 80);
  BOOST_TEST(*merge_policies({&built_in, &emergency}, 1).auto_respond == 95);
  BOOST_TEST(*merge_policies({&built_in, &cautious, &emergency}).auto_respond == 95);
}

BOOST_AUTO_TEST_SUITE_END()
