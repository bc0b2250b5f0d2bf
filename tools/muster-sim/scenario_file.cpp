// What a file may say, with limits on everything.
#include "tools/muster-sim/scenario_file.hpp"

#include "runtime/config/did_you_mean.hpp"
#include "runtime/config/units.hpp"
#include "tools/muster-sim/scenario_text.hpp"
#include "tools/muster-sim/verdict.hpp"
#include "tools/muster-sim/yaml_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <fstream>
#include <sstream>

namespace muster::sim {

using namespace std::chrono_literals;

namespace {

constexpr size_t largest_file = 1024 * 1024;
constexpr size_t longest_text = 1'000;
constexpr size_t most_parts = 16;
constexpr size_t most_steps = 100;
constexpr uint32_t most_agents = 10'000'000;
constexpr uint32_t usual_connections = 256;
constexpr uint32_t most_others = 10'000;  // slow and broken clients
constexpr auto longest_span = 24h;

template <class Kind>
std::vector<std::string> names(size_t count) {
  std::vector<std::string> out;
  for (size_t i = 0; i < count; ++i) out.emplace_back(to_string(static_cast<Kind>(i)));
  return out;
}

// What each dialect's agents do unless the file says otherwise.
fleet_part usual_part(dialect speaks) {
  fleet_part out;
  out.speaks = speaks;
  if (speaks == dialect::harborguard) out.pull = 30s;
  if (speaks == dialect::plexd) {
    out.pull = 60s;
    out.stream_life = 30s;
  }
  out.prefix = speaks == dialect::panguard ? "sim" : speaks == dialect::harborguard ? "sensor" : "node";
  return out;
}

void check_prefix(yaml_reader& from, const std::string& prefix) {
  auto is_allowed = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.';
  };
  if (prefix.empty() || !std::ranges::all_of(prefix, is_allowed))
    from.fail("prefix", "may hold only letters, digits, '-' and '.', and at least one");
}

fleet_part read_part(const YAML::Node& node, yaml_problems& problems) {
  yaml_reader from{node, "a part of the fleet", problems};
  size_t speaks = 0;
  from.word("dialect", speaks, names<dialect>(dialects));
  auto out = usual_part(static_cast<dialect>(speaks));
  from.require("agents");
  from.number("agents", out.agents, 1, most_agents);
  from.duration("beat", out.beat, 100ms, longest_span);
  from.duration("pull", out.pull, 0ms, longest_span);
  from.share("streams", out.streams);
  from.duration("stream_life", out.stream_life, 0ms, longest_span);
  from.text("prefix", out.prefix, 64);
  check_prefix(from, out.prefix);
  if (out.streams > 0 && out.speaks == dialect::harborguard)
    from.fail("streams", "sensors of HarborGuard have none");
  return out;
}

// Which of the members beside `at` and `do` a step of that kind has; * marks those that it needs.
std::string_view members_of(step_kind kind) {
  switch (kind) {
    case step_kind::silence: return "share*";
    case step_kind::resume:
    case step_kind::restart_manager:
    case step_kind::push_policy: return "";
    case step_kind::flap: return "share* span* count";
    case step_kind::herd: return "share span*";
    case step_kind::restart_agents:
    case step_kind::worm:
    case step_kind::scan:
    case step_kind::skew: return "share* span*";
    case step_kind::slow_clients:
    case step_kind::broken_clients: return "count*";
    case step_kind::ramp: return "rate* span";
  }
  return "";
}

void read_member(yaml_reader& from, std::string_view name, step& into) {
  if (name == "share") from.share("share", into.share);
  if (name == "span") from.duration("span", into.span, 1ms, longest_span);
  if (name == "count") from.number("count", into.count, 1, most_others);
  if (name == "rate") from.factor("rate", into.rate, 0.5, 100);
}

step read_step(const YAML::Node& node, yaml_problems& problems) {
  yaml_reader from{node, "a step", problems};
  step out;
  size_t kind = 0;
  from.require("at");
  from.require("do");
  from.duration("at", out.at, 0ms, longest_span);
  const auto before = problems.all.size();
  from.word("do", kind, names<step_kind>(step_kinds));
  // Of a kind that is not known, any member may be right.
  if (problems.all.size() > before || !from.has("do")) {
    for (const auto* name : {"share", "span", "count", "rate"}) read_member(from, name, out);
    return out;
  }
  out.what = static_cast<step_kind>(kind);
  if (out.what == step_kind::herd) out.share = 1;
  std::istringstream members{std::string{members_of(out.what)}};
  for (std::string name; members >> name;) {
    const bool needed = name.ends_with('*');
    if (needed) name.pop_back();
    if (needed) from.require(name);
    read_member(from, name, out);
  }
  return out;
}

// ">= 5" and "== 0" beside plain limits; times with their unit.
std::optional<double> read_limit(const std::string& name, std::string_view text) {
  while (!text.empty() && (text.front() == '>' || text.front() == '=' || text.front() == ' '))
    text.remove_prefix(1);
  if (!is_time(name)) {
    const auto number = parse_whole_number(text);
    return number ? std::optional{static_cast<double>(*number)} : std::nullopt;
  }
  const auto span = parse_duration(text);
  return span ? std::optional{static_cast<double>(span->count())} : std::nullopt;
}

void read_expectations(const YAML::Node& node, scenario& into, yaml_problems& problems) {
  if (!node.IsMap()) return problems.add(node.Mark(), "expect: has to be `name: limit` lines");
  for (const auto& pair : node) {
    const auto name = pair.first.IsScalar() ? pair.first.Scalar() : std::string{};
    auto is_named = [&](const expectation& each) { return each.name == name; };
    if (!is_expectation(name)) {
      const auto meant = closest_word(name, expectation_names());
      problems.add(pair.first.Mark(), fmt::format("nothing is known of '{}'{}", name,
                                                  meant ? fmt::format(", did you mean '{}'?", *meant) : ""));
    } else if (std::ranges::any_of(into.expectations, is_named)) {
      problems.add(pair.first.Mark(), fmt::format("'{}' is given twice", name));
    } else {
      const auto text = pair.second.IsScalar() ? pair.second.Scalar() : std::string{};
      const auto limit = read_limit(name, text);
      if (limit) into.expectations.push_back({name, *limit, text});
      else
        problems.add(pair.second.Mark(),
                     fmt::format("{}: '{}' is not {} (or `>=` or `==` and one)", name, text,
                                 is_time(name) ? "a duration like 500ms" : "a whole number"));
    }
  }
}

void read_limits(const YAML::Node& node, scenario& into, yaml_problems& problems) {
  yaml_reader from{node, "limits", problems};
  for (size_t i = 0; i < dialects; ++i) {
    const std::string name{to_string(static_cast<dialect>(i))};
    from.mapping(name, [&](const YAML::Node& of) {
      yaml_reader one{of, name, problems};
      one.duration("stale", into.limits[i].stale, 0ms, 30 * 24h);
      one.duration("offline", into.limits[i].offline, 0ms, 30 * 24h);
    });
  }
}

void read_connections(yaml_reader& from, scenario& into) {
  bool own = false;
  from.flag("connection_per_agent", own);
  from.number("connections", into.connections, 1, 1'000'000);
  if (own && from.has("connections")) from.fail("connections", "cannot stand beside connection_per_agent");
  if (own) into.connections = 0;
  from.number("pipeline", into.pipeline, 1, 1'000);
  from.number("threads", into.threads, 1, 64);
  from.number("source_addresses", into.source_addresses, 1, 60'000);
}

void check_whole(yaml_reader& from, const scenario& what) {
  uint64_t agents = 0;
  uint32_t smallest = most_agents;
  for (const auto& part : what.fleet) {
    agents += part.agents;
    smallest = std::min(smallest, part.agents);
    const auto same = [&](const fleet_part& other) { return other.prefix == part.prefix; };
    if (std::ranges::count_if(what.fleet, same) > 1)
      return from.fail("fleet", "each part needs a prefix of its own");
  }
  if (what.fleet.empty()) from.fail("fleet", "needs at least one part");
  if (agents > most_agents)
    from.fail("fleet", fmt::format("has {} agents, more than {}", agents, most_agents));
  if (what.threads > smallest) from.fail("threads", "each needs at least one agent");
  if (what.connections > 0 && what.connections < what.threads)
    from.fail("connections", "each thread needs at least one");
  auto at = 0ms;
  for (const auto& step : what.steps) {
    if (step.at < at) return from.fail("steps", "stand in the order of time");
    at = step.at;
    if (at > what.duration)
      return from.fail("duration", fmt::format("ends before the step at {}", format_duration(at)));
  }
}

scenario read_document(const YAML::Node& document, yaml_problems& problems) {
  scenario out;
  out.deregister = true;
  out.connections = usual_connections;
  out.limits[static_cast<size_t>(dialect::panguard)] = {90s, 0s};
  out.limits[static_cast<size_t>(dialect::harborguard)] = {0s, 120s};
  out.limits[static_cast<size_t>(dialect::plexd)] = {90s, 300s};
  yaml_reader from{document, "a scenario", problems};
  from.require("name");
  from.text("name", out.name, longest_text);
  from.text("description", out.description, longest_text);
  from.number("seed", out.seed);
  from.require("fleet");
  from.each("fleet", most_parts,
            [&](const YAML::Node& each) { out.fleet.push_back(read_part(each, problems)); });
  from.each("steps", most_steps,
            [&](const YAML::Node& each) { out.steps.push_back(read_step(each, problems)); });
  from.mapping("expect", [&](const YAML::Node& each) { read_expectations(each, out, problems); });
  from.mapping("limits", [&](const YAML::Node& each) { read_limits(each, out, problems); });
  from.duration("duration", out.duration, 1s, longest_span);
  from.rate("register_rate", out.register_rate, 0.001, 1e6);
  from.rate("events", out.events_per_second, 0, 1e6);
  from.flag("deregister", out.deregister);
  read_connections(from, out);
  if (problems.all.empty()) check_whole(from, out);
  return out;
}

}  // namespace

std::variant<scenario, scenario_problems> read_scenario_text(const std::string& text,
                                                             const std::string& file) {
  yaml_problems problems{file, {}};
  try {
    const auto documents = YAML::LoadAll(text);
    if (documents.size() != 1) return scenario_problems{fmt::format("{}: has to be one YAML document", file)};
    auto read = read_document(documents.front(), problems);
    if (problems.all.empty()) return read;
  } catch (const YAML::Exception& bad) {
    problems.add(bad.mark, bad.msg);
  }
  return problems.all;
}

std::variant<scenario, scenario_problems> read_scenario_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  std::string text(largest_file + 1, '\0');
  if (file) file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad()) return scenario_problems{fmt::format("{}: cannot be read", path)};
  text.resize(static_cast<size_t>(file.gcount()));
  if (text.size() > largest_file) return scenario_problems{fmt::format("{}: is larger than 1 MiB", path)};
  return read_scenario_text(text, path);
}

scenario scaled(scenario of, double share) {
  auto scale = [share](uint32_t count) {
    return std::max(1u, static_cast<uint32_t>(std::lround(share * count)));
  };
  for (auto& part : of.fleet) part.agents = std::max(of.threads, scale(part.agents));
  for (auto& step : of.steps)
    if (step.count > 0 && step.what != step_kind::flap) step.count = scale(step.count);
  // What counts agents is of the whole fleet.
  for (auto& each : of.expectations)
    if (each.name == "registered" || each.name == "policy_reached")
      each.limit = std::floor(each.limit * share);
  return of;
}

}  // namespace muster::sim
