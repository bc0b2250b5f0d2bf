// The lists of the configuration: channels and routes.
#include "tests/runtime/config_fixture.hpp"

using namespace config_tests;

namespace {

const std::string sample = R"(notifications:
  allow_private_destinations: true
  channels:
    - name: ops
      type: webhook
      url: https://hooks.example/path
      secret: s3cret-text
    - name: mail
      type: email
      url: smtp://mail.example:587
      from: muster@example.org
      to: [a@example.org, b@example.org]
  routes:
    - match: {event: [agent_disconnected, Job failed], severity: high, tenant: t, label: {env: prod}}
      channels: [ops, mail]
      group_wait: 1s
      group_interval: 2m
      repeat_interval: 0s
      continue: true
    - channels: ops
)";

}  // namespace

BOOST_AUTO_TEST_SUITE(config_notifications)

BOOST_AUTO_TEST_CASE(lists_are_read_element_by_element) {
  const auto loaded = load(sample);
  BOOST_TEST(joined(loaded.errors) == "");
  const auto& read = loaded.value.notifications;
  BOOST_TEST(read.allow_private_destinations);
  BOOST_REQUIRE(read.channels.size() == 2u);
  BOOST_TEST(read.channels[0].secret == "s3cret-text");
  BOOST_TEST((read.channels[1].type == channel_type::email));
  BOOST_TEST(
    (recipients_of(read.channels[1].to) == std::vector<std::string>{"a@example.org", "b@example.org"}));
  BOOST_REQUIRE(read.routes.size() == 2u);
  const auto& route = read.routes[0];
  BOOST_TEST((route.match.events == std::vector<std::string>{"agent_disconnected", "Job failed"}));
  BOOST_TEST((*route.match.least == notice_severity::high));
  BOOST_TEST(*route.match.tenant == "t");
  BOOST_TEST(route.match.labels.at("env") == "prod");
  BOOST_TEST((route.channels == std::vector<std::string>{"ops", "mail"}));
  BOOST_TEST((route.group_wait == 1s && route.group_interval == 2min && route.repeat_interval == 0s));
  BOOST_TEST(route.goes_on);
  BOOST_TEST((read.routes[1].channels == std::vector<std::string>{"ops"}));
}

BOOST_AUTO_TEST_CASE(printed_lists_hide_what_is_secret) {
  const auto loaded = load(sample);
  const auto printed = to_yaml(loaded.value);
  BOOST_TEST(printed.find("s3cret-text") == std::string::npos);
  BOOST_TEST(printed.find("hooks.example") == std::string::npos);
  BOOST_TEST(printed.find("group_interval: 2m") != std::string::npos);
  BOOST_TEST(printed.find("env: prod") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(mistakes_in_lists_say_where_they_are) {
  BOOST_TEST(errors_of("notifications:\n  channels:\n    - name: a\n      type: fax\n")
             == "musterd.yaml:4:13: notifications.channels: [0].type: expects one of webhook, slack, pagerduty, "
                "email, teams, opsgenie, alertmanager, found \"fax\"");
  BOOST_TEST(errors_of("notifications:\n  channels:\n    - nam: a\n")
             == "musterd.yaml:3:12: notifications.channels: [0].nam: is not known (did you mean name?)");
  BOOST_TEST(errors_of("notifications:\n  routes:\n    - match: {event: nonsense}\n      channels: a\n")
               .find("[0].match.event: there is no event nonsense")
             != std::string::npos);
  BOOST_TEST(
    errors_of("notifications:\n  routes: 7\n")
    == "musterd.yaml:2:11: notifications.routes: expects a list, each element of which is a mapping");
}

BOOST_AUTO_TEST_CASE(elements_that_lack_something_are_refused) {
  const auto error = [](const std::string& channel) {
    return errors_of("notifications:\n  channels:\n    - {" + channel + "}\n");
  };
  BOOST_TEST(error("name: a").find("[0].url: is missing") != std::string::npos);
  BOOST_TEST(error("name: a, url: 'ftp://x'").find("must begin with http:// or https://")
             != std::string::npos);
  BOOST_TEST(error("name: a, type: pagerduty").find("[0].secret: is missing") != std::string::npos);
  BOOST_TEST(error("name: a, type: email, url: 'smtp://m', from: a@b, to: x").find("[0].to: ")
             != std::string::npos);
  BOOST_TEST(error("name: a, url: 'http://x', tls: none").find("for email only") != std::string::npos);
  BOOST_TEST(errors_of("notifications:\n  channels:\n    - {name: a, url: 'http://x'}\n"
                       "    - {name: a, url: 'http://y'}\n")
               .find("[1].name: there is another a")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(lists_come_from_the_file_alone) {
  BOOST_TEST(errors_of("", {{"MUSTER_NOTIFICATIONS_CHANNELS", "x"}})
             == "MUSTER_NOTIFICATIONS_CHANNELS: notifications.channels: can only be given in the configuration "
                "file");
}

BOOST_AUTO_TEST_SUITE_END()
