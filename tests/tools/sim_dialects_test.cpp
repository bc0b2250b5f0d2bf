// The bytes of sensors and nodes, and what their welcome tells them.
#include "tools/muster-sim/node_writer.hpp"
#include "tools/muster-sim/registration_answer.hpp"
#include "tools/muster-sim/sensor_writer.hpp"

#include <fmt/format.h>
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace std::chrono_literals;
using namespace muster::sim;

namespace {

const std::string key = "hg_ak_00112233445566778899aabbccddeeff";

credential node() {
  credential out;
  out.id = 0x1f;
  std::ranges::copy(std::string_view{"JVtUi-qu444sD9Uc4d8kO5HPMZQbQexK"}, out.secret.begin());
  return out;
}

std::string body_of(const std::string& request) {
  const auto end = request.find("\r\n\r\n");
  const auto body = request.substr(end + 4);
  BOOST_TEST(request.find(fmt::format("Content-Length: {}\r\n", body.size())) < end);
  return body;
}

boost::json::object json_of(const std::string& request) {
  return boost::json::parse(body_of(request)).as_object();
}

const sensor_writer sensors{"m:80", "/p", {"first", key}};
const node_writer nodes{"m:80", ""};
const simulated_host host{"box", 7};

}  // namespace

BOOST_AUTO_TEST_SUITE(sim_dialects)

BOOST_AUTO_TEST_CASE(a_sensor_registers_with_the_key_of_its_number) {
  std::string out;
  sensors.registration(out, 3, host);
  BOOST_TEST(out.starts_with("POST /p/api/agent/register HTTP/1.1\r\nHost: m:80\r\nAuthorization: Bearer "
                             + key + "\r\n"));
  const auto said = json_of(out);
  BOOST_TEST(said.at("name").as_string() == "box-000007");
  BOOST_TEST(said.at("hostname").as_string() == "box-000007");
  BOOST_TEST(said.at("capabilities").as_array().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_sensor_beats_polls_and_ends_its_job) {
  std::string beat, poll, result, status;
  sensors.heartbeat(beat, 1, 0x2a, 61s);
  BOOST_TEST(body_of(beat)
             == R"({"agentId":"ag-000000000000002a","status":"idle","activeScans":0,"uptimeSeconds":61})");
  sensors.poll(poll, 1, 0x2a);
  BOOST_TEST(poll == "GET /p/api/agent/jobs?agentId=ag-000000000000002a HTTP/1.1\r\nHost: m:80\r\n"
                     "Authorization: Bearer " + key + "\r\n\r\n");
  sensors.result(result, 1, 12, "app:1");
  const auto found = json_of(result);
  BOOST_TEST(found.at("scan").as_object().at("id").as_string() == "job-12");
  BOOST_TEST(found.at("image").as_object().at("ref").as_string() == "app:1");
  sensors.status(status, 1, 12);
  BOOST_TEST(status.starts_with("POST /p/api/agent/jobs/job-12/status HTTP/1.1\r\n"));
  BOOST_TEST(body_of(status) == R"({"status":"completed"})");
}

BOOST_AUTO_TEST_CASE(a_node_registers_with_a_public_key_of_32_bytes) {
  std::string out, other;
  nodes.registration(out, "mb_token", host, 5);
  BOOST_TEST(
    out.starts_with("POST /v1/register HTTP/1.1\r\nHost: m:80\r\nContent-Type: application/json\r\n"));
  const auto said = json_of(out);
  BOOST_TEST(said.at("token").as_string() == "mb_token");
  const std::string public_key{said.at("public_key").as_string().c_str()};
  BOOST_TEST(public_key.size() == 44u);
  BOOST_TEST(public_key.back() == '=');
  nodes.registration(other, "mb_token", host, 6);
  BOOST_TEST(out != other);
}

BOOST_AUTO_TEST_CASE(a_node_shows_its_key_with_whatever_it_asks) {
  const std::string shown =
    " HTTP/1.1\r\nHost: m:80\r\nAuthorization: Bearer JVtUi-qu444sD9Uc4d8kO5HPMZQbQexK\r\n";
  const std::string path = "/v1/nodes/ag-000000000000001f/";
  std::string beat, pull, stream, leave;
  nodes.heartbeat(beat, node());
  BOOST_TEST(beat
             == "POST " + path + "heartbeat" + shown
                  + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
  nodes.pull(pull, node());
  BOOST_TEST(pull == "GET " + path + "state" + shown + "\r\n");
  nodes.stream(stream, node(), "e-7");
  BOOST_TEST(stream
             == "GET " + path + "events" + shown + "Accept: text/event-stream\r\nLast-Event-ID: e-7\r\n\r\n");
  nodes.departure(leave, node());
  BOOST_TEST(leave == "POST " + path + "deregister?purge=true" + shown + "Content-Length: 0\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(both_tell_of_threats_in_the_same_words) {
  std::string out;
  sighting seen{1, 2, 3, "2026-01-01T00:00:00.000Z", R"("sha256":"ab")"};
  nodes.event(out, node(), host, seen);
  BOOST_TEST(out.starts_with("POST /v1/nodes/ag-000000000000001f/threats HTTP/1.1\r\n"));
  BOOST_TEST(body_of(out) == threat_report(host, seen));
  const auto event = json_of(out).at("event").as_object();
  BOOST_TEST(event.at("metadata").as_object().at("sha256").as_string() == "ab");
}

BOOST_AUTO_TEST_CASE(a_welcome_is_read_as_its_dialect_has_it) {
  const auto sensor =
    read_registration_answer({200, 0s, true, R"({"agentId":"ag-000000000000002a"})"}, dialect::harborguard);
  BOOST_TEST_REQUIRE(sensor.has_value());
  BOOST_TEST(sensor->as.id == 0x2au);
  const std::string welcome =
    R"({"node_id":"ag-000000000000001f","node_secret_key":"JVtUi-qu444sD9Uc4d8kO5HPMZQbQexK","peers":[]})";
  const auto as = read_registration_answer({201, 0s, true, welcome}, dialect::plexd);
  BOOST_TEST_REQUIRE(as.has_value());
  BOOST_TEST((as->as == node()));
  BOOST_TEST(
    !read_registration_answer({201, 0s, true, R"({"node_id":"ag-000000000000001f"})"}, dialect::plexd));
  BOOST_TEST(!read_registration_answer({200, 0s, true, R"({"agentId":"1"})"}, dialect::harborguard));
}

BOOST_AUTO_TEST_SUITE_END()
