// What is named by host name or label becomes ids of the node and its peers.
#include "actors/manager/rule_expansion.hpp"

#include <boost/test/unit_test.hpp>

using namespace muster;

namespace {

mesh_node node(uint32_t slot, const std::string& hostname, const std::string& role) {
  mesh_node out;
  out.id = make_agent_id(0, slot, 1);
  out.hostname = hostname;
  out.labels = {{"role", role}};
  return out;
}

const mesh_node db = node(1, "db-1", "db"), web = node(2, "web-1", "web"), other = node(3, "web-2", "web");
const std::string db_id = to_string(db.id), web_id = to_string(web.id), other_id = to_string(other.id);

network_policy policy(std::vector<network_rule> rules) { return {"mesh@7", std::move(rules)}; }

std::string text(const network_policy& what) {
  std::string out;
  for (const auto& rule : what.rules)
    out += (out.empty() ? "" : ", ") + rule.src + ">" + rule.dst + ":" + std::to_string(rule.port);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rule_expansions)

BOOST_AUTO_TEST_CASE(what_nodes_understand_stays_as_it_is) {
  const auto plain = policy({{"*", "*"}, {db_id, "*", 443}});
  BOOST_TEST((written_out(plain, db, {&web}) == plain));
}

BOOST_AUTO_TEST_CASE(labels_become_the_ids_that_concern_the_node) {
  const auto labels = policy({{"label:role=web", "label:role=db", 5432}});
  BOOST_TEST(text(written_out(labels, db, {&web, &other}))
             == web_id + ">" + db_id + ":5432, " + other_id + ">" + db_id + ":5432");
  BOOST_TEST(text(written_out(labels, web, {&db, &other})) == web_id + ">" + db_id + ":5432");
}

BOOST_AUTO_TEST_CASE(host_names_do_and_order_stays) {
  const auto mixed = policy({{"web-1", "db-1", 1}, {"*", "*", 2}, {"label:role=web", "*", 3}});
  BOOST_TEST(text(written_out(mixed, db, {&web})) == web_id + ">" + db_id + ":1, *>*:2, " + web_id + ">*:3");
}

BOOST_AUTO_TEST_CASE(nobody_talks_to_itself_and_strangers_are_left_out) {
  const auto same = policy({{"label:role=web", "label:role=web"}});
  BOOST_TEST(text(written_out(same, web, {&other}))
             == web_id + ">" + other_id + ":0, " + other_id + ">" + web_id + ":0");
  BOOST_TEST(written_out(policy({{"label:role=none", "*"}}), web, {&other}).rules.empty());
}

BOOST_AUTO_TEST_CASE(another_peer_gives_another_id) {
  const auto labels = policy({{"label:role=web", "label:role=db"}});
  const auto one = written_out(labels, db, {&web}), two = written_out(labels, db, {&web, &other});
  BOOST_TEST(one.id.starts_with("mesh@7."));
  BOOST_TEST(one.id != two.id);
  BOOST_TEST(one.id == written_out(labels, db, {&web}).id);
}

BOOST_AUTO_TEST_SUITE_END()
