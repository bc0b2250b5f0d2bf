// What operators write: the normal form of what is right, and the path of what is wrong.
#include "policy_fixture.hpp"

#include "runtime/json/tree.hpp"

using namespace muster;
using namespace muster::policy_test;

using strings = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(policy_reading)

BOOST_AUTO_TEST_CASE(every_member_is_read_in_its_normal_form) {
  const auto what = good(everything);
  BOOST_TEST(*what.auto_respond == 85);
  BOOST_TEST(*what.notify_and_wait == 62.5);
  BOOST_TEST((what.blocklist.ips == strings{"192.0.2.7", "192.0.2.8", "2001:db8::1"}));
  BOOST_TEST((what.blocklist.cidrs == strings{"198.51.100.0/24", "2001:db8::/32"}));
  BOOST_TEST((what.blocklist.domains == strings{"evil.example"}));
  BOOST_TEST(what.blocklist.hashes.front().starts_with("e3b0c44298fc"));
  BOOST_TEST((what.allowlist
              == policy_lists{{"10.0.0.1"},
                              {"10.0.0.0/8"},
                              {"good.example"},
                              {"d41d8cd98f00b204e9800998ecf8427e"},
                              {"backup", "sshd"}}));
  BOOST_TEST(what.monitors.at("enabled") == R"(["network","file"])");
  BOOST_TEST(what.monitors.at("advanced") == R"({"file_events":{"depth":3},"rate-limit":12.5})");
  BOOST_TEST(what.alerting.at("minimum_severity") == "\"medium\"");
  BOOST_TEST(what.alerting.at("channels") == R"(["ops","mail"])");
  BOOST_TEST(what.response.at("escalation") == R"({"after_minutes":5})");
  BOOST_REQUIRE(what.rules.size() == 2u);
  BOOST_TEST(what.rules[0].id == "first");
  BOOST_TEST(what.rules[0].body
             == R"({"id":"first","type":"custom","condition":{"a":[2],"z":1},"action":"alert",)"
                R"("severity":"high","description":"d","enabled":true})");
  BOOST_TEST(what.rules[1].body == R"({"id":"second"})");
}

BOOST_AUTO_TEST_CASE(empty_document_says_nothing) {
  BOOST_TEST((good("{}") == policy_document{}));
  BOOST_TEST((good(R"({"blocklist":{},"rules":[],"monitors":{},"thresholds":{}})") == policy_document{}));
}

BOOST_AUTO_TEST_CASE(private_and_loopback_addresses_may_be_named) {
  const auto what = good(R"({"allowlist":{"ips":["127.0.0.1","::1","192.168.0.1","0.0.0.0"]}})");
  BOOST_TEST((what.allowlist.ips == strings{"0.0.0.0", "127.0.0.1", "192.168.0.1", "::1"}));
}

BOOST_AUTO_TEST_CASE(ranges_lose_the_bits_behind_their_prefix) {
  const auto what = good(R"({"blocklist":{"cidrs":["10.255.255.255/9","::ffff:10.0.0.9/120","::1/0",)"
                         R"("1.2.3.4/0","fd00::1/128","192.0.2.1/32","10.0.0.0/24"]}})");
  BOOST_TEST((what.blocklist.cidrs
              == strings{"0.0.0.0/0", "10.0.0.0/24", "10.128.0.0/9", "192.0.2.1", "::/0", "fd00::1"}));
}

