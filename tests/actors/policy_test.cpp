// The policy actor: what operators write, what patterns cause, and rollouts.
#include "tests/actors/policy_fixture.hpp"

namespace {

using namespace muster;
using namespace muster::test;

const policy_scope whole_fleet{policy_layer::fleet, "", ""};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(policy_actors, policy_fixture)

BOOST_AUTO_TEST_CASE(a_write_is_durable_and_told_to_loops_before_it_is_answered) {
  ledger->desk.holds = true;
  auto answer = request<policy_written>(
    subject, write_policy{whole_fleet, asking(50), "write", "ann", "why", caf::none, false});
  deliver();
  BOOST_TEST(ledger->policies.size() == 1u);
  BOOST_TEST(version(0, 0) == 1u);  // nobody hears of what may be lost
  caf::anon_send(writer, commit_due{});
  deliver();
  BOOST_TEST(answer()->revision == 2u);
  BOOST_TEST(version(0, 0) == 2u);
  BOOST_TEST(fleet->policies.back().table->revision == 2u);
  const auto& written = ledger->policies.front();
  BOOST_TEST(written.revision.author == "ann");
  BOOST_TEST(written.audit.front().action == "policy.write");
  BOOST_TEST(written.state->revision == 2u);
}

BOOST_AUTO_TEST_CASE(a_write_that_could_not_be_stored_changes_nothing) {
  ledger->desk.refuse(fleet_error::store_full, 1);
  BOOST_TEST((write(whole_fleet, asking(50)).error() == fleet_error::store_full));
  BOOST_TEST(overview().revision == 1u);
  BOOST_TEST(write(whole_fleet, asking(40))->revision == 2u);
  BOOST_TEST(*table().of(agent_at(0), 0)->policy->what.notify_and_wait == 40);
}

BOOST_AUTO_TEST_CASE(a_lost_update_is_refused) {
  BOOST_TEST(!!write(whole_fleet, asking(50), 0));
  BOOST_TEST((write(whole_fleet, asking(40), 0).error() == fleet_error::policy_conflict));
  BOOST_TEST((write(whole_fleet, asking(40), 1).error() == fleet_error::policy_conflict));
  BOOST_TEST(!!write(whole_fleet, asking(40), 2));
  BOOST_TEST((write({policy_layer::label, "", "x=y"}, caf::none).error() == fleet_error::policy_unknown));
}

BOOST_AUTO_TEST_CASE(writes_at_one_time_are_made_one_after_the_other) {
  ledger->desk.holds = true;
  auto first = request<policy_written>(
    subject, write_policy{whole_fleet, asking(50), "write", "ann", "", caf::none, false});
  auto second = request<policy_written>(
    subject, write_policy{whole_fleet, asking(40), "write", "bob", "", caf::none, false});
  deliver();
  BOOST_TEST(ledger->policies.size() == 1u);
  caf::anon_send(writer, commit_due{});
  deliver();
  BOOST_TEST(first()->revision == 2u);
  BOOST_TEST(second()->revision == 3u);
}

BOOST_AUTO_TEST_CASE(a_dry_run_tells_the_effects_and_writes_nothing) {
  auto would = ask<policy_written>(
    subject,
    write_policy{{policy_layer::label, "", "env=prod"}, asking(50), "write", "ann", "", caf::none, true});
  BOOST_TEST(would->revision == 2u);
  BOOST_TEST(would->effects.size() == 1u);
  BOOST_TEST(ledger->policies.empty());
  BOOST_TEST(overview().revision == 1u);
}

BOOST_AUTO_TEST_CASE(a_layer_for_an_unknown_agent_is_refused) {
  const policy_scope nobody{policy_layer::agent, "", to_string(agent_at(99))};
  BOOST_TEST((write(nobody, asking(50)).error() == fleet_error::agent_unknown));
  BOOST_TEST(!!write({policy_layer::agent, "", to_string(agent_at(3))}, asking(50)));
  BOOST_TEST(version(3, 1) == 2u);
  BOOST_TEST(version(5, 1) == 1u);
}

BOOST_AUTO_TEST_CASE(a_restart_goes_on_with_the_same_versions) {
  write({policy_layer::label, "", "env=prod"}, asking(50));
  write({policy_layer::agent, "", to_string(agent_at(3))}, asking(40));
  const auto state = *ledger->policies.back().state;
  loop->policies.clear();
  for (auto& [id, profile] : fleet->profiles) profile = 1 - profile;
  start(state);
  know({{"default", "acme", {{"env", "prod"}}}, {"default", "", {}}});
  BOOST_TEST(version(3, 0) == 3u);
  BOOST_TEST(version(5, 0) == 2u);
  BOOST_TEST(version(4, 1) == 1u);
}

BOOST_AUTO_TEST_CASE(a_pattern_blocks_an_address_for_its_agents_then_for_the_tenant) {
  detect(seen_by(2));
  BOOST_TEST(version(0, 0) == 2u);
  BOOST_TEST(version(1, 1) == 2u);
  BOOST_TEST(version(2, 0) == 1u);
  BOOST_TEST(table().of(agent_at(0), 0)->policy->what.blocklist.ips.front() == "203.0.113.9");
  detect(seen_by(3));
  BOOST_TEST(version(2, 0) == 3u);
  BOOST_TEST(version(0, 0) == 2u);  // has it already
  BOOST_TEST(ledger->policies.back().revision.action == "emergency");
  BOOST_TEST(ledger->policies.back().revision.reason.find("pattern pt-") == 0u);
}

BOOST_AUTO_TEST_CASE(an_emergency_expires_after_its_lifetime) {
  detect(seen_by(2));
  advance(24h - 1s);
  BOOST_TEST(overview().emergencies.size() == 1u);
  advance(2s);
  BOOST_TEST(overview().emergencies.empty());
  BOOST_TEST(version(0, 0) == 3u);
  BOOST_TEST(ledger->policies.back().revision.action == "expiry");
}

BOOST_AUTO_TEST_CASE(a_revoked_emergency_stays_away_while_its_pattern_lasts) {
  detect(seen_by(2));
  const auto cause = seen_by(2).id;
  BOOST_TEST(ask<policy_written>(subject, revoke_emergency{cause, "ann", "false alarm"})->revision == 3u);
  detect(seen_by(3));
  BOOST_TEST(overview().emergencies.empty());
  auto over = seen_by(3);
  over.ended_at = utc();
  caf::anon_send(subject, pattern_changed{pattern_step::none, over});
  deliver();
  detect(seen_by(3));
  BOOST_TEST(overview().emergencies.size() == 1u);
  BOOST_TEST((ask<policy_written>(subject, revoke_emergency{pattern_id{5}, "ann", ""}).error()
              == fleet_error::policy_unknown));
}

BOOST_AUTO_TEST_CASE(addresses_of_agents_and_of_allowlists_are_never_blocked) {
  fleet->addresses["203.0.113.9"] = agent_at(5);
  detect(seen_by(3));
  BOOST_TEST(overview().emergencies.empty());
  BOOST_TEST(journal.size() == 1u);
  policy_document allowing;
  allowing.allowlist.cidrs = {"198.51.100.0/24"};
  write(whole_fleet, allowing);
  detect(seen_by(3, "198.51.100.7"));
  BOOST_TEST(overview().emergencies.empty());
  BOOST_TEST(counts().emergencies_refused == 2u);
  detect(seen_by(3, "198.51.101.7"));
  BOOST_TEST(overview().emergencies.size() == 1u);
}

BOOST_AUTO_TEST_CASE(emergencies_beyond_the_rate_are_merged_into_one_revision) {
  for (int i = 1; i <= 14; ++i) detect(seen_by(2, "203.0.113." + std::to_string(i)));
  BOOST_TEST(ledger->policies.size() == 10u);
  advance(1min);
  BOOST_TEST(ledger->policies.size() == 11u);
  BOOST_TEST(overview().emergencies.size() == 14u);
}

BOOST_AUTO_TEST_CASE(an_emergency_that_could_not_be_stored_is_tried_again) {
  ledger->desk.refuse(fleet_error::store_failed, 1);
  detect(seen_by(2));
  BOOST_TEST(overview().emergencies.empty());
  advance(1min);
  BOOST_TEST(overview().emergencies.size() == 1u);
}

BOOST_AUTO_TEST_CASE(layers_of_several_agents_that_are_written_at_once_all_hold) {
  std::vector<std::function<caf::expected<policy_written>()>> answers;
  for (uint32_t slot = 0; slot < 4; ++slot)
    answers.push_back(
      request<policy_written>(subject, write_policy{{policy_layer::agent, "", to_string(agent_at(slot))},
                                                    asking(50 + slot),
                                                    "write",
                                                    "ann",
                                                    "",
                                                    caf::none,
                                                    false}));
  detect(seen_by(2));
  for (uint32_t slot = 0; slot < 4; ++slot) {
    const auto revision = answers[slot]()->revision;
    const auto* has = table().of(agent_at(slot), slot % 2);
    BOOST_TEST(*has->policy->what.notify_and_wait == 50 + slot);
    BOOST_TEST(has->version == (slot < 2 ? overview().revision : revision));
  }
}

BOOST_AUTO_TEST_CASE(nothing_changes_before_the_fleet_is_known) {
  detect(seen_by(2));
  const auto state = *ledger->policies.back().state;
  caf::anon_send_exit(subject, caf::exit_reason::kill);
  deliver();
  advance(25h);
  const auto before = ledger->policies.size();
  start(state);
  fleet->addresses["198.51.100.7"] = agent_at(5);
  detect(seen_by(3, "198.51.100.7"));
  advance(1s);
  BOOST_TEST(ledger->policies.size() == before);
  know({{"default", "", {}}, {"default", "acme", {{"env", "prod"}}}});
  advance(1s);
  BOOST_TEST(overview().emergencies.empty());
  BOOST_TEST(counts().emergencies_refused == 1u);
  BOOST_TEST(version(0, 0) == 3u);
}

BOOST_AUTO_TEST_CASE(an_expiry_is_one_revision_however_long_it_takes_to_write) {
  detect(seen_by(2));
  advance(24h - 1s);
  ledger->desk.holds = true;
  advance(1min);
  BOOST_TEST(ledger->policies.size() == 2u);
  caf::anon_send(writer, commit_due{});
  deliver();
  advance(1min);
  BOOST_TEST(ledger->policies.size() == 2u);
  BOOST_TEST(overview().emergencies.empty());
}

BOOST_AUTO_TEST_CASE(an_expiry_that_could_not_be_written_is_tried_again_without_haste) {
  detect(seen_by(2));
  ledger->desk.refuse(fleet_error::store_full);
  advance(24h + 10s);
  BOOST_TEST(ledger->policies.size() > 2u);
  BOOST_TEST(ledger->policies.size() < 15u);
  ledger->desk.refuse_none();
  advance(2s);
  BOOST_TEST(overview().emergencies.empty());
}

BOOST_AUTO_TEST_CASE(an_emergency_that_was_revoked_while_it_was_written_stays_away) {
  detect(seen_by(2));
  ledger->desk.holds = true;
  auto written = request<policy_written>(
    subject, write_policy{whole_fleet, asking(50), "write", "ann", "", caf::none, false});
  caf::anon_send(subject, pattern_changed{pattern_step::grew, seen_by(3)});
  auto revoked = request<policy_written>(subject, revoke_emergency{seen_by(2).id, "ann", ""});
  deliver();
  for (int i = 0; i < 4; ++i) {
    caf::anon_send(writer, commit_due{});
    deliver();
  }
  BOOST_TEST(bool{written()});
  BOOST_TEST(bool{revoked()});
  advance(1min);
  BOOST_TEST(overview().emergencies.empty());
}

BOOST_AUTO_TEST_CASE(one_that_waits_for_its_turn_can_be_revoked) {
  for (int i = 1; i <= 11; ++i) detect(seen_by(2, "203.0.113." + std::to_string(i)));
  const auto last = seen_by(2, "203.0.113.11").id;
  BOOST_TEST(bool{ask<policy_written>(subject, revoke_emergency{last, "ann", ""})});
  advance(2min);
  BOOST_TEST(overview().emergencies.size() == 10u);
}

BOOST_AUTO_TEST_CASE(what_waits_counts_against_the_limit_of_its_own_kind) {
  options.emergencies.per_kind = 12;
  start();
  know({{"default", "", {}}, {"default", "acme", {{"env", "prod"}}}});
  for (int i = 1; i <= 10; ++i) detect(seen_by(2, "203.0.113." + std::to_string(i)));
  for (int i = 1; i <= 5; ++i) {
    auto other = seen_by(2, "T100" + std::to_string(i));
    other.kind = "attack_technique";
    detect(other);
  }
  for (int i = 11; i <= 13; ++i) detect(seen_by(2, "203.0.113." + std::to_string(i)));
  advance(1min);
  const auto all = overview().emergencies;
  BOOST_TEST(std::count_if(all.begin(), all.end(), [](const auto& one) { return one.kind == "source_ip"; })
             == 12);
  BOOST_TEST(all.size() == 17u);
}

BOOST_AUTO_TEST_CASE(what_the_configuration_protects_by_now_is_let_go) {
  detect(seen_by(2));
  const auto state = *ledger->policies.back().state;
  caf::anon_send_exit(subject, caf::exit_reason::kill);
  deliver();
  options.emergencies.never_block = *parse_network_ranges("203.0.113.0/24");
  start(state);
  know({{"default", "", {}}, {"default", "acme", {{"env", "prod"}}}});
  BOOST_TEST(overview().emergencies.empty());
  BOOST_TEST(version(0, 0) == 3u);
}

BOOST_AUTO_TEST_CASE(a_relabelled_agent_hears_of_it_through_the_loops) {
  write({policy_layer::label, "", "env=prod"}, asking(50));
  BOOST_TEST(ask<policy_written>(subject, agent_reprofiled{agent_at(2), 0, 1, "ann"})->revision == 3u);
  BOOST_TEST(version(2, 1) == 3u);
  BOOST_TEST(version(5, 1) == 2u);
}

BOOST_AUTO_TEST_CASE(a_rollout_goes_through_its_stages_while_its_gates_hold) {
  fleet->health = {{100, 1, 0, 0, 0}, {900, 0, 0, 0, 0}};
  const auto id = ask<policy_written>(subject, start_rollout{whole_fleet,
                                                             asking(50),
                                                             {100, 5000, policy_buckets},
                                                             10min,
                                                             {{gate_measure::stale_share, 2, false}},
                                                             "ann",
                                                             ""})
                    ->revision;
  BOOST_TEST(id == 2u);
  const auto rollout = [&] { return overview().rollouts.front(); };
  advance(10min - 1s);
  BOOST_TEST(rollout().stage == 0u);
  advance(1s);
  BOOST_TEST(rollout().stage == 1u);
  BOOST_TEST((write(whole_fleet, asking(10)).error() == fleet_error::policy_refused));
  advance(20min);
  BOOST_TEST((rollout().status == rollout_status::completed));
  BOOST_TEST(*overview().layers.front().what->notify_and_wait == 50);
}

BOOST_AUTO_TEST_CASE(a_breached_gate_rolls_back_by_itself) {
  write(whole_fleet, asking(60));
  ask<policy_written>(subject, start_rollout{whole_fleet,
                                             asking(50),
                                             {5000, policy_buckets},
                                             10min,
                                             {{gate_measure::stale_share, 2, false}},
                                             "ann",
                                             ""});
  advance(1min);
  fleet->health = {{100, 2, 0, 0, 0}, {900, 0, 0, 0, 0}};
  advance(5s);
  const auto all = overview();
  BOOST_TEST((all.rollouts.front().status == rollout_status::halted));
  BOOST_TEST(all.rollouts.front().outcome.find("stale_share") != std::string::npos);
  BOOST_TEST(!all.layers.front().candidate);
  for (uint32_t slot = 0; slot < 50; ++slot)
    BOOST_TEST(*table().of(agent_at(slot), 0)->policy->what.notify_and_wait == 60);
}

BOOST_AUTO_TEST_CASE(a_rollout_survives_a_restart_where_it_stood) {
  ask<policy_written>(subject,
                      start_rollout{whole_fleet, asking(50), {100, policy_buckets}, 10min, {}, "ann", ""});
  advance(4min);
  const auto state = *ledger->policies.back().state;
  caf::anon_send_exit(subject, caf::exit_reason::kill);
  deliver();
  advance(1min);
  start(state);
  know({{"default", "", {}}, {"default", "acme", {{"env", "prod"}}}});
  advance(5min - 1s);
  BOOST_TEST(overview().rollouts.front().stage == 0u);
  advance(2s);
  BOOST_TEST(overview().rollouts.front().stage == 1u);
}

BOOST_AUTO_TEST_CASE(a_rollout_can_be_paused_resumed_and_aborted) {
  const auto id =
    ask<policy_written>(subject,
                        start_rollout{whole_fleet, asking(50), {100, policy_buckets}, 10min, {}, "ann", ""})
      ->revision;
  const auto steer = [&](rollout_move move) {
    return ask<policy_written>(subject, move_rollout{id, move, caf::none, "ann", "because"});
  };
  advance(4min);
  BOOST_TEST(!!steer(rollout_move::pause));
  BOOST_TEST((steer(rollout_move::pause).error() == fleet_error::policy_refused));
  BOOST_TEST((steer(rollout_move::advance).error() == fleet_error::policy_refused));
  advance(1h);
  BOOST_TEST(overview().rollouts.front().stage == 0u);
  BOOST_TEST(!!steer(rollout_move::resume));
  advance(6min - 1s);
  BOOST_TEST(overview().rollouts.front().stage == 0u);
  advance(2s);
  BOOST_TEST(overview().rollouts.front().stage == 1u);
  BOOST_TEST(!!steer(rollout_move::abort));
  BOOST_TEST((overview().rollouts.front().status == rollout_status::aborted));
  BOOST_TEST(overview().layers.empty());
  BOOST_TEST((steer(rollout_move::abort).error() == fleet_error::policy_refused));
  BOOST_TEST(version(0, 0) >= 1u);
}

BOOST_AUTO_TEST_SUITE_END()
