// Every type of event that nodes are sent, verified as docs/wire/plexd.md says a node
// does; and nodes that fall silent, on virtual time.
#include "tests/scenarios/scenario.hpp"
#include "tests/support/plexd_decoder.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace {

using harness::answer;
using harness::event_stream;
using harness::request_options;
using muster::testing::plexd_decoder;

constexpr auto everyone =
  R"("policies": [{"id": "mesh", "rules": [{"src": "*", "dst": "*", "action": "allow"}]}])";
constexpr auto key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
constexpr auto other_key = "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

struct node {
  std::string id;
  std::string secret;

  std::string path(const std::string& rest) const { return "/v1/nodes/" + id + "/" + rest; }
};

struct node_scenario {
  std::string token(uint32_t uses) {
    return text(manager.operate("POST", "/operator/v1/tokens", R"({"uses":)" + std::to_string(uses) + "}"),
                201, "token");
  }
  node join(const std::string& hostname, const std::string& with) {
    const auto joined = manager.request(
      "POST", "/v1/register",
      R"({"token":")" + with + R"(","hostname":")" + hostname + R"(","public_key":")" + key + "\"}");
    return {text(joined, 201, "node_id"), text(joined, 201, "node_secret_key")};
  }
  static std::string text(const answer& from, unsigned status, const char* member) {
    BOOST_REQUIRE_MESSAGE(from.status == status, from.body);
    return std::string{from.json().as_object().at(member).as_string()};
  }
  answer ask(const node& who, const std::string& method, const std::string& rest,
             const std::string& body = {}) {
    request_options with;
    with.token = who.secret;
    return manager.request(method, who.path(rest), body, with);
  }
  answer beat(const node& who) { return ask(who, "POST", "heartbeat", "{}"); }
  void set_layer(const std::string& body) {
    const auto done =
      manager.operate("PUT", "/operator/v1/state/layers/tenant?tenant=default", "{" + body + "}");
    BOOST_REQUIRE_MESSAGE(done.status == 200, done.body);
    settle();
  }
  void settle() { manager.advance(100ms); }
  event_stream listen(const node& who, const std::string& last = {}) {
    request_options with;
    with.token = who.secret;
    with.last_event_id = last;
    auto stream = manager.open_stream(who.path("events"), with);
    BOOST_REQUIRE(stream.status() == 200u);
    return stream;
  }
  std::string signing_key() {
    return text(manager.operate("GET", "/operator/v1/signing-keys"), 200, "current");
  }
  // The types of all events of a stream, each of which must verify with one of the keys.
  std::string verified(const event_stream& stream, const std::vector<std::string>& keys) {
    std::string out;
    const auto all = stream.text();
    for (size_t start = 0, end; (end = all.find("\n\n", start)) != std::string::npos; start = end + 2) {
      const auto frame = all.substr(start, end + 2 - start);
      if (frame.starts_with(':')) continue;
      const auto event = plexd_decoder::decode(frame);
      BOOST_TEST(std::any_of(keys.begin(), keys.end(),
                             [&](const auto& each) { return plexd_decoder::verifies(event, each); }),
                 frame);
      BOOST_TEST(event.id == event.text("event_id"));
      out += (out.empty() ? "" : " ") + event.text("event_type");
    }
    return out;
  }

  virtual_manager manager;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(node_events, node_scenario)

