// Hosts become nodes: a registrar beside a real fleet, between a fake ledger and a fake loop.
#include "actors/manager/registrar.hpp"

#include "tests/actors/fleet_fixture.hpp"

using namespace muster;
using namespace muster::test;
using namespace std::chrono_literals;

namespace {

class counting_keys : public node_credentials {
 public:
  secret_with_digest issue_key() override { return next("key-"); }
  secret_with_digest issue_bootstrap_token() override { return next("token-"); }

 private:
  secret_with_digest next(const std::string& what) {
    ++issued_;
    return {what + std::to_string(issued_), {1000 + issued_, issued_}};
  }
  uint64_t issued_ = 0;
};

class plain_vault : public vault {
 public:
  std::string seal(std::string_view place, std::string_view secret) const override {
    return "sealed " + std::string{secret} + " for " + std::string{place};
  }
  caf::expected<std::string> open(std::string_view, std::string_view sealed) const override {
    return std::string{sealed};
  }
  std::string pair_key(agent_id, agent_id, uint32_t) const override { return {}; }
};

node_listener_actor::behavior_type fake_node_listener(node_listener_actor::pointer,
                                                      std::vector<mesh_node>* heard) {
  return {
    [heard](const note_node& news) { heard->push_back(news.node); },
    [](const agent_forgotten&) {},
  };
}

struct registrar_suite : fleet_fixture {
  registrar_suite() { settings.addresses = {{100, 109}, {106, 107}}; }

  void start_all(restored_nodes known = {}) {
    start();
    subject_of_nodes =
      spawn(registrar, settings,
            registrar_ports{subject,
                            writer,
                            [this] { return utc(); },
                            std::make_shared<counting_keys>(),
                            std::make_shared<plain_vault>(),
                            [this](std::string_view event, const std::string&) { told.emplace_back(event); },
                            {spawn(fake_node_listener, &listened)}},
            std::move(known));
    tell(subject, attach_registrar{subject_of_nodes, {}, {}});
  }
  token_made make(uint32_t uses = 1, const std::string& hostname = "",
                  std::chrono::milliseconds lifetime = 24h) {
    auto made = ask<token_made>(subject_of_nodes,
                                make_token{"north", {{"env", "prod"}}, hostname, uses, lifetime, "ann"});
    BOOST_REQUIRE(made);
    return *made;
  }
  static register_node asking(const bootstrap_token& token, const std::string& hostname) {
    register_node request;
    request.token = token.digest;
    request.host.hostname = hostname;
    request.public_key = "public";
    return request;
  }
  caf::expected<node_welcome> join(const bootstrap_token& token, const std::string& hostname = "web-1") {
    return ask<node_welcome>(subject_of_nodes, asking(token, hostname));
  }
  node_welcome joined(const bootstrap_token& token, const std::string& hostname = "web-1") {
    auto welcome = join(token, hostname);
    BOOST_REQUIRE(welcome);
    return *welcome;
  }
  void departs(agent_id id) { tell(subject, departure_of(id)); }
  bootstrap_token shown(size_t index = 0) {
    return ask<token_list>(subject_of_nodes, list_tokens{})->tokens.at(index);
  }
  static bool refused(const caf::expected<node_welcome>& answer, fleet_error why) {
    return !answer && answer.error().category() == caf::atom("fleet")
           && answer.error().code() == static_cast<uint8_t>(why);
  }

  heartbeat_ack beat(agent_id id) {
    heartbeat what;
    what.heard_at = listening_time{1s};
    what.received_at = utc();
    return *ask<heartbeat_ack>(published(slot_of(id)).agent, what);
  }