BOOST_AUTO_TEST_CASE(values_that_are_not_what_their_list_holds_are_named) {
  BOOST_TEST(problem(R"({"blocklist":{"ips":["1.2.3.4","::1","1.2.3.5","1.2.3"]}})")
             == "$.blocklist.ips[3]: '1.2.3' is not an IP address");
  for (const auto* bad : {"1.2.3.4.5", "1.2.3.256", "01.2.3.4", "::1%eth0", "1.2.3.4:80", " 1.2.3.4", "host"})
    BOOST_TEST(problem(R"({"allowlist":{"ips":[")" + std::string{bad} + R"("]}})")
               == "$.allowlist.ips[0]: '" + std::string{bad} + "' is not an IP address");
  for (const auto* bad : {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8x", "::/129", "/8", "x/8"})
    BOOST_TEST(problem(R"({"blocklist":{"cidrs":["10.0.0.0/8",")" + std::string{bad} + R"("]}})")
               == "$.blocklist.cidrs[1]: '" + std::string{bad}
                    + "' is not a range of addresses like 10.0.0.0/8");
  for (const auto* bad : {".", "a..b", "-a.b", "a-.b", "a b", "1.2.3.4", "exämple.org", "a.b/c", "*.a"})
    BOOST_TEST(problem(R"({"allowlist":{"domains":[")" + std::string{bad} + R"("]}})")
               == "$.allowlist.domains[0]: '" + std::string{bad} + "' is not a domain");
  BOOST_TEST(problem(R"({"blocklist":{"domains":[")" + std::string(64, 'a') + R"(.org"]}})")
               .ends_with("is not a domain"));
  for (const auto* bad : {"abc", "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", "d41d8cd98f00b204e9800998ecf8427e0"})
    BOOST_TEST(problem(R"({"blocklist":{"hashes":[")" + std::string{bad} + R"("]}})")
                 .starts_with("$.blocklist.hashes[0]: '" + std::string{bad} + "' is not the MD5"));
  BOOST_TEST(problem(R"({"allowlist":{"processes":["a\nb"]}})").find("$.allowlist.processes[0]: ") == 0u);
}

BOOST_AUTO_TEST_CASE(unknown_members_are_named_and_guessed_at) {
  BOOST_TEST(problem(R"({"treshholds":{}})") == "$.treshholds: unknown member, did you mean 'thresholds'?");
  BOOST_TEST(
    problem(R"({"thresholds":{"autoRespond":1}})").starts_with("$.thresholds.autoRespond: unknown member"));
  BOOST_TEST(problem(R"({"blocklist":{"ip":[]}})") == "$.blocklist.ip: unknown member, did you mean 'ips'?");
  BOOST_TEST(problem(R"({"blocklist":{"processes":[]}})") == "$.blocklist.processes: unknown member");
  BOOST_TEST(problem(R"({"allowlist":{"x":[]}})") == "$.allowlist.x: unknown member");
  BOOST_TEST(problem(R"({"monitors":{"enable":[]}})")
             == "$.monitors.enable: unknown member, did you mean 'enabled'?");
  BOOST_TEST(problem(R"({"alerting":{"chanels":[]}})")
             == "$.alerting.chanels: unknown member, did you mean 'channels'?");
  BOOST_TEST(problem(R"({"response":{"action":[]}})")
             == "$.response.action: unknown member, did you mean 'actions'?");
  BOOST_TEST(problem(R"({"rules":[{"id":"a"},{"id":"b","typ":"x"}]})")
             == "$.rules[1].typ: unknown member, did you mean 'type'?");
  BOOST_TEST(problem(R"({"monitors":{"advanced":{"a b":1}}})")
             == R"($.monitors.advanced["a b"]: the name is not an identifier)");
}

BOOST_AUTO_TEST_CASE(wrong_types_are_named) {
  BOOST_TEST(problem("[]") == "$: expected an object, got an array");
  BOOST_TEST(problem("null") == "$: expected an object, got null");
  BOOST_TEST(problem(R"({"thresholds":[]})") == "$.thresholds: expected an object, got an array");
  BOOST_TEST(problem(R"({"thresholds":{"auto_respond":"90"}})")
             == "$.thresholds.auto_respond: expected a number, got a string");
  BOOST_TEST(problem(R"({"blocklist":{"ips":"1.2.3.4"}})")
             == "$.blocklist.ips: expected an array, got a string");
  BOOST_TEST(problem(R"({"blocklist":{"ips":["1.2.3.4",5]}})")
             == "$.blocklist.ips[1]: expected a string, got a number");
  BOOST_TEST(problem(R"({"blocklist":{"ips":null}})") == "$.blocklist.ips: expected an array, got null");
  BOOST_TEST(problem(R"({"monitors":{"advanced":[]}})")
             == "$.monitors.advanced: expected an object, got an array");
  BOOST_TEST(problem(R"({"response":{"escalation":5}})")
             == "$.response.escalation: expected an object or a string, got a number");
  BOOST_TEST(problem(R"({"rules":[{"id":"a","condition":"x"}]})")
             == "$.rules[0].condition: expected an object, got a string");
  BOOST_TEST(problem(R"({"rules":[{"id":"a","enabled":1}]})")
             == "$.rules[0].enabled: expected a boolean, got a number");
  BOOST_TEST(problem(R"({"rules":[7]})") == "$.rules[0]: expected an object, got a number");
}

BOOST_AUTO_TEST_CASE(values_out_of_their_range_are_named) {
  BOOST_TEST(problem(R"({"thresholds":{"auto_respond":100.5}})")
             == "$.thresholds.auto_respond: expected a number from 0 to 100, got 100.5");
  BOOST_TEST(problem(R"({"thresholds":{"notify_and_wait":-1}})")
             == "$.thresholds.notify_and_wait: expected a number from 0 to 100, got -1");
  BOOST_TEST(problem(R"({"thresholds":{"auto_respond":70,"notify_and_wait":80.5}})")
             == "$.thresholds.notify_and_wait: 80.5 is more than auto_respond, 70");
  BOOST_TEST(problem(R"({"alerting":{"minimum_severity":"higgh"}})")
             == "$.alerting.minimum_severity: 'higgh' is not one of info, low, medium, high, critical, did you mean 'high'?");
  BOOST_TEST(problem(R"({"rules":[{"id":"a","severity":3}]})").starts_with("$.rules[0].severity: expected "));
  BOOST_TEST(problem(R"({"rules":[{"id":""}]})") == "$.rules[0].id: must not be empty");
  BOOST_TEST(problem(R"({"rules":[{"id":")" + std::string(129, 'a') + R"("}]})")
             == "$.rules[0].id: is longer than 128 characters");
  BOOST_TEST(problem(R"({"rules":[{"type":"custom"}]})") == "$.rules[0].id: is missing");
  BOOST_TEST(problem(R"({"rules":[{"id":"a"},{"id":"b"},{"id":"a"}]})")
             == "$.rules[2].id: 'a' is the id of $.rules[0] too");
  BOOST_TEST(*good(R"({"thresholds":{"auto_respond":100,"notify_and_wait":100}})").auto_respond == 100);
  BOOST_TEST(*good(R"({"thresholds":{"notify_and_wait":0}})").notify_and_wait == 0);
}

BOOST_AUTO_TEST_CASE(sizes_are_limited) {
  const auto list = [](size_t entries) {
    std::string text = R"({"blocklist":{"ips":[)";
    for (size_t i = 0; i < entries; ++i)
      text += (i ? ",\"10." : "\"10.") + std::to_string(i >> 16) + "." + std::to_string(i >> 8 & 255) + "."
              + std::to_string(i & 255) + "\"";
    return text + "]}}";
  };
  BOOST_TEST(good(list(10'000)).blocklist.ips.size() == 10'000u);
  BOOST_TEST(problem(list(10'001)) == "$.blocklist.ips: has more than 10000 entries");
  BOOST_TEST(problem("{}" + std::string(1u << 20, ' ')) == "$: is larger than 1048576 bytes");
  BOOST_TEST(problem(R"({"rules":[{"id":"a","description":")" + std::string(4097, 'x') + R"("}]})")
             == "$.rules[0].description: is longer than 4096 characters");
}

BOOST_AUTO_TEST_CASE(broken_json_and_repeated_members_are_refused) {
  BOOST_TEST(problem("{\n\"rules\": [}").starts_with("line 2, column 11: "));
  BOOST_TEST(problem(R"({"blocklist":{"ips":[],"ips":[]}})") == "$.blocklist.ips: is written twice");
}

BOOST_AUTO_TEST_CASE(published_schema_is_a_schema_of_what_is_known) {
  const auto schema = json::read_tree(policy_json::policy_schema());
  BOOST_REQUIRE_MESSAGE(schema.value, schema.problem);
  BOOST_TEST(schema.value->at("$schema") == "http://json-schema.org/draft-07/schema#");
  BOOST_TEST(schema.value->at("properties").size() == 7u);
  BOOST_TEST(!!json::read_tree(policy_json::panguard_policy_schema()).value);
}

BOOST_AUTO_TEST_SUITE_END()
