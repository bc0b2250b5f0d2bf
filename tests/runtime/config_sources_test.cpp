// The configuration: its text forms and where values come from.
#include "tests/runtime/config_fixture.hpp"

using namespace config_tests;

BOOST_AUTO_TEST_SUITE(config_units)

BOOST_AUTO_TEST_CASE(durations_are_read_in_every_unit) {
  BOOST_TEST((parse_duration("250ms") == 250ms));
  BOOST_TEST((parse_duration("10s") == 10s));
  BOOST_TEST((parse_duration("5m") == 5min));
  BOOST_TEST((parse_duration("24h") == 24h));
  BOOST_TEST((parse_duration("30d") == 720h));
  BOOST_TEST((parse_duration("0s") == 0ms));
}

BOOST_AUTO_TEST_CASE(what_is_not_a_duration_is_refused) {
  for (const auto* text : {"", "10", "s", "-1s", "+1s", "1.5s", "10 s", " 10s", "10s ", "10S", "1h30m",
                           "never", "0x1s", "18446744073709551616ms", "18446744073709551615d", "36526d"}) {
    BOOST_TEST(!parse_duration(text).has_value(), text);
  }
}

BOOST_AUTO_TEST_CASE(sizes_are_read_in_every_unit) {
  BOOST_TEST((parse_bytes("1024") == 1024u));
  BOOST_TEST((parse_bytes("16KiB") == 16384u));
  BOOST_TEST((parse_bytes("1MiB") == 1048576u));
  BOOST_TEST((parse_bytes("64GiB") == 64ull << 30));
  BOOST_TEST((parse_bytes("2TiB") == 2ull << 40));
}

BOOST_AUTO_TEST_CASE(what_is_not_a_size_is_refused) {
  for (const auto* text :
       {"", "KiB", "-1", "1KB", "1kib", "1 MiB", "1.5MiB", "18446744073709551616", "16777216TiB"}) {
    BOOST_TEST(!parse_bytes(text).has_value(), text);
  }
}

