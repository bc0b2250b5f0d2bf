// What each service is sent, member by member as it publishes them.
#include "runtime/json/tree.hpp"
#include "runtime/notify/bodies.hpp"
#include "runtime/notify/destination.hpp"
#include "tests/actors/notice_samples.hpp"

#include <boost/test/unit_test.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>

using namespace muster;
using namespace muster::test;
using json_tree = nlohmann::json;

namespace {

const letterhead words{"[Muster]", "https://muster.example"};

channel_settings channel_of(channel_type type, std::string url = "https://hooks.example/x",
                            std::string secret = "s3cret") {
  channel_settings out;
  out.name = "ops";
  out.type = type;
  out.url = std::move(url);
  out.secret = std::move(secret);
  return out;
}

notice lost_sensor() {
  notice out;
  out.event = notice_event::sensor_lost;
  out.severity = notice_severity::high;
  out.stage = notice_stage::opens;
  out.tenant = "t";
  out.labels = {{"edge zone", "eu"}};
  out.title = "Sensor lost connection: edge-3";
  out.text = "No heartbeat from edge-3 (host n3) since 2026-05-01T11:58:02.114Z.";
  out.subject = "ag_1";
  out.path = "/sensors/ag_1";
  out.fields = {{"sensorId", "ag_1"},
                {"sensorName", "edge-3"},
                {"registry.id", "reg_2"},
                {"registry.status", "ERROR"},
                {"title", "must not replace the title"}};
  out.numbers = {{"queuedScans", 3}};
  out.key = "sensor/ag_1";
  out.at = noon;
  out.id = "nt-1";
  return out;
}

notice found_sensor() {
  auto out = lost_sensor();
  out.event = notice_event::sensor_recovered;
  out.stage = notice_stage::resolves;
  out.severity = notice_severity::info;
  out.title = "Sensor recovered: edge-3";
  return out;
}

delivery message(std::vector<notice> notices, uint64_t open) {
  delivery out;
  out.id = 0x1234;
  out.channel = "ops";
  out.group = "t/sensor/00000000";
  out.count = notices.size();
  out.notices = std::move(notices);
  out.open = open;
  out.severity = notice_severity::high;
  out.at = noon;
  return out;
}

bool has_header(const parcel& what, const std::string& line) {
  return std::ranges::find(what.headers, line) != what.headers.end();
}

json_tree body_of(const parcel& what) { return json_tree::parse(what.body); }

bool is_private_text(const char* text) {
  sockaddr_storage storage{};
  auto* four = reinterpret_cast<sockaddr_in*>(&storage);
  auto* six = reinterpret_cast<sockaddr_in6*>(&storage);
  if (inet_pton(AF_INET, text, &four->sin_addr) == 1) storage.ss_family = AF_INET;
  else if (inet_pton(AF_INET6, text, &six->sin6_addr) == 1) storage.ss_family = AF_INET6;
  else BOOST_FAIL("no address: " << text);
  return is_private(reinterpret_cast<const sockaddr&>(storage));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(notification_bodies)

BOOST_AUTO_TEST_CASE(webhook_has_the_fields_of_the_page_and_a_signature) {
  const auto sent = compose(channel_of(channel_type::webhook), message({lost_sensor()}, 1), words);
  BOOST_TEST(has_header(sent, "Content-Type: application/json"));
  BOOST_TEST(has_header(sent, "User-Agent: HarborGuard-Webhook/1.0"));
  BOOST_TEST(has_header(sent, "X-HarborGuard-Signature: " + bodies::signature_of("s3cret", sent.body)));
  const auto body = body_of(sent);
  BOOST_TEST(body.at("event") == "Sensor lost connection");
  BOOST_TEST(body.at("type") == "agent_disconnected");
  BOOST_TEST(body.at("severity") == "HIGH");
  BOOST_TEST(body.at("title") == "Sensor lost connection: edge-3");
  BOOST_TEST(body.at("message") == lost_sensor().text);
  BOOST_TEST(body.at("url") == "https://muster.example/sensors/ag_1");
  BOOST_TEST(body.at("timestamp") == "2023-11-14T22:13:20.000Z");
  BOOST_TEST(body.at("sensorId") == "ag_1");
  BOOST_TEST(body.at("registry").at("status") == "ERROR");
  BOOST_TEST(body.at("queuedScans") == 3);
  BOOST_TEST(body.at("id") == "nt-1");
}

BOOST_AUTO_TEST_CASE(signature_is_that_of_rfc_4231) {
  BOOST_TEST(bodies::signature_of("Jefe", "what do ya want for nothing?")
             == "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

BOOST_AUTO_TEST_CASE(webhook_without_a_secret_is_not_signed) {
  const auto sent =
    compose(channel_of(channel_type::webhook, "https://x.example/", ""), message({lost_sensor()}, 1), words);
  for (const auto& each : sent.headers) BOOST_TEST(!each.starts_with("X-HarborGuard-Signature"));
}

BOOST_AUTO_TEST_CASE(many_notices_are_one_body_that_lists_them) {
  std::vector<notice> all;
  for (int i = 0; i < 20; ++i) all.push_back(lost("h" + std::to_string(i)));
  const auto body = body_of(compose(channel_of(channel_type::webhook), message(all, 20), words));
  BOOST_TEST(body.at("count") == 20);
  BOOST_TEST(body.at("notices").size() == 20u);
  BOOST_TEST(body.at("title") == "Agent lost connection: h0, h1, h2, h3, h4 and 15 more");
  BOOST_TEST(body.at("type") == "agent_disconnected");
  BOOST_TEST(body.at("notices")[19].at("title") == "Agent lost connection: h19");
}

BOOST_AUTO_TEST_CASE(slack_is_an_attachment_whose_colour_is_the_severity) {
  auto what = message({lost_sensor()}, 1);
  const auto attachment = [&] {
    return body_of(compose(channel_of(channel_type::slack), what, words)).at("attachments").at(0);
  };
  BOOST_TEST(attachment().at("color") == "#ff8c00");
  BOOST_TEST(attachment().at("title") == "Sensor lost connection: edge-3");
  BOOST_TEST(attachment().at("title_link") == "https://muster.example/sensors/ag_1");
  BOOST_TEST(attachment().at("fallback").is_string());
  BOOST_TEST(attachment().at("ts").is_number_integer());
  what.severity = notice_severity::critical;
  BOOST_TEST(attachment().at("color") == "#d00000");
  what.severity = notice_severity::medium;
  BOOST_TEST(attachment().at("color") == "#f2c744");
  what = message({found_sensor()}, 0);
  BOOST_TEST(attachment().at("color") == "#2eb67d");
}

BOOST_AUTO_TEST_CASE(pagerduty_triggers_and_resolves_with_one_key) {
  const auto there = channel_of(channel_type::pagerduty, "", "routing");
  const auto sent = compose(there, message({lost_sensor()}, 1), words);
  BOOST_TEST(sent.url == "https://events.pagerduty.com/v2/enqueue");
  const auto opened = body_of(sent);
  BOOST_TEST(opened.at("routing_key") == "routing");
  BOOST_TEST(opened.at("event_action") == "trigger");
  BOOST_TEST(opened.at("payload").at("summary") == "Sensor lost connection: edge-3");
  BOOST_TEST(opened.at("payload").at("severity") == "error");
  BOOST_TEST(opened.at("payload").at("source") == "ag_1");
  BOOST_TEST(opened.at("payload").at("custom_details").at("sensorName") == "edge-3");
  BOOST_TEST(opened.at("links").at(0).at("href") == "https://muster.example/sensors/ag_1");
  const auto closed = body_of(compose(there, message({found_sensor()}, 0), words));
  BOOST_TEST(closed.at("event_action") == "resolve");
  BOOST_TEST(closed.at("dedup_key") == opened.at("dedup_key"));
  BOOST_TEST(!closed.contains("payload"));
  // One of two is back: the incident goes on.
  BOOST_TEST(body_of(compose(there, message({found_sensor()}, 1), words)).at("event_action") == "trigger");
}

BOOST_AUTO_TEST_CASE(what_only_happened_is_an_incident_of_its_own) {
  auto one = message({failed_job("a")}, 0);
  auto other = message({failed_job("b")}, 0);
  other.id = 0x1235;
  BOOST_TEST(bodies::incident_of(one) != bodies::incident_of(other));
  BOOST_TEST(bodies::pagerduty("k", one, words).at("event_action") == "trigger");
}

BOOST_AUTO_TEST_CASE(long_texts_are_cut_between_characters) {
  auto what = lost_sensor();
  what.title = std::string(1'023, 'x') + "é";
  const auto body = bodies::pagerduty("k", message({what}, 1), words);
  BOOST_TEST(body.at("payload").at("summary").get<std::string>().size() == 1'023u);
  const auto alert = bodies::opsgenie_alert(message({what}, 1), words);
  BOOST_TEST(alert.at("message").get<std::string>().size() == 130u);
}

BOOST_AUTO_TEST_CASE(teams_is_an_adaptive_card_in_an_attachment) {
  const auto body = body_of(compose(channel_of(channel_type::teams), message({lost_sensor()}, 1), words));
  BOOST_TEST(body.at("type") == "message");
  const auto& attachment = body.at("attachments").at(0);
  BOOST_TEST(attachment.at("contentType") == "application/vnd.microsoft.card.adaptive");
  const auto& card = attachment.at("content");
  BOOST_TEST(card.at("type") == "AdaptiveCard");
  BOOST_TEST(card.at("version") == "1.4");
  BOOST_TEST(card.at("body").at(0).at("text") == "Sensor lost connection: edge-3");
  BOOST_TEST(card.at("body").at(2).at("type") == "FactSet");
  BOOST_TEST(card.at("actions").at(0).at("type") == "Action.OpenUrl");
}

BOOST_AUTO_TEST_CASE(opsgenie_creates_and_closes_by_alias) {
  const auto there = channel_of(channel_type::opsgenie, "", "key");
  const auto sent = compose(there, message({lost_sensor()}, 1), words);
  BOOST_TEST(sent.url == "https://api.opsgenie.com/v2/alerts");
  BOOST_TEST(has_header(sent, "Authorization: GenieKey key"));
  const auto body = body_of(sent);
  BOOST_TEST(body.at("alias") == "muster/t/sensor/00000000");
  BOOST_TEST(body.at("priority") == "P2");
  BOOST_TEST(body.at("message") == "Sensor lost connection: edge-3");
  const auto closed = compose(there, message({found_sensor()}, 0), words);
  BOOST_TEST(
    closed.url
    == "https://api.opsgenie.com/v2/alerts/muster%2Ft%2Fsensor%2F00000000/close?identifierType=alias");
}

BOOST_AUTO_TEST_CASE(alertmanager_webhook_is_version_4) {
  const auto there = channel_of(channel_type::alertmanager, "http://receiver.example/hook", "");
  const auto body = body_of(compose(there, message({lost_sensor(), found_sensor()}, 0), words));
  BOOST_TEST(body.at("version") == "4");
  BOOST_TEST(body.at("status") == "firing");
  BOOST_TEST(body.at("receiver") == "ops");
  BOOST_TEST(body.at("truncatedAlerts") == 0);
  for (const auto* member : {"groupKey", "groupLabels", "commonLabels", "commonAnnotations", "externalURL"})
    BOOST_TEST(body.contains(member));
  const auto& fires = body.at("alerts").at(0);
  const auto& over = body.at("alerts").at(1);
  BOOST_TEST(fires.at("status") == "firing");
  BOOST_TEST(fires.at("endsAt") == "0001-01-01T00:00:00Z");
  BOOST_TEST(fires.at("labels").at("alertname") == "agent_disconnected");
  BOOST_TEST(fires.at("labels").at("edge_zone") == "eu");
  BOOST_TEST(over.at("status") == "resolved");
  BOOST_TEST(over.at("labels") == fires.at("labels"));
  BOOST_TEST(over.at("fingerprint") == fires.at("fingerprint"));
}

BOOST_AUTO_TEST_CASE(alertmanager_takes_alerts_over_its_api) {
  const auto there = channel_of(channel_type::alertmanager, "http://alerts.example:9093", "token");
  const auto sent = compose(there, message({lost_sensor()}, 1), words);
  BOOST_TEST(sent.url == "http://alerts.example:9093/api/v2/alerts");
  BOOST_TEST(has_header(sent, "Authorization: Bearer token"));
  const auto body = body_of(sent);
  BOOST_REQUIRE(body.is_array());
  BOOST_TEST(body.at(0).at("startsAt") == "2023-11-14T22:13:20.000Z");
  BOOST_TEST(body.at(0).at("endsAt") == "2023-11-15T22:13:20.000Z");
  const auto over = body_of(compose(there, message({found_sensor()}, 0), words));
  BOOST_TEST(over.at(0).at("endsAt") == "2023-11-14T22:13:20.000Z");
  BOOST_TEST(over.at(0).at("labels") == body.at(0).at("labels"));
}

BOOST_AUTO_TEST_CASE(mail_goes_to_everyone_with_a_prefixed_subject) {
  auto there = channel_of(channel_type::email, "smtp://mail.example:587", "password");
  there.user = "muster";
  there.from = "muster@example.org";
  there.to = "a@example.org, b@example.org";
  const auto sent = compose(there, message({lost_sensor()}, 1), words);
  BOOST_TEST((sent.recipients == std::vector<std::string>{"a@example.org", "b@example.org"}));
  BOOST_TEST(sent.is_mail());
  BOOST_TEST(sent.headers.empty());
  BOOST_TEST(sent.body.find("Subject: [Muster] Sensor lost connection: edge-3\r\n") != std::string::npos);
  BOOST_TEST(sent.body.find("To: a@example.org, b@example.org\r\n") != std::string::npos);
  BOOST_TEST(sent.body.find("Message-ID: <nt-0000000000001234@example.org>\r\n") != std::string::npos);
  BOOST_TEST(sent.body.find("Date: Tue, 14 Nov 2023 22:13:20 +0000\r\n") != std::string::npos);
  BOOST_TEST(sent.body.find("password") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(nobody_can_add_a_header_to_a_mail) {
  auto there = channel_of(channel_type::email, "smtp://mail.example", "");
  there.from = there.to = "a@example.org";
  auto what = lost_sensor();
  what.title = "x\r\nBcc: evil@example.org\r\n\r\nbody";
  BOOST_TEST(compose(there, message({what}, 1), words).body.find("\r\nBcc:") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(only_the_public_internet_is_not_private) {
  for (const auto* each : {"127.0.0.1",
                           "127.255.0.1",
                           "10.1.2.3",
                           "172.16.0.1",
                           "172.31.255.255",
                           "192.168.0.1",
                           "169.254.169.254",
                           "100.64.0.1",
                           "0.0.0.0",
                           "224.0.0.1",
                           "255.255.255.255",
                           "198.18.0.1",
                           "::1",
                           "::",
                           "fe80::1",
                           "fc00::1",
                           "fd12::1",
                           "ff02::1",
                           "::ffff:127.0.0.1",
                           "::ffff:10.0.0.1",
                           "64:ff9b::a00:1",
                           "2002:7f00:1::",
                           "2001::1",
                           "2001:db8::1"})
    BOOST_TEST(is_private_text(each), each);
  for (const auto* each : {"1.1.1.1", "172.15.0.1", "172.32.0.1", "192.167.0.1", "169.253.0.1", "100.128.0.1",
                           "2606:4700::1111", "2001:4860:4860::8888", "::ffff:1.1.1.1", "64:ff9b::101:101"})
    BOOST_TEST(!is_private_text(each), each);
}

BOOST_AUTO_TEST_SUITE_END()
