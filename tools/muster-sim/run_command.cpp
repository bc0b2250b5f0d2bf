// Flags by CLI11, the scenario from its file, the manager from where it is.
#include "tools/muster-sim/run_command.hpp"

#include "runtime/config/did_you_mean.hpp"
#include "runtime/config/units.hpp"
#include "tools/muster-sim/manager_finder.hpp"
#include "tools/muster-sim/scenario_file.hpp"
#include "tools/muster-sim/simulation.hpp"
#include "tools/muster-sim/yaml_reader.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>
#include <vector>

namespace muster::sim {

namespace {

constexpr int usage_status = 2;
constexpr int no_manager_status = 3;
constexpr std::array<std::string_view, 2> commands{"run", "check"};

struct run_flags {
  run_request out;
  CLI::App app{"Fleets of simulated agents", "muster-sim"};
  CLI::App* run = app.add_subcommand("run", "Play a scenario against a manager and see whether it holds");
  CLI::App* check = app.add_subcommand("check", "Say what is wrong with a scenario");

  run_flags();
  goodbye unknown() const;
};

template <class Into, class Read>
void add_read(CLI::App& app, const std::string& flag, const std::string& help, const char* kind, Into& into,
              Read read) {
  auto store = [&into, flag, read](const std::string& text) {
    const auto value = read(text);
    if (!value) throw CLI::ValidationError{flag, fmt::format("'{}' is not understood", text)};
    into = *value;
  };
  app.add_option_function<std::string>(flag, store, help)->type_name(kind);
}

std::optional<double> read_scale(const std::string& text) {
  const auto share = parse_share(text);
  return share && *share > 0 && *share <= 100 ? share : std::nullopt;
}

run_flags::run_flags() {
  app.require_subcommand(1);
  check->add_option("FILE", out.file, "The scenario")->required();
  run->add_option("FILE", out.file, "The scenario")->required();
  auto text = [this](const std::string& flag, const char* kind, std::string& into, const std::string& help) {
    run->add_option(flag, into, help)->type_name(kind);
  };
  text("--target", "URL", out.target, "The manager's fleet listener (what the manager says)");
  text("--operator", "URL", out.operator_text,
       "Its operator listener, http://host:port or unix:/path (looked for)");
  text("--token", "TOKEN", out.token, "For the operator listener (operator.token in the data directory)");
  text("--data-dir", "DIR", out.data_dir, "Where the manager keeps its data");
  add_read(*run, "--seed", "Another choice of agents and moments", "N", out.seed, parse_whole_number);
  add_read(*run, "--scale", "A fleet of that size: 0.1 or 10%", "SHARE", out.scale, read_scale);
  text("--report", "FILE.json", out.report_file, "Write the report as JSON");
  text("--html", "FILE.html", out.html_file, "Write the report as a page with plots");
  run->add_flag("--json", out.json, "Print the report as one JSON object");
  app.footer(
    "Exit status: 0 when everything that the scenario expects held, 1 when something did not, 2 for a "
    "wrong scenario or flag, 3 when no manager answers.");
}

goodbye run_flags::unknown() const {
  std::vector<std::string> known;
  for (const auto* option : run->get_options()) known.push_back(option->get_name());
  auto left = app.remaining(true);
  const auto word = left.empty() ? std::string{} : left.front().substr(0, left.front().find('='));
  const auto meant = closest_word(word, known);
  return {usage_status,
          fmt::format("muster-sim: unknown flag '{}'{}\nmuster-sim run --help lists the flags.\n", word,
                      meant ? fmt::format(", did you mean {}?", *meant) : "")};
}

int complain(int status, std::string_view what) {
  fmt::print(stderr, "muster-sim: {}\n", what);
  return status;
}

// Nodes can't come back to their names without their keys, so they have other names in each run.
void name_nodes(scenario& what) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto run = std::chrono::duration_cast<std::chrono::seconds>(now).count();
  for (auto& part : what.fleet)
    if (part.speaks == dialect::plexd) part.prefix += fmt::format("-{:x}", run);
}

int begin_run(const run_request& wanted, scenario what) {
  scenario_run out;
  std::string problem;
  const auto search = search_here(wanted.operator_text, wanted.token, wanted.data_dir);
  const auto places = places_of(search, problem);
  if (!problem.empty()) return complain(usage_status, "--operator: " + problem);
  const auto found = find_manager(places, problem);
  if (!problem.empty())
    return complain(no_manager_status,
                    fmt::format("no manager answers. {}. Start one with `./dev run`, or name it with "
                                "--operator or --data-dir.",
                                problem));
  const auto url = wanted.target.empty() ? "http://" + found.fleet : wanted.target;
  if (problem = parse_target(url, out.plan.where); !problem.empty())
    return complain(usage_status, "--target: " + problem);
  if (wanted.seed) what.seed = *wanted.seed;
  if (wanted.scale != 1) what = scaled(std::move(what), wanted.scale);
  name_nodes(what);
  out.plan.path_prefix = out.plan.where.path;
  out.plan.patient = true;
  out.plan.what = std::move(what);
  out.manager = found.at;
  out.json = wanted.json;
  out.report_file = wanted.report_file;
  out.html_file = wanted.html_file;
  return simulate(std::move(out));
}

}  // namespace

bool is_run_command(int argc, const char* const* argv) {
  return argc > 1 && std::ranges::find(commands, std::string_view{argv[1]}) != commands.end();
}

std::variant<run_request, goodbye> parse_run_command(int argc, const char* const* argv) {
  run_flags given;
  try {
    given.app.parse(argc, argv);
    given.out.check_only = given.check->parsed();
    return given.out;
  } catch (const CLI::CallForHelp&) {
    return goodbye{0, given.app.help()};
  } catch (const CLI::ExtrasError&) {
    return given.unknown();
  } catch (const CLI::ParseError& wrong) {
    return goodbye{usage_status,
                   fmt::format("muster-sim: {}\nmuster-sim run --help lists the flags.\n", wrong.what())};
  }
}

int carry_out(const run_request& wanted) {
  auto read = read_scenario_file(wanted.file);
  if (const auto* problems = std::get_if<scenario_problems>(&read)) {
    for (const auto& each : *problems) fmt::print(stderr, "{}\n", each);
    return usage_status;
  }
  auto& what = std::get<scenario>(read);
  if (!wanted.check_only) return begin_run(wanted, std::move(what));
  fmt::print("{}: {} agents, {} steps, {} expectations, {} after all have registered\n", wanted.file,
             what.agents(), what.steps.size(), what.expectations.size(), format_duration(what.duration));
  return 0;
}

}  // namespace muster::sim
