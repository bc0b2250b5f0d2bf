// Desired state: what operators may write, what they are told, what nodes read.
#include "runtime/wire/state_document.hpp"

#include "runtime/wire/state_normal_form.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

using namespace muster;
using state_json::read_state;

namespace {

const std::string key = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";

// Every member there is.
const std::string whole = R"({
  "metadata": {"env": "prod"},
  "data": [{"key": "db", "payload": {"host": "db"}}, {"key": "a", "content_type": "text/plain", "payload": "x"}],
  "secret_refs": [{"key": "tls"}],
  "policies": [{"id": "pol_9", "rules": [
    {"src": "label:env=prod", "dst": "*", "port": 443, "protocol": "tcp", "action": "allow"},
    {"src": "web-1", "dst": "ag-0000000000000001", "action": "deny"}]}],
  "peers": [{"id": "gate", "public_key": "KEY", "mesh_ip": "10.100.0.1", "endpoint": "203.0.113.9:51820",
             "allowed_ips": ["10.1.2.3/8", "10.100.0.1"], "psk": "KEY"}],
  "bridge_config": {"access_subnets": ["10.0.0.0/24"], "enable_nat": true},
  "relay_config": {"sessions": [{"session_id": "r1", "peer_a_id": "n_1", "peer_a_endpoint": "a.example:1",
    "peer_b_id": "n_2", "peer_b_endpoint": "[2001:db8::1]:65535", "expires_at": "2026-01-02T03:04:05Z"}]},
  "user_access_config": {"enabled": true, "peers": [{"public_key": "KEY", "allowed_ips": ["10.9.0.2"], "label": "bob"}]},
  "ingress_config": {"enabled": true, "rules": [{"rule_id": "i1", "listen_port": 443, "target_addr": "10.100.0.1:8080",
    "mode": "tls", "cert_pem": "-----BEGIN CERTIFICATE-----", "key_pem": "-----BEGIN PRIVATE KEY-----"}]},
  "site_to_site_config": {"enabled": true, "tunnels": [{"tunnel_id": "t1", "remote_endpoint": "b.example:51820",
    "remote_public_key": "KEY", "local_subnets": [], "remote_subnets": ["192.168.0.0/16"], "interface_name": "wg-s2s-1"}]}
})";

std::string with_keys(std::string text) {
  for (size_t at = 0; (at = text.find("\"KEY\"", at)) != text.npos;) text.replace(at + 1, 3, key);
  return text;
}

desired_state read(const std::string& text) {
  const auto read = read_state(with_keys(text));
  BOOST_TEST_REQUIRE(read.problem == "");
  return *read.value;
}

std::string problem_of(const std::string& text) {
  const auto read = read_state(with_keys(text));
  BOOST_TEST(!read.value.has_value());
  return read.problem;
}

