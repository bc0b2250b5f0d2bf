// The command line: what it gives, and how it says what is wrong.
#include "tools/muster-sim/options.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace muster::sim;

namespace {

std::variant<options, goodbye> parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "muster-sim");
  return parse_options(static_cast<int>(arguments.size()), arguments.data());
}

options parsed(const std::vector<const char*>& arguments) {
  const auto result = parse(arguments);
  if (const auto* bye = std::get_if<goodbye>(&result)) BOOST_FAIL(bye->text);
  return std::get<options>(result);
}

// The first line of the complaint, without the program's name.
std::string complaint(const std::vector<const char*>& arguments) {
  const auto result = parse(arguments);
  BOOST_TEST_REQUIRE(std::holds_alternative<goodbye>(result));
  const auto& [status, text] = std::get<goodbye>(result);
  BOOST_TEST(status == 2);
  BOOST_TEST(text.starts_with("muster-sim: "));
  return text.substr(12, text.find('\n') - 12);
}

std::string target_problem(std::string_view url) {
  target ignored;
  return parse_target(url, ignored);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sim_options)

BOOST_AUTO_TEST_CASE(only_the_number_of_agents_must_be_given) {
  const auto given = parsed({"--agents", "10000"});
  BOOST_TEST(given.agents == 10'000u);
  BOOST_TEST((given.interval == 30s));
  BOOST_TEST(given.duration.count() == 0);
  BOOST_TEST(given.where.url() == "http://127.0.0.1:8080");
  BOOST_TEST(given.connections == 64u);
  BOOST_TEST(given.register_rate == 2000);
  BOOST_TEST(given.path_prefix() == "");
}

BOOST_AUTO_TEST_CASE(every_flag_is_taken) {
  const auto given = parsed({"--agents=5",
                             "--interval",
                             "500ms",
                             "--duration",
                             "1m",
                             "--connections",
                             "8",
                             "--pipeline",
                             "4",
                             "--threads",
                             "2",
                             "--target",
                             "http://[::1]:9000/base/",
                             "--register-rate",
                             "50/s",
                             "--events-per-second",
                             "0.5",
                             "--hostname-prefix",
                             "lab",
                             "--seed",
                             "9",
                             "--enrol-token",
                             "a+b/c=",
                             "--path-secret",
                             "s",
                             "--source-addresses",
                             "3",
                             "--json",
                             "--deregister",
                             "--reregister",
                             "--expect-no-errors"});
  BOOST_TEST((given.interval == 500ms));
  BOOST_TEST((given.duration == 1min));
  BOOST_TEST(given.where.host == "::1");
  BOOST_TEST(given.where.authority() == "[::1]:9000");
  BOOST_TEST(given.path_prefix() == "/base/enroll/s");
  BOOST_TEST(given.register_rate == 50);
  BOOST_TEST(given.events_per_second == 0.5);
  BOOST_TEST(given.hostname_prefix == "lab");
  BOOST_TEST(given.seed == 9u);
  BOOST_TEST(given.enrol_token == "a+b/c=");
  BOOST_TEST(given.source_addresses == 3u);
  BOOST_TEST(given.pipeline == 4u);
  BOOST_TEST(given.threads == 2u);
  BOOST_TEST((given.json && given.deregister && given.reregister && given.expect_no_errors));
}

BOOST_AUTO_TEST_CASE(a_ramp_sets_the_pace_and_a_rate_beside_it_is_a_limit) {
  BOOST_TEST(parsed({"--agents", "50000", "--ramp", "10s"}).register_rate == 5000);
  BOOST_TEST(parsed({"--agents", "50000", "--ramp", "10s", "--register-rate", "300"}).register_rate == 300);
  BOOST_TEST(parsed({"--agents", "100", "--ramp", "10s", "--register-rate", "300"}).register_rate == 10);
}

BOOST_AUTO_TEST_CASE(a_wrong_flag_is_named) {
  BOOST_TEST(complaint({}) == "--agents is required");
  BOOST_TEST(complaint({"--agnts", "3"}) == "unknown flag '--agnts', did you mean --agents?");
  BOOST_TEST(complaint({"--agents", "3", "--zzz=1"}) == "unknown flag '--zzz'");
  BOOST_TEST(complaint({"--agents", "many"}) == "--agents: 'many' is not a whole number from 1 to 10000000");
  BOOST_TEST(complaint({"--agents", "0"}) == "--agents: '0' is not a whole number from 1 to 10000000");
  BOOST_TEST(complaint({"--agents", "3", "--interval", "30"})
             == "--interval: '30' is not a duration like 500ms, 30s or 5m");
  BOOST_TEST(complaint({"--agents", "3", "--interval", "0s"}) == "--interval: 0s is not between 1ms and 24h");
  BOOST_TEST(complaint({"--agents", "3", "--register-rate", "2000/m"})
             == "--register-rate: '2000/m' is not a rate like 2000/s");
  BOOST_TEST(complaint({"--agents", "3", "--register-rate", "0"})
             == "--register-rate: 0 is too slow, at least 0.001/s");
  BOOST_TEST(complaint({"--agents", "3", "--events-per-second", "nan"})
             == "--events-per-second: 'nan' is not a rate like 2000/s");
  BOOST_TEST(complaint({"--agents", "3", "--hostname-prefix", "a\"b"})
             == "--hostname-prefix: may hold only letters, digits and any of -._~");
  BOOST_TEST(complaint({"--agents", "3", "--seed", "-1"}) == "--seed: '-1' is not a whole number");
  BOOST_TEST(complaint({"--agents", "3", "--threads", "4"}) == "--agents: each thread needs at least one");
  BOOST_TEST(complaint({"--agents", "9", "--threads", "4", "--connections", "3"})
             == "--connections: each thread needs at least one");
}

BOOST_AUTO_TEST_CASE(help_is_no_complaint) {
  const auto result = parse({"--help"});
  BOOST_TEST_REQUIRE(std::holds_alternative<goodbye>(result));
  BOOST_TEST(std::get<goodbye>(result).status == 0);
  BOOST_TEST(std::get<goodbye>(result).text.find("--events-per-second") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_target_is_a_plain_http_url) {
  target where;
  BOOST_TEST(parse_target("http://manager.example", where) == "");
  BOOST_TEST(where.authority() == "manager.example:80");
  BOOST_TEST(parse_target("http://10.0.0.1:81//", where) == "");
  BOOST_TEST(where.url() == "http://10.0.0.1:81");
  BOOST_TEST(target_problem("https://h") == "TLS is not supported here; name the manager's plain listener");
  BOOST_TEST(target_problem("127.0.0.1:8080") == "'127.0.0.1:8080' does not begin with http://");
  BOOST_TEST(target_problem("http://") == "the host is missing");
  BOOST_TEST(target_problem("http://:80") == "the host is missing");
  BOOST_TEST(target_problem("http://h:0") == "'0' is not a port number");
  BOOST_TEST(target_problem("http://h:65536") == "'65536' is not a port number");
  BOOST_TEST(target_problem("http://h:") == "'' is not a port number");
  BOOST_TEST(target_problem("http://[::1") == "an IPv6 address is written like [::1]");
  BOOST_TEST(target_problem("http://[::1]x:80") == "an IPv6 address is written like [::1]");
  BOOST_TEST(target_problem("http://me@h") == "only a host, a port and a path may be given");
  BOOST_TEST(target_problem("http://h/a?b") == "the path may not hold '?', '#' or spaces");
}

BOOST_AUTO_TEST_SUITE_END()
