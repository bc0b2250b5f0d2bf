// What clients of Panguard's API write as policy.
#include "policy_fixture.hpp"

using namespace muster;
using policy_json::read_panguard_policy;

using strings = std::vector<std::string>;

namespace {

policy_document good(std::string_view text) {
  auto read = read_panguard_policy(text);
  BOOST_REQUIRE_MESSAGE(read.value, read.problem);
  return std::move(*read.value);
}

std::string problem(std::string_view text) {
  const auto read = read_panguard_policy(text);
  BOOST_TEST(!read.value, text);
  return read.problem;
}

policy_document with_rule(const std::string& rule) { return good(R"({"rules":[)" + rule + "]}"); }

}  // namespace

BOOST_AUTO_TEST_SUITE(panguard_policy)

BOOST_AUTO_TEST_CASE(rules_with_a_place_of_their_own_go_there) {
  const auto what = good(R"({"broadcast":true,"rules":[
    {"ruleId":"a","type":"block_ip","condition":{"ip":"::ffff:203.0.113.9"},"action":"block_ip","severity":"high","description":"d"},
    {"type":"block_ip","condition":{"ip":"192.0.2.1"}},
    {"type":"alert_threshold","condition":{"autoRespond":85,"notifyAndWait":60.5}},
    {"ruleId":"mine","type":"custom","condition":{"k":[1]},"action":"log","severity":"low","description":"x"}]})");
  BOOST_TEST((what.blocklist.ips == strings{"192.0.2.1", "203.0.113.9"}));
  BOOST_TEST(*what.auto_respond == 85);
  BOOST_TEST(*what.notify_and_wait == 60.5);
  BOOST_REQUIRE(what.rules.size() == 1u);
  BOOST_TEST(what.rules[0].id == "mine");
  BOOST_TEST(
    what.rules[0].body
    == R"({"id":"mine","type":"custom","condition":{"k":[1]},"action":"log","severity":"low","description":"x"})");
}

BOOST_AUTO_TEST_CASE(switching_automatic_response_moves_its_threshold) {
  BOOST_TEST(*with_rule(R"({"type":"auto_respond","condition":{"enabled":true}})").auto_respond == 90);
  BOOST_TEST(*with_rule(R"({"type":"auto_respond","condition":{"enabled":false}})").auto_respond == 100);
  const auto other = with_rule(R"({"type":"auto_respond","condition":{"after":3}})");
  BOOST_TEST(!other.auto_respond);
  BOOST_TEST(other.rules.size() == 1u);
}

BOOST_AUTO_TEST_CASE(rule_that_says_more_than_its_place_holds_stays_a_rule_too) {
  const auto timed =
    with_rule(R"({"ruleId":"t","type":"block_ip","condition":{"ip":"192.0.2.1","minutes":5}})");
  BOOST_TEST((timed.blocklist.ips == strings{"192.0.2.1"}));
  BOOST_TEST(timed.rules.at(0).id == "t");
  const auto other = with_rule(R"({"type":"alert_threshold","condition":{"perMinute":5}})");
  BOOST_TEST(!other.auto_respond);
  BOOST_TEST(other.rules.size() == 1u);
}

BOOST_AUTO_TEST_CASE(rule_that_is_not_enabled_changes_nothing_else) {
  const auto what = with_rule(R"({"type":"block_ip","enabled":false,"condition":{"ip":"192.0.2.1"}})");
  BOOST_TEST(what.blocklist.ips.empty());
  BOOST_TEST(what.rules.size() == 1u);
}

BOOST_AUTO_TEST_CASE(rules_without_an_id_are_numbered_by_their_place) {
  const auto what = good(R"({"rules":[{"type":"x"},{"ruleId":"rule-3","type":"x"},{"type":"x"}]})");
  BOOST_REQUIRE(what.rules.size() == 3u);
  BOOST_TEST(what.rules[0].id == "rule-1");
  BOOST_TEST(what.rules[1].id == "rule-3");
  BOOST_TEST(what.rules[2].id == "rule-4");
}

