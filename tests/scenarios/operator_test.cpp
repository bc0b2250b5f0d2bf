// What the operator listener says of policy and patterns, beyond what it does.
#include "tests/scenarios/policy_scenario.hpp"

#include <boost/json/serialize.hpp>

BOOST_FIXTURE_TEST_SUITE(operator_answers, policy_scenario)

BOOST_AUTO_TEST_CASE(a_scope_with_a_slash_is_named_with_its_slash_encoded) {
  write("label:team=a%2Fb", R"({"thresholds":{"notify_and_wait":40}})");
  manager.operate("PUT", "/operator/v1/agents/" + to_string(first.id()) + "/labels",
                  R"({"labels":{"team":"a/b"}})");
  BOOST_TEST(poll(first).json().at("policy").at("thresholds").at("notifyAndWait").to_number<int>() == 40);
  const auto layer = get("/operator/v1/policies/layers/label:team=a%2Fb");
  BOOST_TEST(layer.at("scope").as_string() == "label:team=a/b");
  BOOST_TEST(manager.operate("DELETE", "/operator/v1/policies/layers/label:team=a/b").status == 404u);
  BOOST_TEST(manager.operate("DELETE", "/operator/v1/policies/layers/label:team=a%2Fb").status == 200u);
}

BOOST_AUTO_TEST_CASE(metrics_tell_of_policy_and_emergencies) {
  const auto stream =
    manager.open_stream("/api/policy/agent/" + to_string(first.id()) + "/stream", {first.token(), {}});
  first.report(attack("203.0.113.9"));
  second.report(attack("203.0.113.9"));
  manager.advance(2s);
  const auto has = [&](const std::string& sample) {
    return manager.operate("GET", "/metrics").body.find("\n" + sample + "\n") != std::string::npos;
  };
  BOOST_TEST(has("muster_policy_revision 2"));
  BOOST_TEST(has("muster_emergencies 1"));
  BOOST_TEST(has("muster_emergencies_published_total 1"));
  BOOST_TEST(has("muster_policy_streams 1"));
  BOOST_TEST(has("muster_policy_pushes_total 2"));
  const std::string pattern{patterns()[0].at("id").as_string()};
  manager.operate("DELETE", "/operator/v1/emergencies/" + pattern);
  BOOST_TEST(has("muster_emergencies 0"));
  BOOST_TEST(has("muster_emergencies_revoked_total 1"));
}

BOOST_AUTO_TEST_CASE(a_pattern_by_itself_names_the_hosts_of_its_agents) {
  first.report(attack("203.0.113.9"));
  second.report(attack("203.0.113.9"));
  const auto all = patterns();
  const auto whole = get("/operator/v1/patterns/" + std::string{all[0].at("id").as_string()});
  BOOST_TEST(whole.at("agents").at(0).at("hostname").as_string() == "web-1");
  BOOST_TEST(whole.at("agents").at(1).at("hostname").as_string() == "web-2");
}

BOOST_AUTO_TEST_CASE(a_rollout_by_itself_has_its_document_also_when_it_is_over) {
  auto started = manager.operate(
    "POST", "/operator/v1/rollouts",
    R"({"stages":["50%","100%"],"every":"10m","policy":{"thresholds":{"notify_and_wait":33}}})");
  BOOST_REQUIRE_MESSAGE(started.status == 201, started.body);
  const auto document = [&] { return boost::json::serialize(get("/operator/v1/rollouts/2").at("policy")); };
  const std::string wanted = R"({"thresholds":{"notify_and_wait":33}})";
  BOOST_TEST(document() == wanted);
  BOOST_TEST(manager.operate("POST", "/operator/v1/rollouts/2/abort").status == 200u);
  BOOST_TEST(document() == wanted);
  BOOST_TEST(manager.operate("GET", "/operator/v1/rollouts/3").status == 404u);
}

BOOST_AUTO_TEST_CASE(unknown_query_parameters_are_refused_by_name) {
  const auto agent = to_string(first.id());
  write("fleet", "{}");
  first.report(attack("203.0.113.9"));
  second.report(attack("203.0.113.9"));
  const std::string pattern{patterns()[0].at("id").as_string()};
  for (const auto& path :
       {std::string{"status"}, "agents/" + agent, "patterns/" + pattern, std::string{"policies"},
        std::string{"policies/schema"}, "policies/effective/" + agent, std::string{"policies/history/2"},
        std::string{"emergencies"}, std::string{"rollouts"}}) {
    const auto target = "/operator/v1/" + path;
    BOOST_TEST(manager.operate("GET", target).status == 200u, target);
    const auto refused = manager.operate("GET", target + "?limt=5");
    BOOST_TEST(refused.status == 400u, target);
    BOOST_TEST(refused.body.find("'limt'") != std::string::npos, target);
  }
  BOOST_TEST(manager.operate("DELETE", "/operator/v1/agents/" + agent + "?force=true").status == 400u);
  BOOST_TEST(manager.operate("GET", "/api/overview?t=1").status == 200u, "the dialect's own clients may");
}

BOOST_AUTO_TEST_SUITE_END()
