// What operators write: layers, secrets, and what comes of them for nodes.
#include "tests/actors/steward_fixture.hpp"

namespace {

using namespace muster;
using namespace muster::test;

struct four_nodes : steward_fixture {
  four_nodes() { start(4); }

  caf::expected<state_written> try_put(const std::string& name, const state_scope& scope,
                                       const std::string& value) {
    return ask<state_written>(subject, put_secret{name, scope, value, {"ann", "why"}});
  }
  uint64_t put(const std::string& name, const state_scope& scope, const std::string& value) {
    return try_put(name, scope, value)->revision;
  }
  caf::expected<state_written> revoke(const std::string& name, const state_scope& scope) {
    return ask<state_written>(subject, revoke_secret{name, scope, {"ann", "why"}});
  }
  std::string failure(const caf::expected<state_written>& answer) {
    return answer ? "" : sys.render(answer.error());
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(steward_changes, four_nodes)

BOOST_AUTO_TEST_CASE(a_change_is_told_to_those_it_concerns) {
  const auto done = try_write(web_label, with_metadata("a", "1"));
  BOOST_TEST(done->revision == 1u);
  BOOST_TEST(done->concerned == 2u);
  BOOST_TEST(slots(done->nodes) == "23");
  BOOST_TEST(hear() == "node_state_updated a=1  > only 23\n");
  BOOST_TEST(directed() == "23 ");
  write(web_label, with_metadata("a", "1"));
  BOOST_TEST(hear() == "");
  write(only_node(3), with_metadata("a", "2"));
  BOOST_TEST(hear() == "node_state_updated a=2  > only 3\n");
  write(web_label, caf::none);
  BOOST_TEST(hear() == "node_state_updated  > only 2\n");
}

BOOST_AUTO_TEST_CASE(each_part_has_its_event) {
  auto what = with_metadata("a", "1");
  what.bridge = bridge_config{};
  what.user_access = user_access_config{false, "wg", 1, {{"k", {}, "hidden", {}}}};
  what.ingress = ingress_config{};
  what.site_to_site = site_to_site_config{};
  what.relay = relay_config{{{"s1", "a", "", "b", "", {}}, {"s2", "a", "", "b", "", {}}}};
  what.secret_refs = {{"tls", 0}};
  what.collectors = {{"auth_log", "{}", 0}};
  what.peers = {{"outside", "k", "", "", {}, ""}};
  write(only_node(0), what);
  BOOST_TEST(hear()
             == "node_state_updated a=1  > only 0\nnode_secrets_updated tls#1  > only 0\n"
                "policy_updated {} > only 0\nbridge_config_updated {} > only 0\n"
                "user_access_config_updated {} > only 0\ningress_config_updated {} > only 0\n"
                "site_to_site_config_updated {} > only 0\ncollector_config_updated {} > only 0\n"
                "relay_session_assigned s1 > only 0\n"
                "relay_session_assigned s2 > only 0\n");
  what.relay->sessions.erase(what.relay->sessions.begin());
  what.relay->sessions[0].peer_a_id = "c";
  write(only_node(0), what);
  BOOST_TEST(
    hear() == "relay_session_revoked {\"session_id\":\"s1\"} > only 0\nrelay_session_assigned s2 > only 0\n");
}

BOOST_AUTO_TEST_CASE(what_is_too_large_to_tell_is_pulled) {
  options.inline_bytes = 3;
  restart({{}, {}, {}, {sample_node(0), sample_node(1)}});
  write(only_node(0), with_metadata("long", "text"));
  BOOST_TEST(hear() == "policy_updated {} > only 0\n");
}

BOOST_AUTO_TEST_CASE(policies_change_who_is_seen) {
  write(whole_tenant, with_rule("n0", "n1"));
  const auto told = hear();
  BOOST_TEST((told.find("policy_updated {} > everyone\n") != told.npos), told);
  BOOST_TEST((told.find("peer_added 10.100.0.0 key0 192.0.2.1:51000 > only 1\n") != told.npos), told);
  BOOST_TEST((told.find("peer_added 10.100.0.1 key1 192.0.2.1:51001 > only 0\n") != told.npos), told);
  write(only_node(0), with_rule("n0", "n2"));
  const auto then = hear();
  BOOST_TEST((then.find("peer_removed " + peer_text(1)) == then.npos), then);
  BOOST_TEST((then.find("peer_added 10.100.0.0 key0 192.0.2.1:51000 > only 2\n") != then.npos), then);
  write(whole_tenant, caf::none);
  const auto last = hear();
  BOOST_TEST((last.find("peer_removed " + peer_text(1) + " > only 0\n") != last.npos), last);
}

BOOST_AUTO_TEST_CASE(peers_of_many_are_pulled) {
  options.peer_events = 3;
  start(4);
  write(whole_tenant, with_rule("*", "*"));
  BOOST_TEST(hear() == "policy_updated {} > everyone\npolicy_updated {} > everyone\n");
}

BOOST_AUTO_TEST_CASE(a_layer_may_be_written_for_one_revision_only) {
  BOOST_TEST(failure(try_write(web_label, with_metadata("a", "1"), 3)) == "policy_conflict");
  BOOST_TEST(failure(try_write(web_label, with_metadata("a", "1"), 0)) == "");
  BOOST_TEST(failure(try_write(web_label, with_metadata("a", "2"), 0)) == "policy_conflict");
  BOOST_TEST(failure(try_write(web_label, with_metadata("a", "2"), 1)) == "");
  BOOST_TEST(failure(try_write(whole_tenant, caf::none)) == "state_unknown");
  BOOST_TEST(failure(try_write(only_node(7), with_metadata("a", "1"))) == "agent_unknown");
}

BOOST_AUTO_TEST_CASE(changes_that_could_not_be_written_change_nothing) {
  ledger->desk.refuse(fleet_error::store_failed, 1);
  BOOST_TEST(failure(try_write(web_label, with_metadata("a", "1"))) == "store_failed");
  BOOST_TEST(hear() == "");
  BOOST_TEST(ask<state_layers>(subject, read_layers{})->layers.empty());
  BOOST_TEST(write(web_label, with_metadata("a", "1")) == 1u);
}

BOOST_AUTO_TEST_CASE(changes_wait_for_each_other) {
  ledger->desk.holds = true;
  const auto first =
    request<state_written>(subject, write_state{web_label, with_metadata("a", "1"), {}, 0, false, caf::none});
  const auto second =
    request<state_written>(subject, write_state{web_label, with_metadata("a", "2"), {}, 1, false, caf::none});
  deliver();
  BOOST_TEST(ledger->states.size() == 1u);
  tell(writer, commit_due{});
  deliver();
  BOOST_TEST(first()->revision == 1u);
  BOOST_TEST(second()->revision == 2u);
}

BOOST_AUTO_TEST_CASE(a_dry_run_changes_nothing) {
  auto what = with_metadata("a", "1");
  what.user_access = user_access_config{false, "wg", 1, {{"k", {}, "hidden", {}}}};
  const auto would =
    ask<state_written>(subject, write_state{web_label, what, {}, caf::none, true, node_id(2)});
  BOOST_TEST(would->revision == 0u);
  BOOST_TEST(slots(would->nodes) == "23");
  BOOST_TEST(would->json == "{signed:k1 psk: a=1 }");
  BOOST_TEST(hear() == "");
  BOOST_TEST(ledger->states.empty());
}

BOOST_AUTO_TEST_CASE(a_write_that_makes_a_state_too_large_names_the_node) {
  options.document_bytes = 1'000;
  start(4);
  auto many = with_rule("*", "*");
  const auto why = failure(try_write(whole_tenant, many));
  BOOST_TEST((why.find("the state of n0 (" + to_string(node_id(0)) + ") would have") != why.npos), why);
  BOOST_TEST(failure(try_write(whole_tenant, with_rule("n0", "n1"))) == "");
  BOOST_TEST(failure(try_write(only_node(3), with_metadata("a", std::string(800, 'x')))) != "");
}

BOOST_AUTO_TEST_CASE(the_history_says_who_when_and_why) {
  write(web_label, with_metadata("a", "1"));
  put("tls", whole_tenant, "v");
  write(web_label, caf::none);
  const auto all = *ask<state_history>(subject, read_state_history{caf::none, 0, 2});
  BOOST_REQUIRE(all.revisions.size() == 2);
  BOOST_TEST((all.revisions[0].action == "delete" && all.revisions[0].by.name == "ann"));
  BOOST_TEST((all.revisions[1].action == "put_secret" && all.revisions[1].secret == "tls"));
  BOOST_TEST((all.revisions[1].at == utc()));
  BOOST_TEST(all.next == 2u);
  const auto rest = *ask<state_history>(subject, read_state_history{web_label, 2, 2});
  BOOST_REQUIRE(rest.revisions.size() == 1);
  BOOST_TEST(rest.revisions[0].revision == 1u);
  BOOST_TEST(rest.next == 0u);
}

BOOST_AUTO_TEST_CASE(the_history_is_bounded) {
  options.history = 2;
  start(1);
  for (int i = 0; i < 4; ++i) write(whole_tenant, with_metadata("a", std::to_string(i)));
  BOOST_TEST(ask<state_history>(subject, read_state_history{})->revisions.size() == 2u);
  BOOST_TEST(ledger->states.back().history_from == 3u);
}

BOOST_AUTO_TEST_CASE(a_secret_is_given_to_those_in_its_scope) {
  BOOST_TEST(put("tls", web_label, "one") == 1u);
  BOOST_TEST(hear() == "node_secrets_updated tls#1  > only 23\n");
  BOOST_TEST(fetch(2, "tls")->value == "one");
  BOOST_TEST(fetch(2, "tls")->version == 1u);
  BOOST_TEST(sys.render(fetch(0, "tls").error()) == "state_unknown");
  BOOST_TEST(sys.render(fetch(9, "tls").error()) == "agent_unknown");
  BOOST_TEST(put("tls", web_label, "two") == 2u);
  BOOST_TEST(hear() == "node_secrets_updated tls#2  > only 23\n");
  BOOST_TEST(fetch(2, "tls")->value == "two");
  BOOST_TEST((state(2).find("tls#2") != std::string::npos));
}

BOOST_AUTO_TEST_CASE(a_revoked_secret_is_gone_and_its_value_too) {
  put("tls", web_label, "one");
  hear();
  BOOST_TEST(failure(revoke("tls", web_label)) == "");
  BOOST_TEST(hear() == "node_secrets_updated  > only 23\n");
  BOOST_TEST(sys.render(fetch(2, "tls").error()) == "state_unknown");
  BOOST_TEST(ledger->states.back().secrets.at(0).sealed == "");
  BOOST_TEST(ask<secret_list>(subject, list_secrets{})->secrets.at(0).revoked);
  BOOST_TEST(failure(revoke("tls", web_label)) == "state_unknown");
  BOOST_TEST(failure(revoke("other", web_label)) == "state_unknown");
}

BOOST_AUTO_TEST_CASE(values_of_secrets_are_nowhere_but_in_the_vault) {
  put("tls", web_label, "the value");
  BOOST_TEST(ledger->states.back().secrets.at(0).sealed == "secrets/tls/1|the value");
  BOOST_TEST(ask<secret_list>(subject, list_secrets{})->secrets.at(0).sealed == "");
  const auto why = failure(try_put("a/b", web_label, "the value"));
  BOOST_TEST((why.find("the value of") == why.npos && why.find("the name") != why.npos), why);
  for (const auto& entry : ledger->states.back().audit) BOOST_TEST((entry.detail == "why"));
}

BOOST_AUTO_TEST_CASE(a_secret_that_does_not_open_is_no_secret_to_the_journal) {
  put("tls", web_label, "the value");
  auto found = written();
  for (uint32_t slot = 0; slot < 4; ++slot) found.nodes.push_back(sample_node(slot));
  found.secrets.at(0).sealed = "moved|the value";
  restart(std::move(found));
  BOOST_TEST(sys.render(fetch(2, "tls").error()) == "store_failed");
  BOOST_TEST(journal.back() == "secret_not_opened: tls of label:role=web");
}

BOOST_AUTO_TEST_CASE(a_restart_keeps_versions_and_tells_nothing) {
  put("tls", web_label, "one");
  write(web_label, with_metadata("a", "1"));
  hear();
  auto found = written();
  for (uint32_t slot = 0; slot < 4; ++slot) found.nodes.push_back(sample_node(slot));
  found.layers.push_back(*ask<state_layers>(subject, read_layers{})->layers.at(0));
  restart(std::move(found));
  for (uint32_t slot = 0; slot < 4; ++slot) note(sample_node(slot));
  BOOST_TEST(hear() == "");
  BOOST_TEST(state(2) == "{signed:k1 a=1 tls#1 }");
  BOOST_TEST(fetch(2, "tls")->value == "one");
  BOOST_TEST(write(web_label, caf::none) == 3u);
}

BOOST_AUTO_TEST_CASE(without_signing_keys_there_is_no_state_yet) {
  steward_ports ports{writer,
                      fleet_handle,
                      log_handle,
                      [this] { return utc(); },
                      vault,
                      format,
                      [](std::string_view, const std::string&) {}};
  subject = spawn(steward, options, std::move(ports), restored_steward{{}, {}, {}, {sample_node(0)}});
  BOOST_TEST(state(0) == "state_not_ready");
  BOOST_TEST(static_cast<bool>(ask<signing_keys_known>(subject, note_signing_keys{{"k1", {}, {}}})));
  BOOST_TEST(state(0) == "{signed:k1 }");
}

BOOST_AUTO_TEST_SUITE_END()