// The whole document with one text replaced.
std::string problem_with(const std::string& from, const std::string& to) {
  auto text = whole;
  BOOST_TEST_REQUIRE(text.find(from) != text.npos);
  text.replace(text.find(from), from.size(), to);
  return problem_of(text);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(state_documents)

BOOST_AUTO_TEST_CASE(every_member_is_read) {
  const auto state = read(whole);
  BOOST_TEST(state.metadata.at("env") == "prod");
  BOOST_TEST(state.data.size() == 2u);
  BOOST_TEST(state.data[1].payload == R"({"host":"db"})");
  BOOST_TEST(state.data[1].content_type == "application/json");
  BOOST_TEST(state.secret_refs.at(0).key == "tls");
  const auto& rules = state.policies.at(0).rules;
  BOOST_TEST(
    (rules.at(0) == network_rule{"label:env=prod", "*", 443, rule_protocol::tcp, rule_action::allow}));
  BOOST_TEST(
    (rules.at(1) == network_rule{"web-1", "ag-0000000000000001", 0, rule_protocol::any, rule_action::deny}));
  BOOST_TEST(state.peers.at(0).psk == key);
  BOOST_TEST((state.bridge && state.bridge->enable_nat && !state.bridge->enable_forwarding));
  BOOST_TEST((state.relay->sessions.at(0).expires_at
              == std::chrono::sys_days{std::chrono::year{2026} / 1 / 2} + std::chrono::seconds{11'045}));
  BOOST_TEST(state.user_access->interface_name == "wg-access");
  BOOST_TEST(state.user_access->listen_port == 51822);
  BOOST_TEST(state.ingress->rules.at(0).mode == "tls");
  BOOST_TEST(state.site_to_site->tunnels.at(0).listen_port == 51823);
  BOOST_TEST((read("{}") == desired_state{}));
}

BOOST_AUTO_TEST_CASE(values_have_one_form_and_lists_one_order) {
  const auto state = read(whole);
  const std::vector<std::string> ranges{"10.0.0.0/8", "10.100.0.1/32"};
  BOOST_TEST((state.peers.at(0).allowed_ips == ranges));
  BOOST_TEST(state.data.at(0).key == "a");
  const auto v6 = read(R"({"bridge_config": {"access_subnets": ["FD00::/64", "fd00::1", "fd00::/64"]}})");
  BOOST_TEST((v6.bridge->access_subnets == std::vector<std::string>{"fd00::/64", "fd00::1/128"}));
}

BOOST_AUTO_TEST_CASE(what_was_read_is_written_as_it_is_read_again) {
  const auto state = read(whole);
  const auto text = state_json::write_layer(state);
  BOOST_TEST((read(text) == state));
  BOOST_TEST(state_json::write_layer(read(text)) == text);
  BOOST_TEST(state_json::write_layer({}) == "{}");
}

BOOST_AUTO_TEST_CASE(a_node_reads_versions_keys_and_the_lists_it_compares) {
  auto state = read(whole);
  state.signing = signing_keys{key, "", {}};
  state.data[0].version = 3;
  state.secret_refs[0].version = 2;
  const auto body = nlohmann::json::parse(state_json::write_node_state(state));
  BOOST_TEST(body["signing_keys"]["current"] == key);
  BOOST_TEST(!body["signing_keys"].contains("transition_expires"));
  BOOST_TEST(body["data"][0]["version"] == 3);
  BOOST_TEST(body["data"][1]["payload"]["host"] == "db");
  BOOST_TEST(body["secret_refs"][0].dump() == R"({"key":"tls","version":2})");
  BOOST_TEST(body["policies"][0]["rules"][1].dump()
             == R"({"action":"deny","dst":"ag-0000000000000001","port":0,"protocol":"","src":"web-1"})");
  BOOST_TEST(body["relay_config"]["sessions"][0]["expires_at"] == "2026-01-02T03:04:05.000Z");
  BOOST_TEST(state_json::write_node_state({})
             == R"({"peers":[],"policies":[],"metadata":{},"data":[],"secret_refs":[],"collectors":[]})");
}

BOOST_AUTO_TEST_CASE(what_only_the_manager_sets_is_refused) {
  BOOST_TEST(problem_of(R"({"signing_keys": {}})").starts_with("$.signing_keys: unknown member"));
  BOOST_TEST(problem_of(R"({"data": [{"key": "a", "payload": 1, "version": 2}]})")
               .starts_with("$.data[0].version: unknown member"));
  BOOST_TEST(problem_of(R"({"secret_refs": [{"key": "a", "version": 2}]})")
               .starts_with("$.secret_refs[0].version: unknown member"));
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_named_with_its_place) {
  BOOST_TEST(problem_of(R"({"polices": []})") == "$.polices: unknown member, did you mean 'policies'?");
  BOOST_TEST(problem_of(R"({"metadata": {"a": 1}})") == "$.metadata.a: expected a string, got a number");
  BOOST_TEST(problem_of(R"({"metadata": {"a b": "x"}})")
             == "$.metadata[\"a b\"]: the name is not an identifier");
  BOOST_TEST(problem_with("\"port\": 443", "\"port\": 65536")
             == "$.policies[0].rules[0].port: expected a number from 0 to 65535, got 65536");
  BOOST_TEST(problem_with("\"port\": 443", "\"port\": 4.5")
             == "$.policies[0].rules[0].port: expected an integer, got a number");
  BOOST_TEST(problem_with("\"listen_port\": 443", "\"listen_port\": 0")
             == "$.ingress_config.rules[0].listen_port: expected a number from 1 to 65535, got 0");
  BOOST_TEST(problem_with(R"("protocol": "tcp")", R"("protocol": "icmp")")
               .starts_with("$.policies[0].rules[0].protocol: 'icmp' is not one of"));
  BOOST_TEST(problem_with("\"action\": \"deny\"", "\"port\": 1")
             == "$.policies[0].rules[1].action: is missing");
  BOOST_TEST(problem_with("{\"key\": \"tls\"}", "\"tls\"")
             == "$.secret_refs[0]: expected an object, got a string");
}

BOOST_AUTO_TEST_CASE(values_that_no_node_could_use_are_refused) {
  BOOST_TEST(problem_with("10.1.2.3/8", "10.1.2/8")
             == "$.peers[0].allowed_ips[0]: '10.1.2/8' is not a range of addresses");
  BOOST_TEST(problem_with("\"10.100.0.1\", \"endpoint\"", "\"10.100.0\", \"endpoint\"")
             == "$.peers[0].mesh_ip: '10.100.0' is not an IP address");
  BOOST_TEST(problem_with("203.0.113.9:51820", "203.0.113.9")
             == "$.peers[0].endpoint: '203.0.113.9' is not host:port");
  BOOST_TEST(problem_with("\"psk\": \"KEY\"", "\"psk\": \"a2V5\"")
             == "$.peers[0].psk: is not a key, which is 32 bytes in base64");
  BOOST_TEST(
    problem_with("\"remote_public_key\": \"KEY\"", "\"remote_public_key\": \"\"")
    == "$.site_to_site_config.tunnels[0].remote_public_key: is not a key, which is 32 bytes in base64");
  BOOST_TEST(problem_with("label:env=prod", "label:env")
               .starts_with("$.policies[0].rules[0].src: 'label:env' is not"));
  BOOST_TEST(problem_with("\"key\": \"tls\"", "\"key\": \"a/b\"")
               .starts_with("$.secret_refs[0].key: 'a/b' is not a name"));
  BOOST_TEST(problem_with("text/plain", "text") == "$.data[1].content_type: 'text' is not a media type");
  BOOST_TEST(problem_with("2026-01-02T03:04:05Z", "tomorrow")
             == "$.relay_config.sessions[0].expires_at: is not a time of RFC 3339");
  BOOST_TEST(problem_with("\"peer_b_id\": \"n_2\"", "\"peer_b_id\": \"n_1\"")
             == "$.relay_config.sessions[0].peer_b_id: is peer_a_id too");
  BOOST_TEST(problem_with("-----BEGIN PRIVATE KEY-----", "")
             == "$.ingress_config.rules[0].key_pem: is not PEM, which begins with '-----BEGIN '");
  BOOST_TEST(problem_with("wg-s2s-1", "wg/1")
             == "$.site_to_site_config.tunnels[0].interface_name: 'wg/1' is not the name of an interface");
}

BOOST_AUTO_TEST_CASE(what_names_something_is_there_once) {
  BOOST_TEST(
    problem_of(
      R"({"data": [{"key": "b", "payload": 1}, {"key": "a", "payload": 1}, {"key": "b", "payload": 2}]})")
    == "$.data[2].key: is there twice");
  BOOST_TEST(problem_of(R"({"policies": [{"id": "p", "rules": []}, {"id": "p", "rules": []}]})")
             == "$.policies[1].id: is there twice");
  BOOST_TEST(problem_of(R"({"ingress_config": {"enabled": true, "rules": [
    {"rule_id": "a", "listen_port": 80, "target_addr": "h:1"}, {"rule_id": "b", "listen_port": 80, "target_addr": "h:2"}]}})")
             == "$.ingress_config.rules[1].listen_port: is there twice");
  BOOST_TEST(problem_of(R"({"site_to_site_config": {"enabled": true, "tunnels": [
    {"tunnel_id": "a", "remote_endpoint": "h:1", "remote_public_key": "KEY", "local_subnets": [], "remote_subnets": []},
    {"tunnel_id": "b", "remote_endpoint": "h:1", "remote_public_key": "KEY", "local_subnets": [], "remote_subnets": []}]}})")
             == "$.site_to_site_config.tunnels[1].listen_port: is there twice");
}

