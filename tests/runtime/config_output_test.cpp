// The configuration: how it is printed and what a running manager takes over.
#include "tests/runtime/config_fixture.hpp"

using namespace config_tests;

BOOST_AUTO_TEST_SUITE(config_output)

BOOST_AUTO_TEST_CASE(what_is_printed_can_be_loaded_again) {
  const auto before =
    load(
      "liveness.profiles.mine.interval: 1500ms\nenrolment.panguard.labels: {a.b: 'x: \"y\"', n: 'null'}\n"
      "operator_listen: '[::1]:1'\nlimits.body_bytes: 1025\n")
      .value;
  const auto after = load(to_yaml(before));
  BOOST_TEST(joined(after.errors) == "");
  BOOST_TEST((after.value == before), to_yaml(after.value));
}

BOOST_AUTO_TEST_CASE(the_file_is_printed_in_groups) {
  const auto yaml = to_yaml(configuration{});
  BOOST_TEST(yaml.starts_with("fleet_listen: 127.0.0.1:8080\noperator_listen: 127.0.0.1:8081\n"));
  BOOST_TEST(
    yaml.find("    panguard:\n      interval: 30s\n      stale_after: 90s\n      offline_after: never\n")
      != std::string::npos,
    yaml);
  BOOST_TEST(yaml.ends_with("ledger:\n  checkpoint_interval: 1m\n"));
}

BOOST_AUTO_TEST_CASE(secrets_are_not_printed) {
  configuration c;
  c.enrolment_panguard.secret = "hidden-hidden-hidden";
  c.enrolment_panguard.secrets = {{"acme", "hidden-hidden-hidden-2"}};
  c.sensor_key = "hg_ak_hidden";
  const auto yaml = to_yaml(c);
  BOOST_TEST(yaml.find("hidden") == std::string::npos, yaml);
  BOOST_TEST(yaml.find("secret: \"***\"") != std::string::npos, yaml);
  BOOST_TEST(yaml.find("acme: \"***\"") != std::string::npos, yaml);
}

// To print the table anew, put what this test shows into the file.
BOOST_AUTO_TEST_CASE(the_documentation_holds_exactly_this_table) {
  const auto root = std::filesystem::path(__FILE__).parent_path().parent_path().parent_path();
  std::ifstream file(root / "docs" / "configuration.md");
  BOOST_REQUIRE(file.good());
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const auto begin = std::min(text.find("| Key |"), text.size());
  BOOST_TEST(text.substr(begin) == settings_table_markdown(), settings_table_markdown());
}

BOOST_AUTO_TEST_CASE(every_setting_is_described) {
  for (const auto& each : settings()) {
    BOOST_TEST(!each.values.empty(), each.key);
    BOOST_TEST(each.description.ends_with('.'), each.key);
    BOOST_TEST(find_setting(each.key).has_value() == (each.shape != setting_shape::per_profile), each.key);
    BOOST_TEST((each.description + each.values).find('|') == std::string::npos, each.key);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(config_reload)

BOOST_AUTO_TEST_CASE(exactly_these_settings_can_be_reloaded) {
  std::set<std::string> reloadable;
  for (const auto& each : settings()) {
    if (each.reloads) reloadable.insert(each.key);
  }
  const std::set<std::string> expected = {"log_level",
                                          "retention.threats",
                                          "retention.history",
                                          "retention.patterns",
                                          "retention.policies",
                                          "retention.node_reports",
                                          "enrolment.panguard.secret",
                                          "enrolment.panguard.tenant",
                                          "enrolment.panguard.secrets",
                                          "enrolment.panguard.on_duplicate",
                                          "enrolment.panguard.labels",
                                          "notifications.channels",
                                          "notifications.routes",
                                          "limits.in_flight",
                                          "limits.body_bytes",
                                          "limits.header_time",
                                          "limits.body_time",
                                          "limits.idle_time",
                                          "limits.answer_time",
                                          "admission.registration_per_second",
                                          "admission.heartbeats_per_second",
                                          "admission.events_per_second",
                                          "admission.reads_per_second"};
  BOOST_TEST(reloadable == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_unchanged_configuration_needs_no_restart) {
  BOOST_TEST(settings_needing_restart({}, {}).empty());
}

BOOST_AUTO_TEST_CASE(a_reload_takes_what_it_can_and_names_the_rest) {
  const configuration running;
  configuration fresh;
  fresh.log_level = "debug";
  fresh.retention.threats = 48h;
  fresh.admission.reads = 1;
  fresh.limits.in_flight = 7;
  fresh.enrolment_panguard.secrets = {{"acme", some_secret}};
  fresh.enrolment_panguard.labels = {{"a", "b"}};
  fresh.enrolment_panguard.on_duplicate = duplicate_policy::new_identity;
  fresh.notifications.channels.resize(1);
  fresh.notifications.routes.resize(1);
  BOOST_TEST(settings_needing_restart(running, fresh).empty());
  BOOST_TEST((with_reloadable(running, fresh) == fresh));

  const auto reloaded = fresh;
  fresh.workers = 3;
  fresh.notifications.link_base = "https://muster.example";
  fresh.log_format = log_format::json;
  fresh.limits.agents = 1;
  const std::vector<std::string> expected = {"log_format", "workers", "notifications.link_base",
                                             "limits.agents"};
  BOOST_TEST(settings_needing_restart(running, fresh) == expected, boost::test_tools::per_element());
  BOOST_TEST((with_reloadable(running, fresh) == reloaded));
}

BOOST_AUTO_TEST_CASE(profiles_that_change_come_or_go_need_a_restart) {
  const configuration running;
  configuration fresh;
  fresh.liveness.profiles["mine"] = {1s, {}, {}};
  fresh.liveness.profiles["panguard"].interval = 10s;
  fresh.liveness.profiles.erase("plexd");
  const auto keys = settings_needing_restart(running, fresh);
  const std::set<std::string> found(keys.begin(), keys.end());
  const std::set<std::string> expected = {
    "liveness.profiles.panguard.interval", "liveness.profiles.plexd.interval",
    "liveness.profiles.plexd.stale_after", "liveness.profiles.plexd.offline_after",
    "liveness.profiles.mine.interval",     "liveness.profiles.mine.stale_after",
    "liveness.profiles.mine.offline_after"};
  BOOST_TEST(found == expected, boost::test_tools::per_element());
  BOOST_TEST((with_reloadable(running, fresh) == running));
}

BOOST_AUTO_TEST_CASE(a_mixture_that_does_not_hold_is_found) {
  configuration running;
  running.data_dir = "/d";
  running.enrolment_panguard.mode = enrolment_mode::token;
  running.enrolment_panguard.secret = some_secret;
  BOOST_TEST(validate(running).empty());
  configuration fresh;
  fresh.data_dir = "/d";
  BOOST_TEST(validate(fresh).empty());
  // Mode open was not taken over, the empty secret was.
  const auto problems = validate(with_reloadable(running, fresh));
  BOOST_REQUIRE(problems.size() == 1);
  BOOST_TEST(problems[0].key == "enrolment.panguard.secret");
}

BOOST_AUTO_TEST_SUITE_END()
