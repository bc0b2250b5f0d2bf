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

BOOST_AUTO_TEST_SUITE_END()
