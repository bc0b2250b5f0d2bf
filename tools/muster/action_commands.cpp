// Commands about actions on nodes. The lists are with the other lists.
#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <ostream>

#include "runtime/config/units.hpp"
#include "tools/muster/action_views.hpp"
#include "tools/muster/commands.hpp"
#include "tools/muster/terminal_text.hpp"

namespace muster::cli {

using boost::json::array;
using boost::json::object;

namespace {

const std::string runs_path = "/operator/v1/runs";

std::string path_of(const std::string& run) { return fmt::format("{}/{}", runs_path, run); }

std::string id_of_node(const std::string& name, const operator_api& api) {
  const auto id = agent_called(name, api);
  if (!id) throw no_agent_called(name);
  return *id;
}

std::string body_of(const command_line& line, const operator_api& api) {
  const auto& action = line.action;
  object body{{"action", action.name}, {"timeout", action.timeout}, {"max_parallel", action.max_parallel}};
  if (!action.parameters.empty()) body["parameters"] = pairs_of(action.parameters);
  if (!action.selector.empty()) body["labels"] = pairs_of(action.selector);
  if (!action.tenant.empty()) body["tenant"] = action.tenant;
  if (action.all_nodes) body["all"] = true;
  if (!line.author.empty()) body["author"] = line.author;
  array nodes;
  for (const auto& each : action.nodes) nodes.emplace_back(id_of_node(each, api));
  if (!nodes.empty()) body["nodes"] = std::move(nodes);
  return boost::json::serialize(body);
}

api_document when_over(api_document run, const command_line& line, const operator_api& api,
                       const console& on) {
  const auto interval = parse_duration(line.interval).value_or(std::chrono::seconds(1));
  while (text_of(run.value, "status") == "running") {
    on.pause(interval);
    run = api.get(path_of(text_of(run.value, "id")));
  }
  return run;
}

void require_success(const object& run) {
  if (text_of(run, "status") == "succeeded") return;
  throw failure(exit_code::failed, fmt::format("run {}: {}; see muster actions executions {}",
                                               text_of(run, "id"), counts_in_words(run), text_of(run, "id")));
}

// A terminal gets nothing that could drive it, a file what the node printed.
void print_lines(std::string_view text, std::ostream& to, bool terminal) {
  if (!terminal) {
    to << text;
    return;
  }
  while (!text.empty()) {
    const auto end = text.find('\n');
    to << printable(text.substr(0, end)) << '\n';
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
}

}  // namespace

object pairs_of(const std::vector<std::string>& texts) {
  object out;
  for (const auto& each : texts) {
    const auto equals = each.find('=');
    out[each.substr(0, equals)] = each.substr(equals + 1);
  }
  return out;
}

void run_action(const command_line& line, const operator_api& api, const console& on) {
  auto run = api.write({"POST", runs_path, body_of(line, api), {}});
  if (line.action.wait) run = when_over(std::move(run), line, api, on);
  if (line.json) {
    on.out << printable_json(run.text) << '\n';
  } else if (line.action.wait) {
    on.out << run_text(run.value, style_of(on));
  } else {
    on.out << printable(fmt::format("run {}: {} on {}", text_of(run.value, "id"), line.action.name,
                                    counted(count_of(run.value, "nodes"), "node")))
           << '\n';
  }
  if (line.action.wait) require_success(run.value);
}

void show_run(const command_line& line, const operator_api& api, const console& on) {
  print_document(api.get(path_of(line.id)), line, on, run_text);
}

void print_output(const command_line& line, const operator_api& api, const console& on) {
  const auto found =
    api.get(fmt::format("{}/executions/{}", path_of(line.id), percent_encoded(id_of_node(line.agent, api))));
  if (line.json) {
    on.out << printable_json(found.text) << '\n';
    return;
  }
  print_lines(text_of(found.value, "stdout"), on.out, on.out_is_terminal);
  print_lines(text_of(found.value, "stderr"), on.err, on.out_is_terminal);
  const auto status = text_of(found.value, "status");
  if (status == "succeeded") return;
  const auto reason = text_of(found.value, "reason");
  on.err << printable(fmt::format("muster: {}{}{}", status, reason.empty() ? "" : ": ", reason)) << '\n';
}

void cancel_run(const command_line& line, const operator_api& api, const console& on) {
  const auto ended =
    api.write({"POST", api_target(path_of(line.id) + "/cancel", {{"author", line.author}}), {}, {}});
  if (line.json) {
    on.out << printable_json(ended.text) << '\n';
  } else {
    on.out << printable(fmt::format("run {}: {}", line.id, counts_in_words(ended.value))) << '\n';
  }
}

}  // namespace muster::cli
