// Who sees whom by which rules.
#include "actors/manager/peer_visibility.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace muster;

agent_id node(uint32_t slot) { return make_agent_id(0, slot, slot + 1); }

network_policy policy(std::vector<network_rule> rules) { return {"p@1", std::move(rules)}; }
network_rule allow(std::string src, std::string dst) { return {std::move(src), std::move(dst), 0, {}, {}}; }
network_rule deny(std::string src, std::string dst) {
  return {std::move(src), std::move(dst), 0, {}, rule_action::deny};
}

// Nodes 0, 1 and 2 are "db", "web" and "other", the last two with the label role=front.
struct three_nodes {
  void with(std::vector<network_rule> rules) { with(policy(std::move(rules))); }
  void with(const network_policy& all) {
    tenant.place({node(0), "db", {}}, {all});
    tenant.place({node(1), "web", {{"role", "front"}}}, {all});
    tenant.place({node(2), "other", {{"role", "front"}, {"env", "prod"}}}, {all});
  }
  // "0: 1 2, 1: 0"
  std::string seen() const {
    std::string out;
    for (uint32_t slot = 0; slot < 3; ++slot) {
      const auto peers = tenant.peers_of(node(slot));
      BOOST_TEST(tenant.count_peers_of(node(slot)) == peers.size());
      for (const auto id : peers) out += std::to_string(slot) + std::to_string(slot_of(id)) + " ";
    }
    return out;
  }

  peer_visibility tenant;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(peer_visibility_suite, three_nodes)

BOOST_AUTO_TEST_CASE(without_policies_nobody_sees_anybody) {
  tenant.place({node(0), "db", {}}, {});
  tenant.place({node(1), "web", {}}, {});
  BOOST_TEST(seen() == "");
}

BOOST_AUTO_TEST_CASE(one_direction_is_enough_for_both) {
  with({allow("db", "web")});
  BOOST_TEST(seen() == "01 10 ");
}

BOOST_AUTO_TEST_CASE(nodes_are_named_by_star_id_host_name_and_label) {
  with({allow("*", "*")});
  BOOST_TEST(seen() == "01 02 10 12 20 21 ");
  with({allow(to_string(node(0)), "other")});
  BOOST_TEST(seen() == "02 20 ");
  with({allow("label:role=front", "db")});
  BOOST_TEST(seen() == "01 02 10 20 ");
  with({allow("label:role=front", "label:role=front")});
  BOOST_TEST(seen() == "12 21 ");
  with({allow("label:role=back", "*")});
  BOOST_TEST(seen() == "");
}

BOOST_AUTO_TEST_CASE(the_first_rule_that_fits_decides) {
  with({deny("db", "web"), deny("web", "db"), allow("*", "*")});
  BOOST_TEST(seen() == "02 12 20 21 ");
  with({allow("*", "*"), deny("*", "*")});
  BOOST_TEST(seen() == "01 02 10 12 20 21 ");
}

BOOST_AUTO_TEST_CASE(denying_a_port_leaves_the_nodes_visible) {
  with({{"*", "*", 22, rule_protocol::tcp, rule_action::deny}, allow("*", "db")});
  BOOST_TEST(seen() == "01 02 10 20 ");
}

BOOST_AUTO_TEST_CASE(the_policies_of_either_node_count) {
  tenant.place({node(0), "db", {}}, {policy({allow("db", "*")})});
  tenant.place({node(1), "web", {}}, {});
  tenant.place({node(2), "other", {}}, {policy({deny("*", "*")})});
  BOOST_TEST(seen() == "01 02 10 20 ");
}

BOOST_AUTO_TEST_CASE(a_node_that_is_gone_is_seen_no_more) {
  with({allow("*", "*")});
  tenant.remove(node(1));
  tenant.remove(node(7));
  BOOST_TEST(seen() == "02 20 ");
  BOOST_TEST(tenant.size() == 2);
}

BOOST_AUTO_TEST_CASE(other_labels_take_effect) {
  with({allow("label:role=front", "label:role=front")});
  tenant.place({node(0), "db", {{"role", "front"}}},
               {policy({allow("label:role=front", "label:role=front")})});
  BOOST_TEST(seen() == "01 02 10 12 20 21 ");
}

BOOST_AUTO_TEST_CASE(changes_are_told_by_groups_of_nodes) {
  with({allow("db", "web")});
  const auto before = tenant;
  BOOST_TEST(tenant.changes_since(before).empty());
  with({allow("db", "label:env=prod")});
  std::string told;
  for (const auto& each : tenant.changes_since(before)) {
    for (const auto id : each.nodes) told += std::to_string(slot_of(id));
    for (const auto id : each.gained) told += "+" + std::to_string(slot_of(id));
    for (const auto id : each.lost) told += "-" + std::to_string(slot_of(id));
    told += " ";
  }
  BOOST_TEST((told.find("0+2-1 ") != told.npos), told);
  BOOST_TEST((told.find("1-0 ") != told.npos), told);
  BOOST_TEST((told.find("2+0 ") != told.npos), told);
}

BOOST_AUTO_TEST_CASE(a_big_tenant_has_few_classes) {
  const auto all = policy({deny("label:odd=1", "label:odd=0"), allow("*", "*")});
  for (uint32_t slot = 0; slot < 15'000; ++slot)
    tenant.place({node(slot), "h" + std::to_string(slot), {{"odd", std::to_string(slot % 2)}}}, {all});
  BOOST_TEST(tenant.count_peers_of(node(0)) == 14'999u);
  const auto before = tenant;
  tenant.place({node(3), "h3", {}}, {policy({deny("*", "*")})});
  BOOST_TEST(tenant.changes_since(before).size() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
