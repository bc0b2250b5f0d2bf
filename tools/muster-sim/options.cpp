// Flags by CLI11; quantities by the house's own readers.
#include "tools/muster-sim/options.hpp"

#include "runtime/config/did_you_mean.hpp"
#include "runtime/config/units.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <string_view>
#include <vector>

namespace muster::sim {

namespace {

constexpr int usage_status = 2;
constexpr double fastest_pace = 1e6;  // registrations or events a second
constexpr double slowest_pace = 0.001;

constexpr const char* purpose =
  "Simulates a fleet of agents: registers them, then has each send its heartbeat once per interval, at a "
  "phase of its "
  "own, whether or not the manager keeps up. Latency counts from the moment a heartbeat was due.";

constexpr const char* closing =
  "The same prefix and number of agents are the same fleet in every run.\n"
  "Ctrl-C ends the run and prints the report. Exit status: 0 when done, 1 when no agent could register or "
  "errors "
  "happened against --expect-no-errors, 2 for wrong flags, 3 when no manager answers.";

// Takes the flag's value apart with `read`, which says what is wrong with it.
template <class T, class Read>
CLI::Option* add_read(CLI::App& app, const std::string& flag, T& into, const std::string& help,
                      const char* kind, Read read) {
  auto store = [&into, flag, read](const std::string& text) {
    if (const auto problem = read(text, into); !problem.empty()) throw CLI::ValidationError{flag, problem};
  };
  return app.add_option_function<std::string>(flag, store, help)->type_name(kind);
}

std::string read_span(const std::string& text, std::chrono::milliseconds& into) {
  const auto read = parse_duration(text);
  if (!read) return fmt::format("'{}' is not a duration like 500ms, 30s or 5m", text);
  if (*read < 1ms || *read > 24h) return fmt::format("{} is not between 1ms and 24h", text);
  into = *read;
  return {};
}

// "2000/s" or "2000"
std::string read_rate(const std::string& text, double& into) {
  auto digits = text;
  if (digits.ends_with("/s")) digits.resize(digits.size() - 2);
  size_t used = 0;
  double rate = -1;
  try {
    rate = std::stod(digits, &used);
  } catch (const std::exception&) {
    used = std::string::npos;
  }
  if (used != digits.size() || !std::isfinite(rate))
    return fmt::format("'{}' is not a rate like 2000/s", text);
  if (rate < 0 || rate > fastest_pace)
    return fmt::format("{} is not between 0 and {:.0f} a second", text, fastest_pace);
  into = rate;
  return {};
}

std::string read_positive_rate(const std::string& text, double& into) {
  auto problem = read_rate(text, into);
  if (problem.empty() && into < slowest_pace)
    problem = fmt::format("{} is too slow, at least {}/s", text, slowest_pace);
  return problem;
}

std::string read_target(const std::string& text, target& into) { return parse_target(text, into); }

std::string read_seed(const std::string& text, uint64_t& into) {
  const auto number = parse_whole_number(text);
  if (!number) return fmt::format("'{}' is not a whole number", text);
  into = *number;
  return {};
}

std::string read_text(const std::string& text, std::string& into, std::string_view signs) {
  auto is_allowed = [signs](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || signs.find(c) != std::string_view::npos;
  };
  if (text.empty() || text.size() > 128) return "must have 1 to 128 characters";
  if (!std::ranges::all_of(text, is_allowed))
    return fmt::format("may hold only letters, digits and any of {}", signs);
  into = text;
  return {};
}

// What stands in JSON and in a path as it is.
std::string read_word(const std::string& text, std::string& into) { return read_text(text, into, "-._~"); }

// What RFC 6750 allows.
std::string read_token(const std::string& text, std::string& into) {
  return read_text(text, into, "-._~+/=");
}

CLI::Option* add_number(CLI::App& app, const std::string& flag, uint32_t& into, uint32_t high,
                        const std::string& help) {
  auto read = [high](const std::string& text, uint32_t& to) -> std::string {
    const auto number = parse_whole_number(text);
    if (!number || *number < 1 || *number > high)
      return fmt::format("'{}' is not a whole number from 1 to {}", text, high);
    to = static_cast<uint32_t>(*number);
    return {};
  };
  return add_read(app, flag, into, help, "N", read);
}

struct flags {
  options out;
  std::chrono::milliseconds ramp{0};
  CLI::App app{purpose, "muster-sim"};
  CLI::Option* agents = nullptr;
  CLI::Option* rate = nullptr;