BOOST_AUTO_TEST_CASE(every_type_verifies) {
  const auto with = token(10);
  const auto watcher = join("a", with);
  const auto stream = listen(watcher);
  const auto first = signing_key();
  set_layer(everyone);
  const auto peer = join("b", with);
  settle();
  ask(peer, "PUT", "endpoint", R"({"public_endpoint":"203.0.113.9:51820","nat_type":"none"})");
  settle();
  request_options as_peer;
  as_peer.token = peer.secret;
  manager.request("POST", "/v1/keys/rotate", std::string{R"({"new_public_key":")"} + other_key + "\"}",
                  as_peer);
  settle();
  beat(watcher);
  manager.advance(91s);
  beat(watcher);
  beat(peer);
  settle();
  set_layer(std::string{everyone}
            + R"(, "metadata": {"a": "b < c & d > e"}, "data": [{"key": "k", "payload": {"x": "ü"}}],
    "collectors": [{"id": "auth", "config": {"path": "/var/log/auth.log"}}],
    "bridge_config": {"access_subnets": ["10.0.0.0/24"]},
    "relay_config": {"sessions": [{"session_id": "s1", "peer_a_id": "x", "peer_a_endpoint": "h:1", "peer_b_id": "y",
      "peer_b_endpoint": "h:2", "expires_at": "2030-01-01T00:00:00Z"}]},
    "user_access_config": {"enabled": false, "interface_name": "wg", "listen_port": 51822, "peers": []},
    "ingress_config": {"enabled": false, "rules": []}, "site_to_site_config": {"enabled": false, "tunnels": []})");
  set_layer(everyone);
  manager.operate("PUT", "/operator/v1/secrets/tls?scope=tenant&tenant=default", R"({"base64":"aGk="})");
  settle();
  const auto run =
    manager.operate("POST", "/operator/v1/runs", R"({"action":"ping","timeout":"30s","all":true})");
  BOOST_REQUIRE_MESSAGE(run.status == 201u, run.body);
  settle();
  manager.operate("POST", "/operator/v1/runs/1/cancel");
  settle();
  manager.operate("PUT", "/operator/v1/policies/layers/fleet", R"({"thresholds":{"auto_respond":90}})");
  settle();
  const auto rotated = manager.operate("POST", "/operator/v1/signing-keys/rotate", R"({"overlap":"1h"})");
  BOOST_REQUIRE_MESSAGE(rotated.status == 200u, rotated.body);
  settle();
  ask(peer, "POST", "deregister");
  settle();
  const auto types = verified(stream, {first, signing_key()});
  for (const std::string type : {"policy_updated",         "peer_added",
                                 "peer_endpoint_changed",  "peer_key_rotated",
                                 "peer_unreachable",       "peer_reachable",
                                 "node_state_updated",     "collector_config_updated",
                                 "bridge_config_updated",  "relay_session_assigned",
                                 "relay_session_revoked",  "user_access_config_updated",
                                 "ingress_config_updated", "site_to_site_config_updated",
                                 "node_secrets_updated",   "action_request",
                                 "action_cancelled",       "fleet_policy_updated",
                                 "signing_key_rotated",    "peer_removed"})
    BOOST_TEST((" " + types + " ").find(" " + type + " ") != std::string::npos,
               type + " is missing in: " + types);
  const auto lost = listen(watcher, "1-4711");
  BOOST_TEST(verified(lost, {signing_key()}) == "resync");
  BOOST_TEST(beat(watcher).body.find("\"reconcile\":true") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(who_comes_back_gets_what_it_missed_signed_anew_also_after_a_restart) {
  const auto who = join("a", token(1));
  auto stream = listen(who);
  set_layer(R"("metadata": {"a": "1"})");
  const auto seen = stream.events().back().id;
  stream.close();
  set_layer(R"("metadata": {"a": "2"})");
  set_layer(R"("metadata": {"a": "3"})");
  manager.advance(6min);
  manager.restart();
  const auto again = listen(who, seen);
  settle();
  BOOST_TEST(verified(again, {signing_key()}) == "node_state_updated node_state_updated");
  const auto age = again.events().front().data.find(R"("issued_at":")");
  BOOST_REQUIRE(age != std::string::npos);
  BOOST_TEST(stream.events().back().id == seen);
}

BOOST_AUTO_TEST_CASE(a_silent_node_is_told_of_after_three_and_after_ten_intervals) {
  const auto with = token(2);
  const auto watcher = join("a", with);
  set_layer(everyone);
  const auto silent = join("b", with);
  settle();
  const auto stream = listen(watcher);
  const auto types = [&] { return verified(stream, {signing_key()}); };
  for (auto i = 0; i < 29; ++i) {
    beat(watcher);
    manager.advance(3s);
  }
  BOOST_TEST(types() == "resync");
  for (auto i = 0; i < 2; ++i) {
    beat(watcher);
    manager.advance(3s);
  }
  BOOST_TEST(types() == "resync peer_unreachable");
  for (auto i = 0; i < 68; ++i) {
    beat(watcher);
    manager.advance(3s);
  }
  BOOST_TEST(types() == "resync peer_unreachable");
  beat(watcher);
  manager.advance(10s);
  BOOST_TEST(types() == "resync peer_unreachable peer_removed");
  beat(silent);
  settle();
  BOOST_TEST(types() == "resync peer_unreachable peer_removed peer_added");
  BOOST_TEST(beat(silent).body.find("\"reconcile\":true") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
