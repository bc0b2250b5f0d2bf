// Correlation and policy of a whole manager on virtual time: from reports of
// agents to patterns, emergencies, versions and what reaches agents.
#include "messages/policy.hpp"
#include "tests/scenarios/policy_scenario.hpp"

#include <boost/json/serialize.hpp>

BOOST_FIXTURE_TEST_SUITE(correlation_and_policy, policy_scenario)

BOOST_AUTO_TEST_CASE(two_agents_make_a_pattern_that_blocks_the_address_for_both) {
  BOOST_TEST(first.report(attack("203.0.113.9")).json().at("patterns").as_array().empty());
  const auto answer = second.report(attack("::ffff:203.0.113.9")).json();
  BOOST_REQUIRE(answer.at("patterns").as_array().size() == 1u);
  const auto all = patterns();
  BOOST_REQUIRE(all.size() == 1u);
  BOOST_TEST(all[0].at("id") == answer.at("patterns").at(0));
  BOOST_TEST(all[0].at("value").as_string() == "203.0.113.9");
  BOOST_TEST(all[0].at("critical").as_bool() == false);
  BOOST_TEST(version(first) == 2);
  BOOST_TEST(version(second) == 2);
  BOOST_TEST(version(third) == 1);
  BOOST_TEST(blocked(first) == std::vector<std::string>{"203.0.113.9"}, boost::test_tools::per_element());
  BOOST_TEST(blocked(third).empty());
}

BOOST_AUTO_TEST_CASE(a_third_agent_makes_it_critical_and_the_whole_tenant_is_told) {
  for (auto* agent : {&first, &second, &third}) agent->report(attack("203.0.113.9"));
  BOOST_TEST(patterns("?critical=true").size() == 1u);
  const auto fourth = manager.enrol("web-4");
  BOOST_TEST(blocked(fourth).size() == 1u);
  BOOST_TEST(get("/operator/v1/emergencies").at("emergencies").at(0).at("wide").as_bool());
}

BOOST_AUTO_TEST_CASE(the_window_is_five_minutes_to_the_millisecond) {
  first.report(attack("203.0.113.9"));
  manager.advance(5min);
  second.report(attack("203.0.113.9"));
  BOOST_TEST(patterns().size() == 1u);
  first.report(attack("203.0.113.10"));
  manager.advance(5min + 1ms);
  second.report(attack("203.0.113.10"));
  BOOST_TEST(patterns("?value=203.0.113.10").empty());
}

BOOST_AUTO_TEST_CASE(one_agent_alone_never_makes_a_pattern) {
  for (int i = 0; i < 5; ++i) first.report(attack("203.0.113.9"));
  BOOST_TEST(patterns().empty());
}

BOOST_AUTO_TEST_CASE(a_pattern_grows_and_ends_when_its_window_is_empty) {
  first.report(attack("203.0.113.9"));
  second.report(attack("203.0.113.9"));
  manager.advance(4min);
  third.report(attack("203.0.113.9"));
  const auto last = manager.now();
  manager.advance(30s);
  const auto grown = patterns().at(0);
  BOOST_TEST(grown.at("agent_count").to_number<int>() == 3);
  BOOST_TEST(grown.at("status").as_string() == "open");
  manager.advance(5min);
  const auto ended = patterns("?status=ended");
  BOOST_REQUIRE(ended.size() == 1u);
  BOOST_TEST((manager.now() >= last + 5min));
  BOOST_TEST(ended[0].at("id") == grown.at("id"));
  BOOST_TEST(get("/operator/v1/patterns/" + std::string{grown.at("id").as_string()} + "/sightings")
               .at("threats")
               .as_array()
               .size()
             == 3u);
}

BOOST_AUTO_TEST_CASE(a_restart_inside_a_window_forgets_nothing_and_announces_nothing_twice) {
  first.report(attack("203.0.113.9"));
  manager.crash();
  second.report(attack("203.0.113.9"));
  BOOST_REQUIRE(patterns().size() == 1u);
  manager.crash();
  manager.advance(1min);
  BOOST_TEST(patterns().size() == 1u);
  read_audit wanted;
  wanted.action = "pattern.detected";
  BOOST_TEST(manager.audit(wanted).size() == 1u);
  BOOST_TEST(version(first) == 2);
  third.report(attack("203.0.113.9"));
  BOOST_TEST(patterns("?critical=true").size() == 1u);
}

