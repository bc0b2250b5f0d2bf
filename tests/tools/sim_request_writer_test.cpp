// What simulated agents send, byte for byte, and the credentials they send it with.
#include "tools/muster-sim/registration_answer.hpp"
#include "tools/muster-sim/request_writer.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

using namespace std::chrono_literals;
using namespace muster::sim;

namespace {

constexpr std::string_view id = "ag-00c0ffee12345678";
constexpr std::string_view token = "mt_00c0ffee12345678_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd_-8";

credential known() { return credential::read(id, token).value(); }

boost::json::value body_of(std::string_view request) {
  const auto head_end = request.find("\r\n\r\n");
  const auto length_at = request.find("Content-Length: ") + 16;
  const auto body = request.substr(head_end + 4);
  BOOST_TEST(std::stoul(std::string{request.substr(length_at, 10)}) == body.size());
  return boost::json::parse({body.data(), body.size()});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sim_request_writer)

BOOST_AUTO_TEST_CASE(a_credential_is_written_as_it_was_read) {
  std::string text(credential::id_digits + credential::secret_letters, ' ');
  known().write_id(text.data());
  known().write_secret(text.data() + credential::id_digits);
  BOOST_TEST("ag-" + text.substr(0, 16) == id);
  BOOST_TEST(text.substr(16) == token.substr(20));
}

BOOST_AUTO_TEST_CASE(credentials_of_another_kind_are_not_taken) {
  BOOST_TEST(!credential::read("agent-04d22f69", token));
  BOOST_TEST(!credential::read("ag-00c0ffee12345679", token));
  BOOST_TEST(!credential::read("ag-00c0ffee1234567", token));
  BOOST_TEST(!credential::read(id, "9b2f4f0e-7f3b-4f6a-8a60-3d0a3ba7a6a1"));
  BOOST_TEST(!credential::read(id, token.substr(0, token.size() - 1)));
  BOOST_TEST(!credential::read(id, std::string{token} + "A"));
  auto changed = std::string{token};
  changed[30] = '+';
  BOOST_TEST(!credential::read(id, changed));
  changed = token;
  changed.back() = '9';  // the same bytes, but another text
  BOOST_TEST(!credential::read(id, changed));
  BOOST_TEST(!credential::read("", ""));
}

BOOST_AUTO_TEST_CASE(a_heartbeat_is_what_a_panguard_agent_sends) {
  const request_writer writer{"127.0.0.1:8080", "", ""};
  std::string out;
  writer.heartbeat(out, known(), 60'002ms);
  const auto expected =
    "POST /api/agents/" + std::string{id}
    + "/heartbeat HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nAuthorization: Bearer " + std::string{token}
    + "\r\nContent-Type: application/json\r\nContent-Length: 117\r\n\r\n"
      R"({"eventsProcessed":240,"threatsDetected":0,"actionsExecuted":0,"mode":"learning","uptime":60002,)"
      R"("memoryUsageMB":38.5})";
  BOOST_TEST(out == expected);
  body_of(out);
}

BOOST_AUTO_TEST_CASE(heartbeats_follow_each_other_in_one_buffer) {
  const request_writer writer{"h", "", ""};
  std::string one;
  writer.heartbeat(one, known(), 0ms);
  std::string two;
  writer.heartbeat(two, known(), 0ms);
  writer.heartbeat(two, known(), 0ms);
  BOOST_TEST(two == one + one);
}

BOOST_AUTO_TEST_CASE(a_registration_says_who_the_agent_is) {
  request_writer writer{"h:1", "", ""};
  std::string out;
  writer.registration(out, {"sim", 70'000});
  BOOST_TEST(
    out.starts_with("POST /api/agents/register HTTP/1.1\r\nHost: h:1\r\nContent-Type: application/json\r\n"));
  const auto body = body_of(out);
  BOOST_TEST(body.at("hostname").as_string() == "sim-070000");
  BOOST_TEST(body.at("ip").as_string() == "10.1.17.112");
  BOOST_TEST(body.at("version").as_string() == "1.0.0");
  BOOST_TEST(!body.at("os").as_string().empty());
  BOOST_TEST(!body.at("arch").as_string().empty());
}

BOOST_AUTO_TEST_CASE(the_same_number_is_the_same_host) {
  const simulated_host first{"sim", 5};
  const simulated_host again{"sim", 5};
  BOOST_TEST(first.hostname == again.hostname);
  BOOST_TEST(first.os == again.os);
  BOOST_TEST(first.arch == again.arch);
  BOOST_TEST(first.address == again.address);
  BOOST_TEST(first.hostname != (simulated_host{"sim", 6}.hostname));
}

BOOST_AUTO_TEST_CASE(enrolment_secrets_stand_where_the_manager_looks_for_them) {
  request_writer writer{"h", "/enroll/s3cret", "tok"};
  std::string out;
  writer.registration(out, {"sim", 1});
  BOOST_TEST(out.starts_with("POST /enroll/s3cret/api/agents/register HTTP/1.1\r\n"));
  BOOST_TEST(out.find("\r\nAuthorization: Bearer tok\r\n") != std::string::npos);
  out.clear();
  writer.heartbeat(out, known(), 1s);
  BOOST_TEST(out.starts_with("POST /enroll/s3cret/api/agents/ag-00c0ffee12345678/heartbeat HTTP/1.1\r\n"));
  BOOST_TEST(out.find("Bearer mt_00c0ffee12345678_") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_event_is_a_verdict_on_something_seen) {
  request_writer writer{"h", "", ""};
  std::string out;
  writer.event(out, known(), {"sim", 3}, {0xabc, 17, 0xFFFFFFFFFFFFFFFF, "2026-01-01T00:00:00.000Z", {}});
  BOOST_TEST(out.starts_with("POST /api/agents/ag-00c0ffee12345678/events HTTP/1.1\r\n"));
  const auto body = body_of(out);
  BOOST_TEST(body.at("event").at("id").as_string() == "sim-abc-17");
  BOOST_TEST(body.at("event").at("timestamp").as_string() == "2026-01-01T00:00:00.000Z");
  BOOST_TEST(body.at("event").at("host").as_string() == "sim-000003");
  BOOST_TEST(body.at("event").at("metadata").at("sourceIP").as_string() == "198.19.255.255");
  BOOST_TEST(body.at("verdict").at("confidence").as_int64() <= 100);
}

BOOST_AUTO_TEST_CASE(a_departure_has_no_body) {
  const request_writer writer{"h", "", ""};
  std::string out;
  writer.departure(out, known());
  BOOST_TEST(out
             == "DELETE /api/agents/" + std::string{id} + " HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer "
                  + std::string{token} + "\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(a_welcome_is_read_from_the_top_or_from_data) {
  const auto pair = R"("agentId":")" + std::string{id} + R"(","token":")" + std::string{token} + "\"";
  const auto at_top = "{\"ok\":true," + pair + ",\"reconnected\":true}";
  const auto in_data = "{\"ok\":true,\"data\":{" + pair + "}}";
  const auto first = read_registration_answer({201, 0s, true, at_top});
  BOOST_TEST_REQUIRE(first.has_value());
  BOOST_TEST((first->as == known()));
  BOOST_TEST(first->reconnected);
  BOOST_TEST(!read_registration_answer({201, 0s, true, in_data})->reconnected);
  BOOST_TEST(read_registration_answer({200, 0s, true, in_data})->reconnected);
}

BOOST_AUTO_TEST_CASE(what_is_no_welcome_is_none) {
  for (const auto* body : {"", "{", "[]", "{}", R"({"agentId":1,"token":2})",
                           R"({"agentId":"ag-1","token":"x"})", R"({"data":null})"})
    BOOST_TEST(!read_registration_answer({200, 0s, true, body}).has_value(), body);
}

BOOST_AUTO_TEST_SUITE_END()
