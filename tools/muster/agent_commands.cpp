// Commands about one agent, and how it is found by the names people have for it.
#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <istream>
#include <ostream>

#include "tools/muster/commands.hpp"
#include "tools/muster/terminal_text.hpp"

namespace muster::cli {

using boost::json::object;

namespace {

constexpr std::string_view agents_path = "/operator/v1/agents";
constexpr auto most_namesakes = "100";  // told when a name is ambiguous

std::string path_of(const std::string& id) { return fmt::format("{}/{}", agents_path, percent_encoded(id)); }

std::vector<object> rows_of(const api_document& list) {
  std::vector<object> rows;
  const auto* agents = list.value.if_contains("agents");
  if (agents == nullptr || !agents->is_array()) return rows;
  for (const auto& each : agents->get_array()) {
    if (each.is_object()) rows.push_back(each.get_object());
  }
  return rows;
}

failure ambiguous(const std::string& name, const std::vector<object>& found, bool more) {
  auto message = fmt::format("{}{} agents are called \"{}\". Name one by its id:", more ? "more than " : "",
                             found.size(), name);
  std::string ids;
  for (const auto& agent : found) {
    message += fmt::format("\n  {}", agent_in_words(agent));
    ids += (ids.empty() ? "" : ",") + boost::json::serialize(boost::json::value(text_of(agent, "id")));
  }
  auto document =
    problem_document(exit_code::not_found, fmt::format("several agents are called \"{}\"", name),
                     fmt::format(R"(,"agents":[{}])", ids));
  return {exit_code::not_found, std::move(message), std::move(document)};
}

std::optional<std::string> only_agent_with(const operator_api& api, const std::string& field,
                                           const std::string& value) {
  const auto list = api.get(api_target(agents_path, {{field, value}, {"limit", most_namesakes}}));
  const auto found = rows_of(list);
  if (found.empty()) return std::nullopt;
  const bool more = !text_of(list.value, "next_cursor").empty();
  if (found.size() > 1 || more) throw ambiguous(value, found, more);
  return text_of(found.front(), "id");
}

// Asks only when somebody is there to answer.
bool is_confirmed(const command_line& line, const operator_api& api, const console& on,
                  const std::string& id) {
  if (line.yes || !on.in_is_terminal) return true;
  const auto agent = api.get(path_of(id));
  on.err << fmt::format("Remove {}? [y/N] ", printable(agent_in_words(agent.value))) << std::flush;
  std::string answer;
  if (!std::getline(on.in, answer)) on.err << '\n';
  return answer == "y" || answer == "Y" || answer == "yes" || answer == "Yes";
}

void apply_changes(object& labels, const std::vector<std::string>& changes) {
  for (const auto& change : changes) {
    const auto equals = change.find('=');
    if (equals != std::string::npos) {
      labels[change.substr(0, equals)] = change.substr(equals + 1);
    } else {
      labels.erase(change.substr(0, change.size() - 1));
    }
  }
}

}  // namespace

// An id is taken at its word; whether it exists is the manager's to say.
std::optional<std::string> agent_called(const std::string& name, const operator_api& api) {
  return is_agent_id(name) ? name : only_agent_with(api, "hostname", name);
}

failure no_agent_called(const std::string& name) {
  return {
    exit_code::not_found,
    fmt::format("no agent has the id or host name \"{}\". muster agents list --text finds parts of names.",
                name)};
}

std::string named_agent(const command_line& line, const operator_api& api) {
  if (line.machine_id.empty()) {
    if (const auto id = agent_called(line.agent, api)) return *id;
    throw no_agent_called(line.agent);
  }
  if (const auto id = only_agent_with(api, "machine_id", line.machine_id)) return *id;
  if (const auto id = only_agent_with(api, "hostname", line.machine_id)) return *id;
  throw failure(exit_code::not_found, fmt::format("no agent has the machine id or host name \"{}\". "
                                                  "muster agents list --text finds parts of names.",
                                                  line.machine_id));
}

void show_agent(const command_line& line, const operator_api& api, const console& on) {
  print_document(api.get(path_of(named_agent(line, api))), line, on, agent_text);
}

void remove_agent(const command_line& line, const operator_api& api, const console& on) {
  const auto id = named_agent(line, api);
  if (!is_confirmed(line, api, on, id)) throw failure(exit_code::failed, "nothing was removed");
  api.change("DELETE", path_of(id));
  if (line.json) {
    on.out << boost::json::serialize(object{{"removed", id}}) << '\n';
  } else {
    on.out << fmt::format("removed {}\n", id);
  }
}

// The manager replaces all labels at once, so that the present ones are read first.
void label_agent(const command_line& line, const operator_api& api, const console& on) {
  const auto id = named_agent(line, api);
  const auto agent = api.get(path_of(id));
  auto labels = object_of(agent.value, "labels");
  apply_changes(labels, line.label_changes);
  api.change("PUT", path_of(id) + "/labels", boost::json::serialize(object{{"labels", labels}}));
  if (line.json) {
    on.out << printable_json(boost::json::serialize(object{{"id", id}, {"labels", labels}})) << '\n';
  } else {
    const auto words = labels.empty() ? std::string("no labels") : labels_in_words(labels);
    on.out << printable(fmt::format("{}: {}", id, words)) << '\n';
  }
}

}  // namespace muster::cli