BOOST_AUTO_TEST_CASE(no_emergency_on_an_allowlisted_value) {
  write("fleet", R"({"allowlist":{"cidrs":["203.0.113.0/24"]}})");
  for (auto* agent : {&first, &second, &third}) agent->report(attack("203.0.113.9"));
  BOOST_TEST(patterns().size() == 1u);
  BOOST_TEST(get("/operator/v1/emergencies").at("emergencies").as_array().empty());
  BOOST_TEST(version(first) == 2);
}

BOOST_AUTO_TEST_CASE(versions_304_and_tags_agree) {
  const auto revision = std::to_string(write("fleet", R"({"thresholds":{"notify_and_wait":50}})"));
  BOOST_TEST(revision == "2");
  BOOST_TEST(poll(first).status == 200u);
  BOOST_TEST(poll(first, "?version=2").status == 304u);
  BOOST_TEST(poll(first, "?version=1").status == 200u);
  BOOST_TEST(poll(first, "?version=3").status == 200u);  // claims a newer one
  BOOST_TEST(poll(first, "?version=x").status == 400u);
  const auto tagged = [&](const std::string& query, const std::string& tag) {
    return manager
      .request("GET", "/api/policy/agent/" + to_string(first.id()) + query, {}, {first.token(), tag})
      .status;
  };
  BOOST_TEST(tagged("", "\"2\"") == 304u);
  BOOST_TEST(tagged("", "\"1\"") == 200u);
  BOOST_TEST(tagged("?version=2", "\"2\"") == 304u);
  BOOST_TEST(tagged("?version=1", "\"2\"") == 200u);
  BOOST_TEST(tagged("?version=2", "\"1\"") == 200u);
}

BOOST_AUTO_TEST_CASE(layers_merge_from_the_fleet_to_the_agent) {
  write("fleet", R"({"thresholds":{"notify_and_wait":50},"blocklist":{"ips":["192.0.2.1"]}})");
  write("label:env=prod", R"({"thresholds":{"notify_and_wait":40}})");
  BOOST_TEST(version(first) == 2);
  manager.operate("PUT", "/operator/v1/agents/" + to_string(first.id()) + "/labels",
                  R"({"labels":{"env":"prod"}})");
  BOOST_TEST(version(first) == 4);  // relabelled
  BOOST_TEST(version(second) == 2);
  write("agent:" + to_string(second.id()), R"({"allowlist":{"ips":["192.0.2.1"]}})");
  BOOST_TEST(blocked(first).size() == 1u);
  BOOST_TEST(blocked(second).empty());
  const auto effective = get("/operator/v1/policies/effective/" + to_string(first.id()));
  BOOST_TEST(boost::json::serialize(effective.at("layers")) == R"(["built-in","fleet","label:env=prod"])");
}