BOOST_AUTO_TEST_CASE(what_is_printed_is_read_back) {
  for (const auto value :
       {0ms, 1ms, 999ms, 1000ms, 1500ms, 90'000ms, 3'600'000ms, 86'400'000ms, 86'400'001ms}) {
    BOOST_TEST((parse_duration(format_duration(value)) == value));
  }
  for (const std::uint64_t value : {0ull, 1ull, 1023ull, 1024ull, 1025ull, 1ull << 20, 3ull << 30, ~0ull}) {
    BOOST_TEST((parse_bytes(format_bytes(value)) == value));
  }
  BOOST_TEST(format_duration(90s) == "90s");
  BOOST_TEST(format_duration(120s) == "2m");
  BOOST_TEST(format_bytes(1536) == "1536");
  BOOST_TEST(format_bytes(1ull << 20) == "1MiB");
}

BOOST_AUTO_TEST_CASE(listen_addresses_are_numbers_and_a_port) {
  BOOST_TEST(parse_listen_address("127.0.0.1:8080")->loopback);
  BOOST_TEST(parse_listen_address("127.9.9.9:0")->port == 0);
  BOOST_TEST(parse_listen_address("[::1]:65535")->port == 65535);
  BOOST_TEST(parse_listen_address("[::1]:1")->address == "::1");
  BOOST_TEST(parse_listen_address("[::1]:1")->loopback);
  BOOST_TEST(!parse_listen_address("0.0.0.0:80")->loopback);
  BOOST_TEST(!parse_listen_address("[::]:80")->loopback);
  BOOST_TEST(!parse_listen_address("[::ffff:10.0.0.1]:80")->loopback);
  for (const auto* text : {"", ":", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
                           "127.0.0.1:+1", "127.0.0.1:000080", "::1:80", "[::1]", "[::1]80", "[127.0.0.1]:80",
                           "[]:80", "localhost:80", "127.1:80", "1.2.3.4.5:80", " 127.0.0.1:80"}) {
    BOOST_TEST(!parse_listen_address(text).has_value(), text);
  }
}

BOOST_AUTO_TEST_CASE(only_close_words_are_suggested) {
  BOOST_TEST((closest_word("log_levle", {"log_format", "log_level"}) == "log_level"));
  BOOST_TEST((closest_word("colour", {"log_format", "log_level"}) == std::nullopt));
  BOOST_TEST((closest_word("", {"log_level"}) == std::nullopt));
  BOOST_TEST((closest_word(std::string(1000, 'a'), {std::string(999, 'a')}) == std::nullopt));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(config_sources)

BOOST_AUTO_TEST_CASE(without_sources_the_defaults_hold) {
  auto loaded = load_configuration({std::nullopt, {{"HOME", "/srv/nobody"}}, {}});
  BOOST_TEST(joined(loaded.errors) == "");
  BOOST_TEST(joined(loaded.warnings) == "");
  loaded.value.data_dir.clear();
  BOOST_TEST((loaded.value == configuration{}));
  BOOST_TEST(
    (loaded.value.liveness.profiles.at("panguard") == liveness_profile_options{30s, 90s, std::nullopt}));
  BOOST_TEST(
    (loaded.value.liveness.profiles.at("harborguard") == liveness_profile_options{30s, std::nullopt, 120s}));
  BOOST_TEST((loaded.value.liveness.profiles.at("plexd") == liveness_profile_options{30s, 90s, 300s}));
}

BOOST_AUTO_TEST_CASE(every_default_is_one_that_could_be_written) {
  configuration target;
  for (const auto& [found, key, name] : setting_places(configuration{})) {
    if (found->entries || key == "data_dir") continue;
    BOOST_TEST(found->read(target, name, found->text(configuration{}, name)) == "", key);
  }
  BOOST_TEST((target == configuration{}));
}

BOOST_AUTO_TEST_CASE(the_data_directory_follows_the_user) {
  BOOST_TEST(default_data_dir({{"HOME", "/h"}}, true) == "/var/lib/muster");
  BOOST_TEST(default_data_dir({{"HOME", "/h"}}, false) == "/h/.local/state/muster");
  BOOST_TEST(default_data_dir({{"HOME", "/h"}, {"XDG_STATE_HOME", "/s"}}, false) == "/s/muster");
  BOOST_TEST(default_data_dir({{"HOME", "/h"}, {"XDG_STATE_HOME", "relative"}}, false)
             == "/h/.local/state/muster");
  BOOST_TEST(default_data_dir({}, false) == "");
  configuration empty;
  const auto found = validate(empty);
  BOOST_TEST(std::ranges::any_of(found, [](const auto& each) { return each.key == "data_dir"; }));
}

BOOST_AUTO_TEST_CASE(the_operators_socket_is_in_the_data_directory_unless_given) {
  configuration c;
  c.data_dir = "/d";
  BOOST_TEST(operator_socket_path(c) == "/d/operator.sock");
  c.operator_socket = "/run/m.sock";
  BOOST_TEST(operator_socket_path(c) == "/run/m.sock");
}

BOOST_AUTO_TEST_CASE(flags_win_over_environment_over_file) {
  const std::string yaml = "limits:\n  agents: 1\n  in_flight: 1\n  connections: 1\n";
  const auto loaded =
    load(yaml, {{"MUSTER_LIMITS_AGENTS", "2"}, {"MUSTER_LIMITS_IN_FLIGHT", "2"}}, {{"limits.agents", "3"}});
  BOOST_TEST(joined(loaded.errors) == "");
  BOOST_TEST(loaded.value.limits.agents == 3);
  BOOST_TEST(loaded.value.limits.in_flight == 2);
  BOOST_TEST(loaded.value.limits.connections == 1);
  BOOST_TEST(loaded.value.limits.inflate_ratio == 100);
}

BOOST_AUTO_TEST_CASE(every_setting_can_come_from_every_source) {
  const text_map other = {{"fleet_listen", "127.0.0.1:1"},
                          {"operator_listen", "[::1]:2"},
                          {"operator_socket", "/run/o.sock"},
                          {"data_dir", "/d"},
                          {"sensor_key", "hg_ak_" + std::string(32, '0')},
                          {"log_level", "debug"},
                          {"log_format", "json"},
                          {"retention.threats", "2h"},
                          {"retention.history", "2h"},
                          {"retention.departed", "2h"},
                          {"retention.patterns", "2h"},
                          {"retention.policies", "2d"},
                          {"correlation.pattern_agents_by_kind", "source_ip=4"},
                          {"correlation.critical_agents_by_kind", "source_ip=5"},
                          {"correlation.kinds", "user=/user/name"},
                          {"correlation.ignored_ranges", "192.0.2.0/24"},
                          {"correlation.windows", "500"},
                          {"policy.push_per_second", "500"},
                          {"policy.emergencies", "false"},
                          {"policy.emergency_lifetime", "2h"},
                          {"policy.private_ranges", "10.0.0.0/8"},
                          {"retention.node_reports", "2d"},
                          {"retention.scans", "2d"},
                          {"disruption.mode", "off"},
                          {"disruption.share", "0.7"},
                          {"disruption.share_by_tenant", "acme=0.9"},
                          {"disruption.share_by_label", "site=0.5,rack=1"},
                          {"disruption.longest", "2h"},
                          {"flapping.mode", "off"},
                          {"flapping.start", "6.25"},
                          {"flapping.stop", "0.5"},
                          {"mesh.addresses", "10.96.0.0/11"},
                          {"mesh.bridge_addresses", "10.100.254.0/24"},
                          {"mesh.addresses_by_tenant", "north=10.102.0.0/16"},
                          {"mesh.cooldown", "2h"},
                          {"events.kept", "500"},
                          {"notifications.link_base", "https://muster.example"},
                          {"policy.never_block", "192.0.2.1,2001:db8::/32"},
                          {"limits.header_bytes", "8KiB"},
                          {"enrolment.panguard.mode", "token"},
                          {"enrolment.panguard.secret", some_secret},
                          {"enrolment.panguard.tenant", "acme"},
                          {"enrolment.panguard.secrets", "b=" + some_secret + "b"},
                          {"enrolment.panguard.on_duplicate", "new_identity"},
                          {"enrolment.panguard.labels", "site=berlin,rack="}};
  for (const auto& [found, key, name] : setting_places(configuration{})) {
    if (found->shape == setting_shape::list) continue;  // only in the file
    std::string value;
    if (const auto given = other.find(key); given != other.end()) {
      value = given->second;
    } else if (found->shape == setting_shape::truth) {
      value = "true";
    } else {
      const auto& values = found->values;
      value = values.find("duration") != std::string::npos ? "59s"
              : values.find("size") != std::string::npos   ? "512MiB"
                                                           : "77";
    }
    const auto by_variable = load("", {{environment_name(key), value}});
    const auto by_flag = load("", {}, {{key, value}});
    BOOST_TEST(joined(by_variable.warnings).find("unknown") == std::string::npos, key);
    BOOST_TEST((by_variable.value == by_flag.value), key);
    BOOST_TEST(!(by_flag.value == load("").value), key);
    if (found->shape != setting_shape::mapping) {
      BOOST_TEST((load(key + ": \"" + value + "\"\n").value == by_flag.value), key);
      BOOST_TEST(found->text(by_flag.value, name) == value, key);
    }
  }
}

BOOST_AUTO_TEST_CASE(variables_have_distinct_names) {
  std::set<std::string> names;
  for (const auto& place : setting_places(configuration{})) {
    BOOST_TEST(names.insert(environment_name(place.key)).second, place.key);
  }
  BOOST_TEST(names.contains("MUSTER_LIMITS_BODY_BYTES"));
  BOOST_TEST(names.contains("MUSTER_LIVENESS_PROFILES_PANGUARD_STALE_AFTER"));
}

BOOST_AUTO_TEST_CASE(a_profile_keeps_what_the_file_leaves_out) {
  const auto loaded = load("liveness:\n  profiles:\n    panguard:\n      stale_after: 2m\n");
  BOOST_TEST(joined(loaded.errors) == "");
  BOOST_TEST(
    (loaded.value.liveness.profiles.at("panguard") == liveness_profile_options{30s, 120s, std::nullopt}));
  BOOST_TEST(loaded.value.liveness.profiles.size() == 3);
}

BOOST_AUTO_TEST_CASE(a_new_profile_can_be_made_in_the_file_and_set_by_variable) {
  const auto loaded =
    load("liveness:\n  profiles:\n    my_own2:\n      interval: 10s\n      offline_after: never\n",
         {{"MUSTER_LIVENESS_PROFILES_MY_OWN2_STALE_AFTER", "45s"}});
  BOOST_TEST(joined(loaded.errors) == "");
  BOOST_TEST(joined(loaded.warnings) == "");
  BOOST_TEST(
    (loaded.value.liveness.profiles.at("my_own2") == liveness_profile_options{10s, 45s, std::nullopt}));
}

BOOST_AUTO_TEST_CASE(a_new_profile_can_be_made_by_flags) {
  const auto loaded = load("", {}, {{"liveness.profiles.fast.interval", "1s"}});
  BOOST_TEST(joined(loaded.errors) == "");
  BOOST_TEST((loaded.value.liveness.profiles.at("fast") == liveness_profile_options{1s, {}, {}}));
}

BOOST_AUTO_TEST_CASE(pairs_of_a_stronger_source_replace_all_of_a_weaker) {
  const std::string yaml = "enrolment:\n  panguard:\n    labels:\n      site: berlin, mitte\n      rack: 4\n";
  BOOST_TEST(
    (load(yaml).value.enrolment_panguard.labels == text_map{{"site", "berlin, mitte"}, {"rack", "4"}}));
  const auto replaced = load(yaml, {{"MUSTER_ENROLMENT_PANGUARD_LABELS", "row=a=b"}});
  BOOST_TEST((replaced.value.enrolment_panguard.labels == text_map{{"row", "a=b"}}));
  const auto emptied = load(yaml, {}, {{"enrolment.panguard.labels", ""}});
  BOOST_TEST(emptied.value.enrolment_panguard.labels.empty());
}

BOOST_AUTO_TEST_CASE(empty_files_and_empty_groups_are_fine) {
  for (const auto* yaml : {"", "# nothing\n", "---\n", "limits:\n", "limits: {}\nliveness:\n  profiles:\n"}) {
    BOOST_TEST(errors_of(yaml) == "", yaml);
  }
}

BOOST_AUTO_TEST_CASE(this_process_has_an_environment) {
  ::setenv("MUSTER_CONFIG_TEST_VARIABLE", "a=b", 1);
  BOOST_TEST(process_environment().at("MUSTER_CONFIG_TEST_VARIABLE") == "a=b");
  ::unsetenv("MUSTER_CONFIG_TEST_VARIABLE");
  BOOST_TEST(!process_environment().contains("MUSTER_CONFIG_TEST_VARIABLE"));
}

BOOST_AUTO_TEST_SUITE_END()
