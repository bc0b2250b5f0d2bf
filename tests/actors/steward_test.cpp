// What nodes are given and told as other nodes come, go and change.
#include "tests/actors/steward_fixture.hpp"

namespace {

using namespace muster;
using namespace muster::test;

struct mesh_fixture : steward_fixture {
  mesh_fixture() {
    start(3);
    let_everyone_see_everyone();
    directed();
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(steward_nodes, mesh_fixture)

BOOST_AUTO_TEST_CASE(a_silent_node_is_told_of_at_each_step) {
  note(1, agent_status::stale);
  BOOST_TEST(hear() == "peer_unreachable " + peer_text(1) + " > except 1\n");
  BOOST_TEST(directed() == "");
  note(1, agent_status::offline);
  BOOST_TEST(hear() == "peer_removed " + peer_text(1) + " > except 1\n");
  BOOST_TEST(directed() == "02 ");
  note(1, agent_status::online);
  BOOST_TEST(hear() == "peer_added 10.100.0.1 key1 192.0.2.1:51001 > except 1\n");
  BOOST_TEST(directed() == "012 ");
  note(1, agent_status::stale);
  note(1, agent_status::online);
  BOOST_TEST(hear()
             == "peer_unreachable " + peer_text(1) + " > except 1\npeer_reachable " + peer_text(1)
                  + " > except 1\n");
}

BOOST_AUTO_TEST_CASE(a_state_holds_the_peers_that_are_there) {
  const auto nothing = "signed:k1 }";
  const auto peer = [](uint32_t slot, const std::string& key) {
    return to_string(node_id(slot)) + "*" + key + " ";
  };
  BOOST_TEST(state(0) == "{" + peer(1, "0+1/0") + peer(2, "0+2/0") + "mesh@1 " + nothing);
  note(1, agent_status::offline);
  BOOST_TEST(state(0) == "{" + peer(2, "0+2/0") + "mesh@1 " + nothing);
  note(1, agent_status::departed);
  BOOST_TEST(state(1) == "agent_unknown");
  note(1, agent_status::stale);
  BOOST_TEST(state(0) == "{" + peer(1, "0+1/0") + peer(2, "0+2/0") + "mesh@1 " + nothing);
  BOOST_TEST(state(1) == "{" + peer(0, "0+1/0") + peer(2, "1+2/0") + "mesh@1 " + nothing);
}

BOOST_AUTO_TEST_CASE(a_new_key_is_told_and_changes_the_shared_keys) {
  state(0);
  state(1);
  auto node = sample_node(1);
  node.public_key = "other";
  node.key_generation = 2;
  note(node);
  BOOST_TEST(hear() == "peer_key_rotated 10.100.0.1 other 192.0.2.1:51001 > except 1\n");
  BOOST_TEST((state(0).find("*0+1/2 ") != std::string::npos), state(0));
  BOOST_TEST((state(1).find("*0+1/2 ") != std::string::npos), state(1));
  BOOST_TEST(directed() == "012 ");
}

BOOST_AUTO_TEST_CASE(another_endpoint_is_told) {
  auto node = sample_node(1);
  node.endpoint = "198.51.100.7:9";
  note(node);
  BOOST_TEST(hear() == "peer_endpoint_changed 10.100.0.1 key1 198.51.100.7:9 > except 1\n");
  const auto peers = ask<peer_list>(subject, list_peers{node_id(0)});
  BOOST_REQUIRE(peers->peers.size() == 2);
  BOOST_TEST(peers->peers[0].endpoint == "198.51.100.7:9");
  BOOST_TEST(peers->peers[0].psk == "0+1/0");
  BOOST_TEST(peers->peers[0].allowed_ips[0] == "10.100.0.1/32");
}

BOOST_AUTO_TEST_CASE(nothing_is_told_of_what_nobody_sees) {
  note(1, agent_status::online);
  auto node = sample_node(1);
  node.metadata["os"] = "linux";
  note(node);
  BOOST_TEST(hear() == "");
  BOOST_TEST(directed() == "");
}

BOOST_AUTO_TEST_CASE(a_new_node_is_told_to_those_who_see_it) {
  auto stranger = sample_node(4);
  stranger.tenant = "south";
  note(stranger);
  BOOST_TEST(hear() == "");
  note(sample_node(3));
  BOOST_TEST(hear() == "peer_added 10.100.0.3 key3 192.0.2.1:51003 > except 3\n");
}

BOOST_AUTO_TEST_CASE(a_forgotten_node_leaves_its_peers_and_takes_its_layer_along) {
  write(only_node(1), with_metadata("a", "1"));
  ask<state_written>(subject, put_secret{"s", only_node(1), "v", {}});
  hear();
  tell(subject, agent_forgotten{node_id(1)});
  BOOST_TEST(hear() == "peer_removed " + peer_text(1) + " > except 1\n");
  BOOST_TEST(ledger->states.back().removed_layers.size() == 1u);
  BOOST_TEST(ledger->states.back().removed_secrets.size() == 1u);
  BOOST_TEST(ask<state_layers>(subject, read_layers{})->layers.size() == 1u);
  BOOST_TEST(state(1) == "agent_unknown");
  tell(subject, agent_forgotten{node_id(1)});
  BOOST_TEST(hear() == "");
}

BOOST_AUTO_TEST_CASE(another_label_gives_another_state_and_other_peers) {
  write(web_label, with_metadata("a", "1"));
  write(whole_tenant, with_rule("label:role=web", "*"));
  hear();
  directed();
  auto node = sample_node(1);
  node.labels = {{"role", "web"}};
  note(node);
  BOOST_TEST(hear() == "node_state_updated a=1  > only 1\npeer_added 10.100.0.1 key1 192.0.2.1:51001 > only 0\n"
                       "policy_updated {} > only 1\n");
  BOOST_TEST(directed() == "012 ");
  BOOST_TEST((state(1).find("a=1") != std::string::npos));
  note(sample_node(1));
  BOOST_TEST(hear()
             == "node_state_updated  > only 1\npeer_removed " + peer_text(1)
                  + " > only 0\npolicy_updated {} > only 1\n");
}

BOOST_AUTO_TEST_CASE(news_of_a_moment_are_one_request) {
  const auto before = log->requests.size();
  for (const auto slot : {0u, 1u, 2u}) note(slot, agent_status::stale);
  hear();
  BOOST_TEST(log->requests.size() == before + 1);
  BOOST_TEST(log->requests.back().tenant == "north");
}

BOOST_AUTO_TEST_CASE(what_could_not_be_written_is_told_later) {
  log->desk.refuse(fleet_error::store_failed, 2);
  note(1, agent_status::stale);
  hear();
  note(2, agent_status::stale);
  advance(5s);
  const auto& last = log->requests.back().events;
  BOOST_REQUIRE(last.size() == 2);
  BOOST_TEST(last[0].payload == peer_text(1));
  BOOST_TEST(last[1].payload == peer_text(2));
  BOOST_TEST(journal.size() == 2u);
}

BOOST_AUTO_TEST_CASE(what_the_log_refuses_is_not_tried_again_but_nodes_are_told_to_look) {
  log->desk.refuse(fleet_error::event_refused, 1);
  note(1, agent_status::stale);
  const auto before = log->requests.size();
  advance(5s);
  BOOST_REQUIRE(log->requests.size() == before + 2);
  const auto& refused = log->requests[before].events.at(0);
  const auto& instead = log->requests[before + 1].events.at(0);
  BOOST_TEST(instead.type == "policy_updated");
  BOOST_TEST((instead.audience == refused.audience));
  log->desk.refuse(fleet_error::event_refused, 2);
  note(2, agent_status::stale);
  advance(10s);
  BOOST_TEST(log->requests.size() == before + 4);
}

BOOST_AUTO_TEST_CASE(waiting_news_are_bounded) {
  options.waiting_events = 3;
  restart({{}, {}, {}, {sample_node(0), sample_node(1)}});
  let_everyone_see_everyone();
  log->desk.refuse(fleet_error::store_failed);
  for (int i = 0; i < 20; ++i) note(1, i % 2 == 0 ? agent_status::stale : agent_status::online);
  BOOST_TEST(journal.back().starts_with("node_events_dropped"));
}

BOOST_AUTO_TEST_CASE(states_are_made_once_until_something_changes) {
  const auto first = *ask<document<node_state>>(subject, compose_state{node_id(0)});
  const auto again = *ask<document<node_state>>(subject, compose_state{node_id(0)});
  BOOST_TEST(first.get() == again.get());
  note(1, agent_status::offline);
  const auto then = *ask<document<node_state>>(subject, compose_state{node_id(0)});
  BOOST_TEST(then->etag != first->etag);
  BOOST_TEST((then->etag.size() == 18 && then->etag.front() == '"' && then->etag.back() == '"'));
}

BOOST_AUTO_TEST_CASE(signing_keys_are_in_step) {
  BOOST_TEST((state(0).find("signed:k1 ") != std::string::npos));
  ask<signing_keys_known>(subject, note_signing_keys{{"k2", "k1", {}}});
  BOOST_TEST((state(0).find("signed:k2 ") != std::string::npos));
}

BOOST_AUTO_TEST_CASE(another_revision_of_the_fleets_policy_is_told_once) {
  tell(subject, fleet_policy_changed{7});
  BOOST_TEST(hear() == "");
  tell(subject, fleet_policy_changed{8});
  tell(subject, fleet_policy_changed{8});
  BOOST_TEST(hear() == "fleet_policy_updated {\"version\":8} > everyone\n");
}

BOOST_AUTO_TEST_CASE(big_crowds_are_told_as_a_whole) {
  options.peer_events = 1;
  start(3);
  let_everyone_see_everyone();
  directed();
  state(0);
  note(1, agent_status::offline);
  BOOST_TEST(hear() == "peer_removed " + peer_text(1) + " > except 1\n");
  BOOST_TEST(directed() == "012 ");
  BOOST_TEST((state(0).find(to_string(node_id(1))) == std::string::npos));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(state_caches)

BOOST_AUTO_TEST_CASE(what_was_not_asked_for_goes_first) {
  state_cache cache{2, 100};
  const auto put = [&](uint32_t slot, size_t bytes) {
    cache.put(node_id(slot), slot < 2 ? "north" : "south", document{node_state{"", std::string(bytes, 'x')}});
  };
  put(0, 1);
  put(1, 1);
  BOOST_TEST(static_cast<bool>(cache.find(node_id(0))));
  put(2, 1);
  BOOST_TEST(!cache.find(node_id(1)));
  BOOST_TEST(static_cast<bool>(cache.find(node_id(0))));
  put(3, 100);
  BOOST_TEST(cache.size() == 1u);
  put(0, 10);
  BOOST_TEST(cache.size() == 1u);
  cache.forget_tenant("south");
  BOOST_TEST(static_cast<bool>(cache.find(node_id(0))));
  cache.forget_tenant("north");
  cache.forget(node_id(0));
  BOOST_TEST(cache.size() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