BOOST_AUTO_TEST_CASE(heartbeats_tell_of_a_new_version_until_it_is_acknowledged) {
  BOOST_TEST(first.beat().body.find("policyVersion") == std::string::npos);
  write("fleet", R"({"thresholds":{"notify_and_wait":50}})");
  BOOST_TEST(first.beat().json().at("policyVersion").to_number<int>() == 2);
  BOOST_TEST(first.beat().json().at("commands").at(0).at("command").as_string() == "update_policy");
  BOOST_TEST(poll(first, "?version=1").status == 200u);
  BOOST_TEST(first.beat().body.find("policyVersion") != std::string::npos);
  BOOST_TEST(poll(first, "?version=2").status == 304u);
  BOOST_TEST(first.beat().body.find("policyVersion") == std::string::npos);
  BOOST_TEST(second.beat(R"({"policyVersion":2})").body.find("update_policy") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(progress_counts_who_has_what) {
  manager.advance(1s);
  write("fleet", R"({"thresholds":{"notify_and_wait":50}})");
  poll(first, "?version=1");
  poll(second, "?version=1");
  manager.advance(2s);
  poll(second, "?version=2");
  manager.advance(2s);
  const auto all = get("/operator/v1/policies/status").at("all");
  BOOST_TEST(all.at("agents").to_number<int>() == 3);
  BOOST_TEST(all.at("acknowledged").to_number<int>() == 1);
  BOOST_TEST(all.at("delivered").to_number<int>() == 1);
  BOOST_TEST(all.at("never_asked").to_number<int>() == 1);
  BOOST_TEST(get("/operator/v1/policies/status").at("took").at("last_seconds").to_number<double>() == 2.0);
  manager.advance(2min);
  manager.restart();
  manager.advance(1s);
  BOOST_TEST(get("/operator/v1/policies/status").at("all").at("acknowledged").to_number<int>() == 1);
}

BOOST_AUTO_TEST_CASE(a_waiting_poll_is_answered_when_the_policy_changes_or_its_time_is_over) {
  const auto before = manager.now();
  BOOST_TEST(poll(first, "?version=1&wait=30s").status == 304u);
  BOOST_TEST((manager.now() - before >= 29s));
  BOOST_TEST((manager.now() - before <= 32s));
  BOOST_TEST(poll(first, "?version=0&wait=30s").status == 200u);
  BOOST_TEST(poll(first, "?version=1&wait=3h").status == 400u);
}

BOOST_AUTO_TEST_CASE(a_stream_tells_each_new_version_and_goes_on_from_the_last) {
  const auto target = "/api/policy/agent/" + to_string(first.id()) + "/stream";
  auto stream = manager.open_stream(target, {first.token(), {}});
  BOOST_TEST(stream.status() == 200u);
  BOOST_REQUIRE(stream.events().size() == 1u);
  BOOST_TEST(stream.events()[0].id == "1");
  write("fleet", R"({"thresholds":{"notify_and_wait":50}})");
  manager.advance(100ms);
  BOOST_REQUIRE(stream.events().size() == 2u);
  BOOST_TEST(stream.events()[1].event == "policy");
  BOOST_TEST(stream.events()[1].id == "2");
  manager.advance(20s);
  BOOST_TEST(stream.text().find(": alive") != std::string::npos);
  stream.close();
  harness::request_options again{first.token(), {}};
  again.last_event_id = "2";
  BOOST_TEST(manager.open_stream(target, again).events().empty());
  again.last_event_id = "1";
  BOOST_TEST(manager.open_stream(target, again).events().size() == 1u);
  again.last_event_id = "99";
  const auto lost = manager.open_stream(target, again).events();
  BOOST_REQUIRE(lost.size() == 2u);
  BOOST_TEST(lost[0].event == "resync");
  BOOST_TEST(lost[1].id == "2");
}

BOOST_AUTO_TEST_CASE(an_emergency_reaches_open_streams_of_affected_agents_only) {
  const auto open = [&](const harness::simulated_agent& agent) {
    return manager.open_stream("/api/policy/agent/" + to_string(agent.id()) + "/stream", {agent.token(), {}});
  };
  auto affected = open(first), other = open(third);
  first.report(attack("203.0.113.9"));
  second.report(attack("203.0.113.9"));
  manager.advance(100ms);
  BOOST_TEST(affected.events().size() == 2u);
  BOOST_TEST(affected.events().back().data.find("203.0.113.9") != std::string::npos);
  BOOST_TEST(other.events().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_rollout_halts_when_its_agents_go_silent) {
  std::vector<harness::simulated_agent> all;
  for (int i = 0; i < 60; ++i) {
    all.push_back(manager.enrol("host-" + std::to_string(i)));
    all.back().beat_every(30s);
  }
  for (auto* agent : {&first, &second, &third}) agent->beat_every(30s);
  auto started =
    manager.operate("POST", "/operator/v1/rollouts",
                    R"({"stages":["50%","100%"],"every":"10m","gates":["silent_share<rest+20%"],)"
                    R"("policy":{"thresholds":{"notify_and_wait":33}},"reason":"try"})");
  BOOST_REQUIRE_MESSAGE(started.status == 201, started.body);
  const auto has_candidate = [&](const harness::simulated_agent& agent) {
    return policy_bucket(agent.id()) < policy_buckets / 2;
  };
  for (auto& agent : all) BOOST_TEST((version(agent) == 2) == has_candidate(agent));
  for (auto& agent : all)
    if (has_candidate(agent)) agent.fall_silent();  // what it got was bad
  manager.advance(3min);
  const auto rollout = get("/operator/v1/rollouts").at("rollouts").at(0);
  BOOST_TEST(rollout.at("status").as_string() == "halted");
  for (auto& agent : all) BOOST_TEST(version(agent) == (has_candidate(agent) ? 3 : 1));
  manager.crash();
  for (auto& agent : all) BOOST_TEST(version(agent) == (has_candidate(agent) ? 3 : 1));
}

BOOST_AUTO_TEST_CASE(history_rolls_back_to_any_revision) {
  write("fleet", R"({"thresholds":{"notify_and_wait":50}})");
  write("fleet", R"({"thresholds":{"notify_and_wait":40}})");
  auto back = manager.operate("POST", "/operator/v1/policies/layers/fleet/rollback",
                              R"({"revision":2,"reason":"worse"})");
  BOOST_REQUIRE_MESSAGE(back.status == 200, back.body);
  const auto revision = get("/operator/v1/policies/history/4");
  BOOST_TEST(revision.at("action").as_string() == "rollback");
  BOOST_TEST(revision.at("reason").as_string() == "rollback to 2: worse");
  BOOST_TEST(boost::json::serialize(revision.at("diff")).find("notify_and_wait") != std::string::npos);
  BOOST_TEST(get("/operator/v1/policies/history").at("revisions").as_array().size() == 3u);
  harness::request_options stale;
  stale.if_match = "\"2\"";
  BOOST_TEST(manager.operate("PUT", "/operator/v1/policies/layers/fleet", "{}", stale).status == 412u);
}

BOOST_AUTO_TEST_CASE(a_dry_run_counts_each_agent_once_and_changes_nothing) {
  first.report(attack("203.0.113.9"));
  second.report(attack("203.0.113.9"));  // both have documents of their own now
  const auto would = manager
                       .operate("PUT", "/operator/v1/policies/layers/fleet?dry_run=true",
                                R"({"thresholds":{"notify_and_wait":50}})")
                       .json();
  BOOST_TEST(would.at("agents").to_number<int>() == 3);
  BOOST_TEST(version(third) == 1);
}

BOOST_AUTO_TEST_CASE(wrong_documents_are_refused_with_the_path) {
  const auto refused = [&](const std::string& body) {
    auto given = manager.operate("PUT", "/operator/v1/policies/layers/fleet", body);
    BOOST_TEST(given.status == 422u);
    return given.body;
  };
  BOOST_TEST(refused(R"({"blocklist":{"ips":["1.2.3"]}})").find("$.blocklist.ips[0]") != std::string::npos);
  BOOST_TEST(refused(R"({"treshholds":{}})").find("treshholds") != std::string::npos);
  BOOST_TEST(manager.operate("PUT", "/operator/v1/policies/layers/flet", "{}").status == 400u);
  BOOST_TEST(
    manager.operate("POST", "/operator/v1/rollouts", R"({"stages":["1%"],"every":"1m","policy":{}})").status
    == 422u);
  BOOST_TEST(manager.operate("DELETE", "/operator/v1/emergencies/pt-0000000000000001").status == 404u);
}

BOOST_AUTO_TEST_CASE(the_dialects_own_policy_routes_write_the_fleets_layer) {
  auto made =
    manager.operate("POST", "/api/policy",
                    R"({"rules":[{"type":"block_ip","condition":{"ip":"192.0.2.9"},"action":"block"}]})");
  BOOST_REQUIRE_MESSAGE(made.status == 201, made.body);
  BOOST_TEST(blocked(first) == std::vector<std::string>{"192.0.2.9"}, boost::test_tools::per_element());
  BOOST_TEST(get("/api/policy/active").at("version").to_number<int>() == 2);
  first.report(attack("203.0.113.9"));
  BOOST_TEST(get("/api/threats").at("data").as_array().size() == 1u);
  BOOST_TEST(get("/api/threats/summary").at("data").at("uniqueAttackers").to_number<int>() == 1);
  BOOST_TEST(get("/api/overview").at("data").at("totalAgents").to_number<int>() == 3);
}

BOOST_AUTO_TEST_CASE(a_policy_says_since_when_it_is_as_it_is_also_after_a_restart) {
  const auto updated = [&](const harness::simulated_agent& agent) {
    return std::string{poll(agent).json().at("policy").at("updatedAt").as_string()};
  };
  const auto built_in = updated(first);
  manager.advance(1h);
  write("fleet", R"({"thresholds":{"notify_and_wait":50}})");
  const auto of_fleet = updated(first);
  manager.advance(1h);
  write("agent:" + to_string(second.id()), R"({"thresholds":{"notify_and_wait":40}})");
  const auto of_second = updated(second);
  BOOST_TEST(built_in != of_fleet);
  BOOST_TEST(of_fleet < of_second);
  BOOST_TEST(updated(first) == of_fleet);
  BOOST_TEST(get("/api/policy/active").at("policy").at("updatedAt").as_string() == of_fleet);
  manager.advance(1h);
  manager.crash();
  BOOST_TEST(updated(first) == of_fleet);
  BOOST_TEST(updated(second) == of_second);
}

BOOST_AUTO_TEST_SUITE_END()