BOOST_AUTO_TEST_CASE(documented_form_is_read) {
  const auto what = good(R"({"thresholds":{"autoRespond":90,"notifyAndWait":70},
    "blocklist":{"ips":["2001:DB8::1"],"domains":["Evil.Example"]},"allowlist":{"ips":["10.0.0.1"],"processes":["sshd"]},
    "monitors":{"enabled":["network"],"advanced":{"depth":2}},
    "alerting":{"minimumSeverity":"high","channels":["ops"]},
    "response":{"actions":["block_ip"],"escalation":"page"}})");
  BOOST_TEST(*what.notify_and_wait == 70);
  BOOST_TEST((what.blocklist == policy_lists{{"2001:db8::1"}, {}, {"evil.example"}, {}, {}}));
  BOOST_TEST(what.alerting.at("minimum_severity") == "\"high\"");
  BOOST_TEST(what.response.at("escalation") == "\"page\"");
  BOOST_TEST(what.monitors.at("advanced") == R"({"depth":2})");
}

BOOST_AUTO_TEST_CASE(what_agents_read_can_be_written_back) {
  const auto what = policy_test::good(policy_test::everything);
  const auto read = good(R"({"policyId":"pol-1","version":7,"updatedAt":"2026-01-01T00:00:00.000Z",)"
                         + policy_json::panguard_members(what) + "}");
  BOOST_TEST((read.blocklist == what.blocklist));
  BOOST_TEST((read.allowlist == what.allowlist));
  BOOST_TEST((read.monitors == what.monitors));
  BOOST_TEST((read.alerting == what.alerting));
  BOOST_TEST((read.response == what.response));
  BOOST_TEST((read.auto_respond == what.auto_respond));
  BOOST_TEST((read.rules == what.rules));
}

BOOST_AUTO_TEST_CASE(problems_are_named_as_the_client_wrote_them) {
  BOOST_TEST(problem("{").starts_with("line 1, column 2: "));
  BOOST_TEST(problem(R"({"rules":{}})") == "$.rules: expected an array, got an object");
  BOOST_TEST(problem(R"({"rules":[{"type":7}]})") == "$.rules[0].type: expected a string, got a number");
  BOOST_TEST(problem(R"({"rulez":[]})") == "$.rulez: unknown member, did you mean 'rules'?");
  BOOST_TEST(problem(R"({"rules":[{"type":"x"},{"type":"block_ip"}]})")
             == "$.rules[1].condition.ip: is missing");
  BOOST_TEST(problem(R"({"rules":[{"type":"block_ip","condition":{"ip":"1.2.3"}}]})")
             == "$.rules[0].condition.ip: '1.2.3' is not an IP address");
  BOOST_TEST(problem(R"({"rules":[{"type":"block_ip","condition":{"ip":5}}]})")
             == "$.rules[0].condition.ip: '5' is not an IP address");
  BOOST_TEST(problem(R"({"rules":[{"type":"alert_threshold","condition":{"autoRespond":101}}]})")
             == "$.rules[0].condition.autoRespond: expected a number from 0 to 100, got '101'");
  BOOST_TEST(problem(R"({"rules":[{"type":"auto_respond","condition":{"enabled":1}}]})")
             == "$.rules[0].condition.enabled: expected true or false");
  BOOST_TEST(problem(R"({"rules":[{"ruleId":"a","type":"x"},{"ruleId":"a","type":"y"}]})")
             == "$.rules[1].ruleId: 'a' is the id of $.rules[0] too");
  BOOST_TEST(problem(R"({"blocklist":{"ips":["x"]}})") == "$.blocklist.ips[0]: 'x' is not an IP address");
  BOOST_TEST(problem(R"({"thresholds":{"autoRespond":60,"notifyAndWait":70}})")
             == "$.thresholds.notifyAndWait: 70 is more than autoRespond, 60");
  BOOST_TEST(problem(R"({"alerting":{"minimumSeverity":"grave"}})")
               .starts_with("$.alerting.minimumSeverity: 'grave' is not one of"));
}

BOOST_AUTO_TEST_SUITE_END()
