// The configuration: what is refused and how that is said.
#include "tests/runtime/config_fixture.hpp"

using namespace config_tests;

namespace {

struct edge {
  const char *key, *below, *least, *most, *above;
};
// Where nothing can be below, a text that is no number stands there.
const edge edges[] = {
  {"loops", "-1", "0", "256", "257"},
  {"workers", "-1", "0", "256", "257"},
  {"liveness.late_tolerance", "499ms", "500ms", "1m", "60001ms"},
  {"liveness.profiles.x.interval", "99ms", "100ms", "1d", "25h"},
  {"liveness.profiles.panguard.stale_after", "99ms", "31s", "30d", "31d"},
  {"liveness.profiles.panguard.offline_after", "99ms", "90s", "30d", "31d"},
  {"retention.threats", "59s", "1m", "3650d", "3651d"},
  {"retention.history", "59s", "1m", "3650d", "3651d"},
  {"retention.departed", "59s", "1m", "3650d", "3651d"},
  {"retention.patterns", "59s", "1m", "3650d", "3651d"},
  {"retention.policies", "23h", "1d", "36500d", "36501d"},
  {"correlation.window", "999ms", "1s", "1d", "25h"},
  {"correlation.pattern_agents", "1", "2", "3", "1001"},
  {"correlation.critical_agents", "1", "2", "1000", "1001"},
  {"correlation.windows", "99", "100", "10000000", "10000001"},
  {"correlation.window_agents", "9", "10", "1000000", "1000001"},
  {"policy.emergency_lifetime", "59s", "1m", "365d", "366d"},
  {"policy.emergencies_per_kind", "0", "1", "100000", "100001"},
  {"policy.emergency_revisions_per_minute", "0", "1", "10000", "10001"},
  {"policy.emergency_auto_respond", "-1", "80", "100", "101"},
  {"policy.emergency_notify_and_wait", "-1", "0", "95", "101"},
  {"policy.push_per_second", "99", "100", "10000000", "10000001"},
  {"policy.gate_interval", "99ms", "100ms", "1h", "61m"},
  {"retention.node_reports", "59s", "1m", "3650d", "3651d"},
  {"retention.scans", "59s", "1m", "3650d", "3651d"},
  {"mesh.cooldown", "-1s", "0s", "365d", "366d"},
  {"events.kept", "99", "100", "1000000", "1000001"},
  {"limits.connections", "0", "1", "1048576", "1048577"},
  {"limits.in_flight", "0", "1", "1048576", "1048577"},
  {"limits.body_bytes", "1023", "1KiB", "256MiB", "1073741825"},
  {"limits.inflate_ratio", "0", "1", "1032", "1033"},
  {"limits.body_budget", "1048575", "1MiB", "1TiB", "1025GiB"},
  {"limits.header_bytes", "1023", "1KiB", "1MiB", "1025KiB"},
  {"limits.header_time", "99ms", "100ms", "1h", "61m"},
  {"limits.body_time", "99ms", "100ms", "1h", "61m"},
  {"limits.idle_time", "999ms", "1s", "1d", "25h"},
  {"limits.answer_time", "99ms", "100ms", "1h", "61m"},
  {"limits.agents", "0", "1", "16000000", "16000001"},
  {"limits.store_bytes", "16777215", "16MiB", "16TiB", "17TiB"},
  {"admission.registration_per_second", "-1", "0", "10000000", "10000001"},
  {"admission.heartbeats_per_second", "-1", "0", "10000000", "10000001"},
  {"admission.events_per_second", "-1", "0", "10000000", "10000001"},
  {"admission.reads_per_second", "-1", "0", "10000000", "10000001"},
  {"ledger.checkpoint_interval", "999ms", "1s", "1h", "61m"},
  {"liveness.startup_grace", "-1s", "0s", "1h", "61m"},
  {"disruption.share", "0.04", "0.05", "1", "1.01"},
  {"disruption.min_agents", "1", "2", "1000000", "1000001"},
  {"disruption.grace", "-1s", "0s", "1h", "61m"},
  {"disruption.hold", "-1s", "0s", "24h", "25h"},
  {"disruption.releases_per_minute", "0", "1", "60000", "60001"},
  {"disruption.longest", "59s", "1m", "24h", "25h"},
  {"flapping.half_life", "999ms", "1s", "24h", "25h"},
  {"flapping.start", "1.4", "1.6", "12", "12.1"},
  {"flapping.stop", "0.09", "0.1", "4.4", "11.1"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(config_errors)

BOOST_AUTO_TEST_CASE(a_bad_value_is_blamed_on_its_line) {
  BOOST_TEST(errors_of("log_level: info\nlimits:\n  body_bytes: 2GiB\n")
             == "musterd.yaml:3:15: limits.body_bytes: expects a size from 1KiB to 1GiB, found \"2GiB\"");
}

BOOST_AUTO_TEST_CASE(a_bad_value_is_blamed_on_its_variable) {
  BOOST_TEST(
    errors_of("", {{"MUSTER_LIMITS_HEADER_TIME", "10"}})
    == "MUSTER_LIMITS_HEADER_TIME: limits.header_time: expects a duration from 100ms to 1h, found \"10\"");
}

BOOST_AUTO_TEST_CASE(a_bad_value_is_blamed_on_its_flag) {
  BOOST_TEST(errors_of("", {}, {{"log_level", "loud"}})
             == "--log_level: log_level: expects one of debug, info, warn, error, found \"loud\"");
}

BOOST_AUTO_TEST_CASE(a_quoted_value_is_escaped_and_cut) {
  const auto errors = errors_of("", {}, {{"workers", "\x1b[2J" + std::string(200, 'x')}});
  BOOST_TEST(errors
             == "--workers: workers: expects a whole number from 0 to 256, found \"\\u001b[2J"
                  + std::string(60, 'x') + "...\"");
}

BOOST_AUTO_TEST_CASE(every_number_has_a_least_and_a_most) {
  for (const auto& [key, below, least, most, above] : edges) {
    BOOST_TEST(errors_of("", {}, {{key, below}}).find("expects") != std::string::npos, key << " below");
    BOOST_TEST(errors_of("", {}, {{key, least}}) == "", key << " least");
    BOOST_TEST(errors_of("", {}, {{key, most}}) == "", key << " most");
    BOOST_TEST(errors_of("", {}, {{key, above}}).find("expects") != std::string::npos, key << " above");
  }
  for (const auto& each : settings()) {
    const bool number = each.values.find(" from ") != std::string::npos;
    const auto tested =
      std::ranges::count_if(edges, [&](const edge& e) { return find_setting(e.key)->found == &each; });
    BOOST_TEST(tested == (number ? 1 : 0), each.key);
  }
}

BOOST_AUTO_TEST_CASE(words_and_texts_that_do_not_fit_are_refused) {
  const std::vector<std::pair<const char*, std::string>> bad = {
    {"insecure", "maybe"},
    {"insecure", ""},
    {"insecure", "True"},
    {"log_format", "xml"},
    {"data_dir", ""},
    {"enrolment.panguard.mode", "Open"},
    {"enrolment.panguard.on_duplicate", "refuse"},
    {"enrolment.panguard.tenant", ""},
    {"enrolment.panguard.tenant", "a b"},
    {"enrolment.panguard.tenant", std::string(65, 'a')},
    {"fleet_listen", "localhost:80"},
    {"enrolment.panguard.labels", "a b=c"},
    {"enrolment.panguard.labels", "a=\n"},
    {"liveness.profiles.plexd.interval", "never"}};
  for (const auto& [key, value] : bad) {
    BOOST_TEST(
      errors_of("", {}, {{key, value}}).starts_with(std::string("--") + key + ": " + key + ": expects "),
      key << "=" << value);
  }
}

BOOST_AUTO_TEST_CASE(an_unknown_key_is_refused_with_the_one_that_was_meant) {
  BOOST_TEST(errors_of("limits:\n  bodybytes: 1MiB\n")
             == "musterd.yaml:2:3: limits.bodybytes: unknown setting (did you mean limits.body_bytes?)");
  BOOST_TEST(errors_of("limit:\n  body_bytes: 1MiB\n")
             == "musterd.yaml:1:1: limit: unknown setting (did you mean limits?)");
  BOOST_TEST(errors_of("body_bytes: 1MiB\n")
             == "musterd.yaml:1:1: body_bytes: unknown setting (did you mean limits.body_bytes?)");
  BOOST_TEST(errors_of("", {}, {{"liveness.profiles.<name>.interval", "1s"}}).find("unknown setting")
             != std::string::npos);
  BOOST_TEST(errors_of("liveness:\n  profiles:\n    mine:\n      intervall: 1s\n") ==
             "musterd.yaml:4:7: liveness.profiles.mine.intervall: unknown setting (did you mean "
             "liveness.profiles.mine.interval?)");
  BOOST_TEST(errors_of("colour: red\n") == "musterd.yaml:1:1: colour: unknown setting");
  BOOST_TEST(errors_of("", {}, {{"log_lvel", "info"}})
             == "--log_lvel: unknown setting (did you mean log_level?)");
  BOOST_TEST(errors_of("", {}, {{"", "info"}}) == "--: unknown setting");
  BOOST_TEST(errors_of("? ''\n: 1\n? '..'\n: 2\n").find("unknown setting") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_repeated_key_is_refused_however_it_is_written) {
  BOOST_TEST(errors_of("log_level: info\nlog_level: warn\n")
             == "musterd.yaml:2:1: log_level: given twice, first in line 1");
  BOOST_TEST(errors_of("limits:\n  agents: 1\nlimits:\n  in_flight: 1\n")
             == "musterd.yaml:3:1: limits: given twice, first in line 1");
  BOOST_TEST(errors_of("limits:\n  agents: 1\nlimits.agents: 2\n")
             == "musterd.yaml:3:1: limits.agents: given twice, first in line 2");
  BOOST_TEST(errors_of("enrolment.panguard.labels:\n  a: 1\n  a: 2\n")
             == "musterd.yaml:3:3: enrolment.panguard.labels: names a twice");
}

BOOST_AUTO_TEST_CASE(a_value_of_the_wrong_shape_is_refused) {
  BOOST_TEST(errors_of("log_level: [info]\n")
             == "musterd.yaml:1:12: log_level: expects one value, not a list or a mapping");
  BOOST_TEST(errors_of("limits: 5\n") == "musterd.yaml:1:9: limits: expects settings under it, not a value");
  BOOST_TEST(errors_of("log_level:\n")
             == "musterd.yaml:1:1: log_level: has no value; expects one of debug, info, warn, error");
  BOOST_TEST(errors_of("enrolment.panguard.labels: a\n")
             == "musterd.yaml:1:28: enrolment.panguard.labels: expects a mapping from names to texts");
  BOOST_TEST(errors_of("enrolment.panguard.labels: {a: [b]}\n")
             == "musterd.yaml:1:29: enrolment.panguard.labels: expects a mapping from names to texts");
  BOOST_TEST(errors_of("- log_level\n") == "musterd.yaml:1:1: expects `key: value` lines");
  BOOST_TEST(errors_of("? [a]\n: b\n") == "musterd.yaml:1:3: a key must be a word");
  BOOST_TEST(
    errors_of("loops: 1\n---\nloops: 2\n").starts_with("musterd.yaml:3:1: a second document begins here"));
  BOOST_TEST(errors_of("", {{"MUSTER_ENROLMENT_PANGUARD_LABELS", "a"}}).ends_with(": an entry has no `=`"));
  BOOST_TEST(errors_of("liveness:\n  profiles:\n    Mine:\n      interval: 1s\n")
               .starts_with("musterd.yaml:3:5: liveness.profiles.Mine: a profile's name is "));
}

BOOST_AUTO_TEST_CASE(broken_yaml_is_blamed_on_its_line) {
  BOOST_TEST(errors_of("log_level: info\nlimits: [1\n")
             == "musterd.yaml:3:1: end of sequence flow not found");
  BOOST_TEST(errors_of(std::string(100'000, '[')).starts_with("musterd.yaml:1:"));
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_is_an_error) {
  BOOST_TEST(joined(load_configuration({"/nonexistent/musterd.yaml", {{"HOME", "/h"}}, {}}).errors)
             == "/nonexistent/musterd.yaml: cannot be read: No such file or directory");
  BOOST_TEST(joined(load_configuration({"/", {{"HOME", "/h"}}, {}}).errors)
             == "/: cannot be read: Is a directory");
  BOOST_TEST(errors_of(std::string((1 << 20) + 1, '\n')) == "musterd.yaml: is larger than 1MiB");
  BOOST_TEST(errors_of(std::string(1 << 20, '\n')) == "");
}

BOOST_AUTO_TEST_CASE(all_errors_are_collected) {
  const auto errors = load("loops: x\nnothing: 1\nlimits:\n  agents: 0\n", {{"MUSTER_WORKERS", "x"}},
                           {{"insecure", "x"}, {"fleet_listen", "10.0.0.1:1"}})
                        .errors;
  BOOST_TEST(errors.size() == 7, joined(errors));  // fleet_listen off loopback conflicts with two settings
}

BOOST_AUTO_TEST_CASE(what_follows_from_an_unread_value_is_not_reported) {
  const std::string yaml = "enrolment:\n  panguard:\n    mode: token\n    secret: short\n";
  BOOST_TEST(
    errors_of(yaml) ==
    "musterd.yaml:4:13: enrolment.panguard.secret: expects 16 to 256 printable ASCII characters without "
    "spaces (or empty)");
}

BOOST_AUTO_TEST_CASE(no_secret_is_ever_quoted) {
  const auto both = errors_of(
    "enrolment:\n  panguard:\n    mode: path_secret\n    secret: hidden/hidden/hidden\n"
    "    secrets: {a: hidden hidden hidden, b: hidden/hidden/hidden, c!: hidden-hidden-hidden}\n",
    {}, {{"enrolment.panguard.secret", "hidden"}});
  BOOST_TEST(both.find("hidden") == std::string::npos, both);
  const auto pairs = errors_of("", {{"MUSTER_ENROLMENT_PANGUARD_SECRETS", "hidden"}});
  BOOST_TEST(pairs.find("an entry has no") != std::string::npos);
  BOOST_TEST(pairs.find("hidden") == std::string::npos, pairs);
}

BOOST_AUTO_TEST_CASE(a_key_of_sensors_has_a_form) {
  const auto given = [](const std::string& key) { return load("", {{"MUSTER_SENSOR_KEY", key}}); };
  const auto key = "hg_ak_" + std::string(48, 'a');
  BOOST_TEST(given(key).value.sensor_key == key);
  BOOST_TEST(given("").errors.empty());
  for (const std::string wrong : {"hg_ak_abc", "HG_AK_0123456789abcdef0123456789abcdef", "hidden"})
    BOOST_TEST(
      joined(given(wrong).errors)
      == "MUSTER_SENSOR_KEY: sensor_key: expects `hg_ak_` and 32 or 48 hexadecimal digits (or empty)");
}

BOOST_AUTO_TEST_CASE(unknown_variables_are_warned_of_but_for_those_of_the_programs) {
  const auto loaded = load("", {{"MUSTER_LOG_LEVL", "warn"},
                                {"MUSTER_TOKEN", "x"},
                                {"MUSTER_OPERATOR", "x"},
                                {"MUSTER_CONFIG", "x"},
                                {"MUSTER_QUITE_ANOTHER_THING", "1"},
                                {"MUSTERX", "1"}});
  BOOST_TEST(joined(loaded.errors) == "");
  BOOST_TEST(joined(loaded.warnings) ==
             "MUSTER_LOG_LEVL: unknown variable, ignored (did you mean MUSTER_LOG_LEVEL?)\n"
             "MUSTER_QUITE_ANOTHER_THING: unknown variable, ignored");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(config_conflicts)

BOOST_AUTO_TEST_CASE(silence_is_longer_than_the_interval) {
  BOOST_TEST(errors_of("liveness.profiles.panguard.stale_after: 30s\n") ==
             "musterd.yaml:1:41: liveness.profiles.panguard.stale_after: must be longer than the interval "
             "(30s), is 30s");
  BOOST_TEST(
    errors_of("liveness.profiles.harborguard.offline_after: 30s\n").ends_with("interval (30s), is 30s"));
  // Nobody wrote the default that no longer fits, so the line that made it so is to blame.
  BOOST_TEST(errors_of("liveness.profiles.panguard.interval: 2m\n") ==
             "musterd.yaml:1:38: liveness.profiles.panguard.stale_after: must be longer than the interval "
             "(2m), is 90s");
}

BOOST_AUTO_TEST_CASE(nobody_is_offline_before_being_stale) {
  BOOST_TEST(errors_of("", {}, {{"liveness.profiles.plexd.offline_after", "89s"}}) ==
             "--liveness.profiles.plexd.offline_after: liveness.profiles.plexd.offline_after: must not be "
             "shorter than "
             "stale_after (90s), is 89s");
  BOOST_TEST(errors_of("", {}, {{"liveness.profiles.plexd.offline_after", "90s"}}) == "");
}

BOOST_AUTO_TEST_CASE(a_new_profile_needs_an_interval) {
  BOOST_TEST(
    errors_of("liveness:\n  profiles:\n    mine:\n      stale_after: 1m\n")
    == "musterd.yaml:4:20: liveness.profiles.mine.interval: must be given: this profile has no default");
}

BOOST_AUTO_TEST_CASE(modes_with_secrets_need_one) {
  BOOST_TEST(
    errors_of("enrolment.panguard.mode: token\n")
    == "musterd.yaml:1:26: enrolment.panguard.secret: must be given: enrolment.panguard.mode is token");
  BOOST_TEST(
    errors_of("enrolment.panguard.mode: path_secret\n").ends_with("enrolment.panguard.mode is path_secret"));
  BOOST_TEST(errors_of("enrolment.panguard:\n  mode: token\n  secret: " + some_secret + "\n") == "");
  BOOST_TEST(errors_of("enrolment.panguard:\n  mode: token\n  secrets:\n    acme: " + some_secret + "\n")
             == "");
}

BOOST_AUTO_TEST_CASE(a_secret_in_a_path_has_no_signs) {
  const text_map token = {{"enrolment.panguard.mode", "token"},
                          {"enrolment.panguard.secret", some_secret + "/?%"}};
  auto path = token;
  path["enrolment.panguard.mode"] = "path_secret";
  BOOST_TEST(errors_of("", {}, token) == "");
  BOOST_TEST(errors_of("", {}, path) ==
             "--enrolment.panguard.secret: enrolment.panguard.secret: the secret must be of letters, digits, "
             "_ and - only: "
             "mode path_secret puts it in a URL");
  path["enrolment.panguard.secret"] = some_secret + "_-Z";
  BOOST_TEST(errors_of("", {}, path) == "");
}

BOOST_AUTO_TEST_CASE(each_tenant_has_one_secret_of_its_own) {
  text_map flags = {{"enrolment.panguard.mode", "token"}, {"enrolment.panguard.secret", some_secret}};
  flags["enrolment.panguard.secrets"] = "acme=" + some_secret;
  BOOST_TEST(errors_of("", {}, flags).ends_with("the secret of acme is also another tenant's"));
  flags["enrolment.panguard.secrets"] = "default=" + some_secret + "2";
  BOOST_TEST(
    errors_of("", {}, flags).ends_with("names default, whose secret is enrolment.panguard.secret already"));
  flags["enrolment.panguard.secrets"] = "acme=" + some_secret + "2,beta=" + some_secret + "3";
  BOOST_TEST(errors_of("", {}, flags) == "");
}

BOOST_AUTO_TEST_CASE(a_secret_nobody_is_asked_for_is_warned_of) {
  const auto loaded = load("enrolment.panguard.secret: " + some_secret + "\n");
  BOOST_TEST(joined(loaded.errors) == "");
  BOOST_TEST(joined(loaded.warnings)
             == "musterd.yaml:1:28: enrolment.panguard.secret: nobody is asked for it in mode open");
}

BOOST_AUTO_TEST_CASE(plain_http_off_loopback_must_be_asked_for) {
  const text_map token = {{"enrolment.panguard.mode", "token"}, {"enrolment.panguard.secret", some_secret}};
  auto fleet = token;
  fleet["fleet_listen"] = "0.0.0.0:8080";
  BOOST_TEST(errors_of("", {}, fleet) ==
             "--fleet_listen: fleet_listen: 0.0.0.0:8080 is not loopback, and Muster has no TLS yet: set "
             "insecure to use "
             "plain HTTP there");
  fleet["insecure"] = "true";
  BOOST_TEST(errors_of("", {}, fleet) == "");

  text_map operators = {{"operator_listen", "[::]:8081"}};
  BOOST_TEST(errors_of("", {}, operators)
               .starts_with("--operator_listen: operator_listen: [::]:8081 is not loopback"));
  operators["insecure"] = "1";
  BOOST_TEST(errors_of("", {}, operators) == "");
}

BOOST_AUTO_TEST_CASE(open_enrolment_off_loopback_must_be_asked_for_as_well) {
  text_map flags = {{"fleet_listen", "10.0.0.1:8080"}, {"insecure", "true"}};
  BOOST_TEST(errors_of("", {}, flags) ==
             "--fleet_listen: enrolment.panguard.mode: open lets anyone enrol, and fleet_listen "
             "(10.0.0.1:8080) is not "
             "loopback: set insecure_open_enrolment to allow it");
  flags["insecure_open_enrolment"] = "true";
  BOOST_TEST(errors_of("", {}, flags) == "");
}

BOOST_AUTO_TEST_CASE(two_listeners_cannot_share_an_address) {
  BOOST_TEST(errors_of("", {}, {{"operator_listen", "127.0.0.1:8080"}})
             == "--operator_listen: operator_listen: must differ from fleet_listen");
  BOOST_TEST(errors_of("", {}, {{"operator_listen", "127.0.0.1:0"}, {"fleet_listen", "127.0.0.1:0"}}) == "");
}

BOOST_AUTO_TEST_CASE(the_body_budget_holds_at_least_one_body) {
  BOOST_TEST(
    errors_of("limits.body_bytes: 512MiB\n") ==
    "musterd.yaml:1:20: limits.body_budget: must not be smaller than limits.body_bytes (512MiB), is 256MiB");
}

BOOST_AUTO_TEST_CASE(a_socket_path_fits_its_address) {
  const std::string longest = "/" + std::string(106, 'x');
  BOOST_TEST(errors_of("", {}, {{"operator_socket", longest}}) == "");
  BOOST_TEST(errors_of("", {}, {{"operator_socket", longest + "x"}}).find("at most 107 bytes")
             != std::string::npos);
  BOOST_TEST(errors_of("", {}, {{"data_dir", longest}}).starts_with("--data_dir: operator_socket: "));
}

BOOST_AUTO_TEST_SUITE_END()