  registrar_options settings;
  registrar_actor subject_of_nodes;
  std::vector<mesh_node> listened;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(registrar_tests, registrar_suite)

BOOST_AUTO_TEST_CASE(a_host_with_a_token_becomes_a_node_in_one_record) {
  start_all();
  const auto made = make();
  BOOST_TEST(made.secret == "token-1");
  BOOST_TEST(made.token.id == "bt-00000000000003e9");
  const auto welcome = joined(made.token);
  BOOST_TEST(welcome.secret_key == "key-2");
  BOOST_TEST(welcome.mesh_address == 101u);
  BOOST_REQUIRE(ledger->agents.size() == 1u);
  const auto& written = ledger->agents[0];
  BOOST_TEST((written.record.speaks == dialect::plexd));
  BOOST_TEST(written.record.tenant == "north");
  BOOST_TEST((written.record.labels == std::map<std::string, std::string>{{"env", "prod"}}));
  BOOST_TEST((written.record.tokens.current == token_digest{1002, 2}));
  BOOST_REQUIRE(bool{written.node});
  BOOST_TEST((written.node->facts.id == welcome.id));
  BOOST_TEST(written.node->facts.mesh_address == 101u);
  BOOST_TEST(written.node->facts.sealed_key == "sealed key-2 for nodes/key/1002.2");
  BOOST_TEST((written.node->token == made.token.digest));
  BOOST_TEST(shown().used == 1u);
}

BOOST_AUTO_TEST_CASE(a_host_whose_answer_was_lost_is_let_in_again_by_the_same_token) {
  start_all();
  const auto made = make();
  const auto first = joined(made.token);
  const auto again = joined(made.token);
  BOOST_TEST((again.id == first.id));
  BOOST_TEST(again.mesh_address == first.mesh_address);
  BOOST_TEST(again.secret_key != first.secret_key);
  BOOST_TEST((ledger->agents.back().node->token.empty()), "no use of the token");
  BOOST_TEST(shown().used == 1u);
  auto stranger = asking(made.token, "web-1");
  stranger.public_key = "another";
  BOOST_TEST(refused(ask<node_welcome>(subject_of_nodes, stranger), fleet_error::token_refused));
  advance(settings.answer_lost_within);
  BOOST_TEST(refused(join(made.token), fleet_error::token_refused));
}

BOOST_AUTO_TEST_CASE(the_address_of_a_node_that_was_removed_cools_down_over_a_restart) {
  restored_nodes known;
  known.left = {{"north", 101, utc() - 30min}};
  start_all(known);
  const auto made = make(10);
  for (const auto* name : {"a", "b", "c", "d", "e"}) BOOST_TEST(joined(made.token, name).mesh_address > 101u);
  BOOST_TEST(refused(join(made.token, "f"), fleet_error::addresses_exhausted));
  advance(30min);
  BOOST_TEST(joined(made.token, "f").mesh_address == 101u);
}

BOOST_AUTO_TEST_CASE(a_used_up_an_expired_and_a_revoked_token_let_nobody_in) {
  start_all();
  const auto once = make();
  joined(once.token);
  BOOST_TEST(refused(join(once.token, "web-2"), fleet_error::token_refused));
  const auto brief = make(1, "", 1min);
  const auto ended = make();
  BOOST_TEST(bool{ask<committed>(subject_of_nodes, revoke_token{ended.token.id, "ann"})});
  BOOST_TEST((ledger->tokens.back().token.revoked_at == utc()));
  BOOST_TEST(refused(join(ended.token, "web-2"), fleet_error::token_refused));
  advance(1min);
  BOOST_TEST(refused(join(brief.token, "web-2"), fleet_error::token_refused));
  BOOST_TEST(refused(join(bootstrap_token{}, "web-2"), fleet_error::token_refused));
  BOOST_TEST(is(ask<committed>(subject_of_nodes, revoke_token{"bt-0", "ann"}), fleet_error::token_unknown));
}

BOOST_AUTO_TEST_CASE(of_two_hosts_that_race_for_one_use_one_gets_it) {
  start_all();
  const auto made = make();
  auto first = request<node_welcome>(subject_of_nodes, asking(made.token, "web-1"));
  auto second = request<node_welcome>(subject_of_nodes, asking(made.token, "web-2"));
  deliver();
  BOOST_TEST(bool{first()});
  BOOST_TEST(refused(second(), fleet_error::token_busy));
  BOOST_TEST(refused(join(made.token, "web-2"), fleet_error::token_refused));
}

BOOST_AUTO_TEST_CASE(an_enrolment_that_is_not_durable_costs_neither_use_nor_address) {
  start_all();
  const auto made = make();
  ledger->desk.refuse(fleet_error::store_full, 1);
  BOOST_TEST(refused(join(made.token), fleet_error::store_full));
  ledger->desk.refuse_none();
  for (auto name : {"a", "b", "c", "d", "e"}) joined(make().token, name);
  BOOST_TEST(joined(made.token).mesh_address == 101u);
}

BOOST_AUTO_TEST_CASE(a_host_name_is_one_nodes_until_it_has_left) {
  start_all();
  const auto first = joined(make().token);
  const auto made = make();
  BOOST_TEST(refused(join(made.token), fleet_error::host_taken));
  departs(first.id);
  const auto again = joined(made.token);
  BOOST_TEST((again.id == first.id));
  BOOST_TEST(again.mesh_address == first.mesh_address);
  BOOST_TEST(again.secret_key != first.secret_key);
  BOOST_TEST((published(slot_of(again.id)).tokens.current == ledger->agents.back().record.tokens.current));
  BOOST_TEST(published(slot_of(again.id)).tokens.superseded.empty());
}

BOOST_AUTO_TEST_CASE(a_token_made_for_a_host_replaces_its_node) {
  start_all();
  const auto first = joined(make().token);
  const auto again = joined(make(1, "web-1").token);
  BOOST_TEST((again.id == first.id));
  BOOST_TEST(again.mesh_address == first.mesh_address);
  BOOST_TEST(refused(join(make(1, "web-1").token, "web-2"), fleet_error::token_refused));
}

BOOST_AUTO_TEST_CASE(an_agent_of_another_dialect_keeps_its_identity) {
  start_all();
  const auto agent = enrol("web-1");
  const auto node = joined(make().token, "web-1");
  BOOST_TEST((node.id != agent.id));
  BOOST_TEST((row(agent.id).speaks == dialect::panguard));
}

BOOST_AUTO_TEST_CASE(an_address_is_anothers_only_after_it_has_cooled_down) {
  start_all();
  const auto many = make(100);
  std::vector<node_welcome> nodes;
  for (auto name : {"a", "b", "c", "d", "e", "f"}) nodes.push_back(joined(many.token, name));
  BOOST_TEST(refused(join(many.token, "g"), fleet_error::addresses_exhausted));
  BOOST_TEST(shown().used == 6u);
  departs(nodes[2].id);
  BOOST_TEST(refused(join(many.token, "g"), fleet_error::addresses_exhausted));
  advance(1h);
  BOOST_TEST(joined(many.token, "g").mesh_address == nodes[2].mesh_address);
}

BOOST_AUTO_TEST_CASE(a_node_whose_address_is_anothers_has_to_enrol_again) {
  start_all();
  const auto many = make(100);
  std::vector<node_welcome> nodes;
  for (auto name : {"a", "b", "c", "d", "e", "f"}) nodes.push_back(joined(many.token, name));
  departs(nodes[2].id);
  departs(nodes[3].id);
  advance(1h);
  joined(many.token, "g");
  const auto back = [&](agent_id id) {
    tell(subject, agent_came_back{
                    change_of(id, agent_status::departed, agent_status::online, change_cause::heartbeat)});
  };
  back(nodes[3].id);
  BOOST_TEST(ledger->forgotten.empty());
  back(nodes[2].id);
  BOOST_REQUIRE(ledger->forgotten.size() == 1u);
  BOOST_TEST((ledger->forgotten[0].id == nodes[2].id));
}

BOOST_AUTO_TEST_CASE(a_removed_node_gives_its_name_and_its_address_back) {
  start_all();
  const auto first = joined(make().token);
  BOOST_TEST(bool{ask<committed>(subject, remove_agent{first.id, "ann"})});
  const auto again = joined(make().token);
  BOOST_TEST((again.id != first.id));
  BOOST_TEST(again.mesh_address == 102u);
}

BOOST_AUTO_TEST_CASE(after_a_restart_names_addresses_and_uses_are_known) {
  const auto member = restore(0), left = restore(1, agent_status::departed);
  for (auto& agent : restored.agents) agent.record.speaks = dialect::plexd;
  restored_nodes known;
  const auto facts = [](agent_id id, uint32_t address) {
    node_facts out;
    out.id = id;
    out.mesh_address = address;
    return out;
  };
  known.nodes = {{facts(left, 102), "north", "host-1", {}, agent_status::departed, noon - 30min},
                 {facts(member, 101), "north", "host-0", {}, agent_status::online, noon - 1h}};
  bootstrap_token token;
  token.id = "bt-9";
  token.digest = {9, 9};
  token.tenant = "north";
  token.uses = 3;
  token.used = 1;
  token.expires_at = noon + 24h;
  known.tokens = {token};
  start_all(known);
  BOOST_TEST(refused(join(token, "host-0"), fleet_error::host_taken));
  BOOST_TEST(joined(token, "web-1").mesh_address == 103u);
  const auto again = joined(token, "host-1");
  BOOST_TEST((again.id == left));
  BOOST_TEST(again.mesh_address == 102u);
  BOOST_TEST(refused(join(token, "web-2"), fleet_error::token_refused));
}

BOOST_AUTO_TEST_CASE(a_token_that_is_not_durable_is_none) {
  start_all();
  ledger->desk.refuse(fleet_error::store_full, 1);
  BOOST_TEST(is(ask<token_made>(subject_of_nodes, make_token{"north", {}, "", 1, 1h, "ann"}),
                fleet_error::store_full));
  BOOST_TEST(ask<token_list>(subject_of_nodes, list_tokens{})->tokens.empty());
}

BOOST_AUTO_TEST_CASE(tokens_that_are_long_over_go_with_the_next_one) {
  settings.tokens = 1;
  settings.token_retention = 1h;
  start_all();
  make(1, "", 1min);
  advance(1h);
  BOOST_TEST(is(ask<token_made>(subject_of_nodes, make_token{"north", {}, "", 1, 1h, "ann"}),
                fleet_error::tokens_full));
  advance(2min);
  make();
  BOOST_TEST((ledger->tokens.back().over == std::vector<token_digest>{{1001, 1}}));
}

BOOST_AUTO_TEST_CASE(the_tokens_label_makes_a_bridge) {
  start_all();
  auto made = ask<token_made>(subject_of_nodes, make_token{"north", {{"role", "bridge"}}, "", 1, 1h, "ann"});
  BOOST_TEST(joined(made->token).mesh_address == 106u);
}

BOOST_AUTO_TEST_CASE(what_a_node_tells_of_itself_is_kept_and_passed_on_once) {
  start_all();
  const auto id = joined(make().token).id;
  const auto heard = listened.size();
  const report_endpoint news{id, "203.0.113.9:51820", "full_cone"};
  BOOST_TEST(bool{ask<committed>(subject_of_nodes, news)});
  BOOST_TEST(bool{ask<committed>(subject_of_nodes, news)});
  BOOST_TEST(ledger->nodes.size() == 1u);
  BOOST_TEST(ledger->nodes[0].facts.endpoint == "203.0.113.9:51820");
  BOOST_REQUIRE(listened.size() == heard + 1);
  BOOST_TEST(listened.back().endpoint == "203.0.113.9:51820");
  BOOST_TEST(
    is(ask<committed>(subject_of_nodes, report_endpoint{agent_id{99}, "", ""}), fleet_error::agent_unknown));
}

BOOST_AUTO_TEST_CASE(a_new_key_counts_a_generation_and_ends_the_directive) {
  start_all();
  const auto id = joined(make().token).id;
  tell(subject, direct_agents{{id}, {directive_rotate_keys | directive_reconcile, 0}});
  BOOST_TEST(beat(id).directives == (directive_rotate_keys | directive_reconcile));
  BOOST_TEST(beat(id).directives == directive_rotate_keys);
  BOOST_TEST(bool{ask<committed>(subject_of_nodes, replace_node_key{id, "other"})});
  BOOST_TEST(beat(id).directives == 0);
  BOOST_TEST(listened.back().public_key == "other");
  BOOST_TEST(listened.back().key_generation == 1u);
}

BOOST_AUTO_TEST_CASE(a_change_that_is_not_durable_is_none) {
  start_all();
  const auto id = joined(make().token).id;
  ledger->desk.refuse(fleet_error::store_full, 1);
  BOOST_TEST(is(ask<committed>(subject_of_nodes, replace_node_key{id, "other"}), fleet_error::store_full));
  BOOST_TEST(ask<node_details>(subject_of_nodes, show_node{id})->row.node.public_key == "public");
}

BOOST_AUTO_TEST_CASE(a_program_is_good_deviant_or_not_declared) {
  start_all();
  const auto id = joined(make().token).id;
  const auto verdict = [&] { return ask<node_details>(subject_of_nodes, show_node{id})->row.verdict; };
  BOOST_TEST((verdict() == binary_verdict::unreported));
  BOOST_TEST(bool{ask<committed>(subject_of_nodes, announce_capabilities{id, "{}", {}, "1.4", "ab"})});
  BOOST_TEST((verdict() == binary_verdict::undeclared));
  BOOST_TEST(bool{ask<committed>(subject_of_nodes, declare_binary{"1.4", {"aa", "ab"}, "ann"})});
  BOOST_TEST((verdict() == binary_verdict::good));
  BOOST_TEST(bool{ask<committed>(subject_of_nodes, report_checksum{id, "ac"})});
  BOOST_TEST((verdict() == binary_verdict::deviant));
  list_nodes deviants;
  deviants.deviant = true;
  BOOST_TEST(ask<node_page>(subject_of_nodes, deviants)->nodes.size() == 1u);
  BOOST_TEST(bool{ask<committed>(subject_of_nodes, declare_binary{"1.4", {}, "ann"})});
  BOOST_TEST((verdict() == binary_verdict::undeclared));
}

BOOST_AUTO_TEST_CASE(what_a_node_said_last_counts_while_what_it_said_before_is_written) {
  start_all();
  const auto id = joined(make().token).id;
  const auto checksum = [&] {
    return ask<node_details>(subject_of_nodes, show_node{id})->row.binary_checksum;
  };
  BOOST_TEST(bool{ask<committed>(subject_of_nodes, report_checksum{id, "aa"})});
  ledger->desk.holds = true;
  tell(subject_of_nodes, report_checksum{id, "bb"});
  tell(subject_of_nodes, report_checksum{id, "aa"});
  tell(writer, commit_due{});
  BOOST_TEST(checksum() == "aa");
  const auto written = ledger->nodes.size();
  BOOST_TEST(bool{ask<committed>(subject_of_nodes, report_checksum{id, "aa"})});
  BOOST_TEST(ledger->nodes.size() == written);
}

BOOST_AUTO_TEST_CASE(nodes_are_listed_in_pages_and_selected_for_work) {
  start_all();
  const auto many = make(10);
  std::vector<agent_id> ids;
  for (auto name : {"a", "b", "c"}) ids.push_back(joined(many.token, name).id);
  list_nodes query;
  query.limit = 2;
  const auto first = *ask<node_page>(subject_of_nodes, query);
  BOOST_TEST(first.nodes.size() == 2u);
  query.after = first.next;
  const auto rest = *ask<node_page>(subject_of_nodes, query);
  BOOST_TEST(rest.nodes.size() == 1u);
  BOOST_TEST((rest.next == agent_id{}));
  BOOST_TEST(
    bool{ask<committed>(subject_of_nodes, announce_capabilities{ids[0], "{}", {{"fix", "ab"}}, "", ""})});
  BOOST_TEST(bool{ask<committed>(subject_of_nodes, announce_capabilities{ids[1], "{}", {}, "", ""})});
  BOOST_TEST(bool{ask<committed>(subject_of_nodes, announce_capabilities{ids[1], "{1}", {}, "", ""})});
  departs(ids[2]);
  select_nodes wanted;
  wanted.labels = {{"env", "prod"}};
  wanted.action = "fix";
  const auto found = ask<node_selection>(subject_of_nodes, wanted)->nodes;
  BOOST_REQUIRE(found.size() == 2u);
  BOOST_TEST(found[0].offers);
  BOOST_TEST(found[0].checksum == "ab");
  BOOST_TEST(!found[1].offers);
  wanted.labels = {{"env", "test"}};
  BOOST_TEST(ask<node_selection>(subject_of_nodes, wanted)->nodes.empty());
}

BOOST_AUTO_TEST_SUITE_END()
