// Commands about notifications: what they ask, what they print.
#include <boost/test/unit_test.hpp>

#include <string>

#include "tests/tools/scripted_manager.hpp"

using namespace muster;
using namespace muster::cli;

namespace {

const std::string base = "/operator/v1/notifications";
const std::string channel =
  R"({"name":"ops","type":"webhook","url":"https://hooks.example/***","secret":"***","user":null,"from":null,)"
  R"("to":null,"tls":null,"ca_file":null,"format":null,"origin":"operator","delivered":1200,"failed":3,)"
  R"("gave_up":1,"pending":2})";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(cli_notifications, scripted_manager)

BOOST_AUTO_TEST_CASE(channels_are_listed_and_shown) {
  teach("GET " + base + "/channels", R"({"channels":[)" + channel + "]}");
  teach("GET " + base + "/channels/ops", channel);
  BOOST_TEST((run_command({"channels", "list"}) == exit_code::ok));
  BOOST_TEST(contains(out.str(), "ops   webhook  https://hooks.example/***  operator  1,200"), out.str());
  out.str("");
  BOOST_TEST((run_command({"channels", "show", "ops", "--json"}) == exit_code::ok));
  BOOST_TEST(out.str() == channel + "\n");
  BOOST_TEST((run_command({"channels", "show", "none"}) == exit_code::not_found));
}

BOOST_AUTO_TEST_CASE(channel_is_made_with_the_secret_of_a_file) {
  teach("POST " + base + "/channels", channel, 201);
  in.str("s3cret\n");
  BOOST_TEST((run_command({"channels", "create", "ops", "--type", "webhook", "--url",
                           "https://hooks.example/x", "--secret-file", "-"})
              == exit_code::ok));
  BOOST_TEST(
    asked.back()
    == "POST " + base
         + R"(/channels {"name":"ops","type":"webhook","url":"https://hooks.example/x","author":"ada",)"
           R"("secret":"s3cret"})");
  BOOST_TEST(out.str() == "created ops\n");
}

BOOST_AUTO_TEST_CASE(channel_is_deleted_in_the_operators_name) {
  teach("DELETE " + base + "/channels/ops?author=ada", "", 204);
  BOOST_TEST((run_command({"channels", "delete", "ops"}) == exit_code::ok));
  BOOST_TEST(out.str() == "deleted ops\n");
}

BOOST_AUTO_TEST_CASE(test_that_fails_fails_the_command) {
  const auto path = "POST " + base + "/channels/ops/test?author=ada";
  teach(path, R"({"ok":true,"status_code":200,"response_time_ms":12,"error":null})");
  BOOST_TEST((run_command({"channels", "test", "ops"}) == exit_code::ok));
  BOOST_TEST(out.str() == "ops: delivered, answered 200 in 12 ms\n");
  teach(path,
        R"({"ok":false,"status_code":0,"response_time_ms":1,"error":"the address 10.0.0.1 is private"})");
  BOOST_TEST((run_command({"channels", "test", "ops"}) == exit_code::failed));
  BOOST_TEST(contains(err.str(), "ops: not delivered: the address 10.0.0.1 is private"), err.str());
}

BOOST_AUTO_TEST_CASE(silence_is_made_listed_and_ended) {
  const std::string silence =
    R"({"id":4,"match":{"event":["agent_disconnected"],"severity":"HIGH","tenant":null,"subject":null,)"
    R"("labels":{"env":"prod"}},"created_at":"2026-11-21T12:00:00.000Z","until":"2026-11-21T14:00:00.000Z",)"
    R"("author":"ada","reason":"works"})";
  teach("POST " + base + "/silences", silence, 201);
  teach("GET " + base + "/silences", R"({"silences":[)" + silence + "]}");
  teach("DELETE " + base + "/silences/4?author=ada", "", 204);
  BOOST_TEST((run_command({"silences", "create", "--event", "agent_disconnected", "--severity", "HIGH",
                           "--label", "env=prod", "--for", "2h", "--reason", "works"})
              == exit_code::ok));
  BOOST_TEST(asked.back()
             == "POST " + base
                  + R"(/silences {"match":{"event":["agent_disconnected"],"severity":"HIGH",)"
                    R"("labels":{"env":"prod"}},"for":"2h","author":"ada","reason":"works"})");
  BOOST_TEST(out.str() == "silence 4 until 2026-11-21T14:00:00.000Z\n");
  out.str("");
  BOOST_TEST((run_command({"silences", "list"}) == exit_code::ok));
  BOOST_TEST(contains(out.str(), "agent_disconnected, HIGH or graver, env=prod"), out.str());
  BOOST_TEST((run_command({"silences", "delete", "4"}) == exit_code::ok));
}

BOOST_AUTO_TEST_CASE(routes_are_set_from_a_document) {
  const std::string routes =
    R"({"routes":[{"match":{"event":[],"severity":null,"tenant":null,"subject":null,"labels":{}},)"
    R"("channels":["ops"],"group_wait":"10s","group_interval":"5m","repeat_interval":"4h","continue":false,)"
    R"("origin":"operator"}]})";
  teach("PUT " + base + "/routes", routes);
  in.str(R"({"routes":[{"channels":["ops"]}]})");
  BOOST_TEST((run_command({"routes", "set", "--file", "-"}) == exit_code::ok));
  BOOST_TEST(asked.back() == "PUT " + base + R"(/routes {"routes":[{"channels":["ops"]}]})");
  BOOST_TEST(contains(out.str(), "everything  ops"), out.str());
}

BOOST_AUTO_TEST_CASE(deliveries_are_listed_with_what_is_pending_first) {
  const std::string row =
    R"({"id":"nt-1","channel":"ops","title":"Agent lost connection: a","status":"retries","notices":20,)"
    R"("attempts":1,"at":"2026-11-21T11:59:00.000Z","next_at":"2026-11-21T12:00:30.000Z","status_code":503,)"
    R"("response_time_ms":5,"error":"answered 503"})";
  teach("GET " + base + "/deliveries?limit=100&channel=ops",
        R"({"pending":[)" + row + R"(],"attempts":[)" + row + "]}");
  BOOST_TEST((run_command({"notifications", "list", "--channel", "ops"}) == exit_code::ok));
  BOOST_TEST(out.str().find("NEXT") < out.str().find("  AT  "), out.str());
  BOOST_TEST(contains(out.str(), "answered 503"), out.str());
  out.str("");
  BOOST_TEST((run_command({"notifications", "list", "--channel", "ops", "--json"}) == exit_code::ok));
  BOOST_TEST(out.str() == R"({"pending":[)" + row + R"(],"attempts":[)" + row + "]}\n");
}

BOOST_AUTO_TEST_SUITE_END()