BOOST_AUTO_TEST_CASE(of_several_problems_the_first_is_told) {
  BOOST_TEST(problem_of(R"({"data": [{"key": "a/b", "payload": 1}], "secret_refs": [{"key": "c/d"}]})")
               .starts_with("$.data[0].key: 'a/b'"));
}

BOOST_AUTO_TEST_CASE(collectors_have_ids_and_objects) {
  const auto read =
    state_json::read_state(R"({"collectors": [{"id": "auth_log", "config": {"path": "/a"}}]})");
  BOOST_REQUIRE(read.value);
  BOOST_TEST(read.value->collectors[0].config == R"({"path":"/a"})");
  BOOST_TEST(
    problem_of(R"({"collectors": [{"id": "a/b", "config": {}}]})").starts_with("$.collectors[0].id: "));
  BOOST_TEST(
    problem_of(R"({"collectors": [{"id": "a", "config": 1}]})").starts_with("$.collectors[0].config"));
}

BOOST_AUTO_TEST_CASE(an_endpoint_is_a_host_and_a_port) {
  for (const auto* right : {"h:1", "10.0.0.1:65535", "a.b-c.example:51820", "[::1]:1", "[2001:db8::1]:443"})
    BOOST_TEST(state_json::is_endpoint(right), right);
  for (const auto* wrong : {"", "h", ":1", "h:", "h:0", "h:65536", "h:-1", "::1:1", "[::1]", "[::1:1",
                            "[h]:1", "[10.0.0.1]:1", "a b:1", "h/x:1"})
    BOOST_TEST(!state_json::is_endpoint(wrong), wrong);
}

BOOST_AUTO_TEST_CASE(a_selector_names_everyone_a_node_or_a_label) {
  for (const auto* right :
       {"*", "web-1", "ag-0000000000000001", "label:env=prod", "label:env=", "label:a=b=c d"})
    BOOST_TEST(state_json::is_selector(right), right);
  for (const auto* wrong :
       {"", "**", "a b", "label:", "label:env", "label:=x", "label:a b=x", "label:a=\n", "10.0.0.0/8"})
    BOOST_TEST(!state_json::is_selector(wrong), wrong);
}

BOOST_AUTO_TEST_SUITE_END()
