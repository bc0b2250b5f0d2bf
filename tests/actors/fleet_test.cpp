// The fleet actor on virtual time: who gets in, with which token, and who goes.
#include "tests/actors/fleet_fixture.hpp"

using namespace muster;
using namespace muster::test;

namespace {

struct enrolment_suite : fleet_fixture {
  static token_digest digest(uint64_t number) { return counting_credentials::digest(number); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(fleet_enrolment, enrolment_suite)

BOOST_AUTO_TEST_CASE(a_new_host_gets_an_identity_and_its_token) {
  start();
  const auto welcome = enrol("web-1");
  BOOST_TEST((welcome.id == make_agent_id(0, 0, 1)));
  BOOST_TEST(welcome.token == "token-1");
  BOOST_TEST(!welcome.reconnected);
  BOOST_TEST((welcome.registered_at == noon));
  BOOST_TEST((welcome.enrolled_at == noon));
  BOOST_TEST(counts().enrolled == 1u);
  BOOST_TEST(counts().total() == 1u);
  BOOST_TEST((row(welcome.id).status == agent_status::online));
}

BOOST_AUTO_TEST_CASE(an_identity_is_durable_before_the_host_hears_of_it) {
  start();
  ledger->desk.holds = true;
  auto answer = request<enrolment>(subject, registration_of("web-1"));
  deliver();
  BOOST_TEST(!answered());
  BOOST_REQUIRE(ledger->agents.size() == 1u);
  const auto& record = ledger->agents[0].record;
  BOOST_TEST((record.id == make_agent_id(0, 0, 1)));
  BOOST_TEST((record.tokens == agent_tokens{digest(1), {}, {}}));
  BOOST_TEST(record.tenant == "north");
  BOOST_TEST((record.host == registration_of("web-1").host));
  BOOST_TEST((record.labels == registration_of("web-1").labels));
  BOOST_REQUIRE(ledger->agents[0].audit.size() == 1u);
  BOOST_TEST(
    (ledger->agents[0].audit[0]
     == audit_entry{noon, "agent", "agent.enrolled", to_string(record.id), "host=web-1 from=10.0.0.5:4711"}));
  tell(writer, commit_due{});
  BOOST_TEST(bool{answer()});
}

BOOST_AUTO_TEST_CASE(every_loop_knows_a_token_before_its_host_does) {
  start();
  loop->desk.holds = true;
  auto answer = request<enrolment>(subject, registration_of("web-1"));
  deliver();
  BOOST_TEST(!answered());
  const auto slot = published(0);
  BOOST_TEST((slot.id == make_agent_id(0, 0, 1)));
  BOOST_TEST((slot.tokens.current == digest(1)));
  BOOST_TEST(bool{slot.agent});
  tell(loop_handle, sweep_due{});
  BOOST_TEST(bool{answer()});
}

BOOST_AUTO_TEST_CASE(a_known_host_resumes_its_identity_with_a_fresh_token) {
  start();
  const auto first = enrol("web-1");
  advance(1min);
  const auto again = enrol("web-1");
  BOOST_TEST((again.id == first.id));
  BOOST_TEST(again.reconnected);
  BOOST_TEST(again.token == "token-2");
  BOOST_TEST((again.registered_at == noon));
  BOOST_TEST((again.enrolled_at == noon + 1min));
  BOOST_TEST((published(0).tokens == agent_tokens{digest(1), digest(2), {}}));
  BOOST_TEST((ledger->agents.back().record.tokens == agent_tokens{digest(1), digest(2), {}}));
  BOOST_TEST(ledger->agents.back().audit.at(0).action == "agent.reconnected");
  BOOST_TEST(counts().total() == 1u);
  BOOST_TEST(counts().enrolled == 1u);
  BOOST_TEST(counts().reconnected == 1u);
}

BOOST_AUTO_TEST_CASE(a_fresh_token_becomes_the_current_one_when_it_is_used) {
  start();
  const auto id = enrol("web-1").id;
  enrol("web-1");
  tell(subject, token_used{id, digest(2)});
  const agent_tokens promoted{digest(2), {}, digest(1)};
  BOOST_TEST((published(0).tokens == promoted));
  BOOST_TEST((ledger->agents.back().record.tokens == promoted));
  const auto writes = ledger->agents.size();
  tell(subject, token_used{id, digest(2)});
  BOOST_TEST(ledger->agents.size() == writes);
  BOOST_TEST((published(0).tokens == promoted));
}

BOOST_AUTO_TEST_CASE(a_token_that_was_replaced_before_its_use_does_not_come_back) {
  start();
  const auto id = enrol("web-1").id;
  enrol("web-1");
  enrol("web-1");
  tell(subject, token_used{id, digest(2)});
  BOOST_TEST((published(0).tokens == agent_tokens{digest(1), digest(3), {}}));
  tell(subject, token_used{make_agent_id(0, 9, 9), digest(3)});  // nobody
  BOOST_TEST((published(0).tokens == agent_tokens{digest(1), digest(3), {}}));
}

BOOST_AUTO_TEST_CASE(a_promotion_that_could_not_be_recorded_is_told) {
  start();
  const auto id = enrol("web-1").id;
  enrol("web-1");
  ledger->desk.refuse(fleet_error::store_failed);
  tell(subject, token_used{id, digest(2)});
  BOOST_TEST(told == std::vector<std::string>{"token_not_recorded"});
  BOOST_TEST((published(0).tokens.current == digest(2)));
}

BOOST_AUTO_TEST_CASE(a_new_registration_wakes_a_stale_agent) {
  options.profiles[0] = {30s, 90s, std::nullopt};
  start();
  const auto id = enrol("web-1").id;
  advance(90s);
  BOOST_TEST((row(id).status == agent_status::stale));
  enrol("web-1");
  BOOST_TEST((row(id).status == agent_status::online));
}

BOOST_AUTO_TEST_CASE(a_reconnecting_host_keeps_what_operators_said_of_it) {
  start();
  const auto id = enrol("web-1").id;
  BOOST_TEST(bool{ask<committed>(subject, label_agent{id, {{"role", "db"}, {"owner", "ann"}}, "operator"})});
  enrol("web-1");
  const std::map<std::string, std::string> wanted{{"role", "web"}, {"owner", "ann"}};
  BOOST_TEST((row(id).labels == wanted));
  BOOST_TEST((ledger->agents.back().record.labels == wanted));
}

BOOST_AUTO_TEST_CASE(a_twin_of_an_online_host_gets_an_identity_of_its_own_when_that_is_wanted) {
  start();
  const auto first = enrol("web-1").id;
  auto twin = registration_of("web-1");
  twin.on_duplicate = duplicate_policy::new_identity;
  const auto second = enrol(twin);
  BOOST_TEST(!second.reconnected);
  BOOST_TEST((second.id == make_agent_id(0, 1, 2)));
  goes_stale(first);
  BOOST_TEST((enrol(twin).id == first));
}

BOOST_AUTO_TEST_CASE(hosts_of_different_tenants_are_different) {
  start();
  const auto north = enrol("web-1").id;
  auto request = registration_of("web-1");
  request.tenant = "south";
  BOOST_TEST((enrol(request).id != north));
}

BOOST_AUTO_TEST_CASE(a_host_that_could_not_be_recorded_does_not_exist) {
  start();
  ledger->desk.refuse(fleet_error::store_full, 1);
  BOOST_TEST(is(try_enrol(registration_of("web-1")), fleet_error::store_full));
  BOOST_TEST(counts().total() == 0u);
  BOOST_TEST(counts().enrolled == 0u);
  BOOST_TEST((published(0).id == make_agent_id(0, 0, 0)));
  BOOST_TEST(!published(0).agent);
  const auto welcome = enrol("web-1");
  BOOST_TEST(!welcome.reconnected);
  BOOST_TEST((welcome.id == make_agent_id(0, 0, 2)));
}

BOOST_AUTO_TEST_CASE(a_reconnection_that_could_not_be_recorded_leaves_the_tokens_as_they_were) {
  start();
  const auto id = enrol("web-1").id;
  enrol("web-1");
  ledger->desk.refuse(fleet_error::store_failed, 1);
  BOOST_TEST(is(try_enrol(registration_of("web-1")), fleet_error::store_failed));
  BOOST_TEST((published(0).tokens == agent_tokens{digest(1), digest(2), {}}));
  BOOST_TEST(counts().total() == 1u);
  BOOST_TEST(counts().reconnected == 1u);
  tell(subject, token_used{id, digest(2)});
  BOOST_TEST((published(0).tokens.current == digest(2)));
}

BOOST_AUTO_TEST_CASE(a_full_fleet_takes_nobody_new_but_known_hosts) {
  options.agents = 1;
  start();
  enrol("web-1");
  BOOST_TEST(is(try_enrol(registration_of("web-2")), fleet_error::fleet_full));
  BOOST_TEST(enrol("web-1").reconnected);
}

BOOST_AUTO_TEST_CASE(serials_go_on_where_the_store_ends) {
  restore(0);
  restored.last_serial = 41;
  start();
  BOOST_TEST((enrol("new").id == make_agent_id(0, 1, 42)));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(fleet_members, fleet_fixture)

BOOST_AUTO_TEST_CASE(a_loop_learns_of_all_agents_when_it_is_attached) {
  const auto a = restore(0), b = restore(7);
  start();
  BOOST_REQUIRE(loop->published.size() == 1u);
  BOOST_REQUIRE(loop->published[0].slots.size() == 2u);
  BOOST_TEST((published(0).id == a));
  BOOST_TEST((published(7).id == b));
  BOOST_TEST((published(7).tokens.current == token_digest{107, 100}));
  BOOST_TEST(bool{published(7).agent});
}

BOOST_AUTO_TEST_CASE(a_removed_agent_is_forgotten_by_all) {
  start();
  const auto id = enrol("web-1").id;
  BOOST_TEST(bool{ask<committed>(subject, remove_agent{id, "operator 127.0.0.1"})});
  BOOST_REQUIRE(ledger->forgotten.size() == 1u);
  BOOST_TEST((ledger->forgotten[0].id == id));
  BOOST_TEST(ledger->forgotten[0].audit.at(0).action == "agent.removed");
  BOOST_TEST(ledger->forgotten[0].audit.at(0).actor == "operator 127.0.0.1");
  BOOST_TEST((published(0).id == make_agent_id(0, 0, 0)));
  BOOST_TEST(counts().removed == 1u);
  BOOST_TEST(counts().total() == 0u);
  BOOST_TEST(is(ask<committed>(subject, remove_agent{id, ""}), fleet_error::agent_unknown));
  BOOST_TEST(is(ask<agent_details>(subject, show_agent{id}), fleet_error::agent_unknown));
  BOOST_TEST(!enrol("web-1").reconnected);
}

BOOST_AUTO_TEST_CASE(an_agent_that_could_not_be_removed_stays) {
  start();
  const auto id = enrol("web-1").id;
  ledger->desk.refuse(fleet_error::store_failed, 1);
  BOOST_TEST(is(ask<committed>(subject, remove_agent{id, ""}), fleet_error::store_failed));
  BOOST_TEST(counts().total() == 1u);
  BOOST_TEST(bool{ask<committed>(subject, remove_agent{id, ""})});
}

BOOST_AUTO_TEST_CASE(an_identity_that_is_being_removed_is_not_resumed) {
  start();
  const auto id = enrol("web-1").id;
  ledger->desk.holds = true;
  auto removed = request<committed>(subject, remove_agent{id, ""});
  deliver();
  BOOST_TEST(is(ask<committed>(subject, remove_agent{id, ""}), fleet_error::agent_unknown));
  auto welcome = request<enrolment>(subject, registration_of("web-1"));
  deliver();
  tell(writer, commit_due{});
  BOOST_TEST(bool{removed()});
  const auto fresh = welcome();
  BOOST_REQUIRE(fresh);
  BOOST_TEST((fresh->id != id));
  BOOST_TEST(counts().total() == 1u);
}

BOOST_AUTO_TEST_CASE(labels_are_replaced_and_recorded_with_who_did_it) {
  start();
  const auto id = enrol("web-1").id;
  BOOST_TEST(bool{ask<committed>(subject, label_agent{id, {{"zone", "eu"}}, "operator"})});
  BOOST_TEST((row(id).labels == std::map<std::string, std::string>{{"zone", "eu"}}));
  BOOST_TEST((ledger->agents.back().record.labels == row(id).labels));
  const auto& entry = ledger->agents.back().audit.at(0);
  BOOST_TEST(entry.action == "agent.labelled");
  BOOST_TEST(entry.actor == "operator");
  BOOST_TEST(entry.detail == "from=[role=web ] to=[zone=eu ]");
  BOOST_TEST(
    is(ask<committed>(subject, label_agent{make_agent_id(0, 5, 5), {}, ""}), fleet_error::agent_unknown));
}

BOOST_AUTO_TEST_CASE(labels_that_could_not_be_recorded_are_not_shown) {
  start();
  const auto id = enrol("web-1").id;
  ledger->desk.refuse(fleet_error::store_full, 1);
  BOOST_TEST(
    is(ask<committed>(subject, label_agent{id, {{"zone", "eu"}}, "operator"}), fleet_error::store_full));
  BOOST_TEST((row(id).labels == registration_of("web-1").labels));
}

BOOST_AUTO_TEST_CASE(a_single_agent_is_described_by_its_actor) {
  start();
  const auto id = enrol("web-1").id;
  heartbeat_report report;
  report.mode = "learning";
  BOOST_TEST(bool{ask<heartbeat_ack>(published(0).agent, heartbeat{{}, utc(), report})});
  const auto details = ask<agent_details>(subject, show_agent{id});
  BOOST_REQUIRE(details);
  BOOST_TEST(details->row.hostname == "web-1");
  BOOST_TEST(details->heartbeats == 1u);
  BOOST_TEST((details->report == report));
}

BOOST_AUTO_TEST_CASE(a_failed_agent_actor_is_replaced_with_its_standing) {
  const auto id = restore(0, agent_status::stale);
  start();
  const auto before = published(0).agent;
  tell(subject, agent_failed{id, "out of luck"});
  BOOST_TEST((published(0).agent != before));
  BOOST_TEST(counts().respawned == 1u);
  BOOST_TEST(told == std::vector<std::string>{"agent_actor_failed"});
  const auto details = ask<agent_details>(subject, show_agent{id});
  BOOST_REQUIRE(details);
  BOOST_TEST((details->row.status == agent_status::stale));
  BOOST_TEST((details->row.last_seen == noon - 1h));
}

BOOST_AUTO_TEST_CASE(the_failure_of_somebody_removed_is_told_but_replaces_nobody) {
  start();
  tell(subject, agent_failed{make_agent_id(0, 4, 4), "late"});
  BOOST_TEST(counts().respawned == 0u);
  BOOST_TEST(told.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_replaced_agent_actor_does_not_stay_contested_for_ever) {
  start();
  const auto id = enrol("web-1").id;
  tell(subject,
       agent_contested{change_of(id, agent_status::online, agent_status::online, change_cause::contest)});
  BOOST_TEST(counts().contested == 1u);
  tell(subject, agent_failed{id, "out of luck"});
  BOOST_TEST(counts().contested == 0u);
  BOOST_TEST(!row(id).contested);
}

BOOST_AUTO_TEST_CASE(agents_correlate_for_their_tenant_and_as_they_enrolled) {
  judge = spawn(fake_correlator, correlator);
  start();
  auto request = registration_of("web-1");
  request.openly_enrolled = true;
  const auto open = enrol(request).id;
  const auto proven = enrol("web-2").id;
  report_threats report{utc(), std::vector<threat>(1)};
  report.threats[0].sightings = {{"source_ip", "203.0.113.9", ""}};
  for (auto id : {open, proven})
    BOOST_TEST(bool{ask<threats_accepted>(published(slot_of(id)).agent, report)});
  BOOST_REQUIRE(correlator->reports.size() == 2u);
  BOOST_TEST(correlator->reports[0].tenant == "north");
  BOOST_TEST(!correlator->reports[0].trusted);
  BOOST_TEST(correlator->reports[1].trusted);
  BOOST_TEST(ledger->agents[0].record.enrolled_openly);
  request.openly_enrolled = false;
  enrol(request);
  BOOST_TEST(bool{ask<threats_accepted>(published(slot_of(open)).agent, report)});
  BOOST_TEST(correlator->reports[2].trusted);
}

BOOST_AUTO_TEST_CASE(time_in_which_nobody_was_heard_is_counted) {
  start();
  const auto number = listening->add_loop(sched.clock().now());
  listening->pulse(number, sched.clock().now() + 30s);
  BOOST_TEST((counts().deaf == 30s));
}

BOOST_AUTO_TEST_SUITE_END()