  flags();
  options resolved();
  std::string unknown() const;
};

flags::flags() {
  app.footer(closing);
  agents = add_number(app, "--agents", out.agents, 10'000'000, "Agents to simulate; must be given");
  add_read(app, "--interval", out.interval, "Between two heartbeats of an agent (30s)", "TIME", read_span);
  add_read(app, "--duration", out.duration, "How long to go on after all are registered (until Ctrl-C)",
           "TIME", read_span);
  add_read(app, "--target", out.where, "The manager's fleet listener (http://127.0.0.1:8080)", "URL",
           read_target);
  add_number(app, "--connections", out.connections, 1'000'000, "Connections that all agents share (64)");
  add_number(app, "--pipeline", out.pipeline, 1'000, "Requests under way on one connection (1)");
  add_number(app, "--threads", out.threads, 64,
             "Event loops, each with its share of agents and connections (1)");
  rate = add_read(app, "--register-rate", out.register_rate, "Registrations a second (2000/s)", "RATE",
                  read_positive_rate);
  add_read(app, "--ramp", ramp, "Spread the registrations over this time", "TIME", read_span);
  add_read(app, "--events-per-second", out.events_per_second, "Threat reports of the whole fleet (0)", "RATE",
           read_rate);
  add_read(app, "--hostname-prefix", out.hostname_prefix, "Agents are called PREFIX-000000 and so on (sim)",
           "PREFIX", read_word);
  add_read(app, "--seed", out.seed, "Chooses phases and events (1)", "N", read_seed);
  add_read(app, "--enrol-token", out.enrol_token, "Bearer token for registrations", "TOKEN", read_token);
  add_read(app, "--path-secret", out.path_secret, "Puts /enroll/SECRET before every path", "SECRET",
           read_word);
  add_number(app, "--source-addresses", out.source_addresses, 60'000,
             "Connect from that many of 127.0.0.1, 127.0.0.2, ...: each has 28,000 ports");
  app.add_flag("--reregister", out.reregister, "Register again after 401 or 404 (real agents never do)");
  app.add_flag("--deregister", out.deregister, "At the end, deregister all agents");
  app.add_flag("--json", out.json, "Print the report as one JSON object");
  app.add_flag("--expect-no-errors", out.expect_no_errors, "Exit with 1 if anything failed");
}

// A ramp sets the pace of registrations; a rate given beside it is a limit.
options flags::resolved() {
  if (agents->count() == 0) throw CLI::RequiredError{"--agents"};
  if (ramp > 0ms) {
    const auto pace = out.agents / std::chrono::duration<double>(ramp).count();
    out.register_rate = std::clamp(pace, slowest_pace, rate->count() > 0 ? out.register_rate : fastest_pace);
  }
  if (out.connections < out.threads)
    throw CLI::ValidationError{"--connections", "each thread needs at least one"};
  if (out.agents < out.threads) throw CLI::ValidationError{"--agents", "each thread needs at least one"};
  return out;
}

// What CLI11 only counts: the word that is no flag, and what it may have meant.
std::string flags::unknown() const {
  std::vector<std::string> known;
  for (const auto* option : app.get_options()) known.push_back(option->get_name());
  const auto left = app.remaining();
  const auto word = left.empty() ? std::string{} : left.front().substr(0, left.front().find('='));
  const auto meant = closest_word(word, known);
  return fmt::format("unknown flag '{}'{}", word, meant ? fmt::format(", did you mean {}?", *meant) : "");
}

goodbye misunderstood(std::string_view problem) {
  return {usage_status, fmt::format("muster-sim: {}\nmuster-sim --help lists the flags.\n", problem)};
}

}  // namespace

std::string options::path_prefix() const {
  return path_secret.empty() ? where.path : where.path + "/enroll/" + path_secret;
}

std::variant<options, goodbye> parse_options(int argc, const char* const* argv) {
  flags given;
  try {
    given.app.parse(argc, argv);
    return given.resolved();
  } catch (const CLI::CallForHelp&) {
    return goodbye{0, given.app.help()};
  } catch (const CLI::ExtrasError&) {
    return misunderstood(given.unknown());
  } catch (const CLI::ParseError& wrong) {
    return misunderstood(wrong.what());
  }
}

}  // namespace muster::sim
