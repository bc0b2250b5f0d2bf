// Scenarios from YAML: what they may say, and how their mistakes are named.
#include "tools/muster-sim/scenario_file.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>

using namespace std::chrono_literals;
using namespace muster::sim;

namespace {

scenario_problems problems_of(const std::string& text) {
  const auto read = read_scenario_text(text, "s.yaml");
  const auto* problems = std::get_if<scenario_problems>(&read);
  return problems == nullptr ? scenario_problems{} : *problems;
}

std::string problem_of(const std::string& text) {
  const auto all = problems_of(text);
  BOOST_TEST(all.size() == 1u);
  return all.empty() ? std::string{} : all.front();
}

scenario good(const std::string& text) {
  auto read = read_scenario_text(text, "s.yaml");
  if (const auto* problems = std::get_if<scenario_problems>(&read)) BOOST_FAIL(problems->front());
  return std::get<scenario>(read);
}

const std::string head = "name: x\nfleet:\n  - {agents: 100}\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(sim_scenario_file)

BOOST_AUTO_TEST_CASE(name_and_fleet_are_enough) {
  const auto read = good(head);
  BOOST_TEST(read.name == "x");
  BOOST_TEST(read.agents() == 100u);
  BOOST_TEST((read.fleet[0].speaks == dialect::panguard));
  BOOST_TEST((read.fleet[0].beat == 30s));
  BOOST_TEST(read.fleet[0].prefix == "sim");
  BOOST_TEST((read.limits[0].stale == 90s));
  BOOST_TEST((read.limits[1].offline == 120s));
  BOOST_TEST((read.limits[2].offline == 300s));
  BOOST_TEST(read.deregister);
}

BOOST_AUTO_TEST_CASE(each_dialect_has_its_own_rhythm) {
  const auto read = good(
    "name: x\nfleet:\n  - {dialect: harborguard, agents: 1}\n"
    "  - {dialect: plexd, agents: 2, streams: 50%, prefix: n}\n");
  BOOST_TEST((read.fleet[0].pull == 30s));
  BOOST_TEST((read.fleet[1].pull == 60s));
  BOOST_TEST((read.fleet[1].stream_life == 30s));
  BOOST_TEST(read.fleet[1].streams == 0.5);
  BOOST_TEST(read.fleet[1].prefix == "n");
}

BOOST_AUTO_TEST_CASE(everything_that_can_be_said_is_read) {
  const auto read = good(head + "description: d\nseed: 7\nduration: 5m\nregister_rate: 200/s\nevents: 10/s\n"
                                "connections: 8\npipeline: 2\nthreads: 2\nsource_addresses: 3\nderegister: false\n"
                                "limits: {panguard: {stale: 10s, offline: 20s}}\n"
                                "steps:\n  - {at: 1s, do: silence, share: 30%}\n  - {at: 2s, do: herd, span: 1s}\n"
                                "  - {at: 3s, do: ramp, rate: 2x, span: 10s}\n  - {at: 4s, do: slow_clients, count: 5}\n"
                                "expect: {errors: 0, stale_within: 1s, registered: '>= 100'}\n");
  BOOST_TEST(read.seed == 7u);
  BOOST_TEST((read.duration == 5min));
  BOOST_TEST(read.register_rate == 200);
  BOOST_TEST(read.events_per_second == 10);
  BOOST_TEST(read.connections == 8u);
  BOOST_TEST(read.threads == 2u);
  BOOST_TEST(!read.deregister);
  BOOST_TEST((read.limits[0].offline == 20s));
  BOOST_TEST_REQUIRE(read.steps.size() == 4u);
  BOOST_TEST(read.steps[0].share == 0.3);
  BOOST_TEST(read.steps[1].share == 1);
  BOOST_TEST(read.steps[2].rate == 2);
  BOOST_TEST(read.steps[3].count == 5u);
  BOOST_TEST_REQUIRE(read.expectations.size() == 3u);
  BOOST_TEST(read.expectations[1].limit == 1000);
  BOOST_TEST(read.expectations[2].limit == 100);
  BOOST_TEST(read.expectations[2].text == ">= 100");
}

BOOST_AUTO_TEST_CASE(one_connection_per_agent_stands_alone) {
  BOOST_TEST(good(head + "connection_per_agent: true\n").own_connections());
  BOOST_TEST(problem_of(head + "connection_per_agent: true\nconnections: 5\n")
             == "s.yaml:5:14: connections: cannot stand beside connection_per_agent");
}

BOOST_AUTO_TEST_CASE(a_mistake_is_named_with_its_place_and_what_was_meant) {
  BOOST_TEST(problem_of(head + "duraton: 5s\n")
             == "s.yaml:4:1: a scenario has no 'duraton', did you mean 'duration'?");
  BOOST_TEST(problem_of(head + "duration: 5\n")
             == "s.yaml:4:11: duration: '5' is not a duration like 500ms, 30s or 5m");
  BOOST_TEST(problem_of(head + "duration: 5s\nduration: 6s\n")
             == "s.yaml:5:1: 'duration' is given twice, first in line 4");
  BOOST_TEST(problem_of(head + "steps:\n  - {at: 1s, do: silense, share: 1%}\n")
             == "s.yaml:5:18: do: unknown 'silense', did you mean 'silence'?");
  BOOST_TEST(problem_of(head + "expect: {error: 0}\n")
             == "s.yaml:4:10: nothing is known of 'error', did you mean 'errors'?");
  BOOST_TEST(problem_of(head + "expect: {p99: 50}\n")
             == "s.yaml:4:15: p99: '50' is not a duration like 500ms (or `>=` or `==` and one)");
}

BOOST_AUTO_TEST_CASE(a_step_has_what_its_kind_needs_and_nothing_else) {
  BOOST_TEST(problem_of(head + "steps:\n  - {at: 1s, do: silence}\n") == "s.yaml:5:5: a step needs 'share'");
  BOOST_TEST(problem_of(head + "steps:\n  - {at: 1s, do: resume, span: 1s}\n")
             == "s.yaml:5:26: a step has no 'span'");
  BOOST_TEST(problem_of(head + "steps:\n  - {at: 1s, do: silence, share: 130%}\n")
             == "s.yaml:5:34: share: '130%' is not a share like 30%, from 0% to 100%");
}

BOOST_AUTO_TEST_CASE(all_mistakes_are_told_at_once) {
  BOOST_TEST(problems_of("name: x\nfleet:\n  - {agents: 0}\n  - {agents: 5, beat: 1x}\nseed: a\n").size()
             == 3u);
}

BOOST_AUTO_TEST_CASE(the_whole_has_to_fit_together) {
  BOOST_TEST(problem_of("name: x\nfleet: []\n").ends_with("fleet: needs at least one part"));
  BOOST_TEST(problem_of("name: x\nfleet:\n  - {agents: 6000000}\n  - {agents: 6000000, prefix: b}\n")
               .ends_with("fleet: has 12000000 agents, more than 10000000"));
  BOOST_TEST(problem_of("name: x\nfleet:\n  - {agents: 1}\n  - {agents: 1}\n")
               .ends_with("fleet: each part needs a prefix of its own"));
  BOOST_TEST(problem_of(head + "threads: 2\nconnections: 1\n")
               .ends_with("connections: each thread needs at least one"));
  BOOST_TEST(problem_of(head + "steps:\n  - {at: 2s, do: resume}\n  - {at: 1s, do: resume}\n")
               .ends_with("steps: stand in the order of time"));
  BOOST_TEST(problem_of(head + "duration: 5s\nsteps:\n  - {at: 6s, do: resume}\n")
               .ends_with("duration: ends before the step at 6s"));
}

BOOST_AUTO_TEST_CASE(what_is_no_yaml_is_named_with_its_line) {
  BOOST_TEST(problem_of("name: [x\nfleet: 1").starts_with("s.yaml:"));
  BOOST_TEST(problem_of("- a\n") == "s.yaml:1:1: a scenario has to be `name: value` lines");
  BOOST_TEST(problem_of("").starts_with("s.yaml"));
}

BOOST_AUTO_TEST_CASE(the_scenarios_of_this_repository_are_good) {
  size_t read = 0;
  const auto folder = std::filesystem::path{__FILE__}.parent_path() / "../../scenarios";
  for (const auto& file : std::filesystem::directory_iterator{folder}) {
    if (file.path().extension() != ".yaml") continue;
    const auto one = read_scenario_file(file.path().string());
    const auto* problems = std::get_if<scenario_problems>(&one);
    BOOST_TEST(problems == nullptr, file.path().string());
    if (problems != nullptr) continue;
    BOOST_TEST(std::get<scenario>(one).name == file.path().stem().string());
    BOOST_TEST(!std::get<scenario>(one).expectations.empty());
    ++read;
  }
  BOOST_TEST(read >= 12u);
  BOOST_TEST(std::holds_alternative<scenario_problems>(read_scenario_file((folder / "none.yaml").string())));
}

BOOST_AUTO_TEST_CASE(a_scaled_scenario_has_a_smaller_fleet_and_expects_less) {
  const auto small = scaled(good(head
                                 + "expect: {registered: '>= 100', errors: 5}\nsteps:\n"
                                   "  - {at: 1s, do: slow_clients, count: 50}\n"),
                            0.1);
  BOOST_TEST(small.agents() == 10u);
  BOOST_TEST(small.steps[0].count == 5u);
  BOOST_TEST(small.expectations[0].limit == 10);
  BOOST_TEST(small.expectations[1].limit == 5);
  BOOST_TEST(scaled(small, 0.001).agents() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
