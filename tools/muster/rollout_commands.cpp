// Commands about staged rollouts of policy.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <ostream>

#include "tools/muster/commands.hpp"
#include "tools/muster/local_file.hpp"
#include "tools/muster/rollout_views.hpp"
#include "tools/muster/terminal_text.hpp"

namespace muster::cli {

using boost::json::array;
using boost::json::object;

namespace {

const std::string rollouts_path = "/operator/v1/rollouts";

// The document goes in as it was written, which a parsed one would not.
std::string body_of(const command_line& line, const std::string& document) {
  const auto& policy = line.policy;
  object body{{"stages", array(policy.stages.begin(), policy.stages.end())}, {"every", policy.every}};
  if (!policy.gates.empty()) body["gates"] = array(policy.gates.begin(), policy.gates.end());
  const auto add = [&](const char* name, const std::string& text) {
    if (!text.empty()) body[name] = text;
  };
  add("scope", policy.scope);
  add("tenant", policy.tenant);
  add("author", line.author);
  add("reason", policy.reason);
  auto text = boost::json::serialize(body);
  text.pop_back();
  return fmt::format("{},\"policy\":{}}}", text, document);
}

struct rollout_step {
  std::string_view request;  // the API's word
  std::string_view done;
};

rollout_step step_of(command what) {
  if (what == command::rollout_pause) return {"pause", "paused"};
  if (what == command::rollout_resume) return {"resume", "resumed"};
  return {"abort", "aborted"};
}

}  // namespace

void list_rollouts(const command_line& line, const operator_api& api, const console& on) {
  print_list(api.get(rollouts_path), rollouts_view(), line, on);
}

void show_rollout(const command_line& line, const operator_api& api, const console& on) {
  print_document(api.get(fmt::format("{}/{}", rollouts_path, line.id)), line, on, rollout_text);
}

void start_rollout(const command_line& line, const operator_api& api, const console& on) {
  const auto document = read_json_object(line.policy.file, on.in);
  const auto started = api.write({"POST", rollouts_path, body_of(line, document), {}});
  if (line.json) {
    on.out << printable_json(started.text) << '\n';
    return;
  }
  const auto& policy = line.policy;
  on.out << printable(fmt::format("rollout {} of {}: {}, {} each", text_of(started.value, "id"),
                                  policy.scope.empty() ? "fleet" : policy.scope,
                                  fmt::join(policy.stages, ", "), policy.every))
         << '\n';
}

void move_rollout(const command_line& line, const operator_api& api, const console& on) {
  const auto step = step_of(line.what);
  const auto target = api_target(fmt::format("{}/{}/{}", rollouts_path, line.id, step.request),
                                 {{"author", line.author}, {"reason", line.policy.reason}});
  const auto done = api.write({"POST", target, {}, {}});
  if (line.json) {
    on.out << printable_json(done.text) << '\n';
  } else {
    on.out << printable(
      fmt::format("rollout {}: {}, revision {}", line.id, step.done, text_of(done.value, "revision")))
           << '\n';
  }
}

}  // namespace muster::cli
